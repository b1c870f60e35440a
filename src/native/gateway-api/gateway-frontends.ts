import { byText } from '../../base/order.ts';
import type { Frontend, NoMatch, Rule } from '../../model/frontend.ts';
import type { Protocol } from '../../model/inventory.ts';
import { hostMatches, hostRank } from '../../model/match.ts';
import type { RoutedGateway } from './gateways.ts';
import { gatewayGroup, type RouteKind } from './kinds.ts';
import type { BoundListener } from './listeners.ts';
import { rankRules } from './ranking.ts';
import { reportOpenOrder } from './ranking-findings.ts';
import { readRules } from './read-rules.ts';
import { type GatewayApiReading, report } from './reading.ts';
import type { ParentReference, Route } from './route.ts';
import { byAge } from './service-frontends.ts';

/** A route on a listener, for the host names that the two have in common. */
interface Binding {
  readonly route: Route;
  readonly hosts: readonly string[];
}

const everyHost = '*';

/**
 * The route tables behind the listeners of gateways: one for each host name that routes bind, the most specific first.
 * Listeners keep their requests to themselves (listener isolation); within one, host names follow the profile.
 */
export const gatewayFrontends = (
  gateways: readonly RoutedGateway[],
  routes: readonly Route[],
  reading: GatewayApiReading,
): readonly Frontend[] => {
  const bindings = new Map<BoundListener, Binding[]>();
  for (const route of [...routes].sort(byAge)) {
    for (const parent of route.parents.filter(isListenerParent)) {
      for (const [listener, hosts] of sharedWith(route, parent, gateways, reading)) {
        const bound = bindings.get(listener) ?? [];
        if (!bound.some(binding => binding.route === route)) bindings.set(listener, [...bound, { route, hosts }]);
      }
    }
  }
  return gateways.flatMap(gateway =>
    gateway.listeners.flatMap(listener => {
      const bound = withoutKindConflicts(bindings.get(listener) ?? [], listener, reading);
      return tablesOf(gateway, listener, bound, reading);
    }),
  );
};

/** A Gateway, or what adds listeners to one. */
export const isListenerParent = ({ group, kind }: ParentReference): boolean =>
  group === gatewayGroup && (kind === 'Gateway' || kind === 'ListenerSet');

/** The listeners that a route binds to through one of its parents, with the host names it has there. */
const sharedWith = (
  route: Route,
  parent: ParentReference,
  gateways: readonly RoutedGateway[],
  reading: GatewayApiReading,
): readonly (readonly [BoundListener, readonly string[]])[] => {
  const unbound = (why: string): readonly [] => {
    const title = `${parent.kind} \`${parent.namespace}/${parent.name}\``;
    report(reading, 'GWAPI008', parent.source, `not bound to ${title}: ${why}`);
    return [];
  };
  const owned = gateways
    .flatMap(({ listeners }) => listeners)
    .filter(({ owner }) => owner.kind === parent.kind && isNamed(owner, parent));
  if (owned.length === 0)
    return isReadElsewhere(parent, gateways, reading) ? [] : unbound('it has no listener in place');
  const named = owned.filter(
    ({ sectionName, listener }) =>
      (parent.sectionName === undefined || parent.sectionName === sectionName) &&
      (parent.port === undefined || (!listener.anyPort && parent.port === listener.port)),
  );
  if (named.length === 0) return unbound('it has no such listener');
  const { namespace } = route;
  const open = named.filter(({ allowed }) => allowed.kinds(route) && allowed.namespaces(namespace) === 'yes');
  if (open.length === 0) {
    const isUnknown = named.some(({ allowed }) => allowed.namespaces(namespace) === 'unknown');
    return unbound(
      isUnknown
        ? `its listeners select namespaces by labels, and those of \`${namespace}\` are not in the input`
        : `its listeners do not allow a ${route.kind} from namespace \`${namespace}\``,
    );
  }
  const shared = open
    .map(listener => [listener, commonHosts(listener.hostname, route.hostnames)] as const)
    .filter(([, hosts]) => hosts.length > 0);
  return shared.length > 0 ? shared : unbound('no host name in common');
};

const isNamed = (owner: { readonly namespace: string; readonly name: string }, parent: ParentReference): boolean =>
  owner.namespace === parent.namespace && owner.name === parent.name;

/** A gateway that is there, or may be, and is not among those asked about is somebody else's to read. */
const isReadElsewhere = (
  parent: ParentReference,
  gateways: readonly RoutedGateway[],
  { snapshot }: GatewayApiReading,
): boolean =>
  ((parent.kind === 'Gateway' && snapshot.extent === 'partial') ||
    snapshot.find(gatewayGroup, parent.kind, parent.namespace, parent.name) !== undefined) &&
  !gateways.some(({ model }) => isNamed(model, parent));

