import type { Field } from '../../../base/field.ts';
import { meshDefault, written } from '../../../base/source.ts';
import type { Retries, RetryCondition } from '../../../model/capabilities/retries.ts';
import { defaultRetries } from '../defaults.ts';
import { durationOf } from './duration.ts';

const grpcStatuses = new Set(['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable']);

/** Envoy's words for retry conditions; numbers are status codes (meshes.md A.10.2). */
export const readRetryConditions = (text: string): RetryCondition[] =>
  text
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== '')
    .map(word => {
      if (/^\d+$/.test(word)) return `status:${Number(word)}` as const;
      return grpcStatuses.has(word) ? (`grpc:${word}` as const) : (word as RetryCondition);
    });

/**
 * Absent: the mesh's default, two more tries. Without attempts, also in an empty block, there are none, and nothing else
 * of the block counts. A block without `retryOn` takes the proxy's own conditions, not the mesh's (observed, rows 6.3,
 * 6b.2, 6b.6).
 */
export const readRetries = (field: Field | undefined, otherwise: Retries): Retries => {
  if (!field) return otherwise;
  field.isEmptyObject();
  const attempts = field.at('attempts');
  const max = written(Math.max(attempts?.asNumber() ?? 0, 0), attempts ?? field);
  if (max.value === 0) {
    const others = ['perTryTimeout', 'retryOn', 'backoff', 'retryRemoteLocalities', 'retryIgnorePreviousHosts'];
    for (const key of others) field.at(key)?.leave('there are no attempts to which it could apply');
    return { max, on: defaultRetries.on, source: field };
  }
  const retryOn = field.at('retryOn');
  const conditions = retryOn?.asText();
  const backoff = durationOf(field.at('backoff'));
  const others = field.at('retryRemoteLocalities');
  const avoid = field.at('retryIgnorePreviousHosts');
  return {
    max,
    on: conditions ? written(readRetryConditions(conditions), retryOn) : defaultRetries.on,
    ...(backoff ? { backoff: written({ baseMs: backoff.value }, field.at('backoff')) } : {}),
    ...(others ? { otherLocalities: written(others.asBoolean() ?? false, others) } : {}),
    ...(avoid ? { avoidPreviousHosts: written(avoid.asBoolean() ?? false, avoid) } : {}),
    source: field,
  };
};

/** What a `retries` block in MeshConfig gives every route that has none. */
export const asMeshDefault = (retries: Retries): Retries => ({
  ...retries,
  max: meshDefault(retries.max.value, retries.max.source),
  on: retries.on.origin === 'written' ? meshDefault(retries.on.value, retries.on.source) : retries.on,
});
