import type { Field } from '../../base/field.ts';
import { type Finding, findingOf } from '../../base/finding.ts';
import { groupBy } from '../../base/order.ts';
import { written } from '../../base/source.ts';
import type { ServiceDirectory } from '../../model/directory.ts';
import type { Action, Frontend, Target, WeightedBackend } from '../../model/frontend.ts';
import type { Inventory, Protocol, Service } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import type { Place, TrafficPolicies } from '../effective.ts';
import { compileFindings } from '../findings.ts';
import {
  backendOf,
  corsOf,
  type FindService,
  faultOf,
  headerEditsOf,
  mirrorsOf,
  retriesOf,
  timeoutsOf,
} from './fields.ts';

/** Fields that change what happens to requests, as against how endpoints are treated. */
export const requestFields = [
  'split',
  'timeouts',
  'retries',
  'fault',
  'mirrors',
  'cors',
  'requestHeaders',
  'responseHeaders',
] as const;

export interface Tables {
  readonly policies: TrafficPolicies;
  readonly inventory: Inventory;
  readonly directory: ServiceDirectory;
  readonly mesh: Mesh;
  readonly find: FindService;
  readonly findings: Finding[];
}

const carriesRequests = (protocol: Protocol): boolean => ['http', 'http2', 'grpc', 'detect'].includes(protocol);

/** The route tables with what policies say of the requests in them, and a table where only a policy says something. */
export const withPolicies = (routes: readonly Frontend[], tables: Tables): readonly Frontend[] => {
  const byService = groupBy(routes, ({ listens }) => (listens.kind === 'service' ? listens.service : ''));
  const others = byService.get('') ?? [];
  const services = tables.inventory.services.flatMap(service =>
    tablesFor(service, byService.get(service.id) ?? [], tables),
  );
  const known = new Set(tables.inventory.services.map(({ id }) => id));
  const unknown = [...byService].flatMap(([id, own]) => (id === '' || known.has(id) ? [] : own));
  return [...services, ...[...unknown, ...others].map(table => filled(table, placeOf(table, tables), tables))];
};

const placeOf = ({ listens }: Frontend, { inventory }: Tables): Place => {
  if (listens.kind === 'listener') {
    const gateway = inventory.gateways.find(({ id }) => id === listens.gateway);
    return { namespace: gateway?.namespace ?? '', gateway: listens.gateway, listener: listens.listener };
  }
  if (listens.kind === 'hosts') return { namespace: '', ...(listens.port === undefined ? {} : { port: listens.port }) };
  const [namespace = ''] = listens.service.split('/');
  return { namespace, service: listens.service, ...(listens.port === undefined ? {} : { port: listens.port }) };
};

const tablesFor = (service: Service, own: readonly Frontend[], tables: Tables): readonly Frontend[] => {
  const complete = [...own, ...missingTables(service, own, tables)];
  return complete.flatMap(table => byPort(table, service, own, tables));
};

/** A table for the clients and ports that have none, where a policy has something to say of their requests. */
const missingTables = (service: Service, own: readonly Frontend[], tables: Tables): readonly Frontend[] => {
  const { policies, mesh } = tables;
  const place = { namespace: service.namespace, service: service.id };
  const ports = service.ports.filter(({ protocol }) => carriesRequests(protocol)).map(({ port }) => port);
  const isSaid = (at: Place): boolean => policies.says(at, requestFields);
  const said = ports.filter(port => isSaid({ ...place, port }));
  if (service.external || said.length === 0) return [];
  const forEveryone = own.filter(({ clients }) => clients.namespaces === undefined);
  const isCovered = (port: number): boolean =>
    forEveryone.some(({ listens }) => listens.kind === 'service' && (listens.port ?? port) === port);
  const open = said.filter(port => !isCovered(port));
  const isWhole = open.length === service.ports.length;
  return (isWhole ? [undefined] : open).map(port => plainTable(service, port, mesh));
};

/** Everything goes where it was asked for. */
const plainTable = (service: Service, port: number | undefined, mesh: Mesh): Frontend => {
  const id = port === undefined ? service.id : `${service.id}:${port}`;
  const at = port === undefined ? {} : { port };
  const backend = { kind: 'service', service: service.id, ...at } as const;
  const target: Target = { kind: 'forward', backends: [{ backend, weight: { value: 1, origin: 'proxyDefault' } }] };
  const protocol = service.ports.every(one => one.protocol === 'grpc') ? 'grpc' : 'http';
  return {
    id,
    listens: { kind: 'service', service: service.id, ...at },
    protocol,
    clients: { mesh: mesh.id },
    rules: [{ id: 'all', match: {}, action: { id: `${id}/all`, target } }],
    noMatch: { kind: 'respond', status: 404 },
  };
};

