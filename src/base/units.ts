/** Durations and percentages as the formats of this field write them. */

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Milliseconds of a Go duration (`1h30m`, `1.5s`, `300ms`, `0`), which is what Kubernetes, Istio and Gateway API
 * write. Undefined if the text is no duration.
 */
export const parseDurationMs = (text: string): number | undefined => {
  if (text === '0') return 0;
  const match = /^([-+]?)((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.exec(text);
  if (!match) return undefined;
  let total = 0;
  for (const part of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(part[1]) * (unitMs[part[2] ?? ''] ?? 0);
  }
  const rounded = Math.round(total * 1e6) / 1e6;
  return match[1] === '-' ? -rounded : rounded;
};

/** The shortest single-unit spelling that loses nothing: `90s`, `1500ms`, `2m`; every system here accepts it. */
export const formatDuration = (ms: number): string => {
  if (ms === 0) return '0s';
  if (Number.isInteger(ms / 3_600_000)) return `${ms / 3_600_000}h`;
  if (Number.isInteger(ms / 60_000)) return `${ms / 60_000}m`;
  if (Number.isInteger(ms / 1000)) return `${ms / 1000}s`;
  if (Number.isInteger(ms)) return `${ms}ms`;
  return `${Math.round(ms * 1000)}us`;
};

/** Shares of 100 000 that add up to it exactly, in the proportion of the given weights (largest remainder first). */
export const toShares = (weights: readonly number[]): number[] => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) return weights.map(() => 0);
  const exact = weights.map(weight => (weight * 100_000) / total);
  const shares = exact.map(Math.floor);
  let missing = 100_000 - shares.reduce((sum, share) => sum + share, 0);
  if (missing === 0) return shares;
  const byRemainder = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of byRemainder) {
    if (missing === 0) break;
    shares[index] = (shares[index] ?? 0) + 1;
    missing -= 1;
  }
  return shares;
};
