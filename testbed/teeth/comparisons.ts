/** Comparisons that overlook something: what was seen of pairs contradicts them too. */
import type { CapabilityId } from '../../src/model/capability.ts';
import { recordedIn } from '../trial/replay.ts';
import { pairsIn, type ReplayedPair } from '../trial/replay-pairs.ts';
import { plantedErrors } from './planted.ts';

/** Errors by which both sides of a pair may come to look the same. */
export const overlooked = [
  'access-deny',
  'access-identity',
  'method-match',
  'timeout-request',
] as const satisfies readonly CapabilityId[];

export const recordedPairs = async (root: string): Promise<readonly ReplayedPair[]> =>
  (await Promise.all(recordedIn(root).map(pairsIn))).flat();

export interface Overlooking {
  readonly capability: CapabilityId;
  readonly what: string;
  /** The pairs whose records contradict such a comparison; at most `enough`. */
  readonly noticed: readonly string[];
}

export const overlook = async (
  pairs: readonly ReplayedPair[],
  capability: CapabilityId,
  enough = Number.POSITIVE_INFINITY,
): Promise<Overlooking> => {
  const error = plantedErrors[capability];
  const noticed: string[] = [];
  if (!('plant' in error)) return { capability, what: '', noticed };
  for (const { id, judge } of pairs) {
    if (noticed.length >= enough) break;
    if ((await judge(error.plant)).some(({ finding }) => finding === 'contradicted')) noticed.push(id);
  }
  return { capability, what: error.what, noticed };
};
