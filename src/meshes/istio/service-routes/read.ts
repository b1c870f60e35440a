import { byAll } from '../../../base/order.ts';
import type { Source } from '../../../base/source.ts';
import type { Frontend } from '../../../model/frontend.ts';
import { startReading } from '../../../native/gateway-api/reading.ts';
import { isService, type Route, readRoutes } from '../../../native/gateway-api/route.ts';
import { serviceFrontends } from '../../../native/gateway-api/service-frontends.ts';
import { leaveUntaken } from '../../../native/gateway-api/untaken-parents.ts';
import { type Age, byAge } from '../age.ts';
import type { Reading } from '../reading.ts';
import { sidecarProfile } from './profile.ts';
import { refineAction } from './refine.ts';

/** The table of routes on one Service, which Istio treats as a VirtualService of this age. */
export interface RouteTable {
  readonly frontend: Frontend;
  readonly age: Age;
}

/** Gateway API routes on Services, as sidecars and waypoints take them; consumers' tables first, and the older first. */
export const readServiceRoutes = (reading: Reading): readonly RouteTable[] => {
  const { snapshot, directory, mesh, config } = reading;
  const routesReading = startReading(snapshot, directory, sidecarProfile, { refine: refineAction(config) });
  const all = readRoutes(routesReading);
  // Istio takes routes on a ServiceEntry as well.
  leaveUntaken(all, routesReading, ({ group }) => group.endsWith('.istio.io'));
  const routes = all.filter(route => route.parents.some(isService));
  const frontends = serviceFrontends(routes, routesReading, { mesh: mesh.id });
  const read = new Set(routes.map(({ object }) => object));
  reading.findings.push(...routesReading.findings);
  reading.objects.push(...[...read].map(object => ({ object, body: ['spec'] })));
  const bySpec = new Map<Source | undefined, Route>(routes.map(route => [route.spec, route]));
  const tables = frontends.map(frontend => ({ frontend, age: ageAs(reading, frontend, bySpec.get(frontend.source)) }));
  const isForAll = ({ frontend }: RouteTable): number => (frontend.clients.namespaces ? 0 : 1);
  return tables.sort(
    byAll<RouteTable>(
      (a, b) => isForAll(a) - isForAll(b),
      (a, b) => byAge(a.age, b.age),
    ),
  );
};

/**
 * Istio makes one object of all routes on a port of a Service, as old as the oldest of them, and names it by their
 * namespace, the port and the host (pilot, Istio 1.31: `route_collections.go`, `mergeHTTPRoutes`).
 */
const ageAs = ({ directory }: Reading, { listens }: Frontend, route: Route | undefined): Age => {
  const { created = '', namespace = '' } = route ?? {};
  const [service, port] = listens.kind === 'service' ? [listens.service, listens.port] : [];
  const host = service === undefined ? '' : (directory.find(service)?.hosts.at(-1) ?? service);
  return { created, name: [namespace, port, host].filter(part => part !== undefined).join('~'), namespace };
};
