import type { ReadObject } from '../../../adapter/adapter.ts';
import type { Field } from '../../../base/field.ts';
import { type Finding, findingOf } from '../../../base/finding.ts';
import type { Inventory, Service, ServicePort } from '../../../model/inventory.ts';
import type { EndpointSet } from '../../../model/scope.ts';
import { protocolOf } from '../../../native/kubernetes/protocol.ts';
import { metadataOf, type NativeObject, namespaceOf, type Snapshot } from '../../../native/snapshot.ts';
import { byAge } from '../reading.ts';
import { trafficFindings } from '../traffic-findings.ts';

export interface EntriesRead {
  readonly inventory: Inventory;
  readonly findings: readonly Finding[];
  readonly objects: readonly ReadObject[];
}

/**
 * Adds what ServiceEntries define: one service for each host, known in all namespaces unless told otherwise (observed,
 * row 16.7). A host that is a Kubernetes Service stays one; of several entries for a host those of the oldest's
 * namespace add up, and the others are ignored (pilot, `appendSidecarServices`, 1.31).
 */
export const addServiceEntries = (inventory: Inventory, snapshot: Snapshot): EntriesRead => {
  const objects = snapshot.of('networking.istio.io', 'ServiceEntry').toSorted(byAge);
  const hosts = new Map(
    inventory.services.flatMap(service => service.hosts.map(host => [host.toLowerCase(), service])),
  );
  const added = new Map<string, Service>();
  const findings: Finding[] = [];
  for (const object of objects) {
    const spec = snapshot.field(object).at('spec');
    if (!spec) continue;
    for (const service of servicesOf(object, spec)) {
      const taken = hosts.get(service.id) ?? added.get(service.id);
      if (!taken) added.set(service.id, service);
      else if (added.has(taken.id) && taken.namespace === service.namespace) added.set(taken.id, join(taken, service));
      else {
        const owner = added.has(taken.id)
          ? 'an older ServiceEntry of another namespace'
          : `the Service \`${taken.id}\``;
        const message = `host \`${service.id}\` is defined by ${owner}; this entry is ignored for it`;
        findings.push(findingOf(trafficFindings, 'ISTIO105', spec.at('hosts') ?? spec, message));
      }
    }
  }
  return {
    inventory: { ...inventory, services: [...inventory.services, ...added.values()] },
    findings,
    objects: objects.map(object => ({ object, body: ['spec'] })),
  };
};

const servicesOf = (object: NativeObject, spec: Field): Service[] => {
  const { labels, annotations } = metadataOf(object);
  const namespace = namespaceOf(object.ref);
  const location = spec.text('location');
  const addresses = spec.texts('addresses') ?? [];
  const ports = spec.list('ports').flatMap(port => readPort(port) ?? []);
  // How the address is found tells the proxy how to balance; where it leads is the same.
  const resolution = spec.at('resolution');
  const mode = resolution?.asText() ?? 'NONE';
  if (mode === 'DNS_ROUND_ROBIN' || mode === 'DYNAMIC_DNS') resolution?.leave('read as DNS: all of a name’s addresses');
  return (spec.texts('hosts') ?? []).map(host => ({
    id: host.toLowerCase(),
    namespace,
    name: host,
    hosts: [host],
    addresses,
    ports,
    endpoints: endpointsOf(spec, host, namespace, mode),
    external: location !== 'MESH_INTERNAL',
    headless: false,
    evidence: 'object',
    labels,
    annotations,
    source: spec,
  }));
};

const readPort = (field: Field): ServicePort | undefined => {
  const port = field.number('number');
  if (port === undefined) return undefined;
  const name = field.text('name');
  const declared = field.text('protocol');
  const targetPort = field.number('targetPort');
  return {
    port,
    ...(name === undefined ? {} : { name }),
    protocol: declared?.toUpperCase() === 'UDP' ? 'udp' : protocolOf({ appProtocol: declared ?? name ?? '' }),
    ...(targetPort ? { targetPort } : {}),
  };
};

/**
 * Where a host leads: to the workloads a selector picks, to the endpoints listed, or, if it is resolved, to what its name
 * resolves to. Without resolution traffic goes on to whatever address was dialled, which is known by name only.
 */
const endpointsOf = (spec: Field, host: string, namespace: string, resolution: string): EndpointSet => {
  const labels = spec.at('workloadSelector')?.textMap('labels');
  if (labels) return { kind: 'pods', namespace, labels };
  const listed = spec.list('endpoints').flatMap(readEndpoint);
  if (listed.length > 0) return { kind: 'addresses', addresses: listed };
  return resolution === 'NONE' ? { kind: 'named', name: host, labels: {} } : { kind: 'addresses', addresses: [host] };
};

const endpointReasons: Readonly<Record<string, string>> = {
  labels: 'endpoints outside are one set: no subset of them is told apart',
  locality: 'where a single endpoint stands is not known to the model',
  network: 'where a single endpoint stands is not known to the model',
  weight: 'endpoints of one set share the traffic evenly in the model',
  serviceAccount: 'whom a single endpoint runs as is not known to the model',
  ports: 'ports of single endpoints are not known to the model',
};

const readEndpoint = (field: Field): string[] => {
  for (const [key, reason] of Object.entries(endpointReasons)) field.at(key)?.leave(reason);
  const address = field.text('address');
  return address === undefined ? [] : [address];
};

const join = (older: Service, newer: Service): Service => {
  const known = new Set(older.ports.map(({ port }) => port));
  const ports = [...older.ports, ...newer.ports.filter(({ port }) => !known.has(port))];
  const [a, b] = [older.endpoints, newer.endpoints];
  if (a.kind !== 'addresses' || b.kind !== 'addresses') return { ...older, ports };
  return {
    ...older,
    ports,
    endpoints: { kind: 'addresses', addresses: [...new Set([...a.addresses, ...b.addresses])] },
  };
};
