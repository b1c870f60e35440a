import type { Field } from '../../../base/field.ts';
import { proxyDefault, type Setting, written } from '../../../base/source.ts';
import type { Retries, RetryCondition } from '../../../model/capabilities/retries.ts';
import type { Timeouts } from '../../../model/capabilities/timeouts.ts';
import { parseAnnotationDuration } from '../duration.ts';

/** What annotations of a route, or of the Service behind it, say about retries and timeouts. */
export interface Resilience {
  readonly timeouts?: Timeouts;
  readonly retries?: Retries;
  /** Some timeout is set, also one that the model has no place for. */
  readonly hasTimeout: boolean;
  /** Of a try; it belongs to the retries. */
  readonly perTry?: Setting<number>;
}

/** Nothing is said. */
export const silent: Resilience = { hasTimeout: false };

/** An annotation that cannot be read, and why. */
export interface BadAnnotation {
  readonly field: Field;
  readonly reason: string;
}

export const isBad = (value: Resilience | BadAnnotation): value is BadAnnotation => 'reason' in value;

/** `policy` retries wait 25 to 250 ms (policy-controller grpc `convert_retry`, 2.20). */
export const retryBackoff = proxyDefault({ baseMs: 25, maxMs: 250 });

/**
 * Tried again whatever is written: a refused stream, as well as a try that ran into its timeout and one that found no
 * endpoint ready, for which the field has no words (linkerd2-proxy `RetryPolicy::retryable_error`).
 */
const always: readonly RetryCondition[] = ['refused-stream'];

/**
 * `retry.linkerd.io/*` and `timeout.linkerd.io/*`. Statuses count for HTTP routes only, gRPC statuses for gRPC routes
 * only. One value that cannot be read spoils all of them.
 */
export const readResilience = (
  annotations: Field | undefined,
  protocol: 'http' | 'grpc',
): Resilience | BadAnnotation => {
  if (!annotations) return silent;
  const duration = (key: string) => durationAt(annotations.at(key));
  const request = duration('timeout.linkerd.io/request');
  const response = duration('timeout.linkerd.io/response');
  const idle = duration('timeout.linkerd.io/idle');
  const perTry = duration('retry.linkerd.io/timeout');
  const limit = readLimit(annotations.at('retry.linkerd.io/limit'));
  const on = readConditions(annotations.at(`retry.linkerd.io/${protocol}`), protocol);
  for (const value of [request, response, idle, perTry, limit, on]) if (value && 'reason' in value) return value;
  for (const value of [request, idle]) {
    if (value && 'value' in value && value.value === 0) value.field.leave('a limit of no time at all; it is not told');
  }
  annotations.at('timeout.linkerd.io/response')?.leave('counts from the end of the request; no such timeout is told');
  const tryTimeout = usable(perTry);
  const retries = retriesOf(usable(limit), usable(on), tryTimeout !== undefined);
  const [whole, quiet] = [usable(request), usable(idle)];
  return {
    ...(whole || quiet
      ? { timeouts: { ...(whole ? { request: whole } : {}), ...(quiet ? { idle: quiet } : {}) } }
      : {}),
    ...(retries ? { retries } : {}),
    ...(retries && tryTimeout ? { perTry: tryTimeout } : {}),
    hasTimeout: [request, response, idle].some(value => value !== undefined),
  };
};

type Timed = Setting<number> & { readonly field: Field };

const durationAt = (field: Field | undefined): Timed | BadAnnotation | undefined => {
  const text = field?.asText();
  if (field === undefined || text === undefined) return undefined;
  const ms = parseAnnotationDuration(text);
  if (ms === undefined)
    return { field, reason: 'one whole number and a unit (`ms`, `s`, `m`, `h`, `d`) were expected' };
  return { ...written(ms, field), field };
};

const usable = <T>(value: Setting<T> | BadAnnotation | undefined): Setting<T> | undefined => {
  if (!value || 'reason' in value || value.value === 0) return undefined;
  const { value: set, origin, source } = value;
  return { value: set, origin, ...(source ? { source } : {}) };
};

/** Zero counts as absent: it does not switch retries off. */
const readLimit = (field: Field | undefined): Setting<number> | BadAnnotation | undefined => {
  const text = field?.asText();
  if (field === undefined || text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) return { field, reason: 'a number up to 65535 was expected' };
  return written(Number(text), field);
};

const grpcStatuses = ['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable'];

const readConditions = (
  field: Field | undefined,
  protocol: 'http' | 'grpc',
): Setting<readonly RetryCondition[]> | BadAnnotation | undefined => {
  const text = field?.asText();
  if (field === undefined || text === undefined) return undefined;
  const conditions: RetryCondition[] = [];
  for (const word of text.split(',').map(one => one.toLowerCase())) {
    const condition =
      protocol === 'http' ? httpCondition(word) : grpcStatuses.includes(word) ? (`grpc:${word}` as const) : undefined;
    if (!condition) return { field, reason: `\`${word}\` is no condition` };
    conditions.push(condition);
  }
  return written(conditions, field);
};

/** `5xx`, `gateway-error`, a status or a range of statuses; nothing else than the status counts. */
const httpCondition = (word: string): RetryCondition | undefined => {
  if (word === '5xx') return 'status:500-599';
  if (word === 'gateway-error') return 'status:502-504';
  const [first, last] = word.split('-').map(status);
  if (first === undefined) return undefined;
  if (!word.includes('-')) return `status:${first}`;
  return last === undefined || last < first ? undefined : `status:${first}-${last}`;
};

const status = (text: string): number | undefined => (/^[1-5]\d\d$/.test(text) ? Number(text) : undefined);

/** Any of the annotations switches retries on; one more try is the default. */
const retriesOf = (
  limit: Setting<number> | undefined,
  on: Setting<readonly RetryCondition[]> | undefined,
  hasTryTimeout: boolean,
): Retries | undefined => {
  if (!limit && !on && !hasTryTimeout) return undefined;
  const source = on?.source ?? limit?.source;
  return {
    max: limit ?? proxyDefault(1),
    on: on ? { ...on, value: [...on.value, ...always] } : proxyDefault(always),
    backoff: retryBackoff,
    ...(source ? { source } : {}),
  };
};
