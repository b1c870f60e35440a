import { unique } from '../../../base/order.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { Service } from '../../../model/inventory.ts';
import type { NativeObject } from '../../../native/snapshot.ts';
import { leaveAnnotation, type Reading, report } from '../reading.ts';
import { readCircuitBreaker } from './circuit-breaker.ts';
import { isBad, type Resilience, readResilience, silent } from './retry-annotations.ts';

/** What the annotations of a Service say; for routes without words of their own, and for a service without routes. */
export interface ServiceSettings {
  readonly http: Resilience;
  readonly grpc: Resilience;
}

const serviceObject = (reading: Reading, service: Service): NativeObject | undefined =>
  service.source && reading.snapshot.find('', 'Service', service.namespace, service.name);

/** Of a Service that has no annotations. */
export const unsaid: ServiceSettings = { http: silent, grpc: silent };

const hasAny = (map: object): boolean => {
  for (const _ in map) return true;
  return false;
};

/** A value that cannot be read on a Service spoils its group of annotations, and nothing else. */
export const readServiceSettings = (reading: Reading, service: Service): ServiceSettings => {
  if (!hasAny(service.annotations)) return unsaid;
  const object = serviceObject(reading, service);
  const annotations = object && reading.snapshot.field(object).find('metadata', 'annotations');
  const read = (protocol: 'http' | 'grpc'): Resilience => {
    const found = readResilience(annotations, protocol);
    if (!isBad(found)) return found;
    if (object) leaveAnnotation(reading, object, found.field, found.reason);
    return silent;
  };
  return { http: read('http'), grpc: read('grpc') };
};

/**
 * LINKERD107: what a Service says of circuit breaking goes to all endpoints that its routes lead to, and what their own
 * Services say does not count there (policy-controller grpc/src/outbound.rs `to_proto`: the failure accrual is the
 * parent's). Here it is told of the Service itself.
 */
export const tellSharedBreakers = (
  reading: Reading,
  destinations: readonly DestinationSettings[],
  frontends: readonly Frontend[],
): void => {
  for (const { target, outlierDetection } of destinations) {
    if (!outlierDetection?.source) continue;
    const own = frontends.filter(({ listens }) => listens.kind === 'service' && listens.service === target.service);
    const others = unique(own.flatMap(backendServices)).filter(service => service !== target.service);
    if (others.length === 0) continue;
    const names = others.map(service => `\`${service}\``).join(', ');
    report(reading, 'LINKERD107', outlierDetection.source, `it also acts on ${names}, in place of what they say`);
  }
};

/** The services that a table of HTTP sends to; bytes are not looked at for failures. */
const backendServices = ({ protocol, rules }: Frontend): readonly string[] =>
  protocol === 'tls' || protocol === 'tcp'
    ? []
    : rules.flatMap(({ action: { target } }) =>
        target.kind === 'forward'
          ? target.backends.flatMap(({ backend }) => (backend.kind === 'service' ? [backend.service] : []))
          : [],
      );

/** Circuit breaking of every annotated Service. */
export const readDestinations = (reading: Reading): DestinationSettings[] =>
  reading.inventory.services.flatMap(service => {
    if (Object.keys(service.annotations).length === 0) return [];
    const object = serviceObject(reading, service);
    const breaker = readCircuitBreaker(object && reading.snapshot.field(object).find('metadata', 'annotations'));
    if (!object || !breaker) return [];
    if ('reason' in breaker) {
      leaveAnnotation(reading, object, breaker.field, breaker.reason);
      return [];
    }
    return [
      {
        id: `Service ${service.id}`,
        clients: { mesh: reading.mesh.id },
        target: { service: service.id },
        outlierDetection: breaker,
        ...(breaker.source ? { source: breaker.source } : {}),
      },
    ];
  });
