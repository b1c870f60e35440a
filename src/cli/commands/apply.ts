import { type ExitCode, exitCodes, UserError } from '../exit.ts';
import { carryOut } from '../planning/carry-out.ts';
import { exitOfApply } from '../planning/exit.ts';
import { type Inputs, readInputs } from '../planning/inputs.ts';
import { makePlan } from '../planning/make-plan.ts';
import type { PlanningOptions } from '../planning/options.ts';
import { printDocument } from '../print.ts';
import { findStore } from '../stores/store-place.ts';

/** `supergloo apply`: carries a plan out, in a folder or a store. */
export const applyCommand = async (options: PlanningOptions): Promise<ExitCode> => {
  if (options.to === undefined && !findStore(options.store))
    throw new UserError('there is nowhere to write to: name a folder with --to, or make a store with `supergloo init`');
  return runPlan(options, await readInputs(options));
};

/** Carries out what follows from the inputs, unless it would make something weaker, and tells what was done. */
export const runPlan = async (
  options: PlanningOptions,
  inputs: Inputs,
  kind: 'Apply' | 'Delete' = 'Apply',
): Promise<ExitCode> => {
  try {
    const planned = await makePlan(options, inputs);
    const code = exitOfApply(planned);
    if (code !== exitCodes.weaker && code !== exitCodes.failed) await carryOut(planned);
    if (options.output === 'text') {
      const { applyText } = await import('../text/apply.ts');
      process.stdout.write(await applyText(planned));
    } else {
      const { planFields } = await import('../planning/document.ts');
      printDocument(kind, { done: !planned.decision.isRefused, ...(await planFields(planned)) }, options.output);
    }
    return code;
  } finally {
    await inputs.close();
  }
};
