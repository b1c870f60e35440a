import { groupBy } from '../../base/order.ts';
import type { Frontend } from '../../model/frontend.ts';
import type { Listener, Service } from '../../model/inventory.ts';
import { hostMatches, hostRank } from '../../model/match.ts';
import type { Model } from '../../model/model.ts';
import { speaksTls } from './judge-gateway.ts';
import { carriesHttp } from './judging.ts';
import { unknownHostStatus } from './mesh.ts';
import { answerNode, httpsNode, type RoutePlace, routeNode, wholeNode } from './route.ts';
import type { Node } from './text.ts';

/** What becomes of the requests for one host pattern that no narrower pattern takes. */
interface Host {
  readonly domain: string;
  /** Tables that are asked in turn. */
  readonly tables: readonly Frontend[];
  /** Plain requests are sent to https, whatever the tables say. */
  readonly toHttps?: true;
  /** Where what all tables pass on goes; absent: it is answered with the status for unknown hosts. */
  readonly service?: Service;
}

/** Every host that a pattern stands for is one that the other takes. */
const covers = (wider: string, pattern: string): boolean =>
  wider === pattern || hostMatches(wider, pattern.startsWith('*') ? `x${pattern.slice(1)}` : pattern);

/** A Service goes by its names and addresses, and by those that DNS lets clients of every namespace use. */
const namesOf = ({ hosts, addresses, name, namespace, external }: Service): readonly string[] => [
  ...hosts,
  ...(external ? [] : [`${name}.${namespace}`, `${name}.${namespace}.svc`]),
  ...addresses.map(address => (address.includes(':') ? `[${address}]` : address)),
];

const onPort = ({ listens, protocol }: Frontend, port: number): boolean =>
  carriesHttp({ protocol }) && listens.kind !== 'listener' && (listens.port === undefined || listens.port === port);

/** The ports on which the proxy of clients listens: those of services that carry HTTP, and those of tables for hosts. */
export const clientPorts = ({ inventory, frontends }: Model): readonly number[] => {
  const declared = inventory.services.flatMap(({ ports }) => ports.filter(carriesHttp).map(({ port }) => port));
  const asked = frontends.flatMap(({ listens }) => (listens.kind === 'listener' ? [] : (listens.port ?? [])));
  return [...new Set([...declared, ...asked])].sort((a, b) => a - b);
};

const servicesOn = ({ inventory, frontends }: Model, port: number): readonly Service[] =>
  inventory.services.filter(({ id, ports }) =>
    ports.length > 0
      ? ports.some(candidate => candidate.port === port && carriesHttp(candidate))
      : frontends.some(({ listens }) => listens.kind === 'service' && listens.service === id && listens.port === port),
  );

/** The hosts that clients may ask for on a port. */
const clientHosts = (model: Model, port: number): readonly Host[] => {
  const services = new Map<string, Service>();
  for (const service of servicesOn(model, port)) {
    for (const name of namesOf(service))
      if (!services.has(name.toLowerCase())) services.set(name.toLowerCase(), service);
  }
  const tables = model.frontends.filter(frontend => onPort(frontend, port));
  const patterns = tables.flatMap(({ listens }) => (listens.kind === 'hosts' ? listens.hosts : []));
  const domains = new Set([...services.keys(), ...patterns.map(pattern => pattern.toLowerCase())]);
  return [...domains].map(domain => {
    const service = services.get(domain) ?? widerService(services, domain);
    const names = [domain, ...(service?.hosts ?? [])];
    const takes = ({ listens }: Frontend): boolean =>
      listens.kind === 'service'
        ? listens.service === service?.id
        : listens.hosts.some(pattern => names.some(name => covers(pattern, name)));
    return { domain, tables: tables.filter(takes), ...(service ? { service } : {}) };
  });
};

/** A service for all hosts of a pattern also stands for those that only a table names. */
const widerService = (services: ReadonlyMap<string, Service>, domain: string): Service | undefined =>
  [...services]
    .filter(([name]) => covers(name, domain))
    .sort(([a], [b]) => hostRank(b) - hostRank(a))
    .map(([, service]) => service)[0];

