import { type Manifest, ownershipLabel } from '../../../adapter/adapter.ts';
import { groupBy, unique } from '../../../base/order.ts';
import type { Action, Backend, Frontend, Rule } from '../../../model/frontend.ts';
import type { Gateway, Listener } from '../../../model/inventory.ts';
import { hostMatches } from '../../../model/match.ts';
import type { Model } from '../../../model/model.ts';
import { emitRules } from '../virtual-service/emit.ts';
import { emitRoute } from '../virtual-service/emit-action.ts';
import { emitConnectionMatch } from '../virtual-service/emit-match.ts';
import { layerOf } from '../virtual-service/host-tables.ts';
import { objectName, type Writing } from '../virtual-service/naming.ts';
import { apart, covers, widest } from '../virtual-service/overlapping-hosts.ts';
import { saidByName } from '../virtual-service/server-name-order.ts';
import { bySpecificity, commonHosts } from './binding.ts';

type Json = Record<string, unknown>;

/** A route table with the listener that it is behind. */
interface Behind {
  readonly table: Frontend;
  readonly listener: Listener;
  /** The hosts of the table, or those of the listener if it is for all of them. */
  readonly hosts: readonly string[];
}

/** The VirtualServices behind one gateway: one for each set of hosts, since hosts of several are laid together. */
export const emitGatewayRoutes = (gateway: Gateway, model: Model, writing: Writing): Manifest[] => {
  const all = behind(gateway, model);
  const of = (layer: 'http' | 'tls' | 'tcp'): Behind[] => all.filter(({ table }) => layerOf(table) === layer);
  const http = of('http');
  const bodies = [
    ...httpBodies(http, gateway, writing),
    ...isolated(http, gateway),
    ...of('tls').flatMap(one => tlsBody(one, gateway, writing)),
    ...of('tcp').flatMap(one => tcpBody(one, gateway, writing)),
  ];
  return bodies.map(({ hosts, ...sections }) => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: {
      name: `${gateway.name}-${objectName(hosts[0] ?? '*') || 'all'}`,
      namespace: gateway.namespace,
      labels: ownershipLabel,
    },
    spec: { hosts, gateways: [`${gateway.namespace}/${gateway.name}`], ...sections },
  }));
};

interface Body extends Json {
  readonly hosts: readonly string[];
}

const behind = ({ id, listeners }: Gateway, { frontends }: Model): Behind[] =>
  frontends.flatMap(table => {
    const { listens } = table;
    if (listens.kind !== 'listener' || listens.gateway !== id) return [];
    const listener = listeners.find(({ name }) => name === listens.listener);
    return listener ? [{ table, listener, hosts: hostsFor(listens.hosts, listener) }] : [];
  });

const hostsOf = ({ hosts }: Listener): readonly string[] => (hosts.length > 0 ? hosts : ['*']);

/** What the hosts of a table and those of its listener have in common. */
const hostsFor = (own: readonly string[], listener: Listener): readonly string[] =>
  own.length === 0 ? hostsOf(listener) : commonHosts(hostsOf(listener), own);

const isFor = (listener: Listener, host: string): boolean =>
  hostsOf(listener).some(own => covers(own, host) || covers(host, own));

const readsHttp = ({ protocol, tls }: Listener): boolean =>
  !['tcp', 'tls', 'udp'].includes(protocol) && tls?.mode !== 'passthrough';

/**
 * Behind each listener the first table for a host decides alone, and in Istio the most specific host does: so each host
 * is written once, with what is decided for it on every listener.
 */
const httpBodies = (http: readonly Behind[], gateway: Gateway, writing: Writing): Body[] => {
  const hosts = unique(http.flatMap(one => one.hosts)).sort(bySpecificity);
  const routes = hosts.map(host => ({
    host,
    http: httpRoutes(host, decisionsFor(host, http, gateway), gateway, writing),
  }));
  return [...groupBy(routes, one => JSON.stringify(one.http)).values()].flatMap(alike => {
    const http = alike[0]?.http ?? [];
    return http.length > 0
      ? apart(
          alike.map(({ host }) => host),
          host => [host],
        ).map(hosts => ({ hosts, http }))
      : [];
  });
};

