import type { Membership } from '../model/inventory.ts';
import type { Model } from '../model/model.ts';
import type { Labels } from '../model/scope.ts';

/** One request as its sender writes it, before any proxy touches it. */
export interface Request {
  /** What the application speaks. For `tcp` and `tls` only addresses, the port and the server name exist. */
  readonly protocol: 'http' | 'grpc' | 'tcp' | 'tls';
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** The Host as sent; absent: the first name of what was dialled. */
  readonly authority?: string;
  /** With the query, if there is one. */
  readonly path: string;
  /** Names in lower case; order and repetition are kept. Forwarded addresses stand in `x-forwarded-for`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The TLS server name that the application sends. */
  readonly sni?: string;
  readonly token?: Token;
  /** Absent: nothing is known about the caller's address. */
  readonly sourceAddress?: string;
}

/** A request token, as a verifier with the right keys would see it. */
export interface Token {
  readonly issuer: string;
  readonly subject?: string;
  readonly audiences: readonly string[];
  readonly presenter?: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Signature, dates and format are in order. */
  readonly valid: boolean;
}

/** A token that would be in order everywhere, before anything is asked of it. */
export const plainToken: Token = {
  issuer: 'https://issuer.example',
  subject: 'subject',
  audiences: [],
  claims: {},
  valid: true,
};

/** A plain `GET /` over HTTP, with the given parts in place of the usual ones. */
export const requestOf = (parts: Partial<Request> = {}): Request => ({
  protocol: 'http',
  method: 'GET',
  scheme: 'http',
  path: '/',
  headers: [],
  ...parts,
});

/** Who sends. `outside`: in no mesh and without an identity, inside the cluster or beyond it. */
export type Caller =
  | {
      readonly kind: 'workload';
      readonly namespace: string;
      readonly name: string;
      readonly labels: Labels;
      readonly serviceAccount: string;
      /** Absent: those of the workload of that name in the model; if it holds none, as its neighbours take part. */
      readonly memberships?: readonly Membership[];
    }
  /** Runs as an account, but no workload with it is known; its labels are not known either. */
  | { readonly kind: 'serviceAccount'; readonly namespace: string; readonly name: string }
  /** Of a mesh that is joined with one of the input, by the names that configuration there has for both. */
  | { readonly kind: 'joined'; readonly mesh: string; readonly from: string; readonly name: string }
  | { readonly kind: 'outside' };

/** Where a caller is, by which short names mean something to it; undefined for one that is in no namespace of the input. */
export const namespaceOf = (caller: Caller): string | undefined =>
  caller.kind === 'workload' || caller.kind === 'serviceAccount' ? caller.namespace : undefined;

/** A caller in words: `shop/web`, `outside`, `web of east`. */
export const callerTitle = (caller: Caller): string => {
  if (caller.kind === 'outside') return 'outside';
  return caller.kind === 'joined' ? `${caller.name} of ${caller.from}` : `${caller.namespace}/${caller.name}`;
};

/** What the caller dials: a service by its id, or a host name or address that may mean one. Absent port: the usual one. */
export type Destination =
  | { readonly service: string; readonly port?: number }
  | { readonly host: string; readonly port?: number };

/** The question: what happens to this request from this caller to this destination? */
export interface Ask {
  readonly caller: Caller;
  readonly to: Destination;
  /** The id of a gateway through which the caller comes in. */
  readonly via?: string;
  readonly request: Request;
}

/**
 * The configuration on the two sides of a connection. They are one and the same, except while a change is rolled out
 * or a workload moves from one mesh to another. Gateways that a caller enters act as clients, waypoints as servers.
 */
export interface World {
  readonly client: Model;
  readonly server: Model;
}

/** A world in which everyone has the same configuration. */
export const worldOf = (model: Model): World => ({ client: model, server: model });
