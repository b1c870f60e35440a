import type { Field } from '../../base/field.ts';
import { byKey, unique } from '../../base/order.ts';
import { type Service, type ServicePort, serviceHost, serviceId } from '../../model/inventory.ts';
import type { EndpointSet } from '../../model/scope.ts';
import { metadataOf, type NativeObject, namespaceOf, type Snapshot } from '../snapshot.ts';
import { endpointAddresses } from './endpoint-addresses.ts';
import { protocolOf } from './protocol.ts';

/** The Services, sorted by id; of several with one name the first counts. */
export const readServices = (snapshot: Snapshot): Service[] => {
  const addresses = endpointAddresses(snapshot);
  const services = new Map<string, Service>();
  for (const object of snapshot.of('', 'Service')) {
    const id = serviceId(namespaceOf(object.ref), object.ref.name);
    if (!services.has(id)) services.set(id, readService(id, object, snapshot, addresses));
  }
  return [...services.values()].map(service => followAlias(service, services)).sort(byKey(service => service.id));
};

const readService = (
  id: string,
  object: NativeObject,
  snapshot: Snapshot,
  addressesOf: (id: string) => readonly string[] | undefined,
): Service => {
  const namespace = namespaceOf(object.ref);
  const { name } = object.ref;
  const { labels, annotations } = metadataOf(object);
  const spec = snapshot.field(object).at('spec');
  const externalName = spec?.text('type') === 'ExternalName' ? spec.text('externalName') : undefined;
  return {
    id,
    namespace,
    name,
    hosts: [serviceHost(namespace, name)],
    addresses: virtualAddresses(spec),
    ports: spec?.list('ports').flatMap(port => readPort(port) ?? []) ?? [],
    endpoints:
      externalName === undefined
        ? endpointsOf(id, namespace, spec, snapshot, addressesOf)
        : { kind: 'addresses', addresses: [externalName.replace(/\.$/, '').toLowerCase()] },
    external: externalName !== undefined,
    headless: spec?.text('clusterIP') === 'None',
    evidence: 'object',
    labels,
    annotations,
    source: { object: object.ref, path: '' },
  };
};

const virtualAddresses = (spec: Field | undefined): readonly string[] => {
  const [all = [], one] = [spec?.texts('clusterIPs'), spec?.text('clusterIP')];
  if (one === undefined && all.length === 0) return [];
  return unique([...all, one ?? '']).filter(address => address !== '' && address !== 'None');
};

const readPort = (field: Field): ServicePort | undefined => {
  const port = field.number('port');
  if (port === undefined) return undefined;
  const name = field.text('name');
  const appProtocol = field.text('appProtocol');
  const transport = field.text('protocol');
  const target = field.at('targetPort');
  const targetPort = typeof target?.value === 'number' ? target.asNumber() : target?.asText();
  const declared = {
    ...(name === undefined ? {} : { name }),
    ...(appProtocol === undefined ? {} : { appProtocol }),
  };
  return {
    port,
    ...declared,
    protocol: protocolOf({ ...declared, ...(transport === undefined ? {} : { transport }) }),
    ...(targetPort === undefined ? {} : { targetPort }),
  };
};

/**
 * Pods by selector. Without one somebody else writes the endpoints: they are the addresses that are there, or unknown
 * if the input is only a part of what exists.
 */
const endpointsOf = (
  id: string,
  namespace: string,
  spec: Field | undefined,
  snapshot: Snapshot,
  addressesOf: (id: string) => readonly string[] | undefined,
): EndpointSet => {
  const selector = spec?.textMap('selector');
  if (selector && Object.keys(selector).length > 0) return { kind: 'pods', namespace, labels: selector };
  const addresses = addressesOf(id);
  if (addresses || snapshot.extent === 'whole') return { kind: 'addresses', addresses: addresses ?? [] };
  return { kind: 'named', name: id, labels: {} };
};

const clusterHost = /^([^.]+)\.([^.]+)\.svc(?:\.cluster\.local)?$/;

/** An external name that names a service of this cluster is another name for it: its endpoints are inside. */
const followAlias = (service: Service, services: ReadonlyMap<string, Service>): Service => {
  const passed = new Set<Service>();
  let at = service;
  while (at.external && at.endpoints.kind === 'addresses' && !passed.has(at)) {
    passed.add(at);
    const match = clusterHost.exec(at.endpoints.addresses[0] ?? '');
    if (!match) break;
    const id = serviceId(match[2]!, match[1]!);
    const target = services.get(id);
    if (!target) return { ...service, external: false, endpoints: { kind: 'named', name: id, labels: {} } };
    at = target;
  }
  return at === service ? service : { ...service, external: at.external, endpoints: at.endpoints };
};
