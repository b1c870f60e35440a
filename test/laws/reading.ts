import type { Adapter, ReadObject } from '../../src/adapter/adapter.ts';
import type { Unread } from '../../src/base/field.ts';
import type { Finding } from '../../src/base/finding.ts';
import { assemble, type Model } from '../../src/model/model.ts';
import { readKubernetes } from '../../src/native/kubernetes/read-kubernetes.ts';
import type { NativeObject } from '../../src/native/snapshot.ts';
import { Snapshot } from '../../src/native/snapshot.ts';

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
