import { type Finding, findingOf } from '../../base/finding.ts';
import { objectTitle } from '../../base/source.ts';
import { policiesIn } from '../../compile/policy.ts';
import type { NativeObject, Snapshot } from '../../native/snapshot.ts';
import { engineFindings } from '../findings.ts';
import { loadAdapters } from '../read.ts';
import { forNoMesh } from './for-no-mesh.ts';
import { type Assumed, type Ground, readGround } from './ground.ts';
import { MadeForMesh, type MeshPlan, planMesh } from './mesh-plan.ts';
import { isOwnedBy, owned } from './ownership.ts';
import { type Divided, divide } from './split.ts';
import { type Step, stepsBetween } from './steps.ts';

export type { Assumed } from './ground.ts';
export type { MeshPlan } from './mesh-plan.ts';

export interface PlanOptions {
  readonly owner?: string;
  readonly assume?: readonly Assumed[];
  /** The last version of an object of `supergloo.dev` that was valid, for one that is not. */
  readonly lastValid?: (object: NativeObject) => NativeObject | undefined;
}

export interface Plan {
  readonly meshes: readonly MeshPlan[];
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
  /** What there is without the wishes; the steps begin there. */
  readonly estate: Snapshot;
}

/** What is to be written to each mesh so that it does what the objects in the snapshot say. */
export const plan = async (snapshot: Snapshot, options: PlanOptions = {}): Promise<Plan> => {
  const divided = divide(snapshot, isOwnedBy(options.owner ?? defaultOwner));
  return planOn(await readGround(divided.ground, options.assume ?? []), divided, options);
};

export const defaultOwner = 'default';

/** The same where it is known already what there is; `made` keeps what was made of units before, by mesh. */
export const planOn = async (
  { targets }: Ground,
  divided: Divided,
  { owner = defaultOwner, lastValid }: PlanOptions,
  made: (mesh: string) => MadeForMesh = () => new MadeForMesh(),
): Promise<Plan> => {
  const { snapshot, wishes, estate } = divided;
  const isOwned = isOwnedBy(owner);
  const policies = policiesIn(wishes, lastValid);
  const findings: Finding[] = [...policies.findings];
  if (targets.length === 0)
    findings.push(findingOf(engineFindings, 'PLAN001', undefined, 'no mesh is seen in the input'));
  else
    findings.push(
      ...forNoMesh(
        policies.valid,
        targets.map(({ mesh }) => mesh),
      ),
    );
  const meshes: MeshPlan[] = [];
  for (const target of targets) {
    const [adapter] = await loadAdapters([target.mesh.type]);
    if (!adapter) continue;
    const one = await planMesh(
      { adapter, target, snapshot, estate, wishes, policies: policies.valid },
      made(target.mesh.id),
    );
    findings.push(...one.findings);
    meshes.push(one);
  }
  const desired = meshes.flatMap(({ mesh, objects }) =>
    objects.map(object => ({ mesh: mesh.id, after: owned(object, owner) })),
  );
  const steps = stepsBetween(divided, desired, isOwned).map(step => heldBack(step, policies.invalid));
  return { meshes, steps, findings, estate };
};

/** What was written stays as it is while nobody can say what is wanted. */
const heldBack = (step: Step, invalid: readonly NativeObject[]): Step => {
  const [first] = invalid;
  if (!first || (step.action !== 'delete' && step.action !== 'update')) return step;
  return {
    ...step,
    refused: `${objectTitle(first.ref)} is not valid, and may be what wants it as it is`,
    because: 'held',
  };
};
