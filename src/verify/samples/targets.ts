import type { AccessPolicy } from '../../model/capabilities/access.ts';
import type { RequestAuthentication } from '../../model/capabilities/request-authentication.ts';
import { type Frontend, narrow, type Subset } from '../../model/frontend.ts';
import type { Protocol, Service } from '../../model/inventory.ts';
import type { EndpointSet } from '../../model/scope.ts';
import type { Guard } from '../lookup/coverage.ts';
import type { Lookup } from '../lookup/lookup.ts';
import type { Destination } from '../request.ts';
import { Mentions } from './callers.ts';
import { concreteHost } from './text-values.ts';

/** Something that callers dial, with all that decides about it in any of the models. */
export interface Target {
  /** A service id, or a host; with a gateway, what is asked for there. */
  readonly name: string;
  readonly to: Destination;
  readonly via?: string;
  readonly protocol: Protocol | undefined;
  /** Whether TLS is ended there, so that HTTP arrives as HTTPS. */
  readonly overTls: boolean;
  /** The namespace where it runs; empty if nowhere that is known. */
  readonly home: string;
  /** What is dialled and what rules send to, as any of the models knows it. */
  readonly services: readonly Service[];
  readonly frontends: readonly Frontend[];
  readonly policies: readonly AccessPolicy[];
  readonly authentications: readonly RequestAuthentication[];
  readonly mentions: Mentions;
}

const unique = <T>(items: Iterable<T>): T[] => [...new Set(items)];

type Subsets = ReadonlyMap<string, ReadonlyMap<string, Subset>>;

const namedSubsets = new WeakMap<Lookup, Subsets>();

/** The subsets that rules name, each once, by the service that they are parts of. */
const subsetsIn = (lookup: Lookup): Subsets => {
  const known = namedSubsets.get(lookup);
  if (known) return known;
  const subsets = new Map<string, Map<string, Subset>>();
  for (const { action } of lookup.model.frontends.flatMap(({ rules }) => rules)) {
    for (const { backend } of action.target.kind === 'forward' ? action.target.backends : []) {
      if (backend.kind !== 'service' || !backend.subset?.labels) continue;
      const ofService = subsets.get(backend.service) ?? new Map<string, Subset>();
      subsets.set(backend.service, ofService.set(JSON.stringify(backend.subset.labels), backend.subset));
    }
  }
  namedSubsets.set(lookup, subsets);
  return subsets;
};

/** Who stands behind endpoints, or who is supposed to where the input shows nobody. */
const behindEndpoints = (lookup: Lookup, namespace: string, endpoints: EndpointSet): readonly Guard[] => {
  const workloads = lookup.services.workloadsOf(endpoints);
  if (workloads.length > 0 || endpoints.kind === 'addresses') return workloads;
  return [{ namespace, labels: endpoints.labels }];
};

/** Everyone who may guard a service, on whatever port and in whatever mesh: its workloads, and its waypoint. */
export const guardsAt = (lookup: Lookup, service: Service): Guard[] => {
  const { id, endpoints, namespace, waypoint } = service;
  const parts = [
    endpoints,
    ...[...(subsetsIn(lookup).get(id)?.values() ?? [])].map(subset => narrow(endpoints, subset)),
  ];
  const gateway = waypoint === undefined ? {} : { gateway: waypoint };
  return [
    ...unique(parts.flatMap(part => behindEndpoints(lookup, namespace, part))),
    { labels: {}, service: id, isWaypoint: true, ...gateway },
  ];
};

/** Policies and token rules that may act on the way to services. */
const guardsOf = (lookups: readonly Lookup[], services: readonly Service[]) => {
  const policies = new Set<AccessPolicy>();
  const authentications = new Set<RequestAuthentication>();
  for (const lookup of lookups) {
    if (lookup.model.access.length + lookup.model.requestAuthentication.length === 0) continue;
    for (const guard of services.flatMap(each => guardsAt(lookup, each))) {
      for (const policy of lookup.accessAround(guard)) policies.add(policy);
      for (const rule of lookup.requestAuthenticationAround(guard)) authentications.add(rule);
    }
  }
  return { policies: [...policies], authentications: [...authentications] };
};

const sentTo = new WeakMap<Frontend, readonly string[]>();

/** The ids of the services that a table sends to, copies included. */
const backendIds = (table: Frontend): readonly string[] => {
  const known = sentTo.get(table);
  if (known) return known;
  const ids = new Set<string>();
  for (const { action } of table.rules) {
    const backends = action.target.kind === 'forward' ? action.target.backends : [];
    for (const { backend } of [...backends, ...(action.mirrors ?? [])]) {
      if (backend.kind === 'service') ids.add(backend.service);
    }
  }
  sentTo.set(table, [...ids]);
  return [...ids];
};

/** The services that rules send to, beside the one that is dialled. */
const backendsOf = (lookups: readonly Lookup[], frontends: readonly Frontend[]): Service[] =>
  unique(frontends.flatMap(backendIds)).flatMap(id => lookups.flatMap(lookup => lookup.services.find(id) ?? []));

/** The services to which waypoints before some services send on. */
const behindWaypoints = (lookups: readonly Lookup[], services: readonly Service[]): Service[] => {
  const waiting = services.filter(({ waypoint }) => waypoint !== undefined);
  const tables = waiting.flatMap(each =>
    lookups.flatMap(({ frontends }) => frontends.about(each, each.hosts[0] ?? each.id)),
  );
  return backendsOf(lookups, unique(tables));
};

