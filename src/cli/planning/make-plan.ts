import { type ObjectRef, objectKey } from '../../base/source.ts';
import { adopt } from '../../engine/apply/adopt.ts';
import { decide } from '../../engine/apply/decision.ts';
import { heldBack } from '../../engine/apply/held-back.ts';
import { tellNotDone } from '../../engine/apply/not-done.ts';
import { oneWriter } from '../../engine/apply/one-writer.ts';
import { keepOrphans } from '../../engine/apply/orphans.ts';
import { type Plan, plan } from '../../engine/plan/plan.ts';
import type { Step } from '../../engine/plan/steps.ts';
import { verdictOf } from '../../engine/plan/verdict.ts';
import { UserError } from '../exit.ts';
import type { Target } from '../targets/target.ts';
import type { Inputs } from './inputs.ts';
import { assumedMeshes, type PlanningOptions } from './options.ts';
import type { Planned } from './planned.ts';

/** The plan as it is carried out where it goes, with everything that is known of it. */
export const makePlan = async (options: PlanningOptions, inputs: Inputs): Promise<Planned> => {
  const { owner, accept } = options;
  const { snapshot, target, held } = inputs;
  const known = { owner, assume: assumedMeshes(options, snapshot) };
  const made = oneWriter(await keepOrphans(once(await plan(snapshot, known))));
  const kept = held === undefined ? made : heldBack(made, held);
  const adopted = adopt(kept, allowed(options, kept, inputs), target.adopting);
  const released = held === undefined ? await target.releases(made) : [];
  const steps = [...adopted.steps, ...released].map(step => withObstacle(step, target));
  const whole = await tellNotDone({ ...adopted, steps }, snapshot, known);
  const verdicts = await verdictOf(whole);
  return { plan: whole, verdicts, decision: decide(whole, verdicts, accept), inputs, owner };
};

const withObstacle = (step: Step, target: Target): Step => {
  const why = step.refused === undefined ? target.obstacle(step) : undefined;
  return why === undefined ? step : { ...step, refused: why, because: 'held' };
};

/** What is said of an object for every mesh alike is told once. */
const once = (plan: Plan): Plan => {
  const told = new Map(
    plan.findings.map(finding => {
      const { code, message, path = '', subject } = finding;
      return [[code, message, path, subject ? objectKey(subject) : ''].join('|'), finding];
    }),
  );
  return { ...plan, findings: [...told.values()] };
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
