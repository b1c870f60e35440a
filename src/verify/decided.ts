/** What the first half of the way has decided by itself, before anything arrives. */
import { isSame, isSameBut } from '../base/same.ts';
import type { Departure } from './departure.ts';
import { type Leg, targetPortOf } from './leg.ts';
import type { Resilience } from './outcome.ts';
import type { Treatment } from './routing.ts';

const resilience: readonly (keyof Resilience & keyof Treatment)[] = [
  'timeoutMs',
  'perTryTimeoutMs',
  'idleTimeoutMs',
  'retries',
  'faults',
];
const ofResilience: ReadonlySet<string> = new Set(resilience);
const ofTreatment: ReadonlySet<string> = new Set(['treatment']);

const untreated: Treatment = { mirrors: [] };

const treatmentIn = (departure: Departure): Treatment =>
  (departure.kind === 'answered' ? departure.answer.treatment : departure.treatment) ?? untreated;

/** Nothing of it repeats a part of the request. */
const holdsForAll = (departure: Departure): boolean =>
  departure.kind === 'answered'
    ? departure.answer.location === undefined
    : departure.treatment.rewrite?.path === undefined;

const endAlike = (a: readonly Leg[], b: readonly Leg[]): boolean =>
  a.length === b.length &&
  a.every((leg, index) => {
    const other = b[index];
    return (
      other !== undefined &&
      leg.share === other.share &&
      leg.nowhere?.status === other.nowhere?.status &&
      targetPortOf(leg) === targetPortOf(other) &&
      isSame(leg.endpoints, other.endpoints) &&
      isSame(leg.requestHeaders, other.requestHeaders) &&
      isSame(leg.responseHeaders, other.responseHeaders)
    );
  });

const leaveAlike = (a: Departure, b: Departure): boolean => {
  if (a.encrypted !== b.encrypted) return false;
  if (a.kind === 'sent' && b.kind === 'sent') return endAlike(a.legs, b.legs);
  if (a.kind === 'sent' || b.kind === 'sent') return false;
  return a.identitySeen === b.identitySeen && isSameBut(a.answer, b.answer, ofTreatment);
};

/**
 * Whether two requests were decided alike, deadlines, further tries and faults set aside, and nothing that was decided
 * repeats a part of them. If they meet the same behind, they end alike but for these.
 */
export const decidedAlike = (a: Departure, b: Departure): boolean =>
  holdsForAll(a) && holdsForAll(b) && leaveAlike(a, b) && isSameBut(treatmentIn(a), treatmentIn(b), ofResilience);

/** Whether deadlines, further tries and faults are the same too. */
export const resilientAlike = (a: Departure, b: Departure): boolean => {
  const [one, other] = [treatmentIn(a), treatmentIn(b)];
  return resilience.every(field => isSame(one[field], other[field]));
};

/** Deadlines, further tries and faults of what goes on to somebody, whatever the request is; else undefined. */
export const resilienceSent = (departure: Departure): Resilience | undefined => {
  if (departure.kind === 'answered' || departure.legs.length === 0 || !holdsForAll(departure)) return undefined;
  const { timeoutMs, perTryTimeoutMs, idleTimeoutMs, retries, faults } = departure.treatment;
  return { timeoutMs, perTryTimeoutMs, idleTimeoutMs, retries, faults };
};
