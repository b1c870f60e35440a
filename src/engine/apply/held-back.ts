import type { Plan } from '../plan/plan.ts';

/** The plan without what changes or takes away objects that are there: nobody knows whether that is wanted. */
export const heldBack = (plan: Plan, why: string): Plan => ({
  ...plan,
  steps: plan.steps.map(step =>
    step.action === 'update' || step.action === 'delete' ? { ...step, refused: why, because: 'held' } : step,
  ),
});
