import { Field } from '../../../base/field.ts';
import type { Action, Frontend, Rule } from '../../../model/frontend.ts';
import type { Gateway } from '../../../model/inventory.ts';
import { gatewayFrontends } from '../../../native/gateway-api/gateway-frontends.ts';
import { readGateways } from '../../../native/gateway-api/gateways.ts';
import { gatewayGroup } from '../../../native/gateway-api/kinds.ts';
import { type GatewayApiProfile, specificationProfile } from '../../../native/gateway-api/profile.ts';
import { startReading } from '../../../native/gateway-api/reading.ts';
import { type Route, readRoutes } from '../../../native/gateway-api/route.ts';
import type { Snapshot } from '../../../native/snapshot.ts';
import { type Edits, forwarding, requestTimeout } from '../chain/backends.ts';
import type { End } from '../chain/chain.ts';
import { merged } from '../chain/header-edits.ts';
import { readRetries, readTimeout } from '../chain/read-destination.ts';
import { EntryField } from '../entry-field.ts';
import { type Entry, entriesOf, type Reading, report } from '../reading.ts';
import { group } from '../resources.ts';
import { gatewayIdentity } from './api-gateway.ts';
import { fromGateway, type RouteReading } from './http-route.ts';
import { readTlsOptions } from './tls-options.ts';

/** Who runs the Gateways of a class of consul-k8s. */
export const gatewayController = 'consul.hashicorp.com/gateway-controller';

/**
 * consul-k8s makes an `api-gateway` of each Gateway, and an `http-route` of each HTTPRoute, with what these can say: a prefix
 * is one of the text; edits of requests, rewrites of a prefix and its own filters are taken over, every other filter does
 * nothing (control-plane/api-gateway/common/translation.go). Rows of section 8 tell the rest.
 */
const profile: GatewayApiProfile = {
  ...specificationProfile,
  ranking: { kind: 'textLength' },
  prefixes: 'text',
  filters: ['RequestHeaderModifier', 'ResponseHeaderModifier', 'URLRewrite'],
  backendFilters: ['RequestHeaderModifier', 'ResponseHeaderModifier', 'URLRewrite'],
  unsupportedFilter: 'ignored',
  retries: false,
  backendRequestTimeout: false,
  hostFallThrough: false,
  mixedKinds: 'merge',
};

/** Gateways of the class `consul`, and the routes on them. */
export const readKubernetesGateways = (
  context: RouteReading,
): { readonly gateways: readonly Gateway[]; readonly frontends: readonly Frontend[] } => {
  const { reading } = context;
  const { snapshot, directory, inventory, mesh } = reading;
  const filters = filtersOf(reading);
  const meshServices = meshServicesOf(reading);
  tellPolicies(reading);
  const own = startReading(snapshot, directory, profile, {
    refine: (action, route) => asConsul(action, route, context, meshServices),
    // Where it leads in the end is found with the rest of the rule.
    otherBackend: ({ group: ofKind, kind, namespace, name }) =>
      ofKind === group && kind === 'MeshService' && meshServices.has(`${namespace}/${name}`)
        ? { kind: 'service', service: `${namespace}/${name}` }
        : undefined,
    extension: (field, { namespace }) => extensionOf(field, namespace, filters, reading),
    tlsOptions: readTlsOptions,
  });
  const gateways = readGateways(own, {
    namespaces: inventory.namespaces,
    takes: className => isConsulClass(className, snapshot),
    mesh: mesh.id,
  });
  if (gateways.length === 0) return { gateways: [], frontends: [] };
  const ours = new Set(gateways.map(({ model }) => model.id));
  const bound = readRoutes({ ...own, objects: [] }).filter(({ kind, parents }) => {
    const isParent = parents.some(parent => ours.has(`${parent.namespace}/${parent.name}`));
    return isParent && (kind === 'HTTPRoute' || kind === 'TCPRoute');
  });
  for (const { model } of gateways) tellSharedPorts(model, reading);
  const frontends = gatewayFrontends(gateways, bound.filter(isTaken(reading)), own).map(frontend => ({
    ...frontend,
    clients: { mesh: mesh.id, ...frontend.clients },
    rules: frontend.rules.filter(leadsSomewhere),
  }));
  reading.findings.push(...own.findings);
  for (const object of [...own.objects, ...bound.map(route => route.object)]) {
    reading.objects.push({ object, body: ['spec'] });
  }
  return {
    gateways: gateways.map(({ model }) => ({ ...model, identity: gatewayIdentity(reading, model.name) })),
    frontends,
  };
};

