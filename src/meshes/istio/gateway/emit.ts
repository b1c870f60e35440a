import { type Manifest, ownershipLabel } from '../../../adapter/adapter.ts';
import { byKey } from '../../../base/order.ts';
import type { Gateway, Listener, Protocol } from '../../../model/inventory.ts';
import type { Model } from '../../../model/model.ts';
import type { Writing } from '../virtual-service/naming.ts';
import { emitGatewayRoutes } from './emit-routes.ts';
import { selectorFor } from './selector.ts';
import { emitServerTls } from './server-tls.ts';

/** Gateways, and the VirtualServices behind them; those of a gateway that only routes name, without it. */
export const emitGateways = (model: Model, writing: Writing): Manifest[] =>
  model.inventory.gateways
    .filter(gateway => gateway.purpose !== 'waypoint')
    .toSorted(byKey(({ id }) => id))
    .flatMap(gateway => [
      ...(gateway.evidence === 'referenced' ? [] : [emitGateway(gateway, model)]),
      ...emitGatewayRoutes(gateway, model, writing),
    ]);

const emitGateway = (gateway: Gateway, model: Model): Manifest => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { name: gateway.name, namespace: gateway.namespace, labels: ownershipLabel },
  spec: { selector: selectorFor(gateway, model.inventory), servers: gateway.listeners.map(emitServer) },
});

const protocolNames: Readonly<Record<Protocol, string>> = {
  http: 'HTTP',
  http2: 'HTTP2',
  grpc: 'GRPC',
  https: 'HTTPS',
  tls: 'TLS',
  tcp: 'TCP',
  udp: 'UDP',
  detect: 'HTTP',
};

const emitServer = ({ name, port, protocol, hosts, tls, httpsRedirect }: Listener): Record<string, unknown> => {
  const portName = name.toLowerCase().replace(/[^a-z0-9-]+/g, '-');
  const settings = { ...(httpsRedirect ? { httpsRedirect } : {}), ...(tls ? emitServerTls(tls) : {}) };
  return {
    ...(portName === name ? {} : { name }),
    port: { number: port, name: portName, protocol: protocolNames[protocol] },
    hosts: hosts.length > 0 ? hosts : ['*'],
    ...(Object.keys(settings).length > 0 ? { tls: settings } : {}),
  };
};