/** A table for all ports, where one of them has a policy of its own, is one for that port and one for the others. */
const byPort = (table: Frontend, service: Service, own: readonly Frontend[], tables: Tables): readonly Frontend[] => {
  const place = placeOf(table, tables);
  const { listens } = table;
  if (listens.kind !== 'service' || listens.port !== undefined) return [filled(table, place, tables)];
  const isFree = (port: number): boolean =>
    !own.some(
      other =>
        other.listens.kind === 'service' &&
        other.listens.port === port &&
        other.clients.namespaces?.join() === table.clients.namespaces?.join(),
    );
  const apart = tables.policies
    .portsOf(service.id)
    .filter(port => isFree(port) && tables.policies.says({ ...place, port }, requestFields))
    .map(port => {
      const narrower = { ...table, id: `${table.id}:${port}`, listens: { ...listens, port } };
      return filled(narrower, { ...place, port }, tables);
    });
  return [...apart, filled(table, place, tables)];
};

const filled = (table: Frontend, place: Place, tables: Tables): Frontend => {
  if (!['http', 'http2', 'grpc', 'https', 'detect'].includes(table.protocol)) return table;
  const actions = new Map<Action, Action>();
  const rules = table.rules.map(rule => {
    const action = actions.get(rule.action) ?? filledAction(rule.action, place, tables);
    actions.set(rule.action, action);
    return { ...rule, action };
  });
  return { ...table, rules };
};

/** What the route says itself counts; then what policies say; then what the mesh does by itself. */
const filledAction = (action: Action, place: Place, tables: Tables): Action => {
  if (action.target.kind !== 'forward') return action;
  const { policies, mesh, find } = tables;
  const said = <K extends 'timeouts' | 'retries' | 'fault' | 'mirrors' | 'cors' | 'requestHeaders' | 'responseHeaders'>(
    key: K,
    make: (field: Field) => Action[K],
  ): Action[K] => {
    const field = policies.pick(place, key);
    if (!field) return action[key];
    if (isSaid(action[key])) {
      tellRoute(action, key, field, tables);
      return action[key];
    }
    return make(field);
  };
  const target = split(action, place, tables);
  // What a policy leaves out stays as the mesh has it.
  const timeouts =
    said('timeouts', field => ({ ...mesh.defaults.timeouts, ...timeoutsOf(field) })) ?? mesh.defaults.timeouts;
  const retries =
    said('retries', field => ({ ...mesh.defaults.retries, ...retriesOf(field) })) ?? mesh.defaults.retries;
  const fault = said('fault', faultOf);
  const mirrors = said('mirrors', field => mirrorsOf(field, namespaceOf(field), find));
  const cors = said('cors', corsOf);
  const requestHeaders = said('requestHeaders', headerEditsOf);
  const responseHeaders = said('responseHeaders', headerEditsOf);
  return {
    ...action,
    target,
    ...(timeouts ? { timeouts } : {}),
    ...(retries ? { retries } : {}),
    ...(fault ? { fault } : {}),
    ...(mirrors ? { mirrors } : {}),
    ...(cors ? { cors } : {}),
    ...(requestHeaders ? { requestHeaders } : {}),
    ...(responseHeaders ? { responseHeaders } : {}),
  };
};

const namespaceOf = (field: Field): string => field.object.namespace ?? 'default';

const isSaid = (value: unknown): boolean =>
  value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);

const tellRoute = ({ source }: Action, what: string, field: Field, { findings, policies }: Tables): void => {
  policies.overruled.push({ field, by: field });
  const route = source
    ? ` ${source.object.kind} \`${source.object.namespace ?? 'default'}/${source.object.name}\``
    : '';
  findings.push(findingOf(compileFindings, 'POLICY005', field, `the route${route} says \`${what}\` itself`));
};

/** Shares go where everything would have gone to the service that the policy is for. */
const split = (action: Action, place: Place, tables: Tables): Target => {
  const { target } = action;
  const field = tables.policies.pick(place, 'split');
  if (!field || target.kind !== 'forward') return target;
  const [only, ...more] = target.backends;
  const isWhole =
    more.length === 0 &&
    only?.backend.kind === 'service' &&
    only.backend.service === place.service &&
    !only.backend.subset;
  if (!isWhole) {
    tellRoute(action, 'backendRefs', field, tables);
    return target;
  }
  const shares = field.items().map((item): WeightedBackend => {
    const labels = item.textMap('labels');
    const name = item.text('name') ?? '';
    const ref = item.at('backendRef');
    const whole = ref ? backendOf(ref, namespaceOf(field), tables.find) : only.backend;
    const backend = labels && whole.kind === 'service' ? { ...whole, subset: { name, labels } } : whole;
    const weight = item.at('weight');
    return { backend, weight: written(weight?.asNumber() ?? 0, weight), source: item };
  });
  return { kind: 'forward', backends: shares };
};
