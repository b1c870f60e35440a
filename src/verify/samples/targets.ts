import { unique } from '../../base/order.ts';
import type { Frontend } from '../../model/frontend.ts';
import type { Service } from '../../model/inventory.ts';
import type { Lookup } from '../lookup/lookup.ts';
import { type Target, TargetIn } from './target.ts';
import { concreteHost } from './text-values.ts';

/** The ports of a service in any of the models, and those that rules name; one at least. */
const portsOf = (services: readonly Service[], frontends: readonly Frontend[]): (number | undefined)[] => {
  const ports: number[] = [];
  const add = (port: number | undefined): void => {
    if (port !== undefined && !ports.includes(port)) ports.push(port);
  };
  for (const service of services) for (const { port } of service.ports) add(port);
  for (const { listens, rules } of frontends) {
    if (listens.kind !== 'listener') add(listens.port);
    for (const { match } of rules) add(match.port);
  }
  return ports.length > 0 ? ports : [undefined];
};

const serviceTargets = function* (
  lookups: readonly Lookup[],
  isMeant: (service: string) => boolean,
): Generator<Target> {
  const ids = unique(lookups.flatMap(({ model }) => model.inventory.services.map(({ id }) => id))).filter(isMeant);
  for (const id of ids.sort()) {
    const sides = lookups.map(lookup => ({ lookup, known: lookup.services.find(id) }));
    const services = sides.flatMap(({ known }) => known ?? []);
    const [service] = services;
    if (!service) continue;
    const host = service.hosts[0] ?? id;
    const frontends = sides.flatMap(({ lookup, known }) => lookup.frontends.about(known, host));
    for (const port of portsOf(services, frontends)) {
      const protocol = services.flatMap(({ ports }) => ports.find(each => each.port === port)?.protocol ?? [])[0];
      const to = { service: id, ...(port === undefined ? {} : { port }) };
      yield new TargetIn(lookups, { name: id, to, protocol, service, frontends: unique(frontends) });
    }
  }
};

/** Names that route tables know and the inventory does not, and one that nobody knows. */
const hostTargets = function* (lookups: readonly Lookup[]): Generator<Target> {
  const hosts = lookups.flatMap(({ model }) =>
    model.frontends.flatMap(({ listens }) => (listens.kind === 'hosts' ? listens.hosts.map(concreteHost) : [])),
  );
  for (const host of [...unique(hosts).sort(), 'unknown.example']) {
    if (lookups.some(({ services }) => services.named(host, undefined))) continue;
    const frontends = unique(lookups.flatMap(lookup => lookup.frontends.about(undefined, host)));
    const ports = unique([...portsOf([], frontends), 80]).filter(port => port !== undefined);
    for (const port of ports) {
      yield new TargetIn(lookups, { name: host, to: { host, port }, protocol: undefined, frontends });
    }
  }
};

const hostsAt = (
  gateway: string,
  listener: string,
  hosts: readonly string[],
  frontends: readonly Frontend[],
): string[] => {
  const routed = frontends.flatMap(({ listens }) =>
    listens.kind === 'listener' && listens.gateway === gateway && listens.listener === listener ? listens.hosts : [],
  );
  return unique([...hosts, ...routed, 'unknown.example'].map(concreteHost)).sort();
};

/** All that may have a word in what becomes of one host on one port of a gateway: on any listener, in any of the models. */
const behindGateway = (lookups: readonly Lookup[], id: string, port: number, host: string) => {
  const standing = lookups.flatMap(lookup =>
    lookup.model.inventory.gateways
      .filter(gateway => gateway.id === id)
      .map(({ namespace, podNamespace = namespace, labels, mesh, listeners }) => ({
        lookup,
        listeners: listeners.filter(listener => listener.anyPort || listener.port === port),
        at: { gateway: id, namespace: podNamespace, labels, port, ...(mesh === undefined ? {} : { mesh }) },
      })),
  );
  return {
    frontends: unique(
      standing.flatMap(({ lookup, listeners }) => listeners.flatMap(({ name }) => lookup.frontends.at(id, name, host))),
    ),
    guardedBy: unique(standing.flatMap(({ lookup, at }) => lookup.access(at))),
    verifiedBy: unique(standing.flatMap(({ lookup, at }) => lookup.requestAuthentication(at))),
  };
};

/** Every host that a gateway's listeners or the routes behind them name, on each of their ports. */
const gatewayTargets = function* (lookups: readonly Lookup[]): Generator<Target> {
  for (const lookup of lookups) {
    for (const { id, purpose, listeners } of lookup.model.inventory.gateways) {
      if (purpose === 'waypoint') continue;
      for (const { port, name, protocol, tls, hosts } of listeners) {
        const endsTls = tls ? tls.mode !== 'passthrough' : protocol === 'https';
        for (const host of hostsAt(id, name, hosts, lookup.frontends.at(id, name))) {
          yield new TargetIn(lookups, {
            name: host,
            to: { host, port },
            via: id,
            protocol: endsTls ? (protocol === 'tls' ? 'tls' : 'http') : tls ? 'tls' : protocol,
            overTls: endsTls,
            ...behindGateway(lookups, id, port, host),
          });
        }
      }
    }
  }
};

/** Everything that can be dialled in any of the models, in a stable order; of services only those that are meant. */
export const targetsIn = function* (
  lookups: readonly Lookup[],
  isMeant: (service: string) => boolean = () => true,
): Generator<Target> {
  yield* serviceTargets(lookups, isMeant);
  const seen = new Set<string>();
  for (const targets of [gatewayTargets(lookups), hostTargets(lookups)]) {
    for (const target of targets) {
      const key = JSON.stringify([target.to, target.via]);
      if (seen.has(key)) continue;
      seen.add(key);
      yield target;
    }
  }
};
