import type { ObjectRef } from '../../base/source.ts';
import { adopt } from '../../engine/apply/adopt.ts';
import { decide } from '../../engine/apply/decision.ts';
import { heldBack } from '../../engine/apply/held-back.ts';
import { tellNotDone } from '../../engine/apply/not-done.ts';
import { keepOrphans } from '../../engine/apply/orphans.ts';
import { type Plan, plan } from '../../engine/plan/plan.ts';
import { verdictOf } from '../../engine/plan/verdict.ts';
import { UserError } from '../exit.ts';
import type { Inputs } from './inputs.ts';
import { assumedMeshes, type PlanningOptions } from './options.ts';
import type { Planned } from './planned.ts';

/** The plan as it is carried out where it goes, with everything that is known of it. */
export const makePlan = async (options: PlanningOptions, inputs: Inputs): Promise<Planned> => {
  const { owner, accept } = options;
  const { snapshot, target, held } = inputs;
  const known = { owner, assume: assumedMeshes(options, snapshot) };
  const made = await keepOrphans(await plan(snapshot, known));
  const kept = held === undefined ? made : heldBack(made, held);
  const adopted = adopt(kept, allowed(options, kept, inputs), target.adopting);
  const released = held === undefined ? await target.releases(made) : [];
  const whole = await tellNotDone({ ...adopted, steps: [...adopted.steps, ...released] }, snapshot, known);
  const verdicts = await verdictOf(whole);
  return { plan: whole, verdicts, decision: decide(whole, verdicts, accept), inputs, owner };
};

/** `KIND/NAMESPACE/NAME`, or `KIND/NAME` for an object that is in no namespace. */
export const nameOf = ({ kind, namespace, name }: ObjectRef): string =>
  [kind, namespace, name].filter(part => part).join('/');

/** A name that is none of those that need it is a mistake. */
const allowed = (
  { adopt: names }: PlanningOptions,
  { steps }: Plan,
  { target }: Inputs,
): ((object: ObjectRef) => boolean) => {
  const foreign = steps.filter(({ because }) => because === 'foreign').map(({ object }) => nameOf(object));
  const there = new Set([...foreign, ...steps.map(({ object }) => nameOf(object))]);
  for (const name of names) {
    if (there.has(name)) continue;
    const known = foreign.length > 0 ? `there are ${foreign.join(', ')}` : 'there is none';
    throw new UserError(`--adopt \`${name}\`: no object of that name is to be changed; ${known}`);
  }
  return object => names.includes(nameOf(object)) || target.isAdopted(object);
};
