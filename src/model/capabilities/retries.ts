import type { Setting, Source } from '../../base/source.ts';

/**
 * What makes a proxy try again. The words are Envoy's, the widest vocabulary in the field; `status:503` is one code,
 * `status:500-599` a range of codes, `grpc:unavailable` a gRPC status.
 */
export type RetryCondition =
  | '5xx'
  | 'gateway-error'
  | 'connect-failure'
  | 'refused-stream'
  | 'reset'
  | 'reset-before-request'
  | 'retriable-4xx'
  | 'retriable-status-codes'
  | 'retriable-headers'
  | 'envoy-ratelimited'
  | 'http3-post-connect-failure'
  | `status:${number}`
  | `status:${number}-${number}`
  | `grpc:${string}`;

/** Further tries of a failed request. `max` counts tries after the first; zero switches retries off. */
export interface Retries {
  readonly max: Setting<number>;
  readonly on: Setting<readonly RetryCondition[]>;
  /** Wait between tries, with jitter: from `baseMs` growing up to `maxMs`. */
  readonly backoff?: Setting<{ readonly baseMs: number; readonly maxMs?: number }>;
  /** Retries may be at most this share of the active requests. */
  readonly budget?: Setting<RetryBudget>;
  readonly otherLocalities?: Setting<boolean>;
  readonly avoidPreviousHosts?: Setting<boolean>;
  readonly source?: Source;
}

export interface RetryBudget {
  readonly percent: number;
  readonly minPerSecond?: number;
  readonly minConcurrent?: number;
  readonly intervalMs?: number;
}
