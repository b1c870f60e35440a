import type { WorkloadsOf } from '../../probe/expectation.ts';
import type { Tried } from '../tally.ts';
import { type JudgedClaim, judgePair, type SideOfPair } from './judge-pair.ts';

export interface JudgedPair {
  readonly id: string;
  readonly claims: readonly JudgedClaim[];
}

const sideOf = ({ side, verdicts }: Tried): SideOfPair => ({
  name: side?.name ?? '',
  answers: verdicts.map(({ question, predicted: { outcome }, observed }) => ({ question, outcome, observed })),
});

/** What became of every pair of which both sides were let in and did what was predicted. */
export const judgedPairs = (tried: readonly Tried[], workloadsOf: WorkloadsOf): readonly JudgedPair[] => {
  const sides = tried.filter(({ side, notComparable }) => side && notComparable === undefined);
  return sides.flatMap(before => {
    if (before.side?.side !== 'before') return [];
    const { pair, said } = before.side;
    const after = sides.find(({ side }) => side?.pair.id === pair.id && side.side === 'after');
    return after ? [{ id: pair.id, claims: judgePair(pair, said, [sideOf(before), sideOf(after)], workloadsOf) }] : [];
  });
};

export interface PairRow {
  readonly said: string;
  readonly pairs: number;
  readonly requests: number;
  readonly shown: number;
  readonly unseen: number;
  readonly unsent: number;
  readonly contradicted: number;
}

/** A row for everything that comparisons say. */
export const byClaim = (pairs: readonly JudgedPair[]): readonly PairRow[] => {
  const all = pairs.flatMap(({ claims }) => claims);
  return [...new Set(all.map(({ said }) => said))].sort().map(said => {
    const own = all.filter(claim => claim.said === said);
    const count = (finding: JudgedClaim['finding']): number => own.filter(claim => claim.finding === finding).length;
    return {
      said,
      pairs: pairs.filter(({ claims }) => claims.some(claim => claim.said === said)).length,
      requests: own.reduce((sum, { requests }) => sum + requests, 0),
      shown: count('shown'),
      unseen: count('unseen'),
      unsent: count('unsent'),
      contradicted: count('contradicted'),
    };
  });
};

export const contradictedPairs = (pairs: readonly JudgedPair[]): readonly string[] =>
  pairs.flatMap(({ id, claims }) =>
    claims.flatMap(({ finding, why = '' }) => (finding === 'contradicted' ? [`${id}: ${why}`] : [])),
  );
