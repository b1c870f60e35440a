import type { Finding } from '../../base/finding.ts';
import { findingOf } from '../../base/finding.ts';
import type { Inventory, Protocol, Service, ServicePort } from '../../model/inventory.ts';
import { isHttp } from './entries/defaults.ts';
import { consulFindings } from './findings.ts';
import type { ConsulServices } from './services.ts';

/** The protocol that a port's own declaration would have a service be given; bytes where it says nothing of HTTP. */
const declared = ({ protocol }: ServicePort): Protocol => (isHttp(protocol) ? protocol : 'tcp');

/** What a service as a whole carries: a service has one protocol, whatever its ports. The first port counts. */
export const declaredProtocol = ({ ports }: Pick<Service, 'ports'>): Protocol => {
  const carried = ports.filter(({ protocol }) => protocol !== 'udp').map(declared);
  const [first = 'tcp'] = carried;
  return carried.every(protocol => isHttp(protocol) === isHttp(first)) ? first : 'tcp';
};

/** A service whose ports are all read as one protocol. */
export const withProtocol = (service: Service, protocol: Protocol): Service => ({
  ...service,
  ports: service.ports.map(port => (port.protocol === 'udp' ? port : { ...port, protocol })),
});

/**
 * Services as Consul's proxies read them: names of ports and `appProtocol` mean nothing. Where the input is a part, and
 * nobody gives a service a protocol, somebody is taken to have done so as its ports declare.
 */
export const asSeen = (
  inventory: Inventory,
  services: Pick<ConsulServices, 'nameOf'>,
  protocolOf: (name: string) => Protocol | undefined,
): { readonly inventory: Inventory; readonly findings: readonly Finding[] } => {
  const isWhole = inventory.clusters.length > 0 && inventory.clusters.every(({ extent }) => extent === 'whole');
  const findings: Finding[] = [];
  const seen = inventory.services.map(service => {
    if (service.external) return service;
    const said = protocolOf(services.nameOf(service));
    if (said) return withProtocol(service, said);
    const supposed = isWhole ? 'tcp' : declaredProtocol(service);
    if (!isWhole && isHttp(supposed)) {
      const message = `\`${service.id}\` is taken to carry ${supposed}, as its ports declare`;
      findings.push(findingOf(consulFindings, 'CONSUL004', service.source, message));
    }
    return withProtocol(service, supposed);
  });
  return { inventory: { ...inventory, services: seen }, findings };
};
