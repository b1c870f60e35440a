import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { Gateway } from '../../../model/inventory.ts';
import { selects } from '../../../model/scope.ts';
import { readBackendTls } from '../../../native/gateway-api/backend-tls.ts';
import { gatewayFrontends } from '../../../native/gateway-api/gateway-frontends.ts';
import { type NativeGateway, type RoutedGateway, readGateways } from '../../../native/gateway-api/gateways.ts';
import { startReading } from '../../../native/gateway-api/reading.ts';
import { referencedGateways } from '../../../native/gateway-api/referenced-gateways.ts';
import { readRoutes } from '../../../native/gateway-api/route.ts';
import { metadataOf } from '../../../native/snapshot.ts';
import type { Reading } from '../reading.ts';
import { ingressProfile } from '../service-routes/profile.ts';
import { refineAction } from '../service-routes/refine.ts';
import { isIngressClass, isManaged } from './classes.ts';

/** What Gateways of Gateway API and the routes on them come to. */
export interface Ingress {
  readonly gateways: readonly Gateway[];
  readonly frontends: readonly Frontend[];
  /** TLS to backends, from BackendTLSPolicies; each is for one gateway. */
  readonly destinations: readonly DestinationSettings[];
}

/**
 * Gateways of Gateway API that Istio runs (GatewayClass `istio`, `istio-remote`), and the routes on them. Those of other
 * classes are somebody else's. A Gateway that routes name and a partial input does not hold is taken to be Istio's,
 * unless a VirtualService names an Istio Gateway of that name, which is not in the input either.
 */
export const readIngress = (reading: Reading, taken: readonly Gateway[]): Ingress => {
  const { snapshot, directory, inventory, mesh, config } = reading;
  const own = startReading(snapshot, directory, ingressProfile, { refine: refineAction(config) });
  const held = readGateways(own, {
    namespaces: inventory.namespaces,
    takes: className => isIngressClass(className, snapshot),
    mesh: mesh.id,
  }).map(gateway => ({ ...gateway, model: placed(gateway, reading) }));
  const routes = readRoutes({ ...own, objects: [] });
  const ids = new Set(taken.map(({ id }) => id));
  const absent = referencedGateways(routes, own)
    .filter(({ model }) => !ids.has(model.id))
    .map(gateway => ({ ...gateway, model: { ...gateway.model, mesh: mesh.id } }));
  const gateways: readonly RoutedGateway[] = [...held, ...absent];
  if (gateways.length === 0) return { gateways: [], frontends: [], destinations: [] };
  const frontends = gatewayFrontends(gateways, routes, own).map(frontend => ({
    ...frontend,
    clients: { mesh: mesh.id, ...frontend.clients },
  }));
  const destinations = readBackendTls(own, gateways);
  const ours = new Set(gateways.map(({ model }) => `${model.namespace}/${model.name}`));
  const sets = new Set(
    gateways.flatMap(({ listeners }) => listeners.map(({ owner }) => `${owner.namespace}/${owner.name}`)),
  );
  const bound = routes.filter(({ parents }) =>
    parents.some(({ kind, namespace, name }) =>
      (kind === 'Gateway' ? ours : kind === 'ListenerSet' ? sets : new Set()).has(`${namespace}/${name}`),
    ),
  );
  reading.findings.push(...own.findings);
  for (const object of [...own.objects, ...bound.map(route => route.object)]) {
    reading.objects.push({ object, body: ['spec'] });
  }
  return { gateways: gateways.map(({ model }) => model), frontends, destinations };
};

/**
 * Istio makes pods and their account for a Gateway and names them after it and its class; annotations may name others. A
 * Gateway with the host name of a Service among its addresses is run by the pods of that Service, which somebody has made
 * (observed; pilot, Istio 1.31: `extractGatewayServices`).
 */
const placed = (gateway: NativeGateway, reading: Reading): Gateway => {
  const { model, object, className } = gateway;
  if (!isManaged(className, reading.snapshot)) return model;
  const there = servedBy(gateway, reading);
  if (there) return { ...model, ...there };
  const { annotations } = metadataOf(object);
  const name = annotations['gateway.istio.io/name-override'] ?? `${model.name}-${className}`;
  return {
    ...model,
    labels: { ...model.labels, 'gateway.networking.k8s.io/gateway-name': model.name },
    serviceAccount: annotations['gateway.istio.io/service-account'] ?? name,
  };
};

const servedBy = (
  { model, object }: NativeGateway,
  { snapshot, directory, inventory }: Reading,
): Pick<Gateway, 'labels' | 'podNamespace' | 'serviceAccount'> | undefined => {
  const addresses = snapshot.field(object).at('spec')?.list('addresses') ?? [];
  const hosts = addresses.flatMap(address => {
    const value = address.text('value');
    return address.text('type') === 'Hostname' && value !== undefined ? [value] : [];
  });
  for (const host of hosts) {
    const service = directory.findHost(host, model.namespace);
    if (service?.endpoints.kind !== 'pods') continue;
    const { namespace, labels } = service.endpoints;
    const pods = inventory.workloads.find(
      workload => workload.namespace === namespace && selects(labels, workload.labels),
    );
    return { labels, podNamespace: namespace, ...(pods ? { serviceAccount: pods.serviceAccount } : {}) };
  }
  return undefined;
};
