import type { Manifest } from '../../adapter/adapter.ts';
import { groupBy } from '../../base/order.ts';
import { isSame } from '../../base/same.ts';
import type { Mesh } from '../../model/mesh.ts';
import type { NativeObject, Snapshot } from '../../native/snapshot.ts';
import { Merged, type MeshInput, type MeshPlan } from './merged.ts';
import { identityOfManifest } from './ownership.ts';
import { planUnit, type UnitPlan } from './unit-plan.ts';
import { type Unit, unitsOf } from './units.ts';

export type { MeshPlan } from './merged.ts';

/** What was made of units, as long as what they are made of is the same. */
export class Made {
  #known = new Map<string, { readonly inputs: readonly unknown[]; readonly plan: UnitPlan }>();

  /** One plan for each unit, in their order; what no unit needs any more is forgotten. */
  async of(units: readonly Unit[], make: (unit: Unit) => Promise<UnitPlan>): Promise<readonly UnitPlan[]> {
    const used = new Map<string, { readonly inputs: readonly unknown[]; readonly plan: UnitPlan }>();
    for (const unit of units) {
      const known = this.#known.get(unit.id);
      const isFresh = known && areOne(known.inputs, unit.inputs);
      used.set(unit.id, isFresh ? known : { inputs: unit.inputs, plan: await make(unit) });
    }
    this.#known = used;
    return units.map(({ id }) => used.get(id)!.plan);
  }
}

const areOne = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);

/** What was made for a mesh before: of namespaces by themselves, and of those that had to be put together. */
export class MadeForMesh {
  readonly apart = new Made();
  readonly together = new Made();
}

const lookedUp = new WeakMap<Snapshot, Map<string, NativeObject[]>>();

/**
 * What a writer may look at in the estate, by namespace: it writes into those of the unit alone, and asks there for names
 * and for users' objects. What is in no namespace or in the mesh's own may say something to all, and so may the mesh.
 */
const lookedAt = (estate: Snapshot, mesh: Mesh): ReadonlyMap<string, readonly unknown[]> => {
  const known = lookedUp.get(estate) ?? groupBy(estate.objects, ({ ref }) => ref.namespace ?? '');
  lookedUp.set(estate, known);
  return new Map<string, readonly unknown[]>([
    ...known,
    ['', [mesh, ...(known.get('') ?? []), ...(known.get(mesh.namespace) ?? [])]],
  ]);
};

/** Writes the wishes for one mesh, unit by unit. */
export const planMesh = async (input: MeshInput, made = new MadeForMesh()): Promise<MeshPlan> => {
  const { adapter, target, snapshot, estate, wishes, policies } = input;
  const { mesh, inventory } = target;
  const make = (unit: Unit): Promise<UnitPlan> => planUnit(unit, { adapter, mesh, snapshot });
  const hasGlobalNames = adapter.hasGlobalNames === true;
  const wished = { inventory, wishes, policies, hasGlobalNames, beside: lookedAt(estate, mesh) };
  const units = unitsOf(wished);
  const plans = await made.apart.of(units, make);
  const meeting = meetingUnits(units, plans, mesh);
  if (meeting.length === 0) return new Merged(plans, input);
  const joined = unitsOf(wished, meeting);
  return new Merged(await made.together.of(joined, make), input);
};

/**
 * Units that have to be written together: those that write one object in two ways, and one that writes into a namespace of
 * another. In the mesh's own namespace stands what holds for all, and all write it alike.
 */
const meetingUnits = (
  units: readonly Unit[],
  plans: readonly UnitPlan[],
  { namespace: common }: Mesh,
): readonly (readonly string[])[] => {
  const homes = new Map(units.flatMap(unit => [...unit.namespaces].map(namespace => [namespace, unit] as const)));
  const writers = new Map<string, { readonly unit: Unit; readonly manifest: Manifest }>();
  const meeting: string[][] = [];
  for (const [index, unit] of units.entries()) {
    for (const manifest of plans[index]?.objects ?? []) {
      const identity = identityOfManifest(manifest);
      const other = writers.get(identity);
      if (!other) writers.set(identity, { unit, manifest });
      else if (!isSame(other.manifest, manifest)) meeting.push([...other.unit.namespaces, ...unit.namespaces]);
      const { namespace = '' } = manifest.metadata;
      const host = namespace === common ? undefined : homes.get(namespace);
      if (host && host !== unit) meeting.push([...host.namespaces, ...unit.namespaces]);
    }
  }
  return meeting;
};
