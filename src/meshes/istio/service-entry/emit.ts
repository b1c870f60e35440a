import { type Manifest, ownershipLabel } from '../../../adapter/adapter.ts';
import { byKey } from '../../../base/order.ts';
import type { Service, ServicePort } from '../../../model/inventory.ts';
import type { Model } from '../../../model/model.ts';
import { objectName } from '../virtual-service/emit.ts';

/** Whether a service is one that only a ServiceEntry defines: Kubernetes' own are named by namespace and name. */
export const isEntry = (service: Service): boolean => service.evidence === 'object' && !service.id.includes('/');

/** One ServiceEntry for each host that is no Kubernetes Service. */
export const emitServiceEntries = (model: Model): Manifest[] => {
  const exposures = new Map(model.exposures.map(exposure => [exposure.service, exposure.namespaces]));
  return model.inventory.services
    .filter(isEntry)
    .map(
      (service): Manifest => ({
        apiVersion: 'networking.istio.io/v1',
        kind: 'ServiceEntry',
        metadata: {
          name: objectName(service.hosts[0] ?? service.id),
          namespace: homeOf(service),
          labels: ownershipLabel,
        },
        spec: emitSpec(service, exposures.get(service.id)),
      }),
    )
    .sort(byKey(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
};

const homeOf = ({ namespace }: Service): string => namespace || 'default';

const emitSpec = (service: Service, exposedTo: readonly string[] | undefined): Record<string, unknown> => {
  const { endpoints, addresses, ports } = service;
  const exportTo = exposedTo?.map(name => (name === homeOf(service) ? '.' : name));
  return {
    hosts: service.hosts,
    ...(addresses.length > 0 ? { addresses } : {}),
    ...(ports.length > 0 ? { ports: ports.map(emitPort) } : {}),
    location: service.external ? 'MESH_EXTERNAL' : 'MESH_INTERNAL',
    ...emitEndpoints(endpoints, service),
    // An empty list would mean everyone.
    ...(exportTo ? { exportTo: exportTo.length > 0 ? exportTo : ['~'] } : {}),
  };
};

const protocolNames = {
  http: 'HTTP',
  http2: 'HTTP2',
  grpc: 'GRPC',
  https: 'HTTPS',
  tls: 'TLS',
  tcp: 'TCP',
  udp: 'UDP',
} as const;

const emitPort = ({ port, name, protocol, targetPort }: ServicePort): Record<string, unknown> => ({
  number: port,
  name: name ?? `port-${port}`,
  ...(protocol === 'detect' ? {} : { protocol: protocolNames[protocol] }),
  ...(typeof targetPort === 'number' ? { targetPort } : {}),
});

const isNumeric = (address: string): boolean => /^\d+(\.\d+){3}$|:|^unix:/.test(address);

const emitEndpoints = (endpoints: Service['endpoints'], { hosts }: Service): Record<string, unknown> => {
  if (endpoints.kind === 'named') return { resolution: 'NONE' };
  if (endpoints.kind === 'pods') return { resolution: 'STATIC', workloadSelector: { labels: endpoints.labels } };
  const { addresses, details = [] } = endpoints;
  const isPlain = Object.keys(details[0] ?? {}).length === 0;
  if (addresses.length === 1 && addresses[0] === hosts[0] && isPlain) return { resolution: 'DNS' };
  return {
    resolution: addresses.every(isNumeric) ? 'STATIC' : 'DNS',
    endpoints: addresses.map((address, index) => ({ address, ...details[index] })),
  };
};
