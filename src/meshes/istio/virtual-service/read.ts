import { byAll, byKey } from '../../../base/order.ts';
import { isSame } from '../../../base/same.ts';
import type { Frontend, Listens, NoMatch, Rule } from '../../../model/frontend.ts';
import type { Protocol } from '../../../model/inventory.ts';
import { hostRank } from '../../../model/match.ts';
import type { Subsets } from '../destination-rule/subsets.ts';
import type { Reading } from '../reading.ts';
import { type ClientTable, clientTables } from './client-tables.ts';
import type { FindSubset } from './destinations.ts';
import { listensOn } from './hosts.ts';
import { readL4Rules } from './l4-rules.ts';
import type { Side } from './match.ts';
import { type HostTable, reportRivals } from './rivals.ts';
import { readHttpRules } from './rules.ts';
import { reportTraps } from './traps.ts';
import { leaveUnused } from './unused.ts';
import { type Delegates, isDelegate, nameOf, type VirtualService } from './virtual-service.ts';

export { readVirtualServices } from './virtual-service.ts';

/** How a client sees a VirtualService: its own namespace's private ones come first, then those shown to it, then public ones. */
type Visibility = 'private' | 'shown' | 'public';

/** A VirtualService at one of its hosts, as the clients of these namespaces (absent: of all) see it. */
interface Placed {
  readonly vs: VirtualService;
  readonly host: string;
  readonly visibility: Visibility;
  readonly namespaces: readonly string[] | undefined;
}

const visibilityRank: Readonly<Record<Visibility, number>> = { private: 0, shown: 1, public: 2 };

/** `*` shows it to everyone, whatever stands beside it; else `~` hides it from everyone. */
const place = (vs: VirtualService, host: string): Placed[] => {
  const { exportTo, namespace } = vs;
  if (exportTo.includes('*')) return [{ vs, host, visibility: 'public', namespaces: undefined }];
  if (exportTo.includes('~')) return [];
  const placed: Placed[] = [];
  if (exportTo.includes(namespace)) placed.push({ vs, host, visibility: 'private', namespaces: [namespace] });
  const others = exportTo.filter(name => name !== namespace);
  if (others.length > 0) placed.push({ vs, host, visibility: 'shown', namespaces: others });
  return placed;
};

/**
 * Route tables of the workloads' own proxies. A host belongs to one VirtualService: an exact host before a wildcard, the
 * longest wildcard first, then what the client's namespace keeps to itself before what is public, then the oldest object;
 * an unmatched request gets a 404, never the next object (observed, rows 2.3–2.10b, 3.1).
 */
export const meshFrontends = (
  reading: Reading,
  virtualServices: readonly VirtualService[],
  delegates: Delegates,
  subsets: Subsets,
): readonly MeshTable[] => {
  const age = new Map(virtualServices.map((vs, index) => [vs, index]));
  for (const vs of virtualServices) reportTraps(reading, vs);
  leaveUnused(reading, virtualServices);
  const placed = virtualServices
    .filter(vs => vs.gateways.includes('mesh') && !isDelegate(vs))
    .flatMap(vs => vs.hosts.flatMap(host => place(vs, host)))
    .sort(
      byAll<Placed>(
        (a, b) => hostRank(kindOfHost(b)) - hostRank(kindOfHost(a)),
        (a, b) => visibilityRank[a.visibility] - visibilityRank[b.visibility],
        (a, b) => (age.get(a.vs) ?? 0) - (age.get(b.vs) ?? 0),
        byKey(({ host }) => host),
      ),
    );
  const tables = placed.flatMap(({ vs, host, namespaces, visibility }) =>
    forEveryClient(reading, { vs, host, namespaces }, delegates, subsets).map(frontend => ({
      vs,
      host,
      visibility,
      frontend,
    })),
  );
  reportRivals(reading, tables);
  return tables;
};

/** A route table, and how its clients see the object that it comes from. */
export interface MeshTable extends HostTable {
  readonly visibility: Visibility;
}

/** Short and full names are one host, so the rank goes by kind only, not by spelling (observed, row 2.5). */
const kindOfHost = ({ host }: Placed): string => (host.startsWith('*') ? host : 'exact');

/** How clients of a namespace see an object; undefined: not at all. */
export const visibilityFor = (vs: VirtualService, namespace: string): Visibility | undefined =>
  place(vs, '').find(({ namespaces }) => namespaces?.includes(namespace) ?? true)?.visibility;

/** The tables of a VirtualService at one of its hosts, as a waypoint in a namespace has them. */
export const tablesAtWaypoint = (
  reading: Reading,
  vs: VirtualService,
  host: string,
  namespace: string,
  delegates: Delegates,
  subsets: Subsets,
): readonly Frontend[] => {
  const findSubset: FindSubset = (service, name) => subsets.labelsOf(service, name, namespace);
  return frontendsOf(reading, { vs, host, namespaces: [namespace], isWaypoint: true }, delegates, findSubset);
};

type PlacedFor = Pick<Placed, 'vs' | 'host' | 'namespaces'> & Pick<Side, 'isWaypoint'>;

/**
 * Clients in a namespace with a DestinationRule of its own may know other subsets, or none (observed, row 16.4): for them
 * there is a table of their own, in front of the general one.
 */
