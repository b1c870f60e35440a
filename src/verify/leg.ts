import { type Backend, narrow, type Subset } from '../model/frontend.ts';
import type { Service } from '../model/inventory.ts';
import type { EndpointSet } from '../model/scope.ts';
import { hasPort, serviceOf, type Target } from './dial.ts';
import type { Notes } from './findings.ts';
import { storeFor } from './kept.ts';
import type { Sender } from './lookup/coverage.ts';
import type { Lookup } from './lookup/lookup.ts';
import type { HeaderChange } from './outcome.ts';

/** A share of the traffic between a proxy that routes and the endpoints it picked. */
export interface Leg {
  /** A service id, a host, or the name that leads nowhere. */
  readonly name: string;
  readonly service?: Service;
  readonly subset?: Subset;
  readonly port?: number;
  readonly endpoints?: EndpointSet;
  /** Of 100 000. */
  readonly share: number;
  /** The share is answered instead of sent; without a status, no connection comes about. */
  readonly nowhere?: { readonly status?: number; readonly why: string };
  /** Sent on as it came, to where the application meant it; no settings of the mesh apply. */
  readonly passthrough?: boolean;
  readonly requestHeaders?: HeaderChange;
  readonly responseHeaders?: HeaderChange;
}

const lost = (name: string, share: number, status: number | undefined, why: string): Leg => ({
  name,
  share,
  nowhere: { ...(status === undefined ? {} : { status }), why },
});

/** The status of a proxy that has a route to endpoints it does not know (observed for Istio). */
const unknownDestination = 503;

/** The share of one backend. Without a port of its own it goes on to the one that was dialled. */
export const legTo = (
  lookup: Lookup,
  backend: Backend,
  from: { readonly sender: Sender; readonly port: number; readonly share: number; readonly notes: Notes },
): Leg => {
  const { sender, share, notes } = from;
  if (backend.kind === 'nowhere') return lost(backend.named, share, backend.status, backend.why);
  const service = serviceOf(lookup, backend.service, notes);
  const port = backend.port ?? from.port;
  if (!hasPort(service, port)) {
    return lost(service.id, share, unknownDestination, `\`${service.id}\` has no port ${port}`);
  }
  const hidden = lookup.services.hiddenBy(service, sender, port);
  if (hidden) return lost(service.id, share, unknownDestination, `\`${service.id}\` is hidden from this client`);
  const { subset } = backend;
  const endpoints = narrow(service.endpoints, subset);
  if (subset && endpoints.kind === 'addresses' && endpoints.addresses.length === 0) {
    const why = `no endpoint of \`${service.id}\` has the labels of subset \`${subset.name}\``;
    return lost(service.id, share, unknownDestination, why);
  }
  const name = service.id;
  return subset ? { name, service, subset, port, endpoints, share } : { name, service, port, endpoints, share };
};

/** The port on which the endpoints listen, or its name; the one that was dialled where nothing else is known. */
export const targetPortOf = ({ service, port }: Leg): number | string | undefined =>
  service?.ports.find(candidate => candidate.port === port)?.targetPort ?? port;

/** Everything to one service, as if there were no route table. */
export const wholeLeg = (service: Service, port: number): Leg => {
  const known = whole(service).get(port);
  if (known) return known;
  const leg: Leg = { name: service.id, service, port, endpoints: service.endpoints, share: 100_000 };
  whole(service).set(port, leg);
  return leg;
};

const whole = storeFor<Service, Map<number, Leg>>(() => new Map());

/**
 * Everything to where the application meant it. On a port that the service does not have nothing answers; `through` is
 * whether a proxy that speaks HTTP stands between, which then says so.
 */
export const passthroughLeg = (target: Target, through: 'http' | 'nothing'): Leg => {
  const { service, host, port } = target;
  if (service && !hasPort(service, port)) {
    const status = through === 'http' ? unknownDestination : undefined;
    return lost(service.id, 100_000, status, `\`${service.id}\` has no port ${port}`);
  }
  return {
    name: service?.id ?? host,
    ...(service ? { service } : {}),
    port,
    endpoints: service?.endpoints ?? { kind: 'addresses', addresses: [host] },
    share: 100_000,
    passthrough: true,
  };
};
