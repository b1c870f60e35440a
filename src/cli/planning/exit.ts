import { type ExitCode, exitCodes } from '../exit.ts';
import type { Planned } from './planned.ts';

/** Nothing could be read, or nothing is known to write for. */
const isNothing = ({ plan, inputs }: Planned): boolean =>
  inputs.snapshot.objects.length === 0 || plan.meshes.length === 0;

const hasErrors = ({ plan, inputs }: Planned): boolean =>
  [...inputs.findings, ...plan.findings].some(({ severity }) => severity === 'error');

const isWanting = (planned: Planned): boolean =>
  planned.decision.notDone.length > 0 || planned.decision.losses.length > 0 || hasErrors(planned);

/** Of a plan that is only told: 3 where there is something to do, something is lost, or something could not be read. */
export const exitOfPlan = (planned: Planned): ExitCode => {
  if (isNothing(planned)) return exitCodes.failed;
  const { isRefused, steps } = planned.decision;
  if (isRefused) return exitCodes.weaker;
  const isToDo = steps.length > 0 || planned.inputs.target.taken.some(({ action }) => action !== 'keep');
  return isToDo || isWanting(planned) ? exitCodes.differs : exitCodes.done;
};

/** Of a plan that was carried out: 3 where something is lost or left, or could not be read. */
export const exitOfApply = (planned: Planned): ExitCode => {
  if (planned.inputs.snapshot.objects.length === 0) return exitCodes.failed;
  if (planned.decision.isRefused) return exitCodes.weaker;
  return isWanting(planned) ? exitCodes.differs : exitCodes.done;
};
