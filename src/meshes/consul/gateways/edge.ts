import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { Gateway, Protocol } from '../../../model/inventory.ts';
import { type Reading, report } from '../reading.ts';
import { readApiGateways } from './api-gateway.ts';
import type { RouteReading } from './http-route.ts';
import { readIngressGateways } from './ingress-gateway.ts';
import { readKubernetesGateways } from './kubernetes.ts';
import { apiGatewayFrontends } from './routes.ts';

/** The ways into the mesh: gateways, the tables behind their listeners, and how they treat what they send to. */
export interface Edge {
  readonly gateways: readonly Gateway[];
  readonly frontends: readonly Frontend[];
  readonly destinations: readonly DestinationSettings[];
}

export const readEdge = (context: RouteReading, protocolOf: (name: string) => Protocol): Edge => {
  const api = readApiGateways(context.reading);
  const kubernetes = readKubernetesGateways(context);
  const ingress = readIngressGateways(context, protocolOf);
  const frontends = [...apiGatewayFrontends(api, context, protocolOf), ...kubernetes.frontends, ...ingress.frontends];
  const gateways = [...api.map(({ model }) => model), ...kubernetes.gateways, ...ingress.gateways].map(openToAll);
  return {
    gateways: context.reading.directory.isWhole
      ? gateways.map(gateway => withoutIdle(gateway, frontends, context.reading))
      : gateways,
    frontends,
    destinations: ingress.destinations,
  };
};

/**
 * TLS is ended whatever server name is asked for, and with whatever certificate there is; the Host then finds its table, or a
 * 404 (observed, 1.21.0, with one certificate and with two).
 */
const openToAll = (gateway: Gateway): Gateway => ({
  ...gateway,
  listeners: gateway.listeners.map(listener => (listener.tls ? { ...listener, hosts: [] } : listener)),
});

/**
 * Where no route leads to a service, nothing listens: connections are refused (observed in agreement, 1.21.0;
 * `getReadyListeners`, agent/xds/listeners_apigateway.go). Of a part of the input nobody knows which routes there are.
 */
const withoutIdle = (gateway: Gateway, frontends: readonly Frontend[], reading: Reading): Gateway => {
  const busy = new Set(
    frontends.flatMap(({ listens, rules }) =>
      listens.kind === 'listener' && listens.gateway === gateway.id && rules.length > 0 ? [listens.listener] : [],
    ),
  );
  for (const { name, source } of gateway.listeners.filter(listener => !busy.has(listener.name))) {
    report(
      reading,
      'CONSUL112',
      source,
      `nothing listens for \`${name}\` of \`${gateway.id}\`: no route leads to a service`,
    );
  }
  return { ...gateway, listeners: gateway.listeners.filter(({ name }) => busy.has(name)) };
};
