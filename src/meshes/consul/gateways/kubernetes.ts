import { Field } from '../../../base/field.ts';
import type { HeaderEdits } from '../../../model/capabilities/header-edits.ts';
import type { Action, Frontend, Rule } from '../../../model/frontend.ts';
import type { Gateway } from '../../../model/inventory.ts';
import { gatewayFrontends } from '../../../native/gateway-api/gateway-frontends.ts';
import { readGateways } from '../../../native/gateway-api/gateways.ts';
import { gatewayGroup } from '../../../native/gateway-api/kinds.ts';
import { type GatewayApiProfile, specificationProfile } from '../../../native/gateway-api/profile.ts';
import { startReading } from '../../../native/gateway-api/reading.ts';
import { type Route, readRoutes } from '../../../native/gateway-api/route.ts';
import type { Snapshot } from '../../../native/snapshot.ts';
import { forwarding, requestTimeout } from '../chain/backends.ts';
import type { End } from '../chain/chain.ts';
import { merged } from '../chain/header-edits.ts';
import { readRetries, readTimeout } from '../chain/read-destination.ts';
import { EntryField } from '../entry-field.ts';
import { type Entry, entriesOf, type Reading, report } from '../reading.ts';
import { gatewayIdentity } from './api-gateway.ts';
import { fromGateway, type RouteReading } from './http-route.ts';

const controller = 'consul.hashicorp.com/gateway-controller';

/**
 * consul-k8s makes an `api-gateway` of each Gateway, and an `http-route` of each HTTPRoute, with what these can say: a prefix
 * is one of the text; edits of requests, rewrites of a prefix and its own filters are taken over, every other filter does
 * nothing (control-plane/api-gateway/common/translation.go). Rows of section 8 tell the rest.
 */
const profile: GatewayApiProfile = {
  ...specificationProfile,
  ranking: { kind: 'textLength' },
  prefixes: 'text',
  filters: ['RequestHeaderModifier', 'URLRewrite'],
  backendFilters: ['RequestHeaderModifier', 'URLRewrite'],
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
  tellPolicies(reading);
  const own = startReading(snapshot, directory, profile, {
    refine: (action, route) => asConsul(action, route, context),
    extension: (field, { namespace }) => extensionOf(field, namespace, filters, reading),
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
  const frontends = gatewayFrontends(gateways, bound, own).map(frontend => ({
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

/** What the class object says counts before its name (`consul` is what the chart makes). */
const isConsulClass = (className: string, snapshot: Snapshot): boolean => {
  const object = snapshot.find(gatewayGroup, 'GatewayClass', undefined, className);
  if (!object) return className === 'consul';
  return snapshot.field(object).find('spec', 'controllerName')?.value === controller;
};

/** A rule that names no service that is there is left out (`translateHTTPRouteRule`). */
const leadsSomewhere = ({ action: { target } }: Rule): boolean =>
  target.kind !== 'forward' || target.backends.length > 0;

/**
 * A rule goes through the splits and the resolver of each service that is there, and to the port that is registered. A weight
 * of nothing counts as one (`normalizeHTTPService`, agent/structs/config_entry_routes.go, 1.21).
 */
const asConsul = (action: Action, route: Route, { reading, chain, entries }: RouteReading): Action => {
  const rule = action.source;
  if (!(rule instanceof Field)) return action;
  rule.at('timeouts')?.leave('timeouts are those of a RouteTimeoutFilter');
  const references = rule.list('backendRefs').flatMap(reference => {
    const name = reference.text('name');
    const service = name && reading.directory.resolve(reference.text('namespace') ?? route.namespace, name);
    return service ? [{ reference, service, weight: reference.number('weight') ?? 1 }] : [];
  });
  for (const { reference, weight } of references) {
    if (weight === 0 && references.length > 1)
      report(reading, 'CONSUL110', reference.at('weight') ?? reference, 'a weight of 0 is taken for 1');
  }
  const backends = action.target.kind === 'forward' ? action.target.backends : [];
  const total = references.reduce((sum, { weight }) => sum + (weight || 1), 0);
  const ends = references.flatMap(({ service, weight, reference }) => {
    const edits = backends.find(({ source }) => source?.path === reference.path)?.requestHeaders;
    return chain
      .ends(reading.services.nameOf(service), undefined, fromGateway(service.namespace), reference)
      .map(end => withEdits({ ...end, weight: Math.round((end.weight * (weight || 1)) / total) }, edits));
  });
  const { timeouts, rewrite, requestHeaders, ...rest } = action;
  const path = rewrite?.path?.kind === 'prefix' ? rewrite.path : undefined;
  if (rewrite && !path) report(reading, 'CONSUL110', rewrite.source ?? rule, 'only a prefix of the path is rewritten');
  const isHttp = route.kind === 'HTTPRoute';
  return {
    ...rest,
    ...forwarding(isHttp ? ends : ends.slice(0, 1), requestHeaders ? { requestHeaders } : {}),
    ...(isHttp
      ? { timeouts: { ...timeouts, request: requestTimeout(timeouts?.request, ends, entries.defaults, reading) } }
      : {}),
    ...(path ? { rewrite: { path, ...(rewrite?.source ? { source: rewrite.source } : {}) } } : {}),
  };
};

/** The edits of a backend are those of a split around what the service itself splits. */
const withEdits = (end: End, edits: HeaderEdits | undefined): End => {
  const requestHeaders = merged(edits, end.requestHeaders);
  return { ...end, ...(requestHeaders ? { requestHeaders } : {}) };
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
