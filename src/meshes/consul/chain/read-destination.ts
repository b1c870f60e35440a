import { proxyDefault, type Setting, written } from '../../../base/source.ts';
import type { Retries, RetryCondition } from '../../../model/capabilities/retries.ts';
import type { EntryField } from '../entry-field.ts';
import { usualTimeoutMs } from '../mesh.ts';
import { type Reading, report } from '../reading.ts';

/** The words of `retryOn` that are gRPC statuses; all others are conditions of Envoy under their own names. */
export const grpcWords: ReadonlySet<string> = new Set([
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
]);

/** The other words that Consul takes (1.21; row 1.31). */
export const plainWords: ReadonlySet<string> = new Set([
  '5xx',
  'gateway-error',
  'reset',
  'connect-failure',
  'envoy-ratelimited',
  'retriable-4xx',
  'refused-stream',
]);

const conditionOf = (word: string): RetryCondition | undefined => {
  if (grpcWords.has(word)) return `grpc:${word}`;
  return plainWords.has(word) ? (word as RetryCondition) : undefined;
};

/**
 * Tries after the first. A number alone retries nothing (observed, row 1.20); conditions alone are tried once more
 * (row 1.21).
 */
export const readRetries = (destination: EntryField, told: Pick<Reading, 'findings'>): Retries | undefined => {
  const count = destination.number('numRetries');
  const on: RetryCondition[] = [];
  for (const word of destination.list('retryOn')) {
    const text = word.field.asText();
    const condition = conditionOf(text ?? '');
    if (condition) on.push(condition);
    else report(told, 'CONSUL104', word, `\`${text}\` is no condition that Consul takes`);
  }
  if (destination.boolean('retryOnConnectFailure') && !on.includes('connect-failure')) on.push('connect-failure');
  for (const status of destination.list('retryOnStatusCodes')) {
    const code = status.field.asNumber();
    if (code !== undefined) on.push(`status:${code}`);
  }
  if (on.length === 0) {
    if (count) report(told, 'CONSUL105', destination.at('numRetries'), `${count} retries, and no word of when`);
    return undefined;
  }
  const max = count ? written(count, destination.at('numRetries')) : proxyDefault(1);
  const source = destination.at('retryOn') ?? destination.at('retryOnStatusCodes') ?? destination;
  return { max, on: written(on, source), source };
};

/** A timeout of a route: Envoy's own if nobody says one, zero for none. What is below zero switches it off. */
export const readTimeout = (field: EntryField | undefined, key: string): Setting<number> | undefined => {
  const ms = field?.durationMs(key);
  if (ms === undefined || ms === 0) return undefined;
  return written(Math.max(0, ms), field?.at(key));
};

/** Of what client and server wait for, the shorter counts (observed, row 5.1); zero is for ever. */
export const shorter = (client: Setting<number> | undefined, server: Setting<number>): Setting<number> => {
  const own = client ?? proxyDefault(usualTimeoutMs);
  if (server.value === 0) return own;
  return own.value === 0 || server.value < own.value ? server : own;
};
