import type { ReadObject } from '../../../adapter/adapter.ts';
import type { Field } from '../../../base/field.ts';
import { type Finding, findingOf } from '../../../base/finding.ts';
import type { Inventory, Service, ServicePort } from '../../../model/inventory.ts';
import type { EndpointDetail, EndpointSet } from '../../../model/scope.ts';
import { protocolOf } from '../../../native/kubernetes/protocol.ts';
import { metadataOf, type NativeObject, namespaceOf, type Snapshot } from '../../../native/snapshot.ts';
import { olderFirst } from '../age.ts';
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
  const objects = snapshot.of('networking.istio.io', 'ServiceEntry').toSorted(olderFirst);
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
  if (listed.length > 0) return addressesOf(listed);
  return resolution === 'NONE' ? { kind: 'named', name: host, labels: {} } : addressesOf([{ address: host }]);
};

interface Endpoint extends EndpointDetail {
  readonly address: string;
}

type Addresses = Extract<EndpointSet, { kind: 'addresses' }>;

const addressesOf = (endpoints: readonly Endpoint[]): Addresses => ({
  kind: 'addresses',
  addresses: endpoints.map(({ address }) => address),
  details: endpoints.map(({ address: _, ...detail }) => detail),
});

/**
 * Labels are what subsets of DestinationRules go by: an endpoint without them is in no subset that asks for some (pilot,
 * `endpoint_builder.go`, 1.31). A weight is a share among the others, 1 if absent or 0.
 */
const readEndpoint = (field: Field): Endpoint[] => {
  const [address, labels] = [field.text('address'), field.textMap('labels')];
  const weight = field.number('weight');
  const [locality, network] = [field.text('locality'), field.text('network')];
  const serviceAccount = field.text('serviceAccount');
  const ports = Object.fromEntries(
    field.entries('ports').flatMap(([name, value]): [string, number][] => {
      const port = value.asNumber();
      return port === undefined ? [] : [[name, port]];
    }),
  );
  if (address === undefined) return [];
  return [
    {
      address,
      ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
      ...(weight ? { weight } : {}),
      ...(locality ? { locality } : {}),
      ...(network ? { network } : {}),
      ...(serviceAccount ? { serviceAccount } : {}),
      ...(Object.keys(ports).length > 0 ? { ports } : {}),
    },
  ];
};

const endpointsIn = ({ addresses, details = [] }: Addresses): readonly Endpoint[] =>
  addresses.map((address, index) => ({ address, ...details[index] }));

/** Each once; of two alike the older. */
const distinct = (endpoints: readonly Endpoint[]): readonly Endpoint[] =>
  [...new Map(endpoints.toReversed().map(endpoint => [JSON.stringify(endpoint), endpoint])).values()].toReversed();

const join = (older: Service, newer: Service): Service => {
  const known = new Set(older.ports.map(({ port }) => port));
  const ports = [...older.ports, ...newer.ports.filter(({ port }) => !known.has(port))];
  const [a, b] = [older.endpoints, newer.endpoints];
  if (a.kind !== 'addresses' || b.kind !== 'addresses') return { ...older, ports };
  return {
    ...older,
    ports,
    endpoints: addressesOf(distinct([...endpointsIn(a), ...endpointsIn(b)])),
  };
};
