import { formatDuration } from '../../base/units.ts';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Milliseconds of a duration in an annotation, and in `timeouts.request` of a gateway.networking.k8s.io HTTPRoute, which
 * goes through the same parser: one whole number and one unit, or `0` (policy-controller `parse_duration`, 2.20).
 * `1m30s` and `1.5s` are no durations there: undefined.
 */
export const parseAnnotationDuration = (text: string): number | undefined => {
  const match = /^(\d+)(ms|s|m|h|d|)$/.exec(text.trim());
  if (!match) return undefined;
  const magnitude = Number(match[1]);
  if (match[2] === '') return magnitude === 0 ? 0 : undefined;
  return magnitude * unitMs[match[2]!]!;
};

/** The text of a duration that every version reads; undefined where only a fraction of a millisecond would say it. */
export const annotationDuration = (ms: number): string | undefined =>
  Number.isInteger(ms) && ms >= 0 ? formatDuration(ms) : undefined;
