import type { Service } from '../../../model/inventory.ts';
import { type Defaults, protocolIs } from '../entries/defaults.ts';
import { entriesOf, type Reading } from '../reading.ts';

/** The name by which transparent proxies find what is registered, and runs in no pod. */
export const virtualHost = (name: string): string => `${name}.virtual.consul`;

const untold: Readonly<Record<string, string>> = {
  check: 'whether an instance is healthy is nothing that the input shows',
  node: 'the name of a node changes no answer',
  nodeMeta: 'what is said of a node changes no answer',
  taggedAddresses: 'addresses for other networks are not told',
  locality: 'near instances are preferred in the Enterprise edition only',
  datacenter: 'a snapshot is one datacenter',
  partition: 'partitions belong to the Enterprise edition',
  id: 'the id of a node changes no answer',
  skipNodeUpdate: 'how the catalog is written changes no answer',
};

const untoldOfService: Readonly<Record<string, string>> = {
  id: 'the id of an instance changes no answer',
  tags: 'tags are not asked for by a filter that is understood',
  meta: 'metadata is asked for by subsets of pods only',
  taggedAddresses: 'addresses for other networks are not told',
  weights: 'instances share the traffic evenly',
  locality: 'near instances are preferred in the Enterprise edition only',
  socketPath: 'an instance is reached by address and port',
  enableTagOverride: 'how the catalog is written changes no answer',
  namespace: 'namespaces belong to the Enterprise edition',
  partition: 'partitions belong to the Enterprise edition',
};

/**
 * Services that a Registration puts into the catalog: each runs outside the mesh, on its own address or that of its node, and
 * is reached through a terminating gateway that names it (consul-k8s, control-plane/api/v1alpha1/registration_types.go).
 * Several Registrations of one name are instances of one service; the port of the first is that of all.
 */
export const readRegistrations = (
  reading: Pick<Reading, 'snapshot' | 'objects'>,
  defaults: Defaults,
): readonly Service[] => {
  const services = new Map<string, Service>();
  for (const { spec, namespace } of entriesOf(reading, 'Registration')) {
    const field = spec?.at('service');
    const name = field?.text('name');
    for (const [key, reason] of Object.entries(untold)) spec?.leave(key, reason);
    for (const [key, reason] of Object.entries(untoldOfService)) field?.leave(key, reason);
    const own = field?.text('address');
    const ofNode = spec?.text('address');
    const address = own ?? ofNode;
    const port = field?.number('port');
    if (!field || name === undefined || address === undefined) continue;
    const known = services.get(name);
    if (known?.endpoints.kind === 'addresses') {
      const endpoints = { kind: 'addresses', addresses: [...known.endpoints.addresses, address] } as const;
      services.set(name, { ...known, endpoints });
      continue;
    }
    services.set(name, {
      id: virtualHost(name),
      namespace,
      name,
      hosts: [virtualHost(name)],
      addresses: [],
      ports: port === undefined ? [] : [{ port, protocol: protocolIs(defaults, name) ?? 'tcp' }],
      endpoints: { kind: 'addresses', addresses: [address] },
      external: true,
      headless: false,
      evidence: 'object',
      labels: {},
      annotations: {},
      source: field,
    });
  }
  return [...services.values()];
};
