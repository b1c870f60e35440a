import { byAll, byKey } from '../../../base/order.ts';
import { isSame } from '../../../base/same.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { Protocol, Service } from '../../../model/inventory.ts';
import { selects } from '../../../model/scope.ts';
import { type Age, ageOf, byAge } from '../age.ts';
import type { Subsets } from '../destination-rule/subsets.ts';
import { type Reading, report } from '../reading.ts';
import type { RouteTable } from '../service-routes/read.ts';
import { listensOn } from '../virtual-service/hosts.ts';
import { tablesAtWaypoint, visibilityFor } from '../virtual-service/read.ts';
import { type Delegates, isDelegate, type VirtualService } from '../virtual-service/virtual-service.ts';
import { type ByService, byService, type Place } from './by-service.ts';

/** All that routes for services are read from. */
export interface Routing {
  readonly virtualServices: readonly VirtualService[];
  readonly delegates: Delegates;
  readonly subsets: Subsets;
  readonly routes: readonly RouteTable[];
  /** The tables of the workloads' own proxies, as these prefer them. */
  readonly inMesh: readonly Frontend[];
}

/** A table that a waypoint has for a service. */
interface Candidate {
  readonly frontend: Frontend;
  readonly rank: number;
  readonly age: Age;
}

/** The waypoint of a service, as far as it decides which tables it has. */
interface Before {
  readonly id: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

const placesOfFrontend = <T extends { readonly frontend: Frontend }>(item: T): readonly Place<T>[] => {
  const { listens } = item.frontend;
  if (listens.kind === 'service') return [{ service: listens.service, item }];
  return listens.kind === 'hosts' ? listens.hosts.map(pattern => ({ pattern, item })) : [];
};

/** An object at one of its hosts. */
interface AtHost {
  readonly vs: VirtualService;
  readonly host: string;
}

const placesOfHost =
  (reading: Reading) =>
  (item: AtHost): readonly Place<AtHost>[] => {
    const { vs, host } = item;
    if (host.startsWith('*')) return [{ pattern: host, item }];
    return listensOn(reading, vs, host).flatMap(listens =>
      listens.kind === 'service' ? [{ service: listens.service, item }] : [],
    );
  };

/** All that may be for a service, found by the service. */
interface Found extends Pick<Routing, 'delegates' | 'subsets'> {
  readonly hosts: ByService<AtHost>;
  readonly routes: ByService<RouteTable>;
  readonly inMesh: ByService<{ readonly frontend: Frontend }>;
}

const found = (reading: Reading, { virtualServices, routes, inMesh, ...rest }: Routing): Found => {
  const ofMesh = virtualServices.filter(vs => vs.gateways.includes('mesh') && !isDelegate(vs));
  const atHosts = ofMesh.flatMap(vs => vs.hosts.map(host => ({ vs, host })));
  const tables = inMesh.map(frontend => ({ frontend }));
  return {
    ...rest,
    hosts: byService(atHosts, placesOfHost(reading)),
    routes: byService(routes, placesOfFrontend),
    inMesh: byService(tables, placesOfFrontend),
  };
};

/**
 * Route tables of waypoints, where they are others than those of sidecars. A waypoint takes the objects of the service's
 * namespace and of its own, and lays all that are for a service one behind the other: what is not for everyone, the routes of
 * the Gateway API in its namespace, and then the older first. Requests that one does not take go on to the next. It never looks at the labels of callers, and of
 * connections not at where they were dialled (observed in the test bed; pilot, Istio 1.31: `listener_waypoint.go`).
 */
export const waypointTables = (reading: Reading, routing: Routing): readonly Frontend[] => {
  const waypoints = new Map(reading.inventory.gateways.map(gateway => [gateway.id, gateway]));
  const guarded = reading.inventory.services.flatMap(service => {
    const waypoint = service.waypoint === undefined ? undefined : waypoints.get(service.waypoint);
    return waypoint ? [{ service, waypoint }] : [];
  });
  if (guarded.length === 0) return [];
  const known = found(reading, routing);
  return guarded.flatMap(({ service, waypoint }) => tablesBefore(reading, known, service, waypoint));
};

/** Of which ports a waypoint reads requests, and of which bytes alone: those of TLS are bytes to it. */
const layers: Readonly<Partial<Record<Protocol, 'http' | 'tcp'>>> = {
  http: 'http',
  http2: 'http',
  grpc: 'http',
  tcp: 'tcp',
  https: 'tcp',
  tls: 'tcp',
};

const isOfNames = ({ protocol }: Frontend): boolean => protocol === 'tls' || protocol === 'https';

/**
 * Of connections a waypoint looks at no server name. Of the rules for names it takes those for the service's own name and
 * no other, and gives them whatever comes, on ports without TLS too; they stand before the rules for bytes (pilot, Istio 1.31:
 * `getWaypointTCPRoutes`; observed in the test bed).
 */
const ofConnections = (all: readonly Frontend[], { hosts: [own] }: Service, on: number): readonly Frontend[] => {
  const ofOwnName = all.filter(isOfNames).map(frontend => ({
    ...frontend,
    protocol: 'tcp' as const,
    rules: frontend.rules.flatMap(rule => {
      const { sni = [], ...match } = rule.match;
      const isForPort = match.port === undefined || match.port === on;
      return isForPort && sni.length === 1 && sni[0] === own ? [{ ...rule, match }] : [];
    }),
  }));
  return [...ofOwnName.filter(({ rules }) => rules.length > 0), ...all.filter(one => !isOfNames(one))];
};

const tablesBefore = (reading: Reading, known: Found, service: Service, waypoint: Before): readonly Frontend[] => {
  const usual = known.inMesh.of(service).flatMap(({ frontend }) => (isSeenBy(frontend, waypoint) ? [frontend] : []));
  const candidates = candidatesOf(reading, known, service, waypoint);
  if (usual.length === 0 && candidates.length === 0) return [];
  return service.ports.flatMap(({ port, protocol }) => {
    const layer = layers[protocol];
    if (!layer) return [];
    const on = ({ listens, protocol: own }: Frontend): boolean =>
      (layers[own] ?? own) === layer && listens.kind !== 'listener' && (listens.port ?? port) === port;
    const taken = candidates.map(({ frontend }) => frontend).filter(on);
    const own = layer === 'http' ? taken : ofConnections(taken, service, port);
    // Sidecars ask for server names only on ports for TLS.
    const others = usual.filter(on).filter(one => protocol !== 'tcp' || !isOfNames(one));
    if (isAlike(own, others)) return [];
    tellDifference(reading, service, waypoint, own, others);
    return chained(reading, service, port, layer, waypoint, own);
  });
};

const tellDifference = (
  reading: Reading,
  { id }: Service,
  waypoint: Before,
  own: readonly Frontend[],
  others: readonly Frontend[],
): void => {
  const at = (own[0] ?? others[0])?.source;
  if (!at) return;
  const taken = own.length === 1 ? 'it leaves out what asks for labels of callers' : 'their routes add up there';
  const isOfName = others.some(isOfNames);
  const why = own.length === 0 ? 'it has none of these routes' : isOfName ? 'it looks at no server name' : taken;
  report(reading, 'ISTIO309', at, `\`${waypoint.id}\` before \`${id}\` routes otherwise than sidecars: ${why}`);
};

const isSeenBy = ({ clients }: Frontend, { namespace, labels }: Before): boolean =>
  (clients.namespaces?.includes(namespace) ?? true) && selects(clients.labels, labels);

/** Whether both lists come to the same: no table, or one with the same rules. */
const isAlike = (own: readonly Frontend[], usual: readonly Frontend[]): boolean => {
  const [first, ...more] = own;
  const [other, ...others] = usual;
  if (!first || !other) return first === other;
  return more.length + others.length === 0 && isSame(first.rules, other.rules, new Set(['source']));
};

const candidatesOf = (
  reading: Reading,
  { hosts, routes, delegates, subsets }: Found,
  service: Service,
  waypoint: Before,
): readonly Candidate[] => {
  const { namespace } = waypoint;
  const isNear = (other: string): boolean => other === namespace || other === service.namespace;
  const near = hosts.of(service).filter(({ vs }) => isNear(vs.namespace));
  // An object counts once, whatever names of the service it has.
  const once = [...new Map(near.toReversed().map(one => [one.vs, one])).values()];
  const ofObjects = once.flatMap(({ vs, host }) => {
    const rank = visibilityFor(vs, namespace);
    if (rank === undefined) return [];
    const tables = tablesAtWaypoint(reading, vs, host, namespace, delegates, subsets);
    return tables.map((frontend): Candidate => ({ frontend, rank: ranks[rank], age: ageOf(vs.object) }));
  });
  const ofRoutes = routes
    .of(service)
    .filter(({ frontend, age }) => isNear(age.namespace) && isSeenBy(frontend, waypoint))
    .map(({ frontend, age }): Candidate => ({ frontend, rank: rankOfRoute(frontend, age, namespace), age }));
  return [...ofObjects, ...ofRoutes].sort(
    byAll<Candidate>(
      byKey(({ rank }) => String(rank)),
      (a, b) => byAge(a.age, b.age),
    ),
  );
};

/** What everyone sees comes last, but for the routes of the waypoint's own namespace. */
const ranks = { private: 0, shown: 1, consumer: 2, home: 3, public: 4 } as const;

const rankOfRoute = ({ clients }: Frontend, age: Age, namespace: string): number => {
  if (clients.namespaces) return ranks.consumer;
  return age.namespace === namespace ? ranks.home : ranks.public;
};

/** One behind the other on a port; what is left gets a 404, and goes to the service where there is none or bytes are routed. */
const chained = (
  { mesh }: Reading,
  service: Service,
  port: number,
  layer: 'http' | 'tcp',
  waypoint: Before,
  own: readonly Frontend[],
): readonly Frontend[] => {
  const listens = { kind: 'service', service: service.id, port } as const;
  const clients = { mesh: mesh.id, gateway: waypoint.id };
  const tables = own.map(
    (frontend, index): Frontend => ({
      ...frontend,
      id: `${frontend.id} on ${port} at ${waypoint.id}`,
      listens,
      clients,
      noMatch: layer === 'http' && index === own.length - 1 ? { kind: 'respond', status: 404 } : { kind: 'next' },
    }),
  );
  if (layer === 'http' && own.length > 0) return tables;
  const rest: Frontend = {
    id: `${service.id}:${port} unrouted at ${waypoint.id}`,
    listens,
    protocol: layer,
    clients,
    rules: [],
    noMatch: { kind: 'passToService' },
  };
  return [...tables, rest];
};
