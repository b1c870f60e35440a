import { groupBy } from '../../base/order.ts';
import { type ListenerNeed, neededListener, referencedGateway } from '../../model/referenced-gateway.ts';
import { kindsOf } from './allowed-routes.ts';
import type { RoutedGateway } from './gateways.ts';
import { gatewayGroup, type RouteKind } from './kinds.ts';
import type { BoundListener } from './listeners.ts';
import { type GatewayApiReading, report } from './reading.ts';
import type { ParentReference, Route } from './route.ts';

/** A route with one of the parents that it names. */
interface Wish {
  readonly route: Route;
  readonly parent: ParentReference;
}

const carried: Readonly<Record<RouteKind, ListenerNeed['carries']>> = {
  GRPCRoute: 'http',
  HTTPRoute: 'http',
  TLSRoute: 'tls',
  TCPRoute: 'tcp',
};

const protocols: Readonly<Record<ListenerNeed['carries'], string>> = { http: 'HTTP', tls: 'TLS', tcp: 'TCP' };

/**
 * The Gateways that routes name and a partial input does not hold (a folder with routes alone). Each is taken to be
 * there and to accept the routes that name it: on the sections and ports that these name, and else on every listener.
 * GWAPI016 says so of each route. Where the input is whole there is no such Gateway, and the route is not attached.
 */
export const referencedGateways = (routes: readonly Route[], reading: GatewayApiReading): readonly RoutedGateway[] => {
  const wishes = routes.flatMap(route =>
    route.parents.filter(parent => isAbsent(parent, reading)).map((parent): Wish => ({ route, parent })),
  );
  for (const { parent } of wishes) {
    const where = parent.sectionName ?? parent.port;
    const listener = where === undefined ? 'every listener' : `its listener \`${where}\``;
    report(
      reading,
      'GWAPI016',
      parent.source,
      `Gateway \`${parent.namespace}/${parent.name}\` is not in the input; assumed: it takes this route on ${listener}`,
    );
  }
  return [...groupBy(wishes, ({ parent }) => `${parent.namespace}/${parent.name}`)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]) => gatewayFor(own));
};

const isAbsent = (parent: ParentReference, { snapshot }: GatewayApiReading): boolean =>
  snapshot.extent === 'partial' &&
  parent.group === gatewayGroup &&
  parent.kind === 'Gateway' &&
  !snapshot.find(gatewayGroup, 'Gateway', parent.namespace, parent.name);

const gatewayFor = (wishes: readonly Wish[]): RoutedGateway => {
  const { parent } = wishes[0]!;
  const needs = [...groupBy(wishes, keyOf).values()].map(needOf).sort(byPlace);
  return {
    model: referencedGateway(parent, needs, parent.source),
    listeners: needs.map((need): BoundListener => {
      const protocol = protocols[need.carries];
      return {
        owner: { kind: 'Gateway', namespace: parent.namespace, name: parent.name },
        sectionName: need.name ?? '',
        protocol,
        allowed: {
          namespaces: () => 'yes',
          kinds: ({ kind }) => kindsOf(protocol, need.carries === 'tls').includes(kind),
        },
        listener: neededListener(need),
        source: need.source ?? parent.source,
      };
    }),
  };
};

/** A section is one listener, whether or not its port is named as well. */
const keyOf = ({ route, parent: { sectionName, port } }: Wish): string =>
  `${carried[route.kind]} ${sectionName ?? `:${port ?? ''}`}`;

/** Sections are told apart by the hosts of the routes that name them, as those of one port are in a Gateway. */
const needOf = (wishes: readonly Wish[]): ListenerNeed => {
  const { route, parent } = wishes[0]!;
  const port = wishes.map(wish => wish.parent.port).find(named => named !== undefined);
  const isOpen = parent.sectionName === undefined || wishes.some(wish => wish.route.hostnames.length === 0);
  return {
    carries: carried[route.kind],
    ...(parent.sectionName === undefined ? {} : { name: parent.sectionName }),
    ...(port === undefined ? {} : { port }),
    hosts: isOpen ? [] : [...new Set(wishes.flatMap(wish => wish.route.hostnames))].sort(),
    source: parent.source,
  };
};

/** Sections by name, then ports, then the rest, in an order that the order of the input does not change. */
const byPlace = (a: ListenerNeed, b: ListenerNeed): number => {
  const text = ({ carries, name = '~', port = 65_536 }: ListenerNeed): string =>
    `${name} ${String(port).padStart(5, '0')} ${carries}`;
  return text(a) < text(b) ? -1 : 1;
};
