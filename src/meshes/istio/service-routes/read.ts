import type { Action, Frontend } from '../../../model/frontend.ts';
import { startReading } from '../../../native/gateway-api/reading.ts';
import { isService, readRoutes } from '../../../native/gateway-api/route.ts';
import { serviceFrontends } from '../../../native/gateway-api/service-frontends.ts';
import { leaveUntaken } from '../../../native/gateway-api/untaken-parents.ts';
import { type Reading, report } from '../reading.ts';
import { sidecarProfile } from './profile.ts';

/** Gateway API routes on Services, as sidecars and waypoints take them; consumers' tables first. */
export const readServiceRoutes = (reading: Reading): readonly Frontend[] => {
  const { snapshot, directory, mesh, config } = reading;
  const refine = (action: Action): Action =>
    action.target.kind === 'forward' && !action.retries ? { ...action, retries: config.defaultRetries } : action;
  const routesReading = startReading(snapshot, directory, sidecarProfile, { refine });
  const all = readRoutes(routesReading);
  // Istio takes routes on a ServiceEntry as well.
  leaveUntaken(all, routesReading, ({ group }) => group.endsWith('.istio.io'));
  const routes = all.filter(route => route.parents.some(isService));
  const frontends = serviceFrontends(routes, routesReading, { mesh: mesh.id });
  const read = new Set(routes.map(({ object }) => object));
  reading.findings.push(...routesReading.findings);
  reading.objects.push(...[...read].map(object => ({ object, body: ['spec'] })));
  return frontends;
};

/**
 * Lays routes and VirtualServices together: for clients in general a route on a Service stands before every public
 * VirtualService of it, whichever is older; what a namespace keeps to itself stands before both (observed, rows 15.8,
 * 15.8b). `isPrivate` tells the latter.
 */
export const beforePublicTables = (
  reading: Reading,
  routes: readonly Frontend[],
  tables: readonly Frontend[],
  isPrivate: (table: Frontend) => boolean,
): readonly Frontend[] => {
  if (routes.length === 0) return tables;
  const producers = new Map(
    routes.flatMap(route =>
      route.clients.namespaces === undefined && route.listens.kind === 'service'
        ? [[route.listens.service, route]]
        : [],
    ),
  );
  const open = tables.filter(table => !isPrivate(table));
  for (const { listens, source } of open) {
    const route = listens.kind === 'service' ? producers.get(listens.service) : undefined;
    if (!route || !source) continue;
    const name = route.source
      ? `\`${route.source.object.namespace ?? 'default'}/${route.source.object.name}\``
      : 'a route';
    report(reading, 'ISTIO007', source, `${name} is attached to the same Service, and sidecars take that one`);
  }
  return [...tables.filter(isPrivate), ...routes, ...open];
};
