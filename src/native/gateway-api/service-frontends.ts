import { byAll, byKey, byText, groupBy } from '../../base/order.ts';
import type { Frontend, Rule, Target } from '../../model/frontend.ts';
import { type Protocol, type Service, serviceId } from '../../model/inventory.ts';
import { hostRank, type Regex, type TextMatch } from '../../model/match.ts';
import type { ClientScope } from '../../model/scope.ts';
import { type RouteKind, routeKinds } from './kinds.ts';
import { type Ranking, rankRules } from './ranking.ts';
import { reportOpenOrder } from './ranking-findings.ts';
import { readRules } from './read-rules.ts';
import { type GatewayApiReading, report } from './reading.ts';
import { isService, type ParentReference, type Route } from './route.ts';

/** A route on a Service, on one of its ports or on all. */
interface Attachment {
  readonly route: Route;
  readonly service: Service;
  readonly port?: number;
}

/**
 * The route tables that routes put in front of Services. A route of the service's own namespace (a producer) is for
 * every client; one of another namespace (a consumer) is for the clients of that namespace only. Tables of consumers
 * stand first, and those of one port before that of all ports, so that the first one that fits a client decides. The
 * source of a table is its oldest route.
 */
export const serviceFrontends = (
  routes: readonly Route[],
  reading: GatewayApiReading,
  clients: ClientScope,
): readonly Frontend[] => {
  const attachments = [...routes]
    .sort(byAge)
    .flatMap(route => route.parents.filter(isService).flatMap(parent => attach(route, parent, reading)));
  return [...groupBy(attachments, ({ service }) => service)]
    .sort(byKey(([service]) => service.id))
    .flatMap(([service, own]) => tablesOf(service, own, reading, clients));
};

/** Older first; without creation times by namespace and name, as the specification breaks ties. */
export const byAge = byAll<Route>(
  byKey(route => route.created ?? ''),
  byKey(route => route.namespace),
  byKey(route => route.name),
);

const attach = (route: Route, parent: ParentReference, reading: GatewayApiReading): readonly Attachment[] => {
  const id = serviceId(parent.namespace, parent.name);
  const detached = (why: string): readonly Attachment[] => {
    report(reading, 'GWAPI008', parent.source, `not attached to Service \`${id}\`: ${why}`);
    return [];
  };
  const service = reading.directory.resolve(parent.namespace, parent.name);
  if (!service) return detached('it does not exist');
  const named = service.ports.find(({ name }) => name === parent.sectionName);
  if (parent.sectionName !== undefined && !named) return detached(`it has no port \`${parent.sectionName}\``);
  const port = parent.port ?? named?.port;
  if (port === undefined) return [{ route, service }];
  const isUnknown = service.ports.length > 0 && !service.ports.some(other => other.port === port);
  if (isUnknown || (named && named.port !== port)) return detached(`it has no such port ${port}`);
  return [{ route, service, port }];
};

const tablesOf = (
  service: Service,
  attachments: readonly Attachment[],
  reading: GatewayApiReading,
  clients: ClientScope,
): readonly Frontend[] => {
  const producers = attachments.filter(({ route }) => route.namespace === service.namespace);
  if (producers.length === attachments.length) return byPort(service, producers, reading, clients);
  const consumers = attachments.filter(({ route }) => route.namespace !== service.namespace);
  const merge = reading.profile.consumerRoutes === 'merge';
  const ofConsumers = [...groupBy(consumers, ({ route }) => route.namespace)]
    .sort(([a], [b]) => byText(a, b))
    .flatMap(([namespace, own]) => {
      const all = merge ? attachments.filter(one => own.includes(one) || producers.includes(one)) : own;
      return byPort(service, all, reading, { ...clients, namespaces: [namespace] });
    });
  return [...ofConsumers, ...byPort(service, producers, reading, clients)];
};

/** A table for each port that routes name, and one for all ports; a profile says whether those for all are in each. */
const byPort = (
  service: Service,
  attachments: readonly Attachment[],
  reading: GatewayApiReading,
  clients: ClientScope,
): readonly Frontend[] => {
  const ports = [...new Set(attachments.flatMap(({ port }) => port ?? []))].sort((a, b) => a - b);
  return [...ports, undefined].flatMap(port => {
    const isShared = reading.profile.portRoutes === 'share';
    const own = attachments.filter(one => one.port === port || (isShared && one.port === undefined));
    const routes = own.map(({ route }) => route);
    return tables([...new Set(routes)], service, port, reading, clients);
  });
};

const protocols: Readonly<Record<RouteKind, Protocol>> = {
  GRPCRoute: 'grpc',
  HTTPRoute: 'http',
  TLSRoute: 'tls',
  TCPRoute: 'tcp',
};