/** The services through which traffic leaves that a client's proxy does not know. */
const waysOut = (lookups: readonly Lookup[]): Service[] =>
  lookups.flatMap(({ model, services }) =>
    model.egress.flatMap(({ through }) => (through && services.named(through.host, undefined)) ?? []),
  );

/** How many statements about what clients see are walked for one target. */
const viewsAsked = 16;

const mentionsOf = (
  lookups: readonly Lookup[],
  frontends: readonly Frontend[],
  services: readonly Service[],
  policies: readonly AccessPolicy[],
): Mentions => {
  const mentions = new Mentions();
  for (const { clients, rules } of frontends) {
    mentions.scope(clients);
    for (const { match } of rules) if (match.caller) mentions.scope(match.caller);
  }
  for (const lookup of lookups) {
    for (const service of services) {
      for (const { clients } of lookup.destinations.about({ service, host: service.hosts[0] ?? service.id })) {
        mentions.scope(clients);
      }
      for (const namespace of lookup.services.exposedTo(service) ?? []) mentions.namespaces.add(namespace);
    }
    // Statements about what clients see concern every target; the first of them stand for all, and the rest is counted.
    const views = [...lookup.model.visibility, ...lookup.model.egress];
    for (const { clients } of views.slice(0, viewsAsked)) mentions.scope(clients);
    mentions.left += Math.max(0, views.length - viewsAsked);
  }
  for (const policy of policies) mentions.policy(policy);
  return mentions;
};

interface Place {
  readonly name: string;
  readonly to: Destination;
  readonly via?: string;
  readonly protocol: Protocol | undefined;
  readonly overTls?: boolean;
  readonly service?: Service;
  readonly frontends: readonly Frontend[];
  readonly guardedBy?: readonly AccessPolicy[];
  readonly verifiedBy?: readonly RequestAuthentication[];
}

/** Most is worked out when it is asked for: of many targets most are not looked at any closer. */
class TargetIn implements Target {
  readonly name: string;
  readonly to: Destination;
  readonly via?: string;
  readonly protocol: Protocol | undefined;
  readonly overTls: boolean;
  readonly frontends: readonly Frontend[];
  readonly #lookups: readonly Lookup[];
  readonly #place: Place;
  #services: readonly Service[] | undefined;
  #guards: ReturnType<typeof guardsOf> | undefined;
  #policies: readonly AccessPolicy[] | undefined;
  #authentications: readonly RequestAuthentication[] | undefined;
  #mentions: Mentions | undefined;

  constructor(lookups: readonly Lookup[], place: Place) {
    const { name, to, via, protocol, overTls = false, frontends } = place;
    this.#lookups = lookups;
    this.#place = place;
    this.name = name;
    this.to = to;
    if (via !== undefined) this.via = via;
    this.protocol = protocol;
    this.overTls = overTls;
    this.frontends = frontends;
  }

  get home(): string {
    return this.#place.service?.namespace ?? this.services[0]?.namespace ?? '';
  }

  get services(): readonly Service[] {
    this.#services ??= this.#reached();
    return this.#services;
  }

  #reached(): readonly Service[] {
    const { service, frontends } = this.#place;
    const named = [...(service ? [service] : []), ...backendsOf(this.#lookups, frontends)];
    return unique([...named, ...behindWaypoints(this.#lookups, named), ...waysOut(this.#lookups)]);
  }

  #guardsBehind(): ReturnType<typeof guardsOf> {
    this.#guards ??= guardsOf(this.#lookups, this.services);
    return this.#guards;
  }

  get policies(): readonly AccessPolicy[] {
    this.#policies ??= unique([...(this.#place.guardedBy ?? []), ...this.#guardsBehind().policies]);
    return this.#policies;
  }

  get authentications(): readonly RequestAuthentication[] {
    this.#authentications ??= unique([...(this.#place.verifiedBy ?? []), ...this.#guardsBehind().authentications]);
    return this.#authentications;
  }

  get mentions(): Mentions {
    this.#mentions ??= mentionsOf(this.#lookups, this.frontends, this.services, this.policies);
    return this.#mentions;
  }
}

/** The ports of a service in any of the models, and those that rules name; one at least. */
const portsOf = (services: readonly Service[], frontends: readonly Frontend[]): (number | undefined)[] => {
  const written = frontends.flatMap(({ listens, rules }) => [
    ...(listens.kind === 'listener' || listens.port === undefined ? [] : [listens.port]),
    ...rules.flatMap(({ match }) => match.port ?? []),
  ]);
  const ports = unique([...services.flatMap(service => service.ports.map(({ port }) => port)), ...written]);
  return ports.length > 0 ? ports : [undefined];
};

const serviceTargets = function* (
  lookups: readonly Lookup[],
  isMeant: (service: string) => boolean,
): Generator<Target> {
  const ids = unique(lookups.flatMap(({ model }) => model.inventory.services.map(({ id }) => id))).filter(isMeant);
  for (const id of ids.sort()) {
    const services = lookups.flatMap(lookup => lookup.services.find(id) ?? []);
    const [service] = services;
    if (!service) continue;
    const host = service.hosts[0] ?? id;
    const frontends = lookups.flatMap(lookup => lookup.frontends.about(lookup.services.find(id), host));
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
  const seen = new Set<string>();
  for (const targets of [serviceTargets(lookups, isMeant), gatewayTargets(lookups), hostTargets(lookups)]) {
    for (const target of targets) {
      const key = JSON.stringify([target.to, target.via]);
      if (seen.has(key)) continue;
      seen.add(key);
      yield target;
    }
  }
};
