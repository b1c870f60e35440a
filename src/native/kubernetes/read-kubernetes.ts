import type { Finding } from '../../base/finding.ts';
import { byKey } from '../../base/order.ts';
import type { Inventory, Namespace, ServiceAccount } from '../../model/inventory.ts';
import { metadataOf, type NativeObject, namespaceOf, type Snapshot } from '../snapshot.ts';
import { fieldProblems, kubernetesProblems } from './problems.ts';
import { readServices } from './services.ts';
import { readWorkloads, workloadObjects } from './workloads.ts';

/**
 * Kubernetes' own objects as the inventory that all adapters start from: no memberships, no gateways yet. Every list
 * is in the order of names.
 */
export const readInventory = (snapshot: Snapshot): Inventory => ({
  clusters: [{ id: clusterId(snapshot), extent: snapshot.extent }],
  namespaces: readNamespaces(snapshot),
  workloads: readWorkloads(snapshot),
  services: readServices(snapshot),
  gateways: [],
  serviceAccounts: readServiceAccounts(snapshot),
});

/** The inventory, and what is wrong with it: the findings `KUBE…`. */
export const readKubernetes = (snapshot: Snapshot): { inventory: Inventory; findings: readonly Finding[] } => {
  const inventory = readInventory(snapshot);
  const read = [...snapshot.of('', 'Service'), ...workloadObjects(snapshot)];
  return { inventory, findings: [...fieldProblems(snapshot, read), ...kubernetesProblems(snapshot, inventory)] };
};

/** Files belong to one cluster that has no name. */
const clusterId = (snapshot: Snapshot): string => snapshot.objects[0]?.ref.cluster ?? 'cluster';

const readNamespaces = (snapshot: Snapshot): Namespace[] =>
  firstOfEach(snapshot.of('', 'Namespace'), ({ ref }) => ref.name).map(object => {
    const { labels, annotations } = metadataOf(object);
    const { name } = object.ref;
    return {
      name,
      // The API server puts this label on every namespace, and selectors count on it.
      labels: { ...labels, 'kubernetes.io/metadata.name': name },
      annotations,
      source: { object: object.ref, path: '' },
    };
  });

const readServiceAccounts = (snapshot: Snapshot): ServiceAccount[] =>
  firstOfEach(snapshot.of('', 'ServiceAccount'), ({ ref }) => `${namespaceOf(ref)}/${ref.name}`).map(object => {
    const { labels, annotations } = metadataOf(object);
    const { name } = object.ref;
    return { namespace: namespaceOf(object.ref), name, labels, annotations, source: { object: object.ref, path: '' } };
  });

const firstOfEach = (objects: readonly NativeObject[], key: (object: NativeObject) => string): NativeObject[] => {
  const first = new Map<string, NativeObject>();
  for (const object of objects) if (!first.has(key(object))) first.set(key(object), object);
  return [...first.values()].sort(byKey(key));
};
