import type { Field } from '../../../base/field.ts';
import { proxyDefault, type Setting, written } from '../../../base/source.ts';
import type { OutlierDetection } from '../../../model/capabilities/outlier-detection.ts';
import { parseAnnotationDuration } from '../duration.ts';
import type { BadAnnotation } from './retry-annotations.ts';

const prefix = 'balancer.linkerd.io/failure-accrual';

/** Defaults of a breaker that is switched on (policy-controller `parse_consecutive_params`, 2.20). */
export const breakerDefaults = { maxFailures: 7, minPenaltyMs: 1000, maxPenaltyMs: 60_000, jitterRatio: 0.5 } as const;

/**
 * `balancer.linkerd.io/failure-accrual*` of a Service: an endpoint that fails so many times in a row (5xx, or no answer)
 * is left alone for a time that grows from try to try. All endpoints may be left alone at once. One value that cannot be
 * read switches the breaker off.
 */
export const readCircuitBreaker = (annotations: Field | undefined): OutlierDetection | BadAnnotation | undefined => {
  const mode = annotations?.at(prefix);
  if (!mode) return undefined;
  const name = mode.asText();
  if (name !== 'consecutive' && name !== 'unified') return { field: mode, reason: '`consecutive` was expected' };
  if (name === 'unified') mode.leave('the share of successful answers is not told, only the failures in a row are');
  const failures = numberAt(annotations, 'max-failures', /^\d+$/);
  const jitter = numberAt(annotations, 'jitter-ratio', /^\d+(\.\d+)?$/);
  const [least, most] = [durationAt(annotations, 'min-penalty'), durationAt(annotations, 'max-penalty')];
  for (const value of [failures, jitter, least, most]) if (value && 'reason' in value) return value;
  const settingOf = (value: Setting<number> | BadAnnotation | undefined, otherwise: number): Setting<number> =>
    value && 'value' in value ? value : proxyDefault(otherwise);
  const [baseEjectionMs, maxEjectionMs] = [
    settingOf(least, breakerDefaults.minPenaltyMs),
    settingOf(most, breakerDefaults.maxPenaltyMs),
  ];
  if (baseEjectionMs.value > maxEjectionMs.value)
    return { field: mode, reason: 'the smallest penalty is above the largest' };
  return {
    consecutive5xx: settingOf(failures, breakerDefaults.maxFailures),
    baseEjectionMs,
    maxEjectionMs,
    maxEjectionPercent: proxyDefault(100),
    jitterRatio: settingOf(jitter, breakerDefaults.jitterRatio),
    source: mode,
  };
};

const numberAt = (
  annotations: Field | undefined,
  name: string,
  form: RegExp,
): Setting<number> | BadAnnotation | undefined => {
  const field = annotations?.at(`${prefix}-consecutive-${name}`);
  const text = field?.asText()?.trim();
  if (field === undefined || text === undefined) return undefined;
  return form.test(text) ? written(Number(text), field) : { field, reason: 'a number was expected' };
};

const durationAt = (annotations: Field | undefined, name: string): Setting<number> | BadAnnotation | undefined => {
  const field = annotations?.at(`${prefix}-consecutive-${name}`);
  const text = field?.asText();
  if (field === undefined || text === undefined) return undefined;
  const ms = parseAnnotationDuration(text);
  return ms === undefined ? { field, reason: 'one whole number and a unit were expected' } : written(ms, field);
};
