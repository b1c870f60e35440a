import { objectKey, objectTitle } from '../../base/source.ts';
import type { NativeObject, Snapshot } from '../../native/snapshot.ts';
import { Engine } from '../plan/engine.ts';
import { identityOf, identityOfManifest } from '../plan/ownership.ts';
import type { MeshPlan, Plan, PlanOptions } from '../plan/plan.ts';
import type { FieldStatus, ObjectStatus } from '../plan/status.ts';
import type { Step } from '../plan/steps.ts';

/**
 * The plan in which no wish counts as applied of which a part would stand in an object that is not written: it is not
 * ours, say. Which wishes those are is asked of the plan itself: without them, that object would be left as it is.
 */
export const tellNotDone = async (
  plan: Plan,
  snapshot: Snapshot,
  options: Omit<PlanOptions, 'lastValid'>,
): Promise<Plan> => {
  const left = plan.steps.filter(({ mesh, refused }) => mesh !== undefined && refused !== undefined);
  if (left.length === 0) return plan;
  const engine = new Engine(options, snapshot.extent);
  const objects = snapshot.objects.filter(object => !snapshot.superseded.has(object));
  for (const object of objects) engine.put(object);
  await engine.settle();
  const wishes = new Set(
    plan.meshes.flatMap(({ status }) =>
      status.flatMap(({ object, result }) => (result === 'none' ? [] : objectKey(object))),
    ),
  );
  const missing = new Map<string, readonly Step[]>();
  for (const wish of objects.filter(({ ref }) => wishes.has(objectKey(ref)) && left.some(isNear(ref))))
    missing.set(objectKey(wish.ref), await stepsFor(wish, left, engine));
  return { ...plan, meshes: plan.meshes.map(mesh => withMissing(mesh, missing)) };
};

/** A wish is for its own namespace, unless it is for a whole mesh. */
const isNear =
  ({ namespace, kind }: NativeObject['ref']) =>
  ({ object }: Step): boolean =>
    namespace === undefined || namespace === 'supergloo-system' || kind === 'Gateway' || namespace === object.namespace;

const stepsFor = async (wish: NativeObject, left: readonly Step[], engine: Engine): Promise<readonly Step[]> => {
  engine.remove(wish.ref);
  const changes = await engine.settle();
  engine.put(wish);
  await engine.settle();
  return left.filter(({ object, mesh }) =>
    changes.some(
      change =>
        change.mesh === mesh &&
        [...change.written.map(identityOfManifest), ...change.gone.map(identityOf)].includes(identityOf(object)),
    ),
  );
};

const withMissing = (plan: MeshPlan, missing: ReadonlyMap<string, readonly Step[]>): MeshPlan => {
  const { mesh, isAssumed, objects, dispositions, findings, places } = plan;
  const status = plan.status.map((one): ObjectStatus => {
    const steps = (missing.get(objectKey(one.object)) ?? []).filter(step => step.mesh === mesh.id);
    if (steps.length === 0) return one;
    const left = steps.map(({ object, refused }) => `${objectTitle(object)}, which stays as it is: ${refused}`);
    const message = `a part of it belongs into ${left.join('; and into ')}`;
    const field: FieldStatus = { path: 'spec', result: 'refused', message, times: 1 };
    return { ...one, result: 'refused', fields: [field, ...one.fields.filter(({ path }) => path !== 'spec')] };
  });
  return {
    mesh,
    isAssumed,
    objects,
    dispositions,
    status,
    findings,
    places,
    // They are put together only for those who ask.
    get wished() {
      return plan.wished;
    },
    get expected() {
      return plan.expected;
    },
  };
};
