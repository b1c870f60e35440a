import { pathNormalizationOf } from '../model/mesh.ts';
import type { Touched } from './inquiry.ts';
import type { Layer } from './lookup/frontends.ts';
import { hostOf } from './lookup/services.ts';
import type { Sight } from './matches.ts';
import { normalizePath, splitTarget } from './normalize.ts';
import type { Party } from './party.ts';
import type { Request, Token } from './request.ts';

/** A request on its way, as it left the hop before. */
export interface Traffic {
  readonly request: Request;
  readonly layer: Layer;
  /** The Host that a proxy sees. */
  readonly authority: string;
  /** The Host of a sender who chooses none. */
  readonly usualAuthority?: string;
  readonly port: number;
  /** Addresses that may have been dialled. */
  readonly addresses: readonly string[];
  /** The address of the other end of the connection, where it is known. */
  readonly peerAddress?: string;
  /** The application's own TLS is around it. */
  readonly sealed: boolean;
  /** The token that this hop has verified. */
  readonly token?: Token;
  /** What the hops before have made of the request. */
  readonly touched?: Touched;
}

/** How a workload's own proxy is named where rules ask through which gateway a request came. */
const ownProxy = 'mesh';

/** What is left of the traffic when a hop has let it in, with the token that it has verified. */
export const passedOn = (arrived: Traffic, request: Request, token: Token | undefined): Traffic => {
  if (!token) return { ...arrived, request };
  const isKept = request.token === undefined;
  return { ...arrived, request, token, ...(isKept ? { touched: { ...arrived.touched, token: true } } : {}) };
};

/**
 * The scheme as the proxy reports it. A gateway knows whether it ended TLS; a workload's own proxy sees plain HTTP and
 * believes `x-forwarded-proto` if that is one of the two schemes, in whatever case (observed, Istio 1.31 dev, Envoy 1.40).
 */
const schemeSeen = (party: Party, request: Request): string => {
  if (party.at === 'gateway') return request.scheme;
  const claimed = request.headers.find(([name]) => name === 'x-forwarded-proto')?.[1];
  return claimed?.toLowerCase() === 'https' ? 'https' : 'http';
};

/** What a proxy sees of the traffic. Undefined: it refuses the path itself, with 400. */
export const sightOf = (traffic: Traffic, party: Party): Sight | undefined => {
  const { request, layer, authority, port, addresses, peerAddress, token, touched } = traffic;
  const target = splitTarget(request.path);
  const plane = party.proxy?.dataPlane;
  const tidied = plane ? pathNormalizationOf(plane, party.at === 'server' ? 'server' : 'client') : 'none';
  const path = normalizePath(target.path, tidied);
  if (path === undefined && layer === 'http') return undefined;
  // Whoever dials a name over TLS sends it as the server name.
  const sni = request.sni ?? (traffic.sealed ? hostOf(authority) : undefined);
  const sight: Writable<Sight> = {
    http: layer === 'http',
    method: request.method,
    scheme: schemeSeen(party, request),
    schemeFromHeader: party.at !== 'gateway' && !touched?.headers?.has('x-forwarded-proto'),
    tidied,
    authority,
    path: path ?? target.path,
    query: target.query,
    headers: headersOf(request),
    port,
    addresses,
    caller: callerSeen(party, peerAddress),
  };
  if (traffic.usualAuthority !== undefined) sight.usualAuthority = traffic.usualAuthority;
  if (touched) sight.touched = touched;
  if (token) sight.claims = token.claims;
  if (sni !== undefined) sight.sni = sni;
  return sight;
};

/** Calls of gRPC are known by their type, which nobody has to say. */
const headersOf = ({ protocol, headers }: Request): Request['headers'] =>
  protocol !== 'grpc' || headers.some(([name]) => name === 'content-type')
    ? headers
    : [...headers, ['content-type', 'application/grpc']];

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Whom a proxy sees before it: its own workload, or for a gateway whoever comes in. */
const callerSeen = ({ at, namespace, labels, gateway }: Party, peerAddress: string | undefined): Sight['caller'] => {
  const own = at === 'gateway' ? nobodysOwn : onlyOwn;
  const via = gateway === undefined ? own : [...own, gateway];
  const caller = namespace === undefined ? { labels, via } : { namespace, labels, via };
  return peerAddress === undefined ? caller : { ...caller, address: peerAddress };
};

const onlyOwn: readonly string[] = [ownProxy];
const nobodysOwn: readonly string[] = [];

/** The target as the next hop receives it. */
export const targetText = (sight: Pick<Sight, 'path' | 'query'>, path = sight.path): string =>
  sight.query === undefined ? path : `${path}?${sight.query}`;