/** What is decided for a host behind one listener. */
interface Decision {
  readonly listener: Listener;
  readonly rules: readonly Rule[];
}

const decisionsFor = (host: string, http: readonly Behind[], { listeners }: Gateway): Decision[] =>
  listeners.flatMap(listener => {
    if (!isNearest(listener, host, listeners)) return [];
    const [rules, ...others] = http
      .filter(one => one.listener === listener && one.hosts.some(own => covers(own, host)))
      .map(({ table }) => table.rules.flatMap(rule => onPort(rule, knownPort(listener))));
    if (!rules) return [];
    // A host for which no rule is written would be taken by what is written for wider ones.
    const leaks = rules.length === 0 && others.some(other => other.length > 0);
    return [{ listener, rules: leaks ? [notFound] : rules }];
  });

const notFound: Rule = {
  id: 'none',
  match: {},
  action: { id: 'none', target: { kind: 'respond', response: { status: 404 } } },
};

/** Of several listeners on one port the one with the most specific host takes the requests. */
const isNearest = (listener: Listener, host: string, listeners: readonly Listener[]): boolean => {
  const own = nearest(listener, host);
  if (own === undefined) return false;
  return listeners.every(other => {
    const rival = knownPort(other) === knownPort(listener) && readsHttp(other) ? nearest(other, host) : undefined;
    return rival === undefined || bySpecificity(own, rival) <= 0;
  });
};

const nearest = (listener: Listener, host: string): string | undefined =>
  hostsOf(listener)
    .filter(own => covers(own, host))
    .sort(bySpecificity)[0];

/** The same rules on all listeners that the host is for need no port; else each listener's rules are for its port. */
const httpRoutes = (
  host: string,
  decisions: readonly Decision[],
  { listeners, evidence }: Gateway,
  writing: Writing,
): readonly Json[] => {
  if (evidence === 'referenced') return emitRules(supposedRules(decisions), writing);
  const reached = listeners.filter(listener => readsHttp(listener) && isFor(listener, host));
  const isEverywhere =
    reached.every(listener => decisions.some(one => one.listener === listener)) &&
    unique(decisions.map(({ rules }) => JSON.stringify(emitRules(rules, writing)))).length === 1;
  const rules = isEverywhere
    ? (decisions[0]?.rules ?? [])
    : decisions.flatMap(one => one.rules.map(rule => ({ ...rule, match: { ...rule.match, port: one.listener.port } })));
  return emitRules(rules, writing);
};

/**
 * At a gateway whose servers nobody knows: what is for a port says so, and keeps its requests from what is for the other
 * ports, which comes last.
 */
const supposedRules = (decisions: readonly Decision[]): readonly Rule[] => {
  const open = decisions.find(({ listener }) => listener.anyPort);
  const closing = open ? [notFound] : [];
  const onPorts = decisions
    .filter(one => one !== open)
    .flatMap(({ listener, rules }) =>
      [...rules, ...closing].map(rule => ({ ...rule, match: { ...rule.match, port: listener.port } })),
    );
  return [...onPorts, ...(open?.rules ?? [])];
};

/** Undefined where a listener is for whichever ports the others leave. */
const knownPort = ({ port, anyPort }: Listener): number | undefined => (anyPort ? undefined : port);

/** The tables with the rules that somebody gets at the gateways; those of workloads as they are. */
export const gatewayTablesUsed = (
  frontends: readonly Frontend[],
  gateways: readonly Gateway[],
): readonly Frontend[] => {
  const behindThese = new Map(
    gateways.flatMap(({ id, listeners }) => listeners.map(listener => [`${id} ${listener.name}`, listener])),
  );
  return frontends.map(table => {
    const { listens } = table;
    if (listens.kind !== 'listener') return table;
    const listener = behindThese.get(`${listens.gateway} ${listens.listener}`);
    const rules = listener ? table.rules.filter(rule => onPort(rule, knownPort(listener)).length > 0) : [];
    return { ...table, rules };
  });
};