/** Policies ask for tokens at listeners, which an agent of the community edition does not take (seen, 1.21.0). */
const tellPolicies = (reading: Reading): void => {
  for (const { spec, object, name } of entriesOf(reading, 'GatewayPolicy')) {
    spec?.field.leave('tokens at gateways belong to the Enterprise edition');
    report(reading, 'CONSUL211', object.ref, `\`${name}\` asks for tokens, and the community edition does not`);
  }
};

/** A port has one listener: consul-k8s accepts no other (control-plane/api-gateway/binding/validation.go, 2.0). */
const tellSharedPorts = ({ id, listeners }: Gateway, reading: Reading): void => {
  for (const [index, one] of listeners.entries()) {
    const other = listeners.slice(0, index).find(({ port }) => port === one.port);
    if (!other) continue;
    const message = `listeners \`${other.name}\` and \`${one.name}\` of \`${id}\` share port ${one.port}`;
    report(reading, 'CONSUL104', one.source, message, 'name the hosts on the routes, and write one listener for them');
  }
};

/** A route names whole hosts, or Consul refuses it (observed in agreement, 1.21.0); a pattern belongs to its listener. */
const isTaken =
  (reading: Reading) =>
  ({ hostnames, spec, namespace, name }: Route): boolean => {
    const pattern = hostnames.find(host => host.includes('*'));
    if (pattern === undefined) return true;
    const message = `\`${namespace}/${name}\` is for the pattern \`${pattern}\`, and Consul takes no such route`;
    report(reading, 'CONSUL109', spec?.at('hostnames') ?? spec, message);
    return false;
  };

/** What the class object says counts before its name (`consul` is what the chart makes). */
const isConsulClass = (className: string, snapshot: Snapshot): boolean => {
  const object = snapshot.find(gatewayGroup, 'GatewayClass', undefined, className);
  if (!object) return className === 'consul';
  return snapshot.field(object).find('spec', 'controllerName')?.value === gatewayController;
};

/** A rule that names no service that is there is left out (`translateHTTPRouteRule`). */
const leadsSomewhere = ({ action: { target } }: Rule): boolean =>
  target.kind !== 'forward' || target.backends.length > 0;

/**
 * A rule goes through the splits and the resolver of each service that is there, and to the port that is registered. A weight
 * of nothing counts as one (`normalizeHTTPService`, agent/structs/config_entry_routes.go, 1.21).
 */
const asConsul = (
  action: Action,
  route: Route,
  { reading, chain, entries }: RouteReading,
  meshServices: ReadonlyMap<string, Entry>,
): Action => {
  const rule = action.source;
  if (!(rule instanceof Field)) return action;
  rule.at('timeouts')?.leave('timeouts are those of a RouteTimeoutFilter');
  const references = rule.list('backendRefs').flatMap(reference => {
    const to = namedBy(reference, route, reading, meshServices);
    return to ? [{ reference, ...to, weight: reference.number('weight') ?? 1 }] : [];
  });
  for (const { reference, weight } of references) {
    if (weight === 0 && references.length > 1)
      report(reading, 'CONSUL110', reference.at('weight') ?? reference, 'a weight of 0 is taken for 1');
  }
  const backends = action.target.kind === 'forward' ? action.target.backends : [];
  const total = references.reduce((sum, { weight }) => sum + (weight || 1), 0);
  const isShared = references.length > 1;
  const ends = references.flatMap(({ name, namespace, weight, reference }) => {
    const edits = backends.find(({ source }) => source?.path === reference.path);
    const port = reference.number('port');
    return chain
      .ends(name, undefined, fromGateway(namespace), reference)
      .map(end => withPort(end, port, reading))
      .map(end => withEdits({ ...end, weight: Math.round((end.weight * (weight || 1)) / total) }, edits, isShared));
  });
  const { timeouts, rewrite, requestHeaders, responseHeaders, ...rest } = action;
  const path = rewrite?.path?.kind === 'prefix' ? rewrite.path : undefined;
  if (rewrite && !path) report(reading, 'CONSUL110', rewrite.source ?? rule, 'only a prefix of the path is rewritten');
  const isHttp = route.kind === 'HTTPRoute';
  return {
    ...rest,
    ...forwarding(isHttp ? ends : ends.slice(0, 1), {
      ...(requestHeaders ? { requestHeaders } : {}),
      ...(responseHeaders ? { responseHeaders } : {}),
    }),
    ...(isHttp
      ? { timeouts: { ...timeouts, request: requestTimeout(timeouts?.request, ends, entries.defaults, reading) } }
      : {}),
    ...(path ? { rewrite: { path, ...(rewrite?.source ? { source: rewrite.source } : {}) } } : {}),
  };
};

