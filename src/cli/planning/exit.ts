import type { Decision } from '../../engine/apply/decision.ts';
import type { Plan } from '../../engine/plan/plan.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import type { Loaded } from '../source.ts';

/** Of a plan that is only told: 3 where there is something to do, something is lost, or something could not be read. */
export const exitOfPlan = (plan: Plan, decision: Decision, { snapshot, findings }: Loaded): ExitCode => {
  if (snapshot.objects.length === 0 || plan.meshes.length === 0) return exitCodes.failed;
  if (decision.isRefused) return exitCodes.weaker;
  const { steps, notDone, losses } = decision;
  const errors = [...findings, ...plan.findings].some(({ severity }) => severity === 'error');
  return steps.length > 0 || notDone.length > 0 || losses.length > 0 || errors ? exitCodes.differs : exitCodes.done;
};
