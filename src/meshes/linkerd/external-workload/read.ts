import type { ReadObject } from '../../../adapter/adapter.ts';
import type { Field } from '../../../base/field.ts';
import { type Finding, findingOf } from '../../../base/finding.ts';
import type { Identity } from '../../../model/identity.ts';
import type { Inventory, Membership, Workload } from '../../../model/inventory.ts';
import type { Mesh } from '../../../model/mesh.ts';
import { metadataOf, type NativeObject, namespaceOf, type Snapshot } from '../../../native/snapshot.ts';
import { linkerdFindings } from '../findings.ts';

export const workloadGroup = 'workload.linkerd.io';

export interface MachinesRead {
  readonly inventory: Inventory;
  readonly objects: readonly ReadObject[];
  readonly findings: readonly Finding[];
}

/**
 * Adds the machines outside the cluster: each ExternalWorkload is a workload by its own labels, which Services and
 * Servers select in its namespace (destination controller, `external-workload/endpoints_reconciler.go`; policy
 * controller, `inbound/index.rs`, 2.20). One without an address is an endpoint of no Service (LINKERD006).
 */
export const addMachines = (inventory: Inventory, snapshot: Snapshot, mesh: Mesh): MachinesRead => {
  const objects = snapshot.of(workloadGroup, 'ExternalWorkload');
  const taken = new Set(inventory.workloads.map(({ id }) => id));
  const workloads = objects.map(object => {
    const plain = `${namespaceOf(object.ref)}/${object.ref.name}`;
    const id = taken.has(plain) ? `${namespaceOf(object.ref)}/externalworkload/${object.ref.name}` : plain;
    return readMachine(id, object, snapshot.field(object).at('spec'), mesh);
  });
  const unreachable = workloads.filter(({ pods }) => pods?.every(({ addresses }) => addresses.length === 0));
  return {
    inventory: { ...inventory, workloads: [...inventory.workloads, ...workloads] },
    objects: objects.map(object => ({ object, body: ['spec'] })),
    findings: unreachable.map(({ id, source }) =>
      findingOf(linkerdFindings, 'LINKERD006', source, `\`${id}\` has no address`),
    ),
  };
};

const readMachine = (id: string, object: NativeObject, spec: Field | undefined, mesh: Mesh): Workload => {
  const { ref } = object;
  const { labels, annotations } = metadataOf(object);
  // v1alpha1 has it in another spelling.
  const tls = spec?.at('meshTLS') ?? spec?.at('meshTls');
  const identity = tls?.text('identity');
  tls?.at('serverName')?.leave('by which name a client asks for the machine changes nothing in the answers');
  const source = { object: ref, path: '' };
  const membership: Membership = {
    mesh: mesh.id,
    mode: 'sidecar',
    certainty: 'requested',
    evidence: [{ says: 'an ExternalWorkload registers a machine with a proxy', source }],
  };
  const addresses = spec?.list('workloadIPs').flatMap(entry => entry.text('ip') ?? []) ?? [];
  return {
    id,
    kind: 'ExternalWorkload',
    namespace: namespaceOf(ref),
    name: ref.name,
    labels,
    annotations,
    serviceAccount: '',
    isMachine: true,
    ...(identity === undefined ? {} : { identity: machineIdentity(identity) }),
    ports: spec?.list('ports').flatMap(readPort) ?? [],
    containers: [],
    pods: [{ name: ref.name, addresses, labels, annotations, containers: [], source }],
    memberships: [membership],
    source,
  };
};

/** The identity of a machine is a URI, and never the name of a service account (destination controller, 2.20). */
export const machineIdentity = (id: string): Identity => ({ kind: 'spiffe', id });

/** Only TCP goes through proxies; it is what a port is for unless it says otherwise. */
const readPort = (field: Field): Workload['ports'] => {
  const port = field.number('port');
  const name = field.text('name');
  if (port === undefined || field.text('protocol')?.toUpperCase() === 'UDP') return [];
  return [{ port, ...(name === undefined ? {} : { name }) }];
};
