import { InvariantError } from '../../base/finding.ts';
import { isSame } from '../../base/same.ts';
import type { Inventory, Service } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import type { Snapshot } from '../../native/snapshot.ts';
import { loadAdapters, readSnapshot } from '../read.ts';

/** A mesh to plan for although nothing shows that it is there. */
export interface Assumed {
  readonly type: string;
  readonly version?: string;
}

/** A mesh that is planned for. */
export interface TargetMesh {
  readonly mesh: Mesh;
  readonly isAssumed: boolean;
  /** What there is; of a mesh that is assumed, every workload is a member. */
  readonly inventory: Inventory;
}

/** The meshes that carry wishes out, with what there is. */
export interface Ground {
  readonly targets: readonly TargetMesh[];
}

/** Reads what there is. What we wrote ourselves is no part of it: it shows no mesh that would not be there without us. */
export const readGround = async (without: Snapshot, assume: readonly Assumed[]): Promise<Ground> => {
  const { model } = await readSnapshot(without);
  const found = model.meshes;
  const inventory = asBystanders(model.inventory);
  const assumed = await Promise.all(assume.map(assumedMesh));
  return {
    targets: [
      ...found.map(mesh => ({ mesh, isAssumed: false, inventory })),
      ...assumed
        .filter(({ type }) => !found.some(mesh => mesh.type === type))
        .map(mesh => ({ mesh, isAssumed: true, inventory: withMembers(inventory, mesh) })),
    ],
  };
};

/**
 * Gateways and hosts outside that objects of a mesh make are there already: nobody wishes for them, so that they are not
 * written once more. Hosts stay as names that a wish may lead to.
 */
const asBystanders = (inventory: Inventory): Inventory => ({
  ...inventory,
  gateways: [],
  services: inventory.services.map(service => (isHost(service) ? { ...service, evidence: 'referenced' } : service)),
});

const isHost = ({ id, external }: Service): boolean => external && !id.includes('/');

const withMembers = (inventory: Inventory, mesh: Mesh): Inventory => {
  const [mode = 'sidecar'] = Object.keys(mesh.dataPlanes);
  const evidence = [{ says: 'the user named the mesh' }];
  const memberships = [{ mesh: mesh.id, mode, certainty: 'assumed', evidence } as const];
  return { ...inventory, workloads: inventory.workloads.map(workload => ({ ...workload, memberships })) };
};

const assumedMesh = async ({ type, version }: Assumed): Promise<Mesh> => {
  const [adapter] = await loadAdapters([type]);
  const mesh = adapter?.assume();
  if (!mesh) throw new InvariantError(`there is no adapter ${type}`);
  return version === undefined ? mesh : { ...mesh, version };
};

/** What is as it was is the same object as before, so that nothing that is made of it has to be made again. */
export const keepingKnown = (before: Ground, now: Ground): Ground => {
  const known = new Map(before.targets.map(target => [target.mesh.id, target]));
  return {
    targets: now.targets.map(target => {
      const other = known.get(target.mesh.id);
      if (!other || other.isAssumed !== target.isAssumed) return target;
      const mesh = isSame(other.mesh, target.mesh) ? other.mesh : target.mesh;
      // Another mesh has other words for all of it.
      return mesh === other.mesh ? { ...target, mesh, inventory: knownIn(other.inventory, target.inventory) } : target;
    }),
  };
};

const knownIn = (before: Inventory, now: Inventory): Inventory => {
  const parts = Object.entries(now).map(([kind, items]: [string, readonly Item[]]) => {
    const old = before[kind as keyof Inventory] as readonly Item[];
    const byName = new Map(old.map(item => [nameOf(item), item]));
    const kept = items.map(item => {
      const other = byName.get(nameOf(item));
      return other && isSame(other, item) ? other : item;
    });
    const isOld = kept.length === old.length && kept.every((item, index) => item === old[index]);
    return [kind, isOld ? old : kept] as const;
  });
  const isOld = parts.every(([kind, items]) => items === before[kind as keyof Inventory]);
  return isOld ? before : (Object.fromEntries(parts) as unknown as Inventory);
};

interface Item {
  readonly id?: string;
  readonly namespace?: string;
  readonly name?: string;
}

const nameOf = ({ id, namespace = '', name = '' }: Item): string => id ?? `${namespace}/${name}`;
