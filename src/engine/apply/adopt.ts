import type { ObjectRef } from '../../base/source.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../plan/steps.ts';

/** The plan with those changes to objects of others that are allowed; `taking` says how such a step is taken. */
export const adopt = (plan: Plan, isAllowed: (object: ObjectRef) => boolean, taking: (step: Step) => Step): Plan => ({
  ...plan,
  steps: plan.steps.map(step => {
    if (step.because !== 'foreign' || !isAllowed(step.object)) return step;
    const { refused: _, because: __, ...allowed } = step;
    return taking(allowed);
  }),
});
