import type { Frontend } from '../../../model/frontend.ts';
import { ageOf, byAge } from '../age.ts';
import { type Reading, report } from '../reading.ts';
import type { MeshTable } from '../virtual-service/read.ts';
import { nameOf } from '../virtual-service/virtual-service.ts';
import type { RouteTable } from './read.ts';

/**
 * Lays routes on Services and VirtualServices together, as a client's proxy prefers them (observed, rows 15.8, 15.8b, and in
 * the test bed; pilot, Istio 1.31: `SelectVirtualServices`): what its namespace keeps to itself or is shown by name, the
 * routes of its own namespace, and then routes and public VirtualServices alike, the older first. Wildcards come last:
 * an exact host is never theirs.
 */
export const besideTables = (
  reading: Reading,
  routes: readonly RouteTable[],
  tables: readonly MeshTable[],
): readonly Frontend[] => {
  if (routes.length === 0) return tables.map(({ frontend }) => frontend);
  const kept = tables.filter(table => !isPublic(table) && !isWildcard(table));
  const consumers = routes.filter(({ frontend }) => frontend.clients.namespaces !== undefined);
  const producers = routes.filter(({ frontend }) => frontend.clients.namespaces === undefined);
  const open = tables.filter(table => isPublic(table) && !isWildcard(table));
  for (const table of open) reportRoute(reading, table, producers);
  const isRivalled = (route: RouteTable): boolean => open.some(table => isOlder(table, route));
  const contested = [...open.map(table => ({ ...table, age: ageOf(table.vs.object) })), ...producers];
  return [
    ...kept.map(({ frontend }) => frontend),
    ...consumers.map(({ frontend }) => frontend),
    ...(producers.some(isRivalled) ? producers.map(atHome) : []),
    ...contested.sort((a, b) => byAge(a.age, b.age)).map(({ frontend }) => frontend),
    ...tables.filter(isWildcard).map(({ frontend }) => frontend),
  ];
};

const isPublic = ({ visibility }: MeshTable): boolean => visibility === 'public';
const isWildcard = ({ host }: MeshTable): boolean => host.startsWith('*');

const serviceOf = ({ listens }: Frontend): string | undefined =>
  listens.kind === 'service' ? listens.service : undefined;

/** Whether both are in front of one Service, and the VirtualService is the older. */
const isOlder = ({ frontend, vs }: MeshTable, route: RouteTable): boolean =>
  serviceOf(frontend) === serviceOf(route.frontend) && byAge(ageOf(vs.object), route.age) < 0;

/** The route as the clients of its own namespace have it, whose age does not count. */
const atHome = ({ frontend, age }: RouteTable): Frontend => ({
  ...frontend,
  id: `${frontend.id} from ${age.namespace}`,
  clients: { ...frontend.clients, namespaces: [age.namespace] },
});

/** Tells the author of a VirtualService that a route takes its place, and for whom. */
const reportRoute = (reading: Reading, table: MeshTable, producers: readonly RouteTable[]): void => {
  const { vs, frontend } = table;
  const route = producers.find(other => serviceOf(other.frontend) === serviceOf(frontend));
  if (!route || !frontend.source) return;
  const { source } = route.frontend;
  const name = source ? `\`${source.object.namespace ?? 'default'}/${source.object.name}\`` : 'a route';
  const attached = `${name} is attached to the same Service`;
  const isElder = isOlder(table, route);
  const home = `\`${route.age.namespace}\``;
  report(
    reading,
    'ISTIO007',
    frontend.source,
    isElder
      ? `${attached}: sidecars in namespace ${home} take that one, and those of other namespaces the older one, which is this`
      : `${attached}, and sidecars take that one`,
  );
  if (vs.creationTimestamp && route.age.created) return;
  const both = `\`${nameOf(vs)}\` and ${name} are both for this Service`;
  const elder = isElder ? `\`${nameOf(vs)}\`` : name;
  report(
    reading,
    'ISTIO008',
    vs.object.ref,
    `${both}; for clients outside of ${home} ${elder} is taken to be the older`,
  );
};
