import type { Field } from '../../../base/field.ts';
import type { Backend } from '../../../model/frontend.ts';
import type { Service } from '../../../model/inventory.ts';
import { type Reading, report } from '../reading.ts';

/** How a destination of a route is found. */
export type FindBackend = (destination: Field) => Backend;

/** Subsets by name, as the DestinationRules that a client sees define them. */
export type FindSubset = (service: Service, name: string) => Readonly<Record<string, string>> | undefined;

/**
 * A destination `{host, subset, port.number}`. What does not exist is answered with 503 for its share (observed, rows
 * 4.6, 4.8): known only when the snapshot is whole, assumed to exist elsewhere when it is some files.
 */
export const findBackend = (
  reading: Reading,
  destination: Field,
  namespace: string,
  findSubset: FindSubset,
): Backend => {
  const host = destination.text('host') ?? '';
  const port = destination.find('port')?.number('number');
  const subset = destination.text('subset');
  const nowhere = (why: string): Backend => ({
    kind: 'nowhere',
    status: 503,
    why,
    named: `${host}${subset ? `/${subset}` : ''}`,
  });
  const service = serviceOf(reading, host, namespace);
  if (!service) return nowhere(`no service \`${host}\``);
  const known = reading.snapshot.extent === 'whole' || service.ports.length > 0;
  if (port !== undefined && known && service.evidence === 'object' && !service.ports.some(p => p.port === port)) {
    return nowhere(`service \`${host}\` has no port ${port}`);
  }
  if (subset === undefined || subset === '')
    return { kind: 'service', service: service.id, ...(port === undefined ? {} : { port }) };
  const labels = findSubset(service, subset);
  if (!labels && reading.snapshot.extent === 'whole') return nowhere(`no DestinationRule defines subset \`${subset}\``);
  if (!labels)
    report(reading, 'ISTIO006', destination, `subset \`${subset}\` of \`${host}\` is not defined in the input`);
  return {
    kind: 'service',
    service: service.id,
    ...(port === undefined ? {} : { port }),
    subset: { name: subset, ...(labels ? { labels } : {}) },
  };
};

/**
 * The service behind a host as a VirtualService in this namespace means it: short names are of its own namespace. Names
 * under `invalid` are nobody's, now and ever (RFC 6761).
 */
export const serviceOf = (reading: Reading, host: string, namespace: string): Service | undefined => {
  const { directory } = reading;
  if (host === '' || host.endsWith('.invalid')) return undefined;
  const service = host.includes('*') ? directory.findHost(host) : directory.resolveHost(host, namespace);
  return service && isByPattern(service, host) && directory.isWhole ? undefined : service;
};

/** Proxies know a service by its own host only: a name that its pattern covers is none of it, unless it is dialled. */
export const isByPattern = (service: Service, host: string): boolean =>
  service.hosts.some(name => name.startsWith('*')) && !service.hosts.includes(host.toLowerCase());
