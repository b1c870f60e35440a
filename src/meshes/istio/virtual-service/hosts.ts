import type { Listens } from '../../../model/frontend.ts';
import { type Service, serviceHost } from '../../../model/inventory.ts';
import { hostMatches } from '../../../model/match.ts';
import type { Reading } from '../reading.ts';
import { isByPattern, serviceOf } from './destinations.ts';
import type { VirtualService } from './virtual-service.ts';

/** What a host of a VirtualService stands for in the proxies of workloads. */
export const listensOn = (reading: Reading, vs: VirtualService, host: string): readonly Listens[] => {
  if (host.startsWith('*') && isForServices(reading, host))
    return [{ kind: 'hosts', hosts: [host], servicesOnly: true }];
  const service = serviceAt(reading, host, vs.namespace);
  if (service) return [{ kind: 'service', service: service.id }];
  const ports = portsBesideServices(reading, vs);
  return ports.map(port => ({ kind: 'hosts', hosts: [host], ...(port === undefined ? {} : { port }) }));
};

/**
 * The service of a host, where there is one or, by its name, may be one in the cluster. A host outside is a service only
 * if something defines it: that others send there makes it none.
 */
const serviceAt = (reading: Reading, host: string, namespace: string): Service | undefined => {
  if (host.includes('*')) return undefined;
  const known = reading.directory.findHost(host, namespace);
  if (known && !isByPattern(known, host)) return known.external && known.evidence === 'referenced' ? undefined : known;
  const labels = host.replace(/\.$/, '').split('.');
  return labels.length === 1 || labels[2] === 'svc' ? serviceOf(reading, host, namespace) : undefined;
};

/** A wildcard that any service has a name for takes services only (observed, row 2.7); another is a host like any other. */
const isForServices = (reading: Reading, pattern: string): boolean =>
  hostMatches(pattern, serviceHost('any', 'any', reading.config.clusterDomain)) ||
  pattern.endsWith(`.svc.${reading.config.clusterDomain}`) ||
  reading.directory.services().some(({ hosts }) => hosts.some(host => hostMatches(pattern, host)));

/**
 * A host that is no service gets a virtual host on port 80 (observed, row 16.8), and on the HTTP ports of the services
 * that the same object names (pilot, Istio 1.31: `buildSidecarVirtualHostsForVirtualService`). `undefined`: on any, where
 * these ports are not known.
 */
const portsBesideServices = (reading: Reading, vs: VirtualService): readonly (number | undefined)[] => {
  const services = vs.hosts.flatMap(host => serviceAt(reading, host, vs.namespace) ?? []);
  if (services.some(({ ports }) => ports.length === 0)) return [undefined];
  return [...new Set([80, ...services.flatMap(httpPorts)])].sort((a, b) => a - b);
};

const httpPorts = ({ ports }: Service): number[] =>
  ports.filter(({ protocol }) => ['http', 'http2', 'grpc', 'detect'].includes(protocol)).map(({ port }) => port);
