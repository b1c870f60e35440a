import type { Disposition, Loss } from '../../adapter/disposition.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../plan/steps.ts';
import type { MeshVerdict } from '../plan/verdict.ts';
import { weakerIn } from '../weaker.ts';

/** A wish of which something is lost, and the mesh that cannot do it. */
export type Lost = Disposition & { readonly loss: Loss; readonly mesh: string };

/** What is to be said of a plan as a whole, and what of it may be carried out. */
export interface Decision {
  /** Steps that change something, in the order in which they are taken. */
  readonly steps: readonly Step[];
  /** How many objects are as they are to be. */
  readonly unchanged: number;
  /** Changes that are not made: to objects of others, or while nobody can say what is wanted. */
  readonly notDone: readonly Step[];
  /** Wishes of which something is lost. What meshes do by themselves counts where access or encryption is concerned. */
  readonly losses: readonly Lost[];
  /** By what access or encryption would be weaker, as `--accept` takes it. */
  readonly weaker: readonly string[];
  /** Not all of that was accepted: nothing is carried out. */
  readonly isRefused: boolean;
}

const isOfConcern = ({ loss, byDefault }: Disposition): boolean =>
  loss?.effect === 'differs' && (!byDefault || loss.severity === 'security');

/**
 * Weaker is what lets somebody in who is kept out now, or shows on the way what is hidden now; and a wish for access or
 * encryption that is lost, told by the ledger or seen in what is written.
 */
export const decide = (
  { meshes, steps }: Plan,
  verdicts: readonly MeshVerdict[],
  accepted: readonly string[],
): Decision => {
  const losses = meshes.flatMap(({ mesh, dispositions }) =>
    dispositions.filter(isOfConcern).map(disposition => ({ ...disposition, mesh: mesh.id }) as Lost),
  );
  const lost = losses.flatMap(({ loss }) => (loss.severity === 'security' ? [loss.code] : []));
  const untold = lost.length > 0 ? [] : verdicts.flatMap(({ kept }) => weakerIn(kept));
  const weaker = [...new Set([...lost, ...verdicts.flatMap(({ change }) => weakerIn(change)), ...untold])];
  return {
    steps: steps.filter(({ action, refused }) => action !== 'keep' && refused === undefined),
    unchanged: steps.filter(({ action }) => action === 'keep').length,
    notDone: steps.filter(({ refused }) => refused !== undefined),
    losses,
    weaker,
    isRefused: weaker.some(code => !accepted.includes(code)),
  };
};
