import { groupBy } from '../../../base/order.ts';
import type { Frontend, Rule } from '../../../model/frontend.ts';
import { hostMatches, type Match } from '../../../model/match.ts';
import type { Subsets } from '../destination-rule/subsets.ts';
import { type Reading, report } from '../reading.ts';
import type { FindSubset } from '../virtual-service/destinations.ts';
import { readL4Rules } from '../virtual-service/l4-rules.ts';
import { readHttpRules } from '../virtual-service/rules.ts';
import type { Delegates, VirtualService } from '../virtual-service/virtual-service.ts';
import { type Bound, boundTo, bySpecificity } from './binding.ts';
import { withPorts } from './destination-ports.ts';
import { type NativeGateway, sharing } from './gateways.ts';
import type { Server } from './servers.ts';

interface Context {
  readonly reading: Reading;
  readonly gateways: readonly NativeGateway[];
  readonly virtualServices: readonly VirtualService[];
  readonly delegates: Delegates;
  readonly subsets: Subsets;
}

/** The route tables behind the servers of all Gateways. */
export const gatewayFrontends = (context: Context): Frontend[] => {
  reportUnbound(context);
  return context.gateways.flatMap(gateway =>
    gateway.servers.flatMap(server => {
      if (server.isAutomatic) return [];
      return server.carries === 'http' ? httpTables(gateway, server, context) : [l4Table(gateway, server, context)];
    }),
  );
};

/**
 * One table for each host that VirtualServices bring to the server: an exact host hides patterns, and what no rule takes
 * is answered with 404 (observed, rows 17.1, 17.6). Plain servers of all Gateways that share pods and port are one. A
 * VirtualService without a rule for the port is as if it were not there (pilot, `BuildHTTPRoutesForVirtualService`, 1.31).
 */
const httpTables = (gateway: NativeGateway, server: Server, context: Context): Frontend[] => {
  const { reading, virtualServices } = context;
  const { clusterDomain } = reading.config;
  const bound = partners(gateway, server, context.gateways).flatMap(([owner, partner]) =>
    boundTo(owner, partner, virtualServices, clusterDomain),
  );
  const rulesOf = memoizedRules(portOf(server), context);
  const byHost = new Map<string, Bound[]>();
  for (const one of bound) {
    if (rulesOf(one).length === 0) continue;
    for (const host of one.hosts) {
      const list = byHost.get(host) ?? [];
      if (!list.some(({ vs }) => vs === one.vs)) list.push(one);
      byHost.set(host, list);
    }
  }
  const here = [...byHost].filter(([host]) => overlapsAny(host, server)).sort(([a], [b]) => bySpecificity(a, b));
  return [
    ...groupBy(here, ([host, list]) => `${host.startsWith('*') ? host : ''} ${list.map(keyOf).join(' ')}`).values(),
  ]
    .map(group => ({ hosts: group.map(([host]) => host), list: group[0]![1] }))
    .map(({ hosts, list }) => tableOf(gateway, server, hosts, 'http', merged(list.map(rulesOf)), list, reading));
};

const keyOf = ({ vs, gateway }: Bound): string => `${vs.namespace}/${vs.object.ref.name}@${gateway.id}`;

/** Servers whose routes the gateway's pods lay together: all plain ones of a port; one with TLS stands alone. */
const partners = (
  gateway: NativeGateway,
  server: Server,
  all: readonly NativeGateway[],
): (readonly [NativeGateway, Server])[] => {
  if (server.listener.tls) return [[gateway, server]];
  return sharing(gateway, all).flatMap(owner =>
    owner.servers
      .filter(other => !other.listener.tls && other.carries === 'http' && other.listener.port === server.listener.port)
      .map(other => [owner, other] as const),
  );
};

const overlapsAny = (host: string, { listener }: Server): boolean =>
  listener.hosts.length === 0 || listener.hosts.some(other => hostMatches(other, host) || hostMatches(host, other));

