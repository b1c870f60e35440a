import { SubsetServices } from '../../adapter/subset-services.ts';
import type { Backend } from '../../model/frontend.ts';
import type { Gateway, Service, ServicePort } from '../../model/inventory.ts';
import type { Model } from '../../model/model.ts';

/** What the judge knows of the source. */
export interface Judging {
  readonly model: Model;
  readonly services: ReadonlyMap<string, Service>;
  readonly gateways: ReadonlyMap<string, Gateway>;
  /** The Services that subsets become. */
  readonly subsets: SubsetServices;
}

export const judgingOf = (model: Model): Judging => {
  const services = new Map(model.inventory.services.map(service => [service.id, service]));
  const gateways = new Map(model.inventory.gateways.map(gateway => [gateway.id, gateway]));
  return { model, services, gateways, subsets: new SubsetServices(services) };
};

/** Why Envoy cannot be told how to get to a backend; undefined if it can. */
export const unreachable = (backend: Backend, { services, subsets }: Judging): string | undefined => {
  if (backend.kind === 'nowhere') return undefined;
  const service = services.get(backend.service);
  if (!service) return `\`${backend.service}\` is not known`;
  if (service.hosts.some(host => host.startsWith('*'))) return `\`${service.id}\` stands for hosts that have no list`;
  if (service.external && carriesBytes(service))
    return `\`${service.id}\` has ports that carry something else than HTTP`;
  if (service.endpoints.kind === 'addresses') return undefined;
  if (backend.subset && !subsets.for(backend)) {
    return `subset \`${backend.subset.name}\` needs a Service of its own, and its labels or those of \`${service.id}\` are not known`;
  }
  const port = service.ports.find(candidate => candidate.port === backend.port);
  return service.headless && typeof port?.targetPort === 'string'
    ? `\`${service.id}\` has no address of its own, and each pod another number for port \`${port.targetPort}\``
    : undefined;
};

/** Ports whose bytes are HTTP, also where nobody says so. */
export const carriesHttp = ({ protocol }: Pick<ServicePort, 'protocol'>): boolean =>
  protocol === 'http' || protocol === 'http2' || protocol === 'grpc' || protocol === 'detect';

/** Whether something else than HTTP is spoken to a host. */
export const carriesBytes = ({ ports }: Service): boolean => ports.some(port => !carriesHttp(port));
