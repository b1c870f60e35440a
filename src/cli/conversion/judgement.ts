import type { Disposition } from '../../adapter/disposition.ts';
import type { Conversion } from '../../engine/convert.ts';
import { weakerIn } from '../../engine/weaker.ts';
import { type Comparison, type Verdict, worst } from '../../verify/compare/comparison.ts';

/** Something is different by it afterwards, also where the meshes make it so by themselves. */
export const isDifference = ({ loss }: Disposition): boolean => loss?.effect === 'differs';

/** What changes by losing it, unless a mesh did it by itself; security is of concern in any case. */
const isOfConcern = ({ loss, byDefault }: Disposition): boolean =>
  loss?.effect === 'differs' && (!byDefault || loss.severity === 'security');

/** What is to be said of a conversion as a whole. */
export interface Judgement {
  /** Of source and result: by the ledger, and by what was asked of the written objects. */
  readonly verdict: Verdict;
  /** Losses by which something is different afterwards. */
  readonly lost: readonly Disposition[];
  /** By what access or encryption would be weaker, as `--accept` takes it. */
  readonly weaker: readonly string[];
  /** Not all of that was accepted. */
  readonly isRefused: boolean;
}

const nothingAsked: Pick<Comparison, 'services' | 'verdict'> = { services: [], verdict: 'equal' };

/**
 * Whoever accepts a security loss accepts that something is weaker; where no such loss was told and the written objects
 * are weaker nevertheless, that is to be accepted by its own name. Where not all of the input could be read (`isWhole`),
 * anything may stand in the rest, and nothing is called equal.
 */
export const judge = (
  { dispositions }: Pick<Conversion, 'dispositions'>,
  asked: Pick<Comparison, 'services' | 'verdict'> | undefined,
  accepted: readonly string[],
  isWhole = true,
): Judgement => {
  const lost = dispositions.filter(isOfConcern);
  const codes = new Set(lost.flatMap(({ loss }) => (loss?.severity === 'security' ? loss.code : [])));
  const untold = codes.size > 0 ? [] : weakerIn(asked ?? nothingAsked);
  const byLedger = codes.size > 0 ? 'looser' : dispositions.some(isDifference) ? 'different' : 'equal';
  const weaker = [...codes, ...untold];
  return {
    verdict: worst([byLedger, (asked ?? nothingAsked).verdict, isWhole ? 'equal' : 'undecided']),
    lost,
    weaker,
    isRefused: weaker.some(code => !accepted.includes(code)),
  };
};
