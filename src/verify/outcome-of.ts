import { isSame } from '../base/same.ts';
import { toShares } from '../base/units.ts';
import { endpointText } from '../model/scope.ts';
import { weakest } from './connection.ts';
import type { Delivered } from './delivery.ts';
import type { Departure } from './departure.ts';
import { targetPortOf } from './leg.ts';
import type { BackendShare, Encrypted, Outcome, ServerShare } from './outcome.ts';
import type { Treatment } from './routing.ts';
import { combineEdits } from './treatment/headers.ts';
import { bothTreatments } from './treatment/treatment.ts';

/** How one share of the traffic ends. */
type End = Pick<ServerShare, 'decision' | 'status' | 'identitySeen'> & { readonly encrypted?: Encrypted };

const allSame = ([first, ...others]: readonly unknown[]): boolean => others.every(other => isSame(first, other));

/** The end that stands for several: the first that gets through, else the first of all. */
const leading = (ends: readonly End[]): End =>
  ends.find(end => end.decision === 'forwarded') ?? ends[0] ?? { decision: 'unroutable' };

const withoutName = ({ workload: _, ...end }: ServerShare): End => end;

const endOf = ({ leg, servers, waypoint }: Delivered): End => {
  if (leg.nowhere) {
    const { status } = leg.nowhere;
    return status === undefined ? { decision: 'reset' } : { decision: 'unroutable', status };
  }
  const answer = waypoint?.answer;
  if (answer) return { decision: answer.decision, ...(answer.status === undefined ? {} : { status: answer.status }) };
  return leading(servers.map(withoutName));
};

/** The connections that a share of the traffic was carried on; one that was refused is none. */
const connections = ({ servers, waypoint }: Delivered): Encrypted[] => [
  ...servers.filter(({ decision }) => decision !== 'reset').map(({ encrypted }) => encrypted),
  ...(waypoint ? [waypoint.encrypted] : []),
];

const treatmentFields = ({ mirrors, corsHeaders: _, step: __, ...fields }: Treatment) => ({ mirrors, ...fields });

/** An answer that the first proxy gave. */
export const answeredOutcome = (departure: Extract<Departure, { kind: 'answered' }>): Outcome => {
  const { answer, encrypted, identitySeen } = departure;
  const { treatment, ...rest } = answer;
  return {
    ...rest,
    backends: [],
    ...treatmentFields(treatment ?? { mirrors: [] }),
    ...(identitySeen === undefined ? {} : { identitySeen }),
    encrypted,
  };
};

const backendShare = (delivered: Delivered, weight: number): BackendShare => {
  const { leg, servers } = delivered;
  const { decision, status, identitySeen } = endOf(delivered);
  const targetPort = targetPortOf(leg);
  const carried = connections(delivered);
  return {
    service: leg.name,
    ...(leg.subset ? { subset: leg.subset.name } : {}),
    ...(leg.port === undefined ? {} : { port: leg.port }),
    endpoints: leg.endpoints ? endpointText(leg.endpoints) : '',
    ...(targetPort === undefined ? {} : { targetPort }),
    weight,
    decision,
    ...(status === undefined ? {} : { status }),
    ...(carried.length > 0 ? { encrypted: carried.reduce(weakest) } : {}),
    ...(identitySeen === undefined ? {} : { identitySeen }),
    ...(leg.requestHeaders ? { requestHeaders: leg.requestHeaders } : {}),
    ...(leg.responseHeaders ? { responseHeaders: leg.responseHeaders } : {}),
    ...(allSame(servers.map(withoutName)) ? {} : { servers }),
  };
};

const liftable = ['identitySeen', 'requestHeaders', 'responseHeaders'] as const;
type Lifted = Partial<Pick<BackendShare, (typeof liftable)[number]>>;

/** What all backends say alike stands once, on the outcome, and no longer on each of them. */
const lift = (backends: readonly BackendShare[]): { common: Lifted; backends: readonly BackendShare[] } => {
  const [first] = backends;
  const alike = liftable.filter(key => first?.[key] !== undefined && allSame(backends.map(backend => backend[key])));
  if (alike.length === 0) return { common: {}, backends };
  const common = Object.fromEntries(alike.map(key => [key, first?.[key]])) as Lifted;
  const without = (backend: BackendShare): BackendShare => {
    const rest = { ...backend };
    for (const key of alike) delete rest[key];
    return rest;
  };
  return { common, backends: backends.map(without) };
};

/** A backend says how its share ends, and how it is protected, only where that is not so of the whole. */
const onlyDifferences = (share: BackendShare, whole: End, overall: Encrypted): BackendShare => {
  const { decision, status, encrypted, ...backend } = share;
  const endsAlike = decision === whole.decision && status === whole.status;
  return {
    ...backend,
    ...(endsAlike || decision === undefined ? {} : { decision }),
    ...(endsAlike || status === undefined ? {} : { status }),
    ...(encrypted === undefined || encrypted === overall ? {} : { encrypted }),
  };
};

/** What the first proxy and the waypoints behind it do; several shares through one waypoint are treated once. */
const treatmentOver = (treatment: Treatment, delivered: readonly Delivered[]): Treatment => {
  const later = new Set(delivered.flatMap(({ waypoint }) => waypoint?.treatment ?? waypoint?.answer?.treatment ?? []));
  const overall = [...later].reduce(bothTreatments, treatment);
  const budgets = delivered.map(({ budget }) => budget?.value);
  const [budget] = budgets;
  if (!overall.retries || overall.retries.budget || !budget || !allSame(budgets)) return overall;
  return { ...overall, retries: { ...overall.retries, budget } };
};

/** Puts the ends of all shares together. */
export const deliveredOutcome = (
  delivered: readonly Delivered[],
  treatment: Treatment,
  before: Encrypted | undefined,
): Outcome => {
  const whole = leading(delivered.map(endOf));
  const weights = toShares(delivered.map(({ leg }) => leg.share));
  const { common, backends } = lift(delivered.map((share, index) => backendShare(share, weights[index] ?? 0)));
  const overall = treatmentOver(treatment, delivered);
  const responseHeaders = combineEdits(common.responseHeaders, overall.corsHeaders);
  const answer = delivered.length === 1 ? delivered[0]?.waypoint?.answer : undefined;
  const levels = [...delivered.flatMap(connections), ...(before ? [before] : [])];
  const encrypted = levels.length > 0 ? levels.reduce(weakest) : 'plaintext';
  return {
    decision: whole.decision,
    ...(whole.status === undefined ? {} : { status: whole.status }),
    backends: backends.map(backend => onlyDifferences(backend, whole, encrypted)),
    ...treatmentFields(overall),
    ...(common.requestHeaders ? { requestHeaders: common.requestHeaders } : {}),
    ...(responseHeaders ? { responseHeaders } : {}),
    ...(answer?.location === undefined ? {} : { location: answer.location }),
    ...(answer?.body === undefined ? {} : { body: answer.body }),
    ...(common.identitySeen === undefined ? {} : { identitySeen: common.identitySeen }),
    encrypted,
  };
};
