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
    ...[...groupBy(http, ({ hosts }) => hosts.join()).values()].flatMap(group => httpBody(group, gateway, writing)),
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

const hostsFor = (own: readonly string[], listener: Listener): readonly string[] => {
  if (own.length > 0) return own;
  return listener.hosts.length > 0 ? listener.hosts : ['*'];
};

const overlap = (a: string, b: string): boolean => a === b || hostMatches(a, b) || hostMatches(b, a);

const isFor = (listener: Listener, hosts: readonly string[]): boolean =>
  hostsFor([], listener).some(own => hosts.some(host => overlap(own, host)));

const readsHttp = ({ protocol, tls }: Listener): boolean =>
  !['tcp', 'tls', 'udp'].includes(protocol) && tls?.mode !== 'passthrough';

/** The same rules on all listeners that the hosts are for need no port; else each listener's rules are for its port. */
const httpBody = (group: readonly Behind[], gateway: Gateway, writing: Writing): Body[] => {
  const [{ hosts }] = group as readonly [Behind, ...Behind[]];
  const lists = group.map(({ table, listener }) => ({
    port: listener.port,
    rules: table.rules.flatMap(rule => onPort(rule, listener.port)),
  }));
  const reached = gateway.listeners.filter(listener => readsHttp(listener) && isFor(listener, hosts));
  const texts = lists.map(({ rules }) => JSON.stringify(emitRules(rules, writing)));
  const isEverywhere =
    reached.every(listener => group.some(one => one.listener === listener)) && unique(texts).length === 1;
  const rules = isEverywhere
    ? (lists[0]?.rules ?? [])
    : lists.flatMap(list => list.rules.map(rule => ({ ...rule, match: { ...rule.match, port: list.port } })));
  return rules.length > 0 ? [{ hosts, http: emitRules(rules, writing) }] : [];
};

/** The rule as it stands on one port, with the port in every destination that has none; none if it is for another. */
const onPort = (rule: Rule, port: number): Rule[] => {
  const { port: asked, ...match } = rule.match;
  if (asked !== undefined && asked !== port) return [];
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
    return hostsFor([], listener).flatMap((host): Body[] => {
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

/** A port is said where the gateway has several listeners of the kind. */
const portOf = ({ listener }: Behind, among: readonly Listener[]): { port?: number } =>
  among.length > 1 ? { port: listener.port } : {};

const tlsBody = (one: Behind, { listeners }: Gateway, writing: Writing): Body[] => {
  const among = listeners.filter(({ tls, protocol }) => tls?.mode === 'passthrough' && protocol !== 'udp');
  const rules = one.table.rules
    .flatMap(rule => onPort(rule, one.listener.port))
    .map(rule => ({ ...rule, match: { ...rule.match, sni: rule.match.sni ?? one.hosts, ...portOf(one, among) } }));
  if (rules.length === 0) return [];
  return [
    { hosts: unique(rules.flatMap(({ match }) => match.sni)), tls: rules.map(rule => emitConnection(rule, writing)) },
  ];
};

const tcpBody = (one: Behind, { listeners }: Gateway, writing: Writing): Body[] => {
  const among = listeners.filter(
    ({ tls, protocol }) => ['tcp', 'tls'].includes(protocol) && tls?.mode !== 'passthrough',
  );
  const rules = one.table.rules
    .flatMap(rule => onPort(rule, one.listener.port))
    .map(rule => ({ ...rule, match: { ...rule.match, ...portOf(one, among) } }));
  return rules.length === 0 ? [] : [{ hosts: one.hosts, tcp: rules.map(rule => emitConnection(rule, writing)) }];
};