/** A gateway looks for subsets in the namespace of its pods first. */
const findSubsetAt = (gateway: NativeGateway, subsets: Subsets): FindSubset => {
  const { namespace } = gateway.pods;
  return (service, name) => subsets.labelsOf(service, name, namespace);
};

/** The port that rules name; undefined for a server that takes what is for none in particular. */
const portOf = ({ listener }: Server): number | undefined => (listener.anyPort ? undefined : listener.port);

/** The rules of a VirtualService for a port; the same for all of its hosts. */
const memoizedRules = (
  port: number | undefined,
  { reading, delegates, subsets }: Context,
): ((bound: Bound) => readonly Rule[]) => {
  const made = new Map<string, readonly Rule[]>();
  return ({ vs, gateway }) => {
    const key = keyOf({ vs, gateway, hosts: [] });
    const known = made.get(key);
    if (known) return known;
    const side = { gateway: gateway.id, namespace: vs.namespace };
    const rules = vs.spec.has('http')
      ? readHttpRules(reading, vs, side, findSubsetAt(gateway, subsets), delegates)
      : [];
    const here = rules.flatMap(rule => onPort(rule, port));
    const own = withPorts(here, port, reading).map(rule => ({ ...rule, id: `${vs.object.ref.name}/${rule.id}` }));
    made.set(key, own);
    return own;
  };
};

/** A rule for another port is not there (pilot, `translateRoute`, 1.31). */
const onPort = (rule: Rule, port: number | undefined): Rule[] => {
  const { port: asked, ...match } = rule.match;
  return asked === undefined || asked === port ? [{ ...rule, match }] : [];
};

/** Takes every request: nothing after it in the same VirtualService counts (pilot, `isCatchAllRoute`, 1.31). */
const takesAll = ({ path, headers, query, claims, method, authority, scheme, caller }: Match): boolean => {
  if (headers?.length || query?.length || claims?.length || method || authority || scheme || caller) return false;
  if (!path) return true;
  if (path.kind === 'regex') return path.regex.pattern === '.*';
  return path.kind !== 'exact' && (path.value === '/' || path.value === '');
};

/**
 * Rules of several VirtualServices on one host follow each other, the older first; those that take everything go to the
 * end (observed, row 17.5).
 */
const merged = (lists: readonly (readonly Rule[])[]): readonly Rule[] => {
  if (lists.length === 1) return lists[0] ?? [];
  const reachable = lists.flatMap(rules => {
    const last = rules.findIndex(({ match }) => takesAll(match));
    return last < 0 ? rules : rules.slice(0, last + 1);
  });
  return [...reachable.filter(({ match }) => !takesAll(match)), ...reachable.filter(({ match }) => takesAll(match))];
};

const tableOf = (
  gateway: NativeGateway,
  { listener, field }: Server,
  hosts: readonly string[],
  protocol: Frontend['protocol'],
  rules: readonly Rule[],
  list: readonly Bound[],
  reading: Reading,
): Frontend => {
  const names = hosts.length === 0 ? '' : `/${hosts.join(',')}`;
  return {
    id: `${gateway.id}:${listener.name}${names}`,
    listens: { kind: 'listener', gateway: gateway.id, listener: listener.name, hosts },
    protocol,
    clients: { mesh: reading.mesh.id, gateway: gateway.id },
    rules,
    noMatch: { kind: 'respond', status: 404 },
    source: list[0]?.vs.spec ?? field,
  };
};

/**
 * Connections that are passed on: by server name, the most specific one first, or by the port alone. At a gateway a TCP
 * route is picked by port only (pilot, `l4SingleMatch`, 1.31). What nothing takes is closed.
 */