/** The hosts that callers of a gateway may ask for on a port: the narrowest listener takes them, and no other. */
const gatewayHosts = (model: Model, gateway: string, listeners: readonly Listener[]): readonly Host[] => {
  const behind = model.frontends.filter(
    ({ listens, protocol }) => listens.kind === 'listener' && listens.gateway === gateway && carriesHttp({ protocol }),
  );
  const hostsOf = (hosts: readonly string[]): readonly string[] => (hosts.length === 0 ? ['*'] : hosts);
  const domains = new Set(
    [
      ...listeners.flatMap(({ hosts }) => hostsOf(hosts)),
      ...behind.flatMap(({ listens }) => (listens.kind === 'listener' ? hostsOf(listens.hosts) : [])),
    ].map(domain => domain.toLowerCase()),
  );
  return [...domains].flatMap(domain => {
    const ranked = listeners.flatMap(listener =>
      hostsOf(listener.hosts)
        .filter(pattern => covers(pattern, domain))
        .map(pattern => ({ listener, rank: hostRank(pattern) })),
    );
    const [best] = ranked.sort((a, b) => b.rank - a.rank);
    if (!best) return [];
    const tables = behind.filter(
      ({ listens }) =>
        listens.kind === 'listener' &&
        listens.listener === best.listener.name &&
        hostsOf(listens.hosts).some(pattern => covers(pattern, domain)),
    );
    return [{ domain, tables, ...(best.listener.httpsRedirect && !speaksTls(best.listener) ? { toHttps: true } : {}) }];
  });
};

/** The routes of a host: those of its tables, up to the first that has an answer for what is left. */
const routesOf = (
  { tables, service, toHttps }: Host,
  model: Model,
  place: RoutePlace,
  unknown: number,
): readonly Node[] => {
  if (toHttps) return [httpsNode];
  const routes: Node[] = [];
  const isOnPort = (wanted: number | undefined): boolean => wanted === undefined || wanted === place.port;
  for (const { rules, noMatch } of tables) {
    routes.push(...rules.filter(({ match }) => isOnPort(match.port)).map(rule => routeNode(rule, place)));
    if (noMatch.kind === 'respond') return [...routes, answerNode(noMatch.status)];
    if (noMatch.kind === 'passToService') break;
  }
  const defaults = model.meshes[0]?.defaults;
  return service && defaults
    ? [...routes, wholeNode({ kind: 'service', service: service.id }, defaults, place)]
    : [...routes, answerNode(unknown)];
};

const virtualHosts = (hosts: readonly Host[], model: Model, place: RoutePlace, unknown: number): readonly Node[] => {
  const alike = groupBy(hosts, ({ tables, service, toHttps = false }) =>
    [service?.id ?? '', toHttps, ...tables.map(({ id }) => id)].join('\n'),
  );
  const groups = [...alike.values()].map(group => ({
    domains: group.map(({ domain }) => domain).sort(),
    routes: routesOf(group[0]!, model, place, unknown),
  }));
  const isTaken = hosts.some(({ domain }) => domain === '*');
  const rest = isTaken ? [] : [{ domains: ['*'], routes: [answerNode(unknown)] }];
  return [...groups, ...rest]
    .sort((a, b) => ((a.domains[0] ?? '') < (b.domains[0] ?? '') ? -1 : 1))
    .map(({ domains, routes }) => ({ name: domains[0] === '*' ? 'everything' : domains[0], domains, routes }));
};

/** The virtual hosts of the proxy of clients on one of its ports. */
export const clientVirtualHosts = (model: Model, place: RoutePlace): readonly Node[] => {
  const unknown = model.egress.find(({ clients }) => clients.gateway === undefined)?.deniedStatus ?? unknownHostStatus;
  return virtualHosts(clientHosts(model, place.port), model, place, unknown);
};

/** The virtual hosts behind the listeners of a gateway that share a port. */
export const gatewayVirtualHosts = (
  model: Model,
  gateway: string,
  listeners: readonly Listener[],
  place: RoutePlace,
): readonly Node[] => virtualHosts(gatewayHosts(model, gateway, listeners), model, place, unknownHostStatus);
