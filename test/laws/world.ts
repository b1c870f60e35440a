import type { Adapter } from '../../src/adapter/adapter.ts';
import type { Workload } from '../../src/model/inventory.ts';
import type { JoinedMesh, Mesh } from '../../src/model/mesh.ts';
import { assemble, type Model, type ModelPart } from '../../src/model/model.ts';
import type { NativeObject } from '../../src/native/snapshot.ts';
import { objectsFrom } from '../support/snapshot.ts';
import { application, scene } from './live/live.ts';
import { readWith } from './reading.ts';

/**
 * What is there in every world that the laws of writing are tried in: two versions of `reviews`, `ratings` and `ledger`
 * beside it, callers in the same namespace and in another. No object says who is in a mesh, so all of it is.
 */
const shop = scene(
  application('reviews', {
    port: 9080,
    versions: ['v1', 'v2'],
    more: ', { name: http-admin, port: 9090, targetPort: 9090 }',
  }),
  application('ratings', { port: 9080, more: ', { name: http-admin, port: 9090, targetPort: 9090 }' }),
  application('ledger', {
    port: 9000,
    portName: 'tcp',
    versions: ['v1', 'v2'],
    more: ', { name: tls, port: 443, targetPort: 8443 }',
  }),
  application('web'),
  application('crawler', { namespace: 'outside' }),
);

export const worldObjects: readonly NativeObject[] = objectsFrom(shop);

/** Wishes over the world, in a mesh's own terms: its id for scopes, its language for expressions. */
export interface Given {
  readonly mesh: string;
  readonly dialect: 're2' | 'rust' | 'pcre';
  readonly anchoring: 'full' | 'partial';
}

export const givenOf = (adapter: Adapter): Given => ({ mesh: adapter.assume().id, ...adapter.regex });

const bare = new Map<Adapter, Model>();

/**
 * The world as a mesh has it when nobody wishes for anything. Where nothing in it shows that the mesh is there, all its
 * workloads are taken to be in it, in the mode that comes first.
 */
export const bareWorld = (adapter: Adapter): Model => {
  let model = bare.get(adapter);
  if (!model) {
    const read = readWith(adapter, worldObjects).model;
    model = read.meshes.length > 0 ? read : joined(read, adapter.assume());
    bare.set(adapter, model);
  }
  return model;
};

const joined = (model: Model, mesh: Mesh): Model => {
  const [mode = ''] = Object.keys(mesh.dataPlanes);
  const memberships: Workload['memberships'] = [{ mesh: mesh.id, mode, certainty: 'assumed', evidence: [] }];
  const workloads = model.inventory.workloads.map(workload => ({ ...workload, memberships }));
  return { ...model, meshes: [mesh], inventory: { ...model.inventory, workloads } };
};

/** A mesh whose gateways, if it has any, take callers of another one. */
const throughGateways = (mesh: Mesh, joined: Omit<JoinedMesh, 'mode'>): Mesh => {
  const modes = Object.keys(mesh.dataPlanes);
  const mode = modes.find(name => name.includes('gateway')) ?? modes[0] ?? '';
  return { ...mesh, joined: [{ ...joined, mode }] };
};

/** The world with wishes, which come before what the mesh has by itself. */
export const worldWith = (
  adapter: Adapter,
  wishes: ModelPart & { readonly inventory?: Partial<Model['inventory']>; readonly joined?: Omit<JoinedMesh, 'mode'> },
): Model => {
  const { inventory: more = {}, joined, ...part } = wishes;
  const { inventory, meshes, ...own } = bareWorld(adapter);
  return assemble(
    {
      ...inventory,
      workloads: [...inventory.workloads, ...(more.workloads ?? [])],
      services: [...inventory.services, ...(more.services ?? [])],
      gateways: [...inventory.gateways, ...(more.gateways ?? [])],
    },
    [part, { ...own, meshes: joined ? meshes.map(mesh => throughGateways(mesh, joined)) : meshes }],
  );
};