const tables = (
  routes: readonly Route[],
  service: Service,
  port: number | undefined,
  reading: GatewayApiReading,
  clients: ClientScope,
): readonly Frontend[] => {
  const present = routeKinds.filter(kind => routes.some(route => route.kind === kind));
  const [winner] = present;
  if (winner === undefined) return [];
  const table = (kind: RouteKind, own: readonly Route[], ranking: Ranking): readonly Frontend[] => {
    const rules = rankedRules(own, service, port, ranking, reading);
    if (!rules) return [];
    const from = clients.namespaces ? ` from ${clients.namespaces.join(',')}` : '';
    const suffix = kind === winner ? '' : ` (${protocols[kind]})`;
    return [
      {
        id: `${service.id}${port === undefined ? '' : `:${port}`}${from}${suffix}`,
        listens: { kind: 'service', service: service.id, ...(port === undefined ? {} : { port }) },
        protocol: protocols[kind],
        clients,
        rules,
        noMatch: { kind: 'respond', status: reading.profile.noMatchStatus },
        ...(own[0]?.spec ? { source: own[0].spec } : {}),
      },
    ];
  };
  const ofKind = (...kinds: readonly RouteKind[]): readonly Route[] =>
    routes.filter(({ kind }) => kinds.includes(kind));
  if (reading.profile.mixedKinds === 'mostSpecificKind') {
    for (const loser of routes.filter(({ kind }) => kind !== winner)) {
      const where = `${service.id}${port === undefined ? '' : `:${port}`}`;
      report(reading, 'GWAPI006', loser.object.ref, `a ${winner} rules \`${where}\`; this ${loser.kind} does not act`);
    }
    return table(winner, ofKind(winner), winner === 'GRPCRoute' ? { kind: 'grpc' } : reading.profile.ranking);
  }
  const [web] = present.filter(kind => kind === 'GRPCRoute' || kind === 'HTTPRoute');
  return [
    ...(web ? table(web, ofKind('GRPCRoute', 'HTTPRoute'), reading.profile.ranking) : []),
    ...present
      .filter(kind => kind === 'TLSRoute' || kind === 'TCPRoute')
      .flatMap(kind => table(kind, ofKind(kind), reading.profile.ranking)),
  ];
};

/** Undefined if no route is taken over: then there is no table, and traffic passes as if the routes were not there. */
const rankedRules = (
  routes: readonly Route[],
  service: Service,
  port: number | undefined,
  ranking: Ranking,
  reading: GatewayApiReading,
): readonly Rule[] | undefined => {
  const fallback: Target = {
    kind: 'forward',
    backends: [
      {
        backend: { kind: 'service', service: service.id, ...(port === undefined ? {} : { port }) },
        weight: { value: 1, origin: 'proxyDefault' },
      },
    ],
  };
  const taken = routes.flatMap(route => {
    const { rules, refused } = readRules(route, 'Service', reading, fallback);
    if (refused === undefined) return [{ route, rules }];
    report(reading, 'GWAPI008', route.object.ref, `the whole route is not taken over: ${refused}`);
    return [];
  });
  if (taken.length === 0) return undefined;
  const hosted = taken.flatMap(({ route, rules }) => hostsOf(route, reading).map(host => ({ host, rules })));
  const ranked = hosted.every(({ host }) => host === everyHost)
    ? rankRules(allOf(hosted), ranking)
    : [...groupBy(hosted, ({ host }) => host)]
        .sort(([a], [b]) => hostRank(b) - hostRank(a) || byText(a, b))
        .flatMap(([host, group]) => {
          const list = rankRules(allOf(group), ranking);
          return host === everyHost ? list : list.map(rule => forHost(rule, host, reading.profile.regex));
        });
  reportOpenOrder(
    ranked,
    taken.map(({ route }) => route),
    ranking,
    reading,
  );
  return ranked;
};

const everyHost = '*';

const allOf = (groups: readonly { readonly rules: readonly Rule[] }[]): readonly Rule[] =>
  groups.flatMap(({ rules }) => rules);

const hostsOf = (route: Route, reading: GatewayApiReading): readonly string[] => {
  if (route.hostnames.length === 0 || route.kind === 'TLSRoute') return [everyHost];
  if (reading.profile.serviceHostnames === 'honoured') return route.hostnames;
  const field = route.spec?.at('hostnames');
  report(reading, 'GWAPI007', field ?? route.object.ref, 'the route is for the Service, whatever host is asked for');
  if (route.parents.every(isService)) field?.leave('host names of a route on a Service have no effect');
  return [everyHost];
};

const forHost = (rule: Rule, host: string, regex: Pick<Regex, 'dialect' | 'anchoring'>): Rule => ({
  ...rule,
  id: `${rule.id} ${host}`,
  match: { ...rule.match, authority: authorityOf(host, regex) },
});

/** The Host header as sent: without regard to case, with or without a port. */
const authorityOf = (host: string, regex: Pick<Regex, 'dialect' | 'anchoring'>): TextMatch => {
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const name = host.startsWith('*.') ? `[^:]+${literal(host.slice(1))}` : literal(host);
  return { kind: 'regex', regex: { pattern: `(?i)${name}(?::[0-9]+)?`, ...regex } };
};
