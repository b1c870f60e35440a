import { endpointText } from '../model/scope.ts';
import { weakest } from './connection.ts';
import { bothTreatments, type Delivered } from './delivery.ts';
import type { Departure } from './departure.ts';
import type { BackendShare, Encrypted, HeaderChange, Outcome, Result, ServerShare } from './outcome.ts';
import type { Treatment } from './route.ts';
import { combineEdits } from './treatment/headers.ts';

type End = Pick<ServerShare, 'decision' | 'status' | 'encrypted' | 'identitySeen'>;

/** A text that is equal for equal plain values built in the same order. */
const same = (values: readonly unknown[]): boolean => {
  const [first, ...rest] = values.map(value => JSON.stringify(value));
  return rest.every(value => value === first);
};

/** The end that stands for several: the first that gets through, else the first of all. */
const leading = (ends: readonly End[]): End =>
  ends.find(end => end.decision === 'forwarded') ?? ends[0] ?? { decision: 'unroutable', encrypted: 'plaintext' };

const withoutName = ({ workload: _, ...end }: ServerShare): End => end;

/** How a share ends, and whether its servers disagree about that. */
const endOf = ({ leg, servers, answer }: Delivered): { end: End; disagree: boolean } => {
  if (leg.nowhere)
    return { end: { decision: 'unroutable', status: leg.nowhere.status, encrypted: 'mtls' }, disagree: false };
  if (answer) {
    const status = answer.status === undefined ? {} : { status: answer.status };
    return { end: { decision: answer.decision, ...status, encrypted: 'mtls' }, disagree: false };
  }
  const ends = servers.map(withoutName);
  return { end: leading(ends), disagree: !same(ends) };
};

const treatmentFields = ({
  mirrors: _,
  corsHeaders: __,
  ...fields
}: Treatment): Omit<Treatment, 'mirrors' | 'corsHeaders'> => fields;

/** An answer that the first proxy gave. */
export const answeredOutcome = ({
  answer,
  encrypted,
  identitySeen,
}: Extract<Departure, { kind: 'answered' }>): Outcome => {
  const { treatment, ...rest } = answer;
  return {
    ...rest,
    backends: [],
    mirrors: treatment?.mirrors ?? [],
    ...(treatment ? treatmentFields(treatment) : {}),
    ...(identitySeen === undefined ? {} : { identitySeen }),
    encrypted,
  };
};

const backendShare = (delivered: Delivered, end: End, disagree: boolean): BackendShare => {
  const { leg, servers } = delivered;
  const targetPort = leg.service?.ports.find(({ port }) => port === leg.port)?.targetPort ?? leg.port;
  return {
    service: leg.name,
    ...(leg.subset ? { subset: leg.subset.name } : {}),
    ...(leg.port === undefined ? {} : { port: leg.port }),
    endpoints: leg.endpoints ? endpointText(leg.endpoints) : '',
    ...(targetPort === undefined ? {} : { targetPort }),
    weight: leg.share,
    decision: end.decision,
    ...(end.status === undefined ? {} : { status: end.status }),
    encrypted: end.encrypted,
    ...(end.identitySeen === undefined ? {} : { identitySeen: end.identitySeen }),
    ...(leg.requestHeaders ? { requestHeaders: leg.requestHeaders } : {}),
    ...(leg.responseHeaders ? { responseHeaders: leg.responseHeaders } : {}),
    ...(disagree ? { servers } : {}),
  };
};

/** What all backends say alike stands once, on the outcome. */
const lift = <K extends keyof BackendShare>(backends: readonly BackendShare[], keys: readonly K[]) => {
  const lifted: Partial<Pick<BackendShare, K>> = {};
  let rest: readonly BackendShare[] = backends;
  for (const key of keys) {
    const [first] = backends;
    if (!first || !same(backends.map(backend => backend[key]))) continue;
    if (first[key] !== undefined) lifted[key] = first[key];
    rest = rest.map(backend => {
      const { [key]: _, ...others } = backend;
      return others as BackendShare;
    });
  }
  return { lifted, rest };
};

const roundShares = (backends: readonly BackendShare[]): BackendShare[] => {
  const exact = backends.every(({ weight }) => Number.isInteger(weight));
  return exact ? [...backends] : backends.map(backend => ({ ...backend, weight: Math.round(backend.weight) }));
};

/** Puts the ends of all shares together. */
export const deliveredOutcome = (
  delivered: readonly Delivered[],
  treatment: Treatment,
  before: Encrypted | undefined,
): Outcome => {
  const ends = delivered.map(endOf);
  const shares = delivered.map((share, index) => {
    const { end, disagree } = ends[index] ?? { end: leading([]), disagree: false };
    return backendShare(share, end, disagree);
  });
  const { lifted, rest } = lift(roundShares(shares), [
    'identitySeen',
    'requestHeaders',
    'responseHeaders',
    'encrypted',
  ]);
  const decided = leading(ends.map(({ end }) => end));
  const reached = delivered.flatMap(({ servers, encrypted }) => [
    ...servers.filter(({ decision }) => decision !== 'reset').map(server => server.encrypted),
    ...(encrypted ? [encrypted] : []),
  ]);
  const levels = [...reached, ...(before ? [before] : [])];
  const encrypted: Encrypted = levels.length > 0 ? levels.reduce(weakest) : 'plaintext';
  const overall = delivered.reduce((sum, share) => bothTreatments(sum, share.treatment), treatment);
  const responseHeaders: HeaderChange | undefined = combineEdits(lifted.responseHeaders, overall.corsHeaders);
  const answer = delivered.length === 1 ? delivered[0]?.answer : undefined;
  const decision: Result = decided.decision;
  return {
    decision,
    ...(decided.status === undefined ? {} : { status: decided.status }),
    backends: rest.map(({ decision: own, status, ...backend }) => ({
      ...backend,
      ...(own === decision && status === decided.status ? {} : { decision: own ?? decision }),
      ...(status === undefined || status === decided.status ? {} : { status }),
    })),
    mirrors: overall.mirrors,
    ...treatmentFields(overall),
    ...(lifted.requestHeaders ? { requestHeaders: lifted.requestHeaders } : {}),
    ...(responseHeaders ? { responseHeaders } : {}),
    ...(answer?.location === undefined ? {} : { location: answer.location }),
    ...(answer?.body === undefined ? {} : { body: answer.body }),
    ...(lifted.identitySeen === undefined ? {} : { identitySeen: lifted.identitySeen }),
    encrypted,
  };
};
