import { isSame } from '../base/same.ts';
import { toShares } from '../base/units.ts';
import { endpointText } from '../model/scope.ts';
import { weakest } from './connection.ts';
import type { Delivered } from './delivery.ts';
import type { Departure } from './departure.ts';
import { targetPortOf } from './leg.ts';
import type { BackendShare, Encrypted, HeaderChange, Outcome, ServerShare } from './outcome.ts';
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

/** What all shares have in common, and which then stands once, on the outcome. */
interface Common {
  readonly end: End;
  readonly encrypted: Encrypted;
  readonly identitySeen?: string;
  readonly requestHeaders?: HeaderChange;
  readonly responseHeaders?: HeaderChange;
}

/** The value that all have; undefined also where they differ. */
const alike = <T>(values: readonly (T | undefined)[]): T | undefined => (allSame(values) ? values[0] : undefined);

/** What is done to the headers of the answer: also by a waypoint that gives it. */
const answerEdits = ({ leg, waypoint }: Delivered): HeaderChange | undefined => {
  const own = waypoint?.answer?.responseHeaders;
  return own ? combineEdits(own, leg.responseHeaders) : leg.responseHeaders;
};

/** One share of the traffic. How it ends and is protected, and what is done to it, stands there only where that is not so of the whole. */
const backendShare = (delivered: Delivered, end: End, weight: number, whole: Common): BackendShare => {
  const { leg, servers } = delivered;
  const { decision, status, identitySeen } = end;
  const targetPort = targetPortOf(leg);
  const carried = connections(delivered);
  const encrypted = carried.length > 0 ? carried.reduce(weakest) : undefined;
  const endsAlike = decision === whole.end.decision && status === whole.end.status;
  const share: Writable<BackendShare> = { service: leg.name };
  if (leg.subset) share.subset = leg.subset.name;
  if (leg.port !== undefined) share.port = leg.port;
  share.endpoints = leg.endpoints ? endpointText(leg.endpoints) : '';
  if (targetPort !== undefined) share.targetPort = targetPort;
  share.weight = weight;
  if (identitySeen !== undefined && whole.identitySeen === undefined) share.identitySeen = identitySeen;
  if (leg.requestHeaders && !whole.requestHeaders) share.requestHeaders = leg.requestHeaders;
  const responseHeaders = answerEdits(delivered);
  if (responseHeaders && !whole.responseHeaders) share.responseHeaders = responseHeaders;
  if (!allSame(servers.map(withoutName))) share.servers = servers;
  if (!endsAlike && decision !== undefined) share.decision = decision;
  if (!endsAlike && status !== undefined) share.status = status;
  if (encrypted !== undefined && encrypted !== whole.encrypted) share.encrypted = encrypted;
  return share as BackendShare;
};

type Writable<T> = { -readonly [K in keyof T]?: T[K] };

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
  const ends = delivered.map(endOf);
  const end = leading(ends);
  const weights = toShares(delivered.map(({ leg }) => leg.share));
  const levels = [...delivered.flatMap(connections), ...(before ? [before] : [])];
  const encrypted = levels.length > 0 ? levels.reduce(weakest) : 'plaintext';
  const identitySeen = alike(ends.map(one => one.identitySeen));
  const requestHeaders = alike(delivered.map(({ leg }) => leg.requestHeaders));
  const ownResponseHeaders = alike(delivered.map(answerEdits));
  const common: Common = {
    end,
    encrypted,
    ...(identitySeen === undefined ? {} : { identitySeen }),
    ...(requestHeaders ? { requestHeaders } : {}),
    ...(ownResponseHeaders ? { responseHeaders: ownResponseHeaders } : {}),
  };
  const overall = treatmentOver(treatment, delivered);
  const responseHeaders =
    overall.corsHeaders || ownResponseHeaders ? combineEdits(ownResponseHeaders, overall.corsHeaders) : undefined;
  const answer = delivered.length === 1 ? delivered[0]?.waypoint?.answer : undefined;
  return {
    decision: end.decision,
    ...(end.status === undefined ? {} : { status: end.status }),
    backends: delivered.map((share, at) => backendShare(share, ends[at] ?? end, weights[at] ?? 0, common)),
    ...treatmentFields(overall),
    ...(requestHeaders ? { requestHeaders } : {}),
    ...(responseHeaders ? { responseHeaders } : {}),
    ...(answer?.location === undefined ? {} : { location: answer.location }),
    ...(answer?.body === undefined ? {} : { body: answer.body }),
    ...(identitySeen === undefined ? {} : { identitySeen }),
    encrypted,
    ...(before ? { entrance: before } : {}),
  };
};
