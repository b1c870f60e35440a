import type { Fault } from '../../model/capabilities/fault.ts';
import type { Retries } from '../../model/capabilities/retries.ts';
import type { Timeouts } from '../../model/capabilities/timeouts.ts';
import { mostKept } from '../kept.ts';
import type { FaultOutcome, Outcome, RetryOutcome } from '../outcome.ts';
import { Recent } from '../recent.ts';

/** In the order of names. */
const eachOnce = (reasons: RetryOutcome['on']): RetryOutcome['on'] => {
  if (reasons.length < 2) return reasons;
  const known = ordered.get(reasons) ?? [...new Set(reasons)].sort();
  ordered.set(reasons, known);
  return known;
};

/** Those of a mesh's own retries are the same list for all of its rules. */
const ordered = new Recent<RetryOutcome['on'], RetryOutcome['on']>(mostKept);

/** Retries as values; undefined if a failed request is not tried again, whatever happens to it. */
export const retryOutcome = (
  retries: Retries | undefined,
  budgetOfDestination?: Retries['budget'],
): RetryOutcome | undefined => {
  if (!retries || retries.max.value <= 0 || retries.on.value.length === 0) return undefined;
  const budget = retries.budget ?? budgetOfDestination;
  return {
    max: retries.max.value,
    on: eachOnce(retries.on.value),
    ...(budget ? { budget: budget.value } : {}),
    ...(retries.backoff ? { backoff: retries.backoff.value } : {}),
    ...(retries.otherLocalities ? { otherLocalities: retries.otherLocalities.value } : {}),
    ...(retries.avoidPreviousHosts ? { avoidPreviousHosts: retries.avoidPreviousHosts.value } : {}),
  };
};

/** The shorter of two deadlines, each of which there may not be. */
export const least = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b);

/**
 * Zero is explicitly none, which is the same to a request as nobody having said anything. What is tried once has one
 * deadline, the shorter one (observed).
 */
export const timeoutOutcome = (
  timeouts: Timeouts | undefined,
  retries: RetryOutcome | undefined,
): Pick<Outcome, 'timeoutMs' | 'perTryTimeoutMs' | 'idleTimeoutMs'> => {
  const perTry = timeouts?.perTry?.value || undefined;
  const request = timeouts?.request?.value || undefined;
  const timeoutMs = least(request, retries ? undefined : perTry);
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(retries && perTry ? { perTryTimeoutMs: perTry } : {}),
    ...(timeouts?.idle?.value ? { idleTimeoutMs: timeouts.idle.value } : {}),
  };
};

/** Faults that can happen; undefined if none can. */
export const faultOutcome = (fault: Fault | undefined): FaultOutcome | undefined => {
  const delay = fault?.delay && fault.delay.percent.value > 0 && fault.delay.ms > 0 ? fault.delay : undefined;
  const abort = fault?.abort && fault.abort.percent.value > 0 ? fault.abort : undefined;
  if (!delay && !abort) return undefined;
  return {
    ...(delay ? { delayMs: delay.ms, delayPercent: delay.percent.value } : {}),
    ...(abort?.status === undefined ? {} : { abortStatus: abort.status }),
    ...(abort?.grpcStatus === undefined ? {} : { abortGrpcStatus: abort.grpcStatus }),
    ...(abort ? { abortPercent: abort.percent.value } : {}),
  };
};