const forEveryClient = (reading: Reading, placed: PlacedFor, delegates: Delegates, subsets: Subsets): Frontend[] => {
  const { namespaces } = placed;
  const usual = namespaces?.length === 1 ? namespaces[0] : undefined;
  const apart = new Set<string>();
  const general = frontendsOf(reading, placed, delegates, (service, name) => {
    const labels = subsets.labelsOf(service, name, usual);
    for (const namespace of subsets.namespacesApart(service)) {
      const isReached = namespace !== usual && (namespaces?.includes(namespace) ?? true);
      if (isReached && !isSame(labels, subsets.labelsOf(service, name, namespace))) apart.add(namespace);
    }
    return labels;
  });
  const own = [...apart].sort().flatMap(namespace => {
    const findSubset: FindSubset = (service, name) => subsets.labelsOf(service, name, namespace);
    return frontendsOf(reading, { ...placed, namespaces: [namespace] }, delegates, findSubset);
  });
  return [...own, ...general];
};

const frontendsOf = (reading: Reading, placed: PlacedFor, delegates: Delegates, findSubset: FindSubset): Frontend[] => {
  const { vs } = placed;
  const side: Side = { gateway: 'mesh', namespace: vs.namespace, ...(placed.isWaypoint ? { isWaypoint: true } : {}) };
  const http = clientTables(readHttpRules(reading, vs, side, findSubset, delegates));
  const [tls, tcp] = (['tls', 'tcp'] as const).map(section => readL4Rules(reading, vs, section, side, findSubset));
  return listensOn(reading, vs, placed.host).flatMap(listens => [
    ...http.flatMap(table => frontendOf(reading, placed, listens, table, 'http', { kind: 'respond', status: 404 })),
    ...(isForConnections(listens) ? connectionTables(reading, placed, listens, tls ?? [], tcp ?? []) : []),
  ]);
};

/** Connections find their rules by the service that is dialled, so that a host that is none has none. */
const isForConnections = (listens: Listens): boolean =>
  listens.kind === 'service' || (listens.kind === 'hosts' && listens.servicesOnly === true);

/**
 * Connections that no rule takes are left to the next object for the host, and then to the service: here objects do add
 * up. TCP rules are for ports that do not carry TLS (pilot, Istio 1.31: `tls.go`).
 */
const connectionTables = (
  reading: Reading,
  placed: PlacedFor,
  listens: Listens,
  tls: readonly Rule[],
  tcp: readonly Rule[],
): Frontend[] => {
  const noMatch: NoMatch = { kind: tcp.length > 0 ? 'passToService' : 'next' };
  return [
    ...(tls.length > 0 ? frontendOf(reading, placed, listens, { rules: tls }, 'tls', noMatch) : []),
    ...(tcp.length > 0
      ? (placed.isWaypoint ? [listens] : withoutTls(reading, listens)).flatMap(at =>
          frontendOf(reading, placed, at, { rules: tcp }, 'tcp', { kind: 'next' }),
        )
      : []),
  ];
};

/** The ports that do not carry TLS, each on its own where there are others. */
const withoutTls = (reading: Reading, listens: Listens): readonly Listens[] => {
  if (listens.kind !== 'service' || listens.port !== undefined) return [listens];
  const ports = reading.directory.find(listens.service)?.ports ?? [];
  const isTls = (protocol: Protocol): boolean => protocol === 'tls' || protocol === 'https';
  if (!ports.some(({ protocol }) => isTls(protocol))) return [listens];
  return ports.filter(({ protocol }) => !isTls(protocol)).map(({ port }) => ({ ...listens, port }));
};

/** The table where it listens for the clients who have it; none if it can be there for nobody. */
const frontendOf = (
  reading: Reading,
  { vs, namespaces }: PlacedFor,
  listens: Listens,
  { port, labels, ...table }: ClientTable,
  protocol: Protocol,
  noMatch: NoMatch,
): Frontend[] => {
  const seenBy = table.namespaces?.filter(name => namespaces?.includes(name) ?? true) ?? namespaces;
  const own = listens.kind === 'listener' ? undefined : listens.port;
  if (seenBy?.length === 0 || (port !== undefined && own !== undefined && own !== port)) return [];
  const at = port === undefined || listens.kind === 'listener' ? listens : { ...listens, port };
  const only = [
    ...(seenBy ? [` for ${seenBy.join(',')}`] : []),
    ...Object.entries(labels ?? {}).map(([name, value]) => ` with ${name}=${value}`),
    ...(protocol === 'http' ? [] : [` ${protocol}`]),
  ];
  return [
    {
      id: `${titleOf(at)} by ${nameOf(vs)}${only.join('')}`,
      listens: at,
      protocol,
      clients: {
        mesh: reading.mesh.id,
        ...(seenBy ? { namespaces: seenBy } : {}),
        ...(labels ? { labels } : {}),
      },
      rules: table.rules,
      noMatch,
      source: vs.spec,
    },
  ];
};

const titleOf = (listens: Listens): string => {
  if (listens.kind === 'listener') return listens.gateway;
  const name = listens.kind === 'service' ? listens.service : listens.hosts.join();
  return listens.port === undefined ? name : `${name}:${listens.port}`;
};
