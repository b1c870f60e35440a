import { byAll, byKey } from '../../../base/order.ts';
import { isSame } from '../../../base/same.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { Protocol, Service } from '../../../model/inventory.ts';
import { hostMatches } from '../../../model/match.ts';
import { selects } from '../../../model/scope.ts';
import { type Age, ageOf, byAge } from '../age.ts';
import type { Subsets } from '../destination-rule/subsets.ts';
import type { Reading } from '../reading.ts';
import type { RouteTable } from '../service-routes/read.ts';
import { listensOn } from '../virtual-service/hosts.ts';
import { rankFor, tablesAtWaypoint } from '../virtual-service/read.ts';
import { type Delegates, isDelegate, type VirtualService } from '../virtual-service/virtual-service.ts';

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

/**
 * Route tables of waypoints, where they are others than those of sidecars. A waypoint takes the objects of the service's
 * namespace and of its own, and lays all that are for a service one behind the other, what it alone sees first and then the
 * older first: requests that one does not take go on to the next. It never looks at the labels of callers, and of
 * connections not at where they were dialled (observed in the test bed; pilot, Istio 1.31: `listener_waypoint.go`).
 */
export const waypointTables = (reading: Reading, routing: Routing): readonly Frontend[] =>
  reading.inventory.services.flatMap(service => {
    const before = reading.inventory.gateways.find(({ id }) => id === service.waypoint);
    return before ? tablesBefore(reading, routing, service, before) : [];
  });

/** Of which ports a waypoint reads requests, and of which bytes alone. */
const layers: Readonly<Partial<Record<Protocol, 'http' | 'tcp'>>> = {
  http: 'http',
  http2: 'http',
  grpc: 'http',
  tcp: 'tcp',
};

const tablesBefore = (reading: Reading, routing: Routing, service: Service, waypoint: Before): readonly Frontend[] => {
  const usual = routing.inMesh.filter(frontend => isFor(frontend, service) && isSeenBy(frontend, waypoint));
  const candidates = candidatesOf(reading, routing, service, waypoint);
  if (usual.length === 0 && candidates.length === 0) return [];
  return service.ports.flatMap(({ port, protocol }) => {
    const layer = layers[protocol];
    if (!layer) return [];
    const on = ({ listens, protocol: own }: Frontend): boolean =>
      (layers[own] ?? own) === layer && listens.kind !== 'listener' && (listens.port ?? port) === port;
    const own = candidates.map(({ frontend }) => frontend).filter(on);
    if (isAlike(own, usual.filter(on))) return [];
    return chained(reading, service, port, layer, waypoint, own);
  });
};

const isFor = ({ listens }: Frontend, { id, hosts }: Service): boolean =>
  listens.kind === 'service'
    ? listens.service === id
    : listens.kind === 'hosts' && listens.hosts.some(pattern => hosts.some(host => hostMatches(pattern, host)));

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
  { virtualServices, delegates, subsets, routes }: Routing,
  service: Service,
  waypoint: Before,
): readonly Candidate[] => {
  const { namespace } = waypoint;
  const isNear = (other: string): boolean => other === namespace || other === service.namespace;
  const ofObjects = virtualServices
    .filter(vs => isNear(vs.namespace) && vs.gateways.includes('mesh') && !isDelegate(vs))
    .flatMap(vs => {
      const rank = rankFor(vs, namespace);
      const host = vs.hosts.find(one => isHostOf(reading, vs, one, service));
      if (rank === undefined || host === undefined) return [];
      const tables = tablesAtWaypoint(reading, vs, host, namespace, delegates, subsets);
      return tables.map((frontend): Candidate => ({ frontend, rank, age: ageOf(vs.object) }));
    });
  const ofRoutes = routes
    .filter(({ frontend, age }) => isFor(frontend, service) && isNear(age.namespace) && isSeenBy(frontend, waypoint))
    .map(({ frontend, age }): Candidate => ({ frontend, rank: frontend.clients.namespaces ? 0 : mostRank, age }));
  return [...ofObjects, ...ofRoutes].sort(
    byAll<Candidate>(
      byKey(({ rank }) => String(rank)),
      (a, b) => byAge(a.age, b.age),
    ),
  );
};

/** What everyone sees comes last. */
const mostRank = 2;

const isHostOf = (reading: Reading, vs: VirtualService, host: string, service: Service): boolean =>
  host.startsWith('*')
    ? service.hosts.some(own => hostMatches(host, own))
    : listensOn(reading, vs, host).some(listens => listens.kind === 'service' && listens.service === service.id);

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
