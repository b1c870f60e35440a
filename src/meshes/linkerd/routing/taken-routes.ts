import type { Field } from '../../../base/field.ts';
import { serviceId } from '../../../model/inventory.ts';
import type { GatewayApiReading } from '../../../native/gateway-api/reading.ts';
import { isService, type ParentReference, type Route, readRoutes } from '../../../native/gateway-api/route.ts';
import { leaveUntaken } from '../../../native/gateway-api/untaken-parents.ts';
import { isServer } from '../access/server-routes.ts';
import { leaveAnnotation, type Reading, report } from '../reading.ts';
import { isExpression } from '../regex.ts';
import { isBad, readResilience } from './retry-annotations.ts';

/** The groups whose HTTPRoutes Linkerd reads; its own is older and says the same. */
const routeGroups = ['gateway.networking.k8s.io', 'policy.linkerd.io'];

/**
 * The routes that Linkerd's policy controller takes over. One value it cannot convert makes it pass over the whole route,
 * so that the service behaves as if the route were not there (policy-controller `apply_http_route`, 2.20).
 */
export const takenRoutes = (reading: Reading, gateway: GatewayApiReading): readonly Route[] => {
  const routes = readRoutes(gateway, routeGroups);
  leaveUntaken(routes, gateway, parent => parent.group === 'policy.linkerd.io' && !isOurs(parent));
  return routes.flatMap(route => {
    leaveForeignParents(reading, route);
    if (!route.parents.some(isOurs)) return [];
    const reason = reasonAgainst(reading, route);
    if (reason !== undefined) {
      const text = typeof reason === 'string' ? reason : reason.reason;
      report(reading, 'LINKERD105', route.object.ref, `Linkerd does not take the route over: ${text}`);
      route.spec?.leave(`the route is not taken over: ${text}`);
      return [];
    }
    return [{ ...route, parents: takenParents(reading, route) }];
  });
};

/** Everything else, a Gateway above all, is for another implementation. */
const isOurs = (parent: ParentReference): boolean => isService(parent) || isServer(parent);

/** What is said of a parent that Linkerd does not look at: nobody else does where Linkerd is alone. */
const leaveForeignParents = (reading: Reading, { parents, spec }: Route): void => {
  if (!reading.isAlone) return;
  if (parents.every(isOurs)) return;
  const fields = spec?.list('parentRefs') ?? [];
  for (const [index, field] of fields.entries()) {
    if (parents[index] && isOurs(parents[index])) continue;
    for (const name of ['namespace', 'name', 'port', 'sectionName']) {
      field.at(name)?.leave('routes of this parent are not for Linkerd');
    }
  }
};

/**
 * Of a Service only the number of a port counts: the name of one is passed over, and the route is for all ports. One
 * Server that is not referred to by its name alone takes all of them from the route (`ParentRef::collect_from_http`).
 */
const takenParents = (reading: Reading, route: Route): readonly ParentReference[] => {
  const strange = route.parents.filter(parent => isServer(parent) && !isPlainServer(parent, route));
  for (const { source } of strange) {
    const what = 'a Server is referred to by its name alone, in the namespace of the route';
    report(reading, 'LINKERD105', source, what);
  }
  return route.parents
    .filter(parent => (isServer(parent) ? strange.length === 0 : isTakenParent(reading, parent)))
    .map(parent => withoutSection(reading, parent, route));
};

const isPlainServer = ({ namespace, port, sectionName }: ParentReference, route: Route): boolean =>
  namespace === route.namespace && port === undefined && sectionName === undefined;

const withoutSection = (reading: Reading, parent: ParentReference, { parents, spec }: Route): ParentReference => {
  const { sectionName, ...rest } = parent;
  if (sectionName === undefined) return parent;
  const field = spec?.list('parentRefs')[parents.indexOf(parent)]?.at('sectionName');
  const where = parent.port === undefined ? 'all its ports' : `port ${parent.port}`;
  report(
    reading,
    'LINKERD106',
    field ?? parent.source,
    `\`sectionName\` is passed over: the route is for ${where}`,
    'give the number of the port in `port`',
  );
  field?.leave('Linkerd looks at the number of a port, not at its name');
  return rest;
};

const reasonAgainst = (reading: Reading, route: Route): string | { readonly reason: string } | undefined => {
  const rules = route.spec?.list('rules') ?? [];
  if (route.kind === 'TLSRoute' || route.kind === 'TCPRoute') {
    return rules.length === 1 ? undefined : `a ${route.kind} needs exactly one rule`;
  }
  return annotationReason(reading, route) ?? rules.map(rule => matchReason(rule, route)).find(Boolean);
};

/** Only a route on a Service has its annotations read. */
const annotationReason = (reading: Reading, route: Route): string | undefined => {
  if (!route.parents.some(isService)) return undefined;
  const annotations = reading.snapshot.field(route.object).find('metadata', 'annotations');
  const read = readResilience(annotations, route.kind === 'GRPCRoute' ? 'grpc' : 'http');
  if (!isBad(read)) return undefined;
  leaveAnnotation(reading, route.object, read.field, read.reason);
  return `its annotation \`${read.field.name}\` cannot be read`;
};

/** A path must be absolute, an expression valid, and a gRPC method exact. */
const matchReason = (rule: Field, route: Route): string | undefined => {
  for (const match of rule.list('matches')) {
    const path = match.at('path');
    const value = path?.text('value') ?? '/';
    if (path && path.text('type') === 'RegularExpression' ? !isExpression(value) : !value.startsWith('/')) {
      return `\`${value}\` is no path that can be matched`;
    }
    if (route.kind === 'GRPCRoute' && match.at('method')?.text('type') === 'RegularExpression') {
      return 'gRPC methods are matched exactly or not at all';
    }
    for (const item of [...match.list('headers'), ...match.list('queryParams')]) {
      const text = item.text('value') ?? '';
      if (item.text('type') === 'RegularExpression' && !isExpression(text)) return `\`${text}\` is no valid expression`;
    }
  }
  return undefined;
};

/** A Service without a cluster address is no parent (policy-controller k8s/status `valid_parent_service`, 2.20). */
const isTakenParent = (reading: Reading, parent: ParentReference): boolean => {
  if (!isService(parent)) return false;
  const service = reading.directory.find(serviceId(parent.namespace, parent.name));
  if (!service || (!service.headless && !service.external)) return true;
  const what = service.headless ? 'headless' : 'a name outside the cluster';
  report(reading, 'LINKERD105', parent.source, `Service \`${service.id}\` is ${what} and cannot have routes`);
  return false;
};