/** The intersection of a listener's host name with a route's: of two that overlap, the more specific one. */
export const commonHosts = (listener: string | undefined, route: readonly string[]): readonly string[] => {
  if (route.length === 0) return [listener ?? everyHost];
  if (listener === undefined) return route;
  return [...new Set(route.flatMap(host => commonHost(listener, host) ?? []))];
};

const commonHost = (a: string, b: string): string | undefined => {
  if (a === b || hostMatches(a, b)) return b;
  return hostMatches(b, a) ? a : undefined;
};

/** HTTPRoute and GRPCRoute do not share a host name on a listener: the older route stays (GRPCRoute.hostnames). */
const withoutKindConflicts = (
  bound: readonly Binding[],
  listener: BoundListener,
  reading: GatewayApiReading,
): readonly Binding[] => {
  if (reading.profile.mixedKinds === 'merge') return bound;
  const accepted: Binding[] = [];
  for (const binding of bound) {
    const rival = accepted.find(
      other =>
        other.route.kind !== binding.route.kind &&
        binding.hosts.some(host => other.hosts.some(their => commonHost(host, their))),
    );
    if (!rival) accepted.push(binding);
    else {
      const { route } = binding;
      const title = `${rival.route.kind} \`${rival.route.namespace}/${rival.route.name}\``;
      report(
        reading,
        'GWAPI006',
        route.object.ref,
        `listener \`${listener.listener.name}\` takes the older ${title}; this ${route.kind} does not act there`,
      );
    }
  }
  return accepted;
};

const protocols: Readonly<Record<RouteKind, Protocol>> = {
  GRPCRoute: 'grpc',
  HTTPRoute: 'http',
  TLSRoute: 'tls',
  TCPRoute: 'tcp',
};

const tablesOf = (
  gateway: RoutedGateway,
  listener: BoundListener,
  bound: readonly Binding[],
  reading: GatewayApiReading,
): readonly Frontend[] => {
  const tables = hostGroups(
    bound.flatMap(binding => binding.hosts),
    host => bound.filter(binding => binding.hosts.includes(host)),
  );
  return tables.flatMap((hosts, index) => {
    const routes = bound.filter(binding => binding.hosts.includes(hosts[0] ?? '')).map(({ route }) => route);
    const [first] = routes;
    if (!first) return [];
    const ranking = routes.every(({ kind }) => kind === 'GRPCRoute')
      ? ({ kind: 'grpc' } as const)
      : reading.profile.ranking;
    const rules = rankRules(
      routes.flatMap(route => takenRules(route, reading)),
      ranking,
    );
    reportOpenOrder(rules, routes, ranking, reading);
    const wider = tables
      .slice(index + 1)
      .some(others => others.some(other => hosts.some(host => hostMatches(other, host))));
    const noMatch: NoMatch =
      wider && reading.profile.hostFallThrough
        ? { kind: 'next' }
        : { kind: 'respond', status: reading.profile.noMatchStatus };
    const table: Frontend = {
      id: `${gateway.model.id}:${listener.listener.name}/${hosts.join(',')}`,
      listens: {
        kind: 'listener',
        gateway: gateway.model.id,
        listener: listener.listener.name,
        hosts: hosts.filter(host => host !== everyHost),
      },
      protocol: protocols[first.kind],
      clients: { gateway: gateway.model.id },
      rules: first.kind === 'TLSRoute' ? rules.map(rule => forNames(rule, hosts)) : rules,
      noMatch,
      ...(first.spec ? { source: first.spec } : {}),
    };
    return [table];
  });
};

/** Of the server names of a route those for which its listener finds it in this place. */
const forNames = (rule: Rule, hosts: readonly string[]): Rule => {
  const { sni: _, ...match } = rule.match;
  return { ...rule, match: hosts.includes(everyHost) ? match : { ...match, sni: hosts } };
};

/**
 * Host names in the order in which they are tried. Full names do not overlap, so those that lead to the same are one
 * group; a wildcard is one by itself, because others may stand between it and the next.
 */
export const hostGroups = (
  hosts: readonly string[],
  leadsTo: (host: string) => readonly unknown[] = () => [],
): readonly (readonly string[])[] => {
  const groups: { readonly hosts: string[]; readonly to: readonly unknown[] }[] = [];
  for (const host of [...new Set(hosts)].sort((a, b) => hostRank(b) - hostRank(a) || byText(a, b))) {
    const to = leadsTo(host);
    const isSame = (other: readonly unknown[]): boolean =>
      other.length === to.length && other.every((item, index) => item === to[index]);
    const group = host.startsWith('*') ? undefined : groups.find(candidate => isSame(candidate.to));
    if (group) group.hosts.push(host);
    else groups.push({ hosts: [host], to });
  }
  return groups.map(group => group.hosts);
};

const takenRules = (route: Route, reading: GatewayApiReading) => {
  const { rules, refused } = readRules(route, 'Gateway', reading);
  if (refused !== undefined)
    report(reading, 'GWAPI008', route.object.ref, `the whole route is not taken over: ${refused}`);
  return rules;
};
