import { InvariantError } from '../../base/finding.ts';
import type { Inventory } from '../../model/inventory.ts';
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
  const { inventory } = model;
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
