import { approximated, refused, type Verdict } from '../../adapter/disposition.ts';
import type { FieldOf } from '../../adapter/judge.ts';
import type { Retries, RetryCondition } from '../../model/capabilities/retries.ts';

/** What RetryPolicy.retry_on takes, of HTTP and of gRPC (config.route.v3, x-envoy-retry-on and x-envoy-retry-grpc-on). */
const known: ReadonlySet<RetryCondition> = new Set<RetryCondition>([
  '5xx',
  'gateway-error',
  'connect-failure',
  'refused-stream',
  'reset',
  'reset-before-request',
  'retriable-4xx',
  'retriable-status-codes',
  'envoy-ratelimited',
  'http3-post-connect-failure',
  'grpc:cancelled',
  'grpc:deadline-exceeded',
  'grpc:internal',
  'grpc:resource-exhausted',
  'grpc:unavailable',
]);

/** The codes of a condition that names some. */
export const statusCodes = (condition: RetryCondition): readonly number[] => {
  const range = /^status:(\d+)(?:-(\d+))?$/.exec(condition);
  if (!range) return [];
  const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
};

const isKnown = (condition: RetryCondition): boolean => known.has(condition) || condition.startsWith('status:');

/** Retries are the words of Envoy; what belongs to a cluster in it cannot stand on a route. */
export const retryVerdict = (retry: FieldOf<Retries>): Verdict<FieldOf<Retries>> => {
  if (retry.field === 'on') {
    const left = retry.value.value.filter(isKnown);
    if (left.length === retry.value.value.length) return 'applied';
    const lost = retry.value.value.filter(condition => !isKnown(condition));
    const value: FieldOf<Retries> = { field: 'on', value: { ...retry.value, value: left } };
    return approximated(value, 'retry-conditions', `nothing is retried on ${lost.join(', ')}`);
  }
  if (retry.field === 'budget') return refused('retry-budget', 'a budget belongs to a cluster, and not to a route');
  if (retry.field === 'otherLocalities') {
    return retry.value.value
      ? refused('retry-localities', 'no locality of an endpoint is known to the proxy')
      : 'applied';
  }
  if (retry.field === 'backoff') {
    const { baseMs, maxMs } = retry.value.value;
    const isWhole = baseMs >= 1 && (maxMs === undefined || maxMs >= baseMs);
    return isWhole
      ? 'applied'
      : refused('retry-backoff', 'a wait is at least a millisecond, and not longer than its bound');
  }
  return 'applied';
};
