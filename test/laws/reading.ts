import type { Adapter, Manifest, ReadObject } from '../../src/adapter/adapter.ts';
import { plainSource, type Unread } from '../../src/base/field.ts';
import type { Finding } from '../../src/base/finding.ts';
import { assemble, type Model } from '../../src/model/model.ts';
import { readKubernetes } from '../../src/native/kubernetes/read-kubernetes.ts';
import { groupOf, type NativeObject, Snapshot } from '../../src/native/snapshot.ts';

/** What one adapter makes of some objects. */
export interface Reading {
  readonly model: Model;
  readonly findings: readonly Finding[];
  readonly unread: readonly Unread[];
  readonly objects: readonly ReadObject[];
}

/** Reads objects with one adapter alone; its mesh is taken to be there even if nothing shows it. */
export const readWith = (
  adapter: Adapter,
  objects: readonly NativeObject[],
  extent: 'whole' | 'partial' = 'partial',
): Reading => {
  const snapshot = new Snapshot(objects, extent);
  const kubernetes = readKubernetes(snapshot);
  const detected = adapter.detect(snapshot, kubernetes.inventory);
  const meshes = detected.length > 0 ? detected : [adapter.assume()];
  const result = adapter.read({ snapshot, inventory: kubernetes.inventory, meshes, others: [] });
  return {
    model: assemble(result.inventory, [result.part]),
    findings: [...kubernetes.findings, ...result.findings],
    unread: result.objects.flatMap(({ object, body, unread = [] }) => [
      ...snapshot.field(object).account(body).unread,
      ...unread,
    ]),
    objects: result.objects,
  };
};

/** What a writer made, as objects of a file of their own. */
export const asObjects = (manifests: readonly Manifest[]): NativeObject[] =>
  manifests.map((body, document) => {
    const { apiVersion, kind, metadata } = body;
    const { name, namespace } = metadata;
    const ref = { apiVersion, kind, name, ...(namespace ? { namespace } : {}), file: 'written.yaml', document };
    return { ref, body };
  });

/** Equal for two objects of which a cluster can hold only one. */
export const identityOf = ({ ref }: Pick<NativeObject, 'ref'>): string =>
  `${groupOf(ref)}/${ref.kind} ${ref.namespace ?? ''}/${ref.name}`;

/** What is there after applying what was written: it takes the place of what has the same name. */
export const applied = (beside: readonly NativeObject[], manifests: readonly Manifest[]): NativeObject[] => {
  const objects = asObjects(manifests);
  const replaced = new Set(objects.map(identityOf));
  return [...beside.filter(object => !replaced.has(identityOf(object))), ...objects];
};

/** Anything as text in which sources are plain places, so that two texts can be compared and read. */
export const plainText = (value: unknown): string =>
  JSON.stringify(value, (key, inner) => (key === 'source' && inner ? plainSource(inner) : inner), 1);
