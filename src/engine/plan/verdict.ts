import { retarget } from '../../adapter/retarget.ts';
import { writtenObject } from '../../adapter/written-object.ts';
import type { Mesh } from '../../model/mesh.ts';
import { assemble, type Model } from '../../model/model.ts';
import { readInventory } from '../../native/kubernetes/read-kubernetes.ts';
import { Snapshot } from '../../native/snapshot.ts';
import { compare } from '../../verify/compare/compare.ts';
import type { Comparison, ServiceComparison } from '../../verify/compare/comparison.ts';
import { worst } from '../../verify/compare/comparison.ts';
import { worldOf } from '../../verify/request.ts';
import { loadAdapters } from '../read.ts';
import { onSameGround } from '../verdict.ts';
import { identityOf } from './ownership.ts';
import type { MeshPlan, Plan } from './plan.ts';
import type { Step } from './steps.ts';
import { isWished } from './wished-places.ts';

/** What a plan does to one mesh, asked of the objects themselves. */
export interface MeshVerdict {
  readonly mesh: Mesh;
  /** Who gets in, and what can be read on the way: what runs now beside what will run. Only what is not equal. */
  readonly change: Comparison;
  /** What was wished beside what will run, for everything that a wish is for. Only what is not equal. */
  readonly kept: Comparison;
}

/**
 * What there is after the steps that are carried out. Meshes that are only assumed are so many worlds that might be: none
 * of them sees what is written for another.
 */
export const snapshotAfter = ({ estate, steps }: Plan, isDone: (step: Step) => boolean): Snapshot => {
  const done = steps.filter(isDone);
  const touched = new Set(done.map(({ object }) => identityOf(object)));
  const made = done.flatMap(({ after }) => (after ? [writtenObject(after)] : []));
  const left = estate.objects.filter(({ ref }) => !touched.has(identityOf(ref)));
  return new Snapshot([...left, ...made], estate.extent);
};

/**
 * Asks for every mesh whether it is weaker afterwards than it is now, and whether what is written does what was wished.
 * Steps that are refused are not carried out, unless `isDone` says otherwise.
 */
export const verdictOf = async (
  plan: Plan,
  isDone: (step: Step) => boolean = ({ refused }) => refused === undefined,
): Promise<readonly MeshVerdict[]> => {
  const assumed = new Set(plan.meshes.flatMap(({ isAssumed, mesh }) => (isAssumed ? [mesh.id] : [])));
  const verdicts: MeshVerdict[] = [];
  for (const one of plan.meshes) {
    const isSeen = ({ mesh }: Step): boolean => mesh === undefined || mesh === one.mesh.id || !assumed.has(mesh);
    const after = snapshotAfter(plan, step => isSeen(step) && isDone(step));
    const [before, then] = [await readFor(one, plan, plan.estate), await readFor(one, plan, after)];
    const change = compare(worldOf(before), worldOf(then));
    const kept = compare(worldOf(retarget(one.wished, one.mesh)), worldOf(then));
    verdicts.push({
      mesh: one.mesh,
      change: only(change, ({ aspect }) => aspect === 'access' || aspect === 'encryption'),
      kept: only(kept, service => isWished(one.places, service)),
    });
  }
  return verdicts;
};

const only = (comparison: Comparison, isMeant: (service: ServiceComparison) => boolean): Comparison => {
  const services = comparison.services.filter(service => service.verdict !== 'equal' && isMeant(service));
  return { ...comparison, services, verdict: worst(services.map(({ verdict }) => verdict)) };
};

/** A mesh as its adapter reads it from some objects, with the workloads in it that the plan was made for. */
const readFor = async ({ mesh, wished }: MeshPlan, { meshes }: Plan, snapshot: Snapshot): Promise<Model> => {
  const [adapter] = await loadAdapters([mesh.type]);
  const others = meshes.flatMap(other => (other.isAssumed || other.mesh === mesh ? [] : other.mesh));
  const inventory = readInventory(snapshot);
  const read = adapter?.read({ snapshot, inventory, meshes: [mesh], others });
  return onSameGround(assemble(read?.inventory ?? inventory, [read?.part ?? {}]), wished);
};
