import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { Gateway, Protocol } from '../../../model/inventory.ts';
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
  return {
    gateways: [...api.map(({ model }) => model), ...kubernetes.gateways, ...ingress.gateways],
    frontends: [...apiGatewayFrontends(api, context, protocolOf), ...kubernetes.frontends, ...ingress.frontends],
    destinations: ingress.destinations,
  };
};
