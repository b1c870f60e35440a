import { byAll, byKey, byText } from '../../../base/order.ts';
import type { Source } from '../../../base/source.ts';
import type { Rule } from '../../../model/frontend.ts';
import type { Match } from '../../../model/match.ts';
import { hostRank } from '../../../model/match.ts';
import { rankRules } from '../../../native/gateway-api/ranking.ts';
import { readRules } from '../../../native/gateway-api/read-rules.ts';
import type { GatewayApiReading } from '../../../native/gateway-api/reading.ts';
import type { ParentReference, Route } from '../../../native/gateway-api/route.ts';
import { gatewayProfile } from '../gateway-profile.ts';
import { hostText } from '../hostnames.ts';
import { isPolicyGroup } from './authentications.ts';
import type { Authorization } from './authorizations.ts';
import type { Grant } from './grant.ts';
import type { Server } from './servers.ts';

/** One match of an inbound route, with those who may use it besides those that the Server itself lets in. */
export interface RouteEntry {
  readonly id: string;
  readonly match: Match;
  readonly grants: readonly Grant[];
  readonly source?: Source;
}

/** A route on a Server acts where requests arrive. */
export const isServer = ({ group, kind }: ParentReference): boolean =>
  kind.toLowerCase() === 'server' && isPolicyGroup(group);

/**
 * Routes with a Server as their parent, as one list in which the first match wins. Only the match that is the most
 * specific of all decides who may send the request; without any, the answer is 404 (linkerd2-proxy `HttpPolicyService`).
 * A gRPC Server looks at GRPCRoutes, any other HTTP one at HTTPRoutes (policy-controller grpc `to_server`).
 */
export const routesOf = (
  server: Server,
  routes: readonly Route[],
  authorizations: readonly Authorization[],
  gateway: GatewayApiReading,
): readonly RouteEntry[] => {
  const kind = server.protocol === 'gRPC' ? 'GRPCRoute' : 'HTTPRoute';
  const own = routes.filter(
    route =>
      route.kind === kind &&
      route.namespace === server.namespace &&
      route.parents.some(parent => isServer(parent) && parent.name === server.name),
  );
  const grantsOf = new Map(own.map(route => [route, grantsFor(route, authorizations)]));
  const ranking = kind === 'GRPCRoute' ? ({ kind: 'grpc' } as const) : gatewayProfile.ranking;
  const entries = own.flatMap(route => {
    const rules = inboundRules(route, gateway);
    const hosts = route.hostnames.length > 0 ? route.hostnames : ['*'];
    return hosts.flatMap(host => rules.map(rule => ({ route, host, rule })));
  });
  const hosts = [...new Set(entries.map(({ host }) => host))].sort(
    byAll<string>(
      (a, b) => hostRank(b) - hostRank(a),
      (a, b) => byText(a, b),
    ),
  );
  return hosts.flatMap(host => {
    const group = entries.filter(entry => entry.host === host);
    const byRule = new Map(group.map(entry => [entry.rule.action.id, entry.route]));
    return rankRules(
      group.map(({ rule }) => rule),
      ranking,
    ).map((rule): RouteEntry => {
      const route = byRule.get(rule.action.id)!;
      const { source } = rule.match;
      return {
        id: host === '*' ? rule.id : `${rule.id} ${host}`,
        match: httpOnly(host === '*' ? rule.match : { ...rule.match, authority: hostText(host) }),
        grants: grantsOf.get(route) ?? [],
        ...(source ? { source } : {}),
      };
    });
  });
};

/** What the rules would do with a request is not read: redirects and header changes at a server are left to the account. */
const inboundRules = (route: Route, gateway: GatewayApiReading): readonly Rule[] => {
  for (const rule of route.spec?.list('rules') ?? []) {
    rule.at('filters')?.leave('changes requests at the server; not part of what is told about access');
  }
  const { rules } = readRules(route, 'Service', { ...gateway, findings: [] }, nowhere);
  return rules;
};

const nowhere = { kind: 'forward', backends: [] } as const;

/** Only HTTP is routed: a match without any part would take bare connections too. */
const httpOnly = (match: Match): Match =>
  match.path ? match : { path: { kind: 'segmentPrefix', value: '' }, ...match };

const grantsFor = (route: Route, authorizations: readonly Authorization[]): readonly Grant[] =>
  authorizations
    .filter(
      ({ namespace, target }) =>
        namespace === route.namespace &&
        target.kind === 'route' &&
        target.route === route.kind &&
        target.name === route.name &&
        target.group.toLowerCase() === route.group,
    )
    .map(({ grant }) => grant)
    .sort(byKey(grant => grant.id));
