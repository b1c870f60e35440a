import type { ExitCode } from '../exit.ts';
import type { PlanningOptions } from '../planning/options.ts';
import { needTarget } from './apply.ts';
import { planCommand } from './plan.ts';

/** `supergloo diff`: what `apply` would change, and nothing else. */
export const diffCommand = async (options: PlanningOptions): Promise<ExitCode> => {
  needTarget(options);
  const { diffText } = await import('../text/plan.ts');
  return planCommand(options, async planned => diffText(planned));
};
