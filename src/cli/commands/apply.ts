import { type ExitCode, exitCodes, UserError } from '../exit.ts';
import { carryOut } from '../planning/carry-out.ts';
import { exitOfApply } from '../planning/exit.ts';
import { type Inputs, readInputs } from '../planning/inputs.ts';
import { makePlan } from '../planning/make-plan.ts';
import type { PlanningOptions } from '../planning/options.ts';
import type { Planned } from '../planning/planned.ts';
import { printDocument } from '../print.ts';
import { findStore } from '../stores/store-place.ts';

/** `supergloo apply`: carries a plan out, in a folder or a store; one that was saved, if it is not stale. */
export const applyCommand = async (saved: string | undefined, options: PlanningOptions): Promise<ExitCode> => {
  if (saved !== undefined) return applySaved(saved, options);
  needTarget(options);
  return runPlan(options, await readInputs(options));
};

const applySaved = async (file: string, { output, accept, filename }: PlanningOptions): Promise<ExitCode> => {
  if (filename.length > 0) throw new UserError('a saved plan knows its files: leave out -f');
  const { readSavedPlan, checkInputs, checkSteps } = await import('../planning/saved-plan.ts');
  const saved = readSavedPlan(file);
  const options: PlanningOptions = { ...saved.asked, accept: [...saved.asked.accept, ...accept], output };
  needTarget(options);
  const inputs = await readInputs(options);
  try {
    checkInputs(saved, options, inputs);
  } catch (error) {
    await inputs.close();
    throw error;
  }
  return runPlan(options, inputs, { check: planned => checkSteps(saved, planned) });
};

interface Running {
  readonly kind?: 'Apply' | 'Delete';
  /** Looks at the plan before anything is done, and throws where it is not to be carried out. */
  readonly check?: (planned: Planned) => Promise<void>;
}

/** Where there is nowhere to write to, the user is told what to do about it. */
export const needTarget = ({ to, store }: PlanningOptions): void => {
  if (to === undefined && !findStore(store))
    throw new UserError('there is nowhere to write to: name a folder with --to, or make a store with `supergloo init`');
};

/** Carries out what follows from the inputs, unless it would make something weaker, and tells what was done. */
export const runPlan = async (
  options: PlanningOptions,
  inputs: Inputs,
  { kind = 'Apply', check }: Running = {},
): Promise<ExitCode> => {
  try {
    const planned = await makePlan(options, inputs);
    await check?.(planned);
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
