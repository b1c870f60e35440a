import type { Listens } from '../../../model/frontend.ts';
import { type Service, serviceHost } from '../../../model/inventory.ts';
import { hostMatches } from '../../../model/match.ts';
import type { Reading } from '../reading.ts';
import { isByPattern, serviceOf } from './destinations.ts';
import type { VirtualService } from './virtual-service.ts';
import { httpPorts, servicesMatching } from './wildcard.ts';

/** What a host of a VirtualService stands for in the proxies of workloads. */
export const listensOn = (reading: Reading, vs: VirtualService, host: string): readonly Listens[] => {
  const service = serviceAt(reading, host, vs.namespace);
  if (service) return [{ kind: 'service', service: service.id }];
  const services = host.startsWith('*') ? servicesOf(reading, host) : [];
  const others = services === 'any' ? [] : portsBesideServices(reading, vs).filter(port => !isTaken(port, services));
  return [
    ...(services.length > 0 ? [{ kind: 'hosts' as const, hosts: [host], servicesOnly: true }] : []),
    ...others.map(port => ({ kind: 'hosts' as const, hosts: [host], ...(port === undefined ? {} : { port }) })),
  ];
};

/**
 * Where a wildcard takes a service, it takes services only (observed, row 2.7). Which are known goes by the port: where
 * none of them is, it is a host like any other (pilot, Istio 1.31: `separateVSHostsAndServices`, asked once for each port).
 */
const isTaken = (port: number | undefined, services: readonly Service[]): boolean =>
  services.some(({ ports }) => ports.length === 0 || port === undefined || ports.some(own => own.port === port));

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

/** The known services that a wildcard takes; `any`: it is for services of the cluster, of which more may be than are known. */
const servicesOf = (reading: Reading, pattern: string): readonly Service[] | 'any' => {
  const { clusterDomain } = reading.config;
  const isOfCluster =
    hostMatches(pattern, serviceHost('any', 'any', clusterDomain)) || pattern.endsWith(`.svc.${clusterDomain}`);
  return isOfCluster ? 'any' : servicesMatching(pattern, reading.directory.services());
};

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
