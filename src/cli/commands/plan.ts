import type { ExitCode } from '../exit.ts';
import { exitOfPlan } from '../planning/exit.ts';
import { readInputs } from '../planning/inputs.ts';
import { makePlan } from '../planning/make-plan.ts';
import type { PlanningOptions } from '../planning/options.ts';
import type { Planned } from '../planning/planned.ts';
import { printDocument } from '../print.ts';

export interface PlanCommandOptions extends PlanningOptions {
  /** The file into which the plan is saved. */
  readonly out?: string;
}

/** `supergloo plan`: what would be written to each mesh, and what became of every wish. Writes nothing but itself. */
export const planCommand = async (
  options: PlanCommandOptions,
  toText: (planned: Planned) => Promise<string> = wholeText,
): Promise<ExitCode> => {
  const inputs = await readInputs(options);
  try {
    const planned = await makePlan(options, inputs);
    if (options.out !== undefined)
      await (await import('../planning/saved-plan.ts')).savePlan(options.out, planned, options);
    if (options.output === 'text') process.stdout.write(await toText(planned));
    else {
      const { planFields } = await import('../planning/document.ts');
      printDocument('Plan', await planFields(planned), options.output);
    }
    return exitOfPlan(planned);
  } finally {
    await inputs.close();
  }
};

const wholeText = async (planned: Planned): Promise<string> => (await import('../text/plan.ts')).planText(planned);
