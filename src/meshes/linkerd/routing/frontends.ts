import { byKey, byText, groupBy } from '../../../base/order.ts';
import { proxyDefault } from '../../../base/source.ts';
import type { Action, Frontend, Rule } from '../../../model/frontend.ts';
import type { Service } from '../../../model/inventory.ts';
import { everything } from '../../../model/match.ts';
import type { ClientScope } from '../../../model/scope.ts';
import type { GatewayApiReading } from '../../../native/gateway-api/reading.ts';
import type { Route } from '../../../native/gateway-api/route.ts';
import { isService } from '../../../native/gateway-api/route.ts';
import { serviceFrontends } from '../../../native/gateway-api/service-frontends.ts';
import { type Reading, report } from '../reading.ts';
import { failingIfInvalid } from './invalid-policy.ts';
import { joined, type Refined, refineAction, resilienceOf } from './refine-action.ts';
import { type Resilience, silent } from './retry-annotations.ts';
import type { ServiceProfile } from './service-profile.ts';
import { readServiceSettings, type ServiceSettings, unsaid } from './service-settings.ts';

/**
 * What clients do with traffic to each service. A ServiceProfile with routes or overrides, that of the client's namespace
 * before that of the service's, takes the place of everything; else the routes decide, with the Service's annotations
 * where they are silent; else the annotations alone.
 */
export const readFrontends = (
  reading: Reading,
  routes: readonly Route[],
  profiles: readonly ServiceProfile[],
  gateway: GatewayApiReading,
): Frontend[] => {
  const routed = groupBy(routeTables(reading, routes, gateway), frontend =>
    frontend.listens.kind === 'service' ? frontend.listens.service : '',
  );
  const profiled = groupBy(profiles, ({ service }) => service.id);
  return reading.directory.services().flatMap(service => {
    const settings = readServiceSettings(reading, service);
    const [routes, own] = [routed.get(service.id), profiled.get(service.id)];
    if (settings === unsaid && !routes && !own) return nothing;
    return new Tables(reading, service, settings, routes ?? [], own ?? []).all();
  });
};

const nothing: readonly Frontend[] = [];

/** The tables that routes make, with their annotations. References without a namespace look in that of the parent. */
const routeTables = (reading: Reading, routes: readonly Route[], gateway: GatewayApiReading): readonly Frontend[] => {
  const attached = routes.flatMap(route =>
    [...groupBy(route.parents.filter(isService), parent => parent.namespace)].map(([namespace, parents]) => ({
      namespace,
      route: { ...route, parents },
    })),
  );
  const byNamespace = [...groupBy(attached, ({ namespace }) => namespace)].sort(byKey(([namespace]) => namespace));
  return byNamespace.flatMap(([namespace, those]) => {
    const here = those.map(({ route }) => route);
    const refined = new Map<Action, Refined>();
    const said = new Map<Route, Resilience>();
    const refine = (action: Action, route: Route): Action => {
      const resilience = said.get(route) ?? resilienceOf(reading, route);
      said.set(route, resilience);
      const result = refineAction(reading, action, route, resilience);
      refined.set(result.action, result);
      return result.action;
    };
    const tables = serviceFrontends(
      here,
      { ...gateway, backendNamespace: namespace, refine },
      { mesh: reading.mesh.id },
    );
    return tables.map(table => failingIfInvalid(reading, withServiceSettings(reading, table, refined)));
  });
};

/** Retries and timeouts of the Service, each where the route has none of the kind. */
const withServiceSettings = (reading: Reading, table: Frontend, refined: ReadonlyMap<Action, Refined>): Frontend => {
  if (table.listens.kind !== 'service' || table.protocol === 'tls' || table.protocol === 'tcp') return table;
  const service = reading.directory.find(table.listens.service);
  if (!service) return table;
  const settings = readServiceSettings(reading, service)[table.protocol === 'grpc' ? 'grpc' : 'http'];
  const done = new Map<Action, Action>();
  const rules = table.rules.map(rule => {
    const action =
      done.get(rule.action) ?? filled(rule.action, settings, refined.get(rule.action)?.hasTimeout ?? false);
    done.set(rule.action, action);
    return action === rule.action ? rule : { ...rule, action };
  });
  return { ...table, rules };
};

const filled = (action: Action, settings: ServiceSettings['http'], hasTimeout: boolean): Action => {
  if (settings === silent && !action.timeouts) return action;
  const { perTry: ownTry, ...own } = action.timeouts ?? {};
  if (settings === silent && hasTimeout && (!ownTry || action.retries)) return action;
  const { timeouts: _timeouts, ...rest } = action;
  const retries = action.retries ?? settings.retries;
  const perTry = action.retries ? ownTry : settings.perTry;
  const timeouts = joined(hasTimeout ? own : { ...settings.timeouts }, perTry ? { perTry } : {});
  return { ...rest, ...(timeouts ? { timeouts } : {}), ...(retries ? { retries } : {}) };
};

