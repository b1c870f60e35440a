import type { Addition } from '../../../adapter/annotated-objects.ts';
import type { OutlierDetection } from '../../../model/capabilities/outlier-detection.ts';
import type { Model } from '../../../model/model.ts';
import { annotationDuration } from '../duration.ts';
import { breakerDefaults } from '../routing/circuit-breaker.ts';
import { isBreaker } from './judge-destination.ts';
import type { Judging } from './judging.ts';

const prefix = 'balancer.linkerd.io/failure-accrual';

/** Circuit breaking as annotations of the Services that clients dial. */
export const breakerAdditions = (model: Model, judging: Judging): readonly Addition[] =>
  model.destinations.flatMap(({ target, outlierDetection }): Addition[] => {
    const object = target.service === undefined ? undefined : judging.serviceObject(target.service);
    if (!object || !outlierDetection || !isBreaker(outlierDetection)) return [];
    return [{ object, on: 'object', annotations: breakerAnnotations(outlierDetection) }];
  });

/** Spelled out where it is not Linkerd's default, and as whole milliseconds. */
const breakerAnnotations = (outlier: OutlierDetection): Readonly<Record<string, string>> => {
  const { consecutive5xx, baseEjectionMs, maxEjectionMs, jitterRatio } = outlier;
  const [least, most] = [baseEjectionMs?.value, maxEjectionMs?.value];
  const entries: (readonly [string, string | undefined])[] = [
    [prefix, 'consecutive'],
    [`${prefix}-consecutive-max-failures`, text(consecutive5xx?.value, breakerDefaults.maxFailures)],
    [`${prefix}-consecutive-min-penalty`, duration(least, breakerDefaults.minPenaltyMs)],
    [`${prefix}-consecutive-max-penalty`, duration(atLeast(most, least), breakerDefaults.maxPenaltyMs)],
    [`${prefix}-consecutive-jitter-ratio`, text(jitterRatio?.value, breakerDefaults.jitterRatio)],
  ];
  return Object.fromEntries(entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
};

const text = (value: number | undefined, otherwise: number): string | undefined =>
  value === undefined || value === otherwise ? undefined : String(value);

const duration = (ms: number | undefined, otherwise: number): string | undefined =>
  ms === undefined || ms === otherwise ? undefined : annotationDuration(ms);

/** A smallest penalty above the largest would switch the breaker off. */
const atLeast = (most: number | undefined, least: number | undefined): number | undefined => {
  const wanted = most ?? breakerDefaults.maxPenaltyMs;
  return least !== undefined && least > wanted ? least : most;
};
