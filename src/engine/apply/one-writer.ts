import { isSame } from '../../base/same.ts';
import { identityOf } from '../plan/ownership.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../plan/steps.ts';

/**
 * The plan with one step for each object. Where two meshes share a kind and want one object otherwise, the first has its
 * way, and for the other it is told; where they want it alike, once is enough.
 */
export const oneWriter = (plan: Plan): Plan => {
  const first = new Map<string, Step>();
  const steps = plan.steps.flatMap((step): readonly Step[] => {
    const identity = identityOf(step.object);
    const other = first.get(identity);
    if (!other) {
      first.set(identity, step);
      return [step];
    }
    if (isSame(other.after, step.after)) return [];
    return [
      { ...step, refused: `${other.mesh} wants an object of this name that says something else`, because: 'held' },
    ];
  });
  return { ...plan, steps };
};