/** The rule as it stands on one port, with the port in every destination that has none; none if it is for another. */
const onPort = (rule: Rule, port: number | undefined): Rule[] => {
  const { port: asked, ...match } = rule.match;
  if (asked !== undefined && asked !== port) return [];
  if (port === undefined) return [rule];
  return [{ ...rule, match, action: withPort(rule.action, port) }];
};

const withPort = (action: Action, port: number): Action => {
  const { target, mirrors } = action;
  const on = <T extends { readonly backend: Backend }>(share: T): T =>
    share.backend.kind === 'service' && share.backend.port === undefined
      ? { ...share, backend: { ...share.backend, port } }
      : share;
  return {
    ...action,
    ...(target.kind === 'forward' ? { target: { ...target, backends: target.backends.map(on) } } : {}),
    ...(mirrors ? { mirrors: mirrors.map(on) } : {}),
  };
};

/**
 * Routes for wider hosts would also act on a listener that is for narrower ones on the same port and has no route for
 * them. Such a listener keeps its requests to itself by a route that answers what it would have answered: 404.
 */
const isolated = (http: readonly Behind[], { listeners }: Gateway): Body[] =>
  listeners.filter(readsHttp).flatMap(listener => {
    const own = http.filter(one => one.listener === listener).flatMap(({ hosts }) => hosts);
    const foreign = http.filter(one => one.listener !== listener && one.listener.port === listener.port);
    return hostsOf(listener).flatMap((host): Body[] => {
      const isKept = own.some(other => other === host || hostMatches(other, host));
      const leaks = foreign.some(({ hosts }) => hosts.some(other => hostMatches(other, host) && other !== host));
      if (isKept || !leaks) return [];
      return [{ hosts: [host], http: [{ match: [{ port: listener.port }], directResponse: { status: 404 } }] }];
    });
  });

const emitConnection = (rule: Rule, writing: Writing): Json => {
  const matches = emitConnectionMatch(rule.match).filter(entry => Object.keys(entry).length > 0);
  return { ...(matches.length > 0 ? { match: matches } : {}), ...emitRoute(rule.action, writing) };
};

/** A port is said where the gateway has several listeners of the kind, or may have. */
const portOf = ({ listener }: Behind, among: readonly Listener[], { evidence }: Gateway): { port?: number } =>
  (among.length > 1 || evidence === 'referenced') && !listener.anyPort ? { port: listener.port } : {};

const tlsBody = (one: Behind, gateway: Gateway, writing: Writing): Body[] => {
  const among = gateway.listeners.filter(({ tls, protocol }) => tls?.mode === 'passthrough' && protocol !== 'udp');
  const rules = one.table.rules
    .flatMap(rule => onPort(rule, knownPort(one.listener)))
    .map(rule => ({
      ...rule,
      match: { ...rule.match, sni: rule.match.sni ?? one.hosts, ...portOf(one, among, gateway) },
    }));
  if (rules.length === 0) return [];
  const tls = withNamesTogether(saidByName(rules)).map(rule => emitConnection(rule, writing));
  return [{ hosts: widest(rules.flatMap(({ match }) => match.sni)), tls }];
};

/** Of one action one rule for all names: the most specific name wins, whatever the order. */
const withNamesTogether = (rules: readonly Rule[]): readonly Rule[] =>
  [
    ...groupBy(rules, ({ action, match: { sni: _, source: __, ...rest } }) =>
      JSON.stringify([action.id, rest]),
    ).values(),
  ].map(([first, ...others]) => {
    const { match } = first!;
    return { ...first!, match: { ...match, sni: unique([first!, ...others].flatMap(one => one.match.sni ?? [])) } };
  });

const tcpBody = (one: Behind, gateway: Gateway, writing: Writing): Body[] => {
  const among = gateway.listeners.filter(
    ({ tls, protocol }) => ['tcp', 'tls'].includes(protocol) && tls?.mode !== 'passthrough',
  );
  const rules = one.table.rules
    .flatMap(rule => onPort(rule, knownPort(one.listener)))
    .map(rule => ({ ...rule, match: { ...rule.match, ...portOf(one, among, gateway) } }));
  return rules.length === 0
    ? []
    : [{ hosts: widest(one.hosts), tcp: rules.map(rule => emitConnection(rule, writing)) }];
};
