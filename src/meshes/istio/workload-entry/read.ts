import type { ReadObject } from '../../../adapter/adapter.ts';
import type { Field } from '../../../base/field.ts';
import { byKey } from '../../../base/order.ts';
import type { Inventory, Membership, Pod, Workload } from '../../../model/inventory.ts';
import type { Mesh } from '../../../model/mesh.ts';
import { metadataOf, type NativeObject, namespaceOf, type Snapshot } from '../../../native/snapshot.ts';
import { olderFirst } from '../age.ts';

export interface MachinesRead {
  readonly inventory: Inventory;
  readonly objects: readonly ReadObject[];
}

/** Says which group an entry was made from by the control plane itself. */
const groupAnnotation = 'istio.io/autoRegistrationGroup';

/** A pod that accepts the mesh's own mutual TLS carries this label; an entry does too if a proxy runs on the machine. */
const tlsLabel = 'security.istio.io/tlsMode';

/**
 * Adds machines that are no pods: a WorkloadGroup is a workload, whose entries are its members; an entry without a group
 * is a workload of its own.
 */
export const addMachines = (inventory: Inventory, snapshot: Snapshot, mesh: Mesh): MachinesRead => {
  const groups = snapshot.of('networking.istio.io', 'WorkloadGroup').toSorted(olderFirst);
  const entries = snapshot.of('networking.istio.io', 'WorkloadEntry').toSorted(olderFirst);
  const taken = new Set(inventory.workloads.map(({ id }) => id));
  const members = new Map<string, Workload>();
  const singles: Workload[] = [];
  const idOf = (object: NativeObject): string => {
    const plain = `${namespaceOf(object.ref)}/${object.ref.name}`;
    const id = taken.has(plain)
      ? `${namespaceOf(object.ref)}/${object.ref.kind.toLowerCase()}/${object.ref.name}`
      : plain;
    taken.add(id);
    return id;
  };
  for (const object of groups) {
    members.set(`${namespaceOf(object.ref)}/${object.ref.name}`, readGroup(snapshot, object, idOf(object), mesh));
  }
  for (const object of entries) {
    const entry = readEntry(snapshot, object, '', mesh);
    const name = `${entry.namespace}/${metadataOf(object).annotations[groupAnnotation] ?? ''}`;
    const group = members.get(name);
    if (group) members.set(name, { ...group, pods: [...(group.pods ?? []), ...(entry.pods ?? [])] });
    else singles.push({ ...entry, id: idOf(object) });
  }
  const added = [...members.values(), ...singles].sort(byKey(({ id }) => id));
  return {
    inventory: { ...inventory, workloads: [...inventory.workloads, ...added] },
    objects: [...groups, ...entries].map(object => ({ object, body: ['spec'] })),
  };
};

/** An entry that does not take mutual TLS has no proxy that clients would count on. */
const membership = (mesh: Mesh, labels: Readonly<Record<string, string>>, kind: string): Membership[] => {
  if (kind === 'WorkloadEntry' && labels[tlsLabel] !== 'istio') return [];
  const says =
    kind === 'WorkloadEntry' ? `label ${tlsLabel}: istio` : 'a WorkloadGroup registers machines with a proxy';
  return [{ mesh: mesh.id, mode: 'sidecar', certainty: 'requested', evidence: [{ says }] }];
};

const portsOf = (field: Field | undefined): { port: number; name: string }[] =>
  field?.entries('ports').flatMap(([name, value]) => {
    const port = value.asNumber();
    return port === undefined ? [] : [{ port, name }];
  }) ?? [];

const leavePlace = (field: Field | undefined): void => {
  for (const key of ['network', 'locality']) field?.at(key)?.leave('where a machine stands is not known to the model');
  field?.at('weight')?.leave('workloads of one service share the traffic evenly in the model');
};

const readEntry = (snapshot: Snapshot, object: NativeObject, id: string, mesh: Mesh): Workload => {
  const spec = snapshot.field(object).at('spec');
  const labels = spec?.textMap('labels') ?? {};
  const address = spec?.text('address');
  leavePlace(spec);
  const pod: Pod = {
    name: object.ref.name,
    addresses: address === undefined ? [] : [address],
    labels,
    annotations: {},
    containers: [],
    source: { object: object.ref, path: '' },
  };
  return {
    id,
    kind: 'WorkloadEntry',
    namespace: namespaceOf(object.ref),
    name: object.ref.name,
    labels,
    annotations: {},
    serviceAccount: spec?.text('serviceAccount') ?? 'default',
    isMachine: true,
    ports: portsOf(spec),
    containers: [],
    pods: [pod],
    memberships: membership(mesh, labels, 'WorkloadEntry'),
    source: { object: object.ref, path: '' },
  };
};

const readGroup = (snapshot: Snapshot, object: NativeObject, id: string, mesh: Mesh): Workload => {
  const spec = snapshot.field(object).at('spec');
  const template = spec?.at('template');
  const labels = { ...spec?.at('metadata')?.textMap('labels'), ...template?.textMap('labels') };
  const annotations = spec?.at('metadata')?.textMap('annotations') ?? {};
  spec?.at('metadata')?.at('annotations')?.leave('annotations of machines tell their proxies how to run');
  leavePlace(template);
  spec?.at('probe')?.leave('whether a machine is healthy is found out where it runs');
  return {
    id,
    kind: 'WorkloadGroup',
    namespace: namespaceOf(object.ref),
    name: object.ref.name,
    labels,
    annotations,
    serviceAccount: template?.text('serviceAccount') ?? 'default',
    isMachine: true,
    ports: portsOf(template),
    containers: [],
    memberships: membership(mesh, labels, 'WorkloadGroup'),
    source: { object: object.ref, path: '' },
  };
};
