import type { Adapter, Manifest } from '../adapter/adapter.ts';
import { retarget } from '../adapter/retarget.ts';
import { writtenObject } from '../adapter/written-object.ts';
import { assemble, type Model } from '../model/model.ts';
import { readInventory } from '../native/kubernetes/read-kubernetes.ts';
import { groupOf, type NativeObject, Snapshot } from '../native/snapshot.ts';
import { compare } from '../verify/compare/compare.ts';
import type { Comparison } from '../verify/compare/comparison.ts';
import { worldOf } from '../verify/request.ts';
import type { Conversion } from './convert.ts';
import { loadAdapters } from './read.ts';

/** Kubernetes' own objects, which stay as they are. */
export const isGround = ({ ref }: NativeObject): boolean => {
  const group = groupOf(ref);
  return !group.includes('.') || (group.endsWith('.k8s.io') && !group.startsWith('gateway.'));
};

const identityOf = ({ ref }: NativeObject): string => `${groupOf(ref)}/${ref.kind} ${ref.namespace ?? ''}/${ref.name}`;

/** Who is in a mesh, whether there is one, and what only the old objects mentioned, is not said by what is written. */
export const onSameGround = (model: Model, { inventory, meshes }: Model): Model => {
  const known = new Set(model.inventory.services.map(({ id }) => id));
  const mentioned = inventory.services.filter(({ id, evidence }) => evidence === 'referenced' && !known.has(id));
  return {
    ...model,
    meshes: meshes.length === 0 ? [] : model.meshes,
    inventory: {
      ...model.inventory,
      workloads: inventory.workloads,
      services: [...model.inventory.services, ...mentioned],
    },
  };
};

/**
 * What the target mesh will do once the written objects stand beside what Kubernetes itself has: they are read again, by
 * nothing but what they say. `expected`: what the writer believes, of which only who takes part in the mesh is taken.
 */
const readWritten = (adapter: Adapter, snapshot: Snapshot, written: readonly Manifest[], expected: Model): Model => {
  const objects = written.map(writtenObject);
  const replaced = new Set(objects.map(identityOf));
  const beside = snapshot.objects.filter(object => isGround(object) && !replaced.has(identityOf(object)));
  const after = Snapshot.unaccounted([...beside, ...objects], snapshot.extent);
  const inventory = readInventory(after);
  const found = adapter.detect(after, inventory);
  const meshes = found.length > 0 ? found : [adapter.assume()];
  const read = adapter.read({ snapshot: after, inventory, meshes, others: [] });
  return onSameGround(assemble(read.inventory, [read.part]), expected);
};

/**
 * The source's wishes put to proxies of the target, and beside them what the target makes of the written objects; of what
 * is never read, what the writer believes, which real proxies are held against.
 */
export const writtenBeside = async (
  { read, target, objects, expected }: Conversion,
  snapshot: Snapshot,
  to: string,
): Promise<{ readonly wished: Model; readonly written: Model }> => {
  const [adapter] = (await loadAdapters([to])) as [Adapter];
  const written = adapter.isTargetOnly ? expected : readWritten(adapter, snapshot, objects, expected);
  return { wished: retarget(read.model, target), written };
};

/**
 * Whether what was written does what was wished. What the proxies of two meshes do differently by themselves is no part
 * of it; the ledger tells that.
 */
export const compareWritten = async (conversion: Conversion, snapshot: Snapshot, to: string): Promise<Comparison> => {
  const { wished, written } = await writtenBeside(conversion, snapshot, to);
  return compare(worldOf(wished), worldOf(written));
};
