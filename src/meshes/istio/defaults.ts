import { proxyDefault } from '../../base/source.ts';
import type { Retries } from '../../model/capabilities/retries.ts';

/**
 * What every route does without a word about retries: two more tries on failures to connect and refused streams, and
 * on two gRPC statuses. The word `retriable-status-codes` comes without codes, so an application's 503 is not retried
 * (observed, rows 6.1, 6b.1, 6b.7).
 */
export const defaultRetries: Retries = {
  max: proxyDefault(2),
  on: proxyDefault([
    'connect-failure',
    'refused-stream',
    'grpc:unavailable',
    'grpc:cancelled',
    'retriable-status-codes',
  ] as const),
};

/** Whether two say the same, wherever it is written. */
export const sameRetries = (a: Retries, b: Retries): boolean =>
  a.max.value === b.max.value &&
  a.on.value.join() === b.on.value.join() &&
  a.backoff?.value.baseMs === b.backoff?.value.baseMs &&
  a.otherLocalities?.value === b.otherLocalities?.value &&
  a.avoidPreviousHosts?.value === b.avoidPreviousHosts?.value;

/** Whether a `retries` block needs no `retryOn` to mean these conditions. */
export const isUsualOn = (on: Retries['on']): boolean => on.value.join() === defaultRetries.on.value.join();
