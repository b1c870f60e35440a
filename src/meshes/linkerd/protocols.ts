import type { Inventory, Protocol, Service, ServicePort } from '../../model/inventory.ts';
import type { ControlPlane } from './control-plane.ts';
import { type PortSet, parsePortSet } from './port-set.ts';

const opaqueAnnotation = 'config.linkerd.io/opaque-ports';

/**
 * What a client's proxy makes of a Service port: `appProtocol` first; an unknown word there means bytes; then the ports
 * marked opaque, by the Service, its namespace or the mesh; else the first bytes tell. Names of ports mean nothing
 * (policy-controller outbound index, `AppProtocol`, 2.20).
 */
export const portProtocol = (port: ServicePort, opaque: PortSet): Protocol => {
  if (port.protocol === 'udp') return 'udp';
  switch (port.appProtocol?.toLowerCase()) {
    case undefined:
      return opaque.has(port.port) ? 'tcp' : 'detect';
    case 'http':
      return 'http';
    case 'kubernetes.io/h2c':
      return 'http2';
    default:
      return 'tcp';
  }
};

/**
 * The ports that are marked opaque: by the Service for clients and by the pods for servers, else by the namespace, else
 * by the mesh. An annotation that cannot be read marks no port.
 */
export const opaquePortsOf = (
  own: Readonly<Record<string, string>>,
  ofNamespace: Readonly<Record<string, string>>,
  otherwise: PortSet,
): PortSet => {
  const written = own[opaqueAnnotation] ?? ofNamespace[opaqueAnnotation];
  return written === undefined ? otherwise : (parsePortSet(written) ?? new Set<number>());
};

/** The ports of a service as this mesh sees them. */
export const withProtocols = (
  service: Service,
  namespaceAnnotations: Readonly<Record<string, string>>,
  otherwise: PortSet,
): Service => {
  const opaque = opaquePortsOf(service.annotations, namespaceAnnotations, otherwise);
  return { ...service, ports: service.ports.map(port => ({ ...port, protocol: portProtocol(port, opaque) })) };
};

/** Services as Linkerd's proxies read them. */
export const asSeen = (inventory: Inventory, plane: ControlPlane): Inventory => {
  const annotations = new Map(inventory.namespaces.map(namespace => [namespace.name, namespace.annotations]));
  return {
    ...inventory,
    services: inventory.services.map(service =>
      withProtocols(service, annotations.get(service.namespace) ?? {}, plane.opaquePorts),
    ),
  };
};