const l4Table = (gateway: NativeGateway, server: Server, context: Context): Frontend => {
  const { reading, virtualServices, subsets } = context;
  const { carries } = server;
  const isSupposed = gateway.model.evidence === 'referenced';
  const section = carries === 'tls' ? 'tls' : 'tcp';
  const bound = boundTo(gateway, server, virtualServices, reading.config.clusterDomain);
  const rules = bound.flatMap(({ vs }) => {
    if (!vs.spec.has(section)) return [];
    const side = { gateway: gateway.id, namespace: vs.namespace };
    const own = readL4Rules(reading, vs, section, side, findSubsetAt(gateway, subsets));
    const here = isSupposed ? own.flatMap(rule => onPort(rule, portOf(server))) : own;
    return withPorts(here, portOf(server), reading).map(rule => ({ ...rule, id: `${vs.object.ref.name}/${rule.id}` }));
  });
  return tableOf(
    gateway,
    server,
    [],
    carries,
    carries === 'tls' ? byServerName(rules) : rules.map(byPort),
    bound,
    reading,
  );
};

const byPort = (rule: Rule): Rule => {
  const { port, source } = rule.match;
  return { ...rule, match: { ...(port === undefined ? {} : { port }), ...(source ? { source } : {}) } };
};

const byServerName = (rules: readonly Rule[]): Rule[] =>
  rules
    .flatMap(rule => {
      const { sni = [], port, source } = rule.match;
      return sni.map((name, index) => ({
        name,
        rule: {
          ...rule,
          id: sni.length === 1 ? rule.id : `${rule.id}.sni[${index}]`,
          match: { sni: [name], ...(port === undefined ? {} : { port }), ...(source ? { source } : {}) },
        },
      }));
    })
    .sort((a, b) => bySpecificity(a.name, b.name))
    .map(({ rule }) => rule);

/** Whoever names a gateway that is not there, or shares no host with it, should know. */
const reportUnbound = ({ reading, gateways, virtualServices }: Context): void => {
  const byId = new Map(gateways.map(gateway => [gateway.id, gateway]));
  for (const vs of virtualServices) {
    if (vs.hosts.length === 0) continue;
    for (const name of vs.gateways) {
      if (name === 'mesh') continue;
      const gateway = byId.get(name);
      const at = vs.spec.at('gateways') ?? vs.spec;
      if (!gateway) {
        report(reading, 'ISTIO108', at, `there is no Gateway \`${name}\`; what is written for it acts nowhere`);
        continue;
      }
      const isBound =
        gateway.model.evidence === 'referenced' ||
        gateway.servers.some(server => boundTo(gateway, server, [vs], reading.config.clusterDomain).length > 0);
      if (!isBound)
        report(
          reading,
          'ISTIO109',
          vs.spec.at('hosts') ?? vs.spec,
          `no server of Gateway \`${name}\` is for these hosts`,
        );
    }
    reportForeignPorts(reading, vs, byId);
    leaveUnread(vs, byId);
  }
};

/** A rule for a port acts at gateways with a server on it, and in front of services. */
const reportForeignPorts = (reading: Reading, vs: VirtualService, byId: ReadonlyMap<string, NativeGateway>): void => {
  const gateways = vs.gateways.flatMap(name => byId.get(name) ?? []);
  if (gateways.length === 0 || vs.gateways.includes('mesh')) return;
  const ports = new Set(gateways.flatMap(({ servers }) => servers.map(({ listener }) => listener.port)));
  for (const match of vs.spec.list('http').flatMap(rule => rule.list('match'))) {
    const port = match.number('port');
    if (port === undefined || ports.has(port)) continue;
    report(reading, 'ISTIO115', match.at('port') ?? match, `none of its gateways listens on port ${port}`);
  }
};

/** Rules that are for gateways only, and for none that is there. */
const leaveUnread = (vs: VirtualService, gateways: ReadonlyMap<string, NativeGateway>): void => {
  if (vs.gateways.some(name => name === 'mesh' || gateways.has(name))) return;
  for (const section of ['http', 'tls', 'tcp']) vs.spec.at(section)?.leave('its gateway does not exist');
};
