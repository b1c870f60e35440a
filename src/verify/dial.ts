import { type Protocol, type Service, serviceHost } from '../model/inventory.ts';
import { isAddress } from './addresses.ts';
import type { Notes } from './findings.ts';
import type { Sender } from './lookup/coverage.ts';
import type { Layer } from './lookup/frontends.ts';
import type { Lookup } from './lookup/lookup.ts';
import { hostOf } from './lookup/services.ts';
import type { Ask, Request } from './request.ts';

/** What the caller's application connects to, before any proxy has a say. */
export interface Target {
  /** The service behind the address that was dialled, whether or not the caller's proxy knows it. */
  readonly service?: Service;
  /** The name or address as it was dialled, without a port. */
  readonly host: string;
  /** The Host that the application sends. */
  readonly authority: string;
  /** The Host that it sends if nothing else is said. */
  readonly usualAuthority: string;
  readonly port: number;
  readonly addresses: readonly string[];
}

/** Whether the application puts its own TLS around what it sends. */
export const isSealed = (request: Request): boolean => request.protocol === 'tls' || request.scheme === 'https';

/** How a proxy reads what travels on a port. Where nothing is declared, what the application sends tells. */
export const layerOn = (declared: Protocol | undefined, request: Request): Layer => {
  const sent: Layer = isSealed(request) ? 'tls' : request.protocol === 'tcp' ? 'tcp' : 'http';
  switch (declared) {
    case undefined:
    case 'detect':
      return sent;
    case 'http':
    case 'http2':
    case 'grpc':
      return sent === 'http' ? 'http' : 'tcp';
    case 'https':
    case 'tls':
      return sent === 'tls' ? 'tls' : 'tcp';
    default:
      return 'tcp';
  }
};

const usualPort = (request: Request): number => (isSealed(request) ? 443 : 80);

/** The port meant by someone who names none: the service's first that carries what they send, else its first. */
const portMeant = (service: Service | undefined, request: Request): number => {
  const fitting = service?.ports.find(({ protocol }) => {
    const layer = layerOn(protocol, request);
    return layer === layerOn(undefined, request);
  });
  return fitting?.port ?? service?.ports[0]?.port ?? usualPort(request);
};

const unknownService = (id: string): Service => {
  const slash = id.indexOf('/');
  const [namespace, name] = slash < 0 ? ['', id] : [id.slice(0, slash), id.slice(slash + 1)];
  return {
    id,
    namespace,
    name,
    hosts: [slash < 0 ? id : serviceHost(namespace, name)],
    addresses: [],
    ports: [],
    endpoints: { kind: 'named', name: id, labels: {} },
    external: slash < 0,
    headless: false,
    evidence: 'referenced',
    labels: {},
    annotations: {},
  };
};

/** The service of an id; one that the input does not hold is supposed to exist, which is noted. */
export const serviceOf = (lookup: Lookup, id: string, notes: Notes): Service => {
  const known = lookup.services.find(id);
  if (known) return known;
  notes.caveat('VERIFY007', `the service \`${id}\` is not in the input`);
  return unknownService(id);
};

/** Without a Host of its own, the application sends what it dials, and the port where that is not the usual one. */
const hostSent = (request: Request, host: string, port: number): string => {
  const written = host.includes(':') ? `[${host}]` : host;
  return port === usualPort(request) ? written : `${written}:${port}`;
};

const authorities = (request: Request, host: string, port: number) => {
  const usualAuthority = hostSent(request, host, port);
  return { authority: request.authority ?? usualAuthority, usualAuthority };
};

/** Finds what the caller dials. */
export const targetOf = (lookup: Lookup, ask: Ask, sender: Sender, notes: Notes): Target => {
  const { to, request } = ask;
  if ('service' in to) {
    const service = serviceOf(lookup, to.service, notes);
    // Of the hosts that a pattern stands for, one is dialled.
    const host = (service.hosts[0] ?? service.id).replace(/^\*/, 'any');
    const port = to.port ?? portMeant(service, request);
    return { service, host, ...authorities(request, host, port), port, addresses: service.addresses };
  }
  const host = hostOf(to.host);
  const service = lookup.services.named(host, sender.namespace);
  const written = /:(\d+)$/.exec(isAddress(to.host) ? '' : to.host)?.[1];
  const port = to.port ?? (written === undefined ? portMeant(service, request) : Number(written));
  const addresses = isAddress(host) ? [host] : (service?.addresses ?? []);
  return { ...(service ? { service } : {}), host, ...authorities(request, host, port), port, addresses };
};

/** Whether a service has a port, as far as its ports are known. */
export const hasPort = ({ ports }: Service, port: number): boolean => {
  for (const candidate of ports) if (candidate.port === port) return true;
  return ports.length === 0;
};

export const declaredProtocol = (service: Service | undefined, port: number): Protocol | undefined =>
  service?.ports.find(candidate => candidate.port === port)?.protocol;

/** The service that the Host names. One that the input does not hold has no entry among the names. */
const serviceNamed = (lookup: Lookup, { authority, service }: Target, { namespace }: Sender): Service | undefined => {
  const host = hostOf(authority);
  const named = lookup.services.named(host, namespace);
  return named ?? (service?.hosts.some(name => name.toLowerCase() === host) ? service : undefined);
};

/**
 * The service for which a caller's proxy looks up routes. By address it is the one that was dialled. By authority it is
 * the one that the Host names, on the dialled port, among those the proxy knows; the dialled address then does not count
 * (observed). Only HTTP has a Host.
 */
export const serviceFound = (
  lookup: Lookup,
  target: Target,
  sender: Sender,
  by: 'authority' | 'address',
  layer: Layer,
): Service | undefined => {
  const meant = by === 'address' || layer !== 'http' ? target.service : serviceNamed(lookup, target, sender);
  if (!meant || !hasPort(meant, target.port)) return undefined;
  return lookup.services.hiddenBy(meant, sender, target.port) ? undefined : meant;
};