/** A service that the input does not hold has the port that the route says. */
const withPort = (end: End, port: number | undefined, { directory }: Reading): End => {
  const { backend } = end;
  if (port === undefined || backend.kind !== 'service' || backend.port !== undefined || backend.subset) return end;
  const isKnown = (directory.find(backend.service)?.ports.length ?? 0) > 0;
  return isKnown ? end : { ...end, backend: { ...backend, port } };
};

/**
 * The edits of a backend are those of a split around what the service itself splits. What one of several backends does to
 * answers is left out (`httpRouteToDiscoveryChain`, agent/consul/discoverychain/gateway_httproute.go, 1.21).
 */
const withEdits = (end: End, edits: Edits | undefined, isShared: boolean): End => {
  const requestHeaders = merged(edits?.requestHeaders, end.requestHeaders);
  const responseHeaders = isShared ? end.responseHeaders : merged(end.responseHeaders, edits?.responseHeaders);
  return { ...end, ...(requestHeaders ? { requestHeaders } : {}), ...(responseHeaders ? { responseHeaders } : {}) };
};

/** MeshServices, by namespace and name: each stands for a service by its name in Consul. */
const meshServicesOf = (reading: Reading): ReadonlyMap<string, Entry> => {
  const entries = entriesOf(reading, 'MeshService');
  // The translation to an entry passes over it (consul-k8s, common/resources.go AddMeshService).
  for (const { spec } of entries) spec?.leave('peer', 'only the name of a MeshService is looked at');
  return new Map(entries.map(entry => [`${entry.namespace}/${entry.name}`, entry]));
};

/** The service that a backend names, as Consul knows it; undefined for one that is not there. */
const namedBy = (
  reference: Field,
  route: Route,
  reading: Reading,
  meshServices: ReadonlyMap<string, Entry>,
): { readonly name: string; readonly namespace: string } | undefined => {
  const name = reference.text('name');
  const namespace = reference.text('namespace') ?? route.namespace;
  if (name === undefined) return undefined;
  if (reference.text('kind') === 'MeshService') {
    const entry = reference.text('group') === group ? meshServices.get(`${namespace}/${name}`) : undefined;
    const own = entry?.spec?.text('name');
    return own === undefined ? undefined : { name: own, namespace };
  }
  const service = reading.directory.resolve(namespace, name);
  return service && { name: reading.services.nameOf(service), namespace: service.namespace };
};

type Filters = ReadonlyMap<string, Entry>;

const filterKinds = ['RouteRetryFilter', 'RouteTimeoutFilter', 'RouteAuthFilter'] as const;

const filtersOf = (reading: Reading): Filters =>
  new Map(
    filterKinds.flatMap(kind =>
      entriesOf(reading, kind).map(entry => [`${kind} ${entry.namespace}/${entry.name}`, entry] as const),
    ),
  );

/** What a filter of Consul's own adds to a rule; undefined for one that is not there. */
const extensionOf = (
  filter: Field,
  namespace: string,
  filters: Filters,
  reading: Reading,
): Pick<Action, 'timeouts' | 'retries'> | undefined => {
  const ref = filter.at('extensionRef');
  ref?.text('group');
  const kind = ref?.text('kind') ?? '';
  const entry = filters.get(`${kind} ${namespace}/${ref?.text('name') ?? ''}`);
  if (!entry) return undefined;
  const spec = entry.spec && new EntryField(entry.spec.field, false);
  if (kind === 'RouteAuthFilter') {
    spec?.field.leave('tokens at gateways belong to the Enterprise edition');
    report(reading, 'CONSUL211', filter, `\`${entry.name}\` asks for tokens, and the community edition does not`);
    return {};
  }
  if (kind === 'RouteRetryFilter') {
    const retries = spec && readRetries(spec, reading);
    return retries ? { retries } : {};
  }
  const [request, idle] = [readTimeout(spec, 'requestTimeout'), readTimeout(spec, 'idleTimeout')];
  return { timeouts: { ...(request ? { request } : {}), ...(idle ? { idle } : {}) } };
};
