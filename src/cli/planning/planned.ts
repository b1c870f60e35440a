import type { Decision } from '../../engine/apply/decision.ts';
import type { Plan } from '../../engine/plan/plan.ts';
import type { MeshVerdict } from '../../engine/plan/verdict.ts';
import type { Inputs } from './inputs.ts';

/** A plan with everything that is known of it. */
export interface Planned {
  readonly plan: Plan;
  readonly verdicts: readonly MeshVerdict[];
  readonly decision: Decision;
  readonly inputs: Inputs;
  readonly owner: string;
}
