import { whole } from '../chain/chain.ts';

/**
 * Weights as parts of 10 000, which is what Envoy is told; they add up to it, or Consul refuses the splitter. What has a
 * share at all keeps at least one part.
 */
export const shares = (weights: readonly number[]): readonly number[] => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const exact = weights.map(weight => (weight * whole) / total);
  const parts = exact.map(part => (part > 0 ? Math.max(1, Math.floor(part)) : 0));
  const order = exact
    .map((part, index) => ({ index, rest: part - Math.floor(part), part }))
    .sort((a, b) => b.rest - a.rest || b.part - a.part || a.index - b.index);
  let missing = whole - parts.reduce((sum, part) => sum + part, 0);
  for (const { index } of order) {
    if (missing <= 0) break;
    if (exact[index] === 0) continue;
    parts[index] = parts[index]! + 1;
    missing -= 1;
  }
  // What the smallest were given too much comes from the largest.
  const largest = exact.indexOf(Math.max(...exact));
  if (missing < 0) parts[largest] = parts[largest]! + missing;
  return parts;
};