/** The tables of one service, for clients of each namespace that sees something of its own, then for everyone. */
class Tables {
  private readonly reading: Reading;
  private readonly service: Service;
  private readonly settings: ServiceSettings;
  private readonly routed: readonly Frontend[];
  private readonly profiles: readonly ServiceProfile[];

  constructor(
    reading: Reading,
    service: Service,
    settings: ServiceSettings,
    routed: readonly Frontend[],
    profiles: readonly ServiceProfile[],
  ) {
    this.reading = reading;
    this.service = service;
    this.settings = settings;
    this.routed = routed;
    this.profiles = profiles;
  }

  all(): readonly Frontend[] {
    const { profiles, routed, service } = this;
    const apart = new Set([
      ...profiles.map(({ namespace }) => namespace).filter(namespace => namespace !== service.namespace),
      ...routed.flatMap(({ clients }) => clients.namespaces ?? []),
    ]);
    const ofEveryone = this.profileOf(service.namespace);
    return [
      ...[...apart].sort(byText).flatMap(namespace => this.seenFrom(namespace, ofEveryone?.overrides === true)),
      ...this.tables(undefined, ofEveryone, false),
    ];
  }

  private profileOf(namespace: string): ServiceProfile | undefined {
    return this.profiles.find(profile => profile.namespace === namespace);
  }

  /** An empty profile in the client's namespace hides the other one all the same. */
  private seenFrom(namespace: string, isHidden: boolean): readonly Frontend[] {
    const profile = this.profileOf(namespace) ?? this.profileOf(this.service.namespace);
    return this.tables(namespace, profile, isHidden);
  }

  private tables(
    namespace: string | undefined,
    profile: ServiceProfile | undefined,
    mustSpeak: boolean,
  ): readonly Frontend[] {
    const routes = this.routesFor(namespace);
    const clients: ClientScope = { mesh: this.reading.mesh.id, ...(namespace ? { namespaces: [namespace] } : {}) };
    if (profile?.overrides) {
      this.reportHidden(profile, routes);
      const bytes = routes.filter(({ protocol }) => protocol === 'tls' || protocol === 'tcp');
      return [this.table(profile.rules, clients, profile), ...bytes];
    }
    return routes.length > 0 ? routes : this.ownTable(clients, mustSpeak);
  }

  /** The routes that clients of a namespace see; those for everyone where they have none of their own. */
  private routesFor(namespace: string | undefined): readonly Frontend[] {
    const own = this.routed.filter(({ clients }) => clients.namespaces?.[0] === namespace);
    if (own.length > 0 || namespace === undefined) return own;
    return this.routed
      .filter(({ clients }) => !clients.namespaces)
      .map(table => ({
        ...table,
        id: `${table.id} from ${namespace}`,
        clients: { ...table.clients, namespaces: [namespace] },
      }));
  }

  /** What a service without routes does: everything goes to it, with the retries and timeouts of its annotations. */
  private ownTable(clients: ClientScope, mustSpeak: boolean): readonly Frontend[] {
    const { http } = this.settings;
    const timeouts = joined({ ...http.timeouts }, http);
    if (!timeouts && !http.retries && !mustSpeak) return [];
    const source = http.retries?.source ?? timeouts?.request?.source ?? timeouts?.idle?.source ?? this.service.source;
    const action: Action = {
      id: `${this.service.id}/annotations`,
      target: {
        kind: 'forward',
        backends: [{ backend: { kind: 'service', service: this.service.id }, weight: proxyDefault(1) }],
      },
      ...(timeouts ? { timeouts } : {}),
      ...(http.retries ? { retries: http.retries } : {}),
      ...(source ? { source } : {}),
    };
    return [this.table([{ id: action.id, match: everything, action }], clients, undefined)];
  }

  private table(rules: readonly Rule[], clients: ClientScope, profile: ServiceProfile | undefined): Frontend {
    const from = clients.namespaces ? ` from ${clients.namespaces.join(',')}` : '';
    const source = profile?.spec ?? this.service.source;
    return {
      id: `${this.service.id}${from}${profile ? ' by ServiceProfile' : ''}`,
      listens: { kind: 'service', service: this.service.id },
      protocol: 'http',
      clients,
      rules,
      noMatch: { kind: 'passToService' },
      ...(source ? { source } : {}),
    };
  }

  private reportHidden(profile: ServiceProfile, routes: readonly Frontend[]): void {
    const hidden = routes.filter(({ protocol }) => protocol !== 'tls' && protocol !== 'tcp');
    const { http } = this.settings;
    if (hidden.length === 0 && !http.retries && !http.timeouts) return;
    const what = hidden.length > 0 ? 'routes' : 'annotations';
    report(this.reading, 'LINKERD101', profile.object.ref, `the ${what} of \`${this.service.id}\` have no effect`);
  }
}
