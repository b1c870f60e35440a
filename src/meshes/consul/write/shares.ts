import { asTold, whole } from '../chain/chain.ts';

/**
 * Weights as parts of 10 000, which is what Envoy is told; they add up to it, or Consul refuses the splitter. What has a
 * share at all keeps at least one part, and none is one of which Consul would cut something off.
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
  return told(parts, largest);
};

const isToldWhole = (parts: number): boolean => asTold(parts) === parts;

/** The same or a little less, so that all of it is told; one part always is. */
const lowered = (parts: number): number => (isToldWhole(parts) ? parts : lowered(parts - 1));

/** What is taken from the others goes to the largest, until nothing of that is cut off either. */
const told = (parts: readonly number[], largest: number): readonly number[] => {
  const others = parts.map((part, index) => (index === largest ? 0 : lowered(part)));
  const rest = whole - others.reduce((sum, part) => sum + part, 0);
  if (isToldWhole(rest)) return others.map((part, index) => (index === largest ? rest : part));
  const donor = others.findIndex(part => part > 1);
  // With nothing to give, one gets more: the largest is far above it.
  const next = others.findIndex(part => part > 0);
  const change = donor >= 0 ? -1 : 1;
  const at = donor >= 0 ? donor : next;
  return at < 0
    ? parts
    : told(
        others.map((part, index) => (index === at ? part + change : part)),
        largest,
      );
};
