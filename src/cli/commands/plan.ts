import { decide } from '../../engine/apply/decision.ts';
import { plan } from '../../engine/plan/plan.ts';
import { verdictOf } from '../../engine/plan/verdict.ts';
import type { ExitCode } from '../exit.ts';
import { exitOfPlan } from '../planning/exit.ts';
import { readInputs } from '../planning/inputs.ts';
import { assumedMeshes, type PlanningOptions } from '../planning/options.ts';
import { printDocument } from '../print.ts';

/** `supergloo plan`: what would be written to each mesh, and what became of every wish. Writes nothing. */
export const planCommand = async (options: PlanningOptions): Promise<ExitCode> => {
  const assume = assumedMeshes(options);
  const inputs = await readInputs(options);
  const planned = await plan(inputs.snapshot, { owner: options.owner, assume });
  const verdicts = await verdictOf(planned);
  const decision = decide(planned, verdicts, options.accept);
  const all = { plan: planned, verdicts, decision, inputs, owner: options.owner };
  if (options.output === 'text') {
    const { planText } = await import('../text/plan.ts');
    process.stdout.write(await planText(all));
  } else {
    const { planFields } = await import('../planning/document.ts');
    printDocument('Plan', await planFields(all), options.output);
  }
  return exitOfPlan(planned, decision, inputs);
};
