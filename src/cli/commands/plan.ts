import type { ExitCode } from '../exit.ts';
import { exitOfPlan } from '../planning/exit.ts';
import { readInputs } from '../planning/inputs.ts';
import { makePlan } from '../planning/make-plan.ts';
import type { PlanningOptions } from '../planning/options.ts';
import { printDocument } from '../print.ts';

/** `supergloo plan`: what would be written to each mesh, and what became of every wish. Writes nothing. */
export const planCommand = async (options: PlanningOptions): Promise<ExitCode> => {
  const inputs = await readInputs(options);
  try {
    const planned = await makePlan(options, inputs);
    if (options.output === 'text') {
      const { planText } = await import('../text/plan.ts');
      process.stdout.write(await planText(planned));
    } else {
      const { planFields } = await import('../planning/document.ts');
      printDocument('Plan', await planFields(planned), options.output);
    }
    return exitOfPlan(planned);
  } finally {
    await inputs.close();
  }
};
