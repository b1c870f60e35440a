import type { Identity } from '../../model/identity.ts';
import type { Mesh } from '../../model/mesh.ts';
import type { Sight } from '../matches.ts';
import type { Token } from '../request.ts';

/** What a server's proxy can tell about a caller and its request. */
export interface AccessSubject {
  /** `l7` where the proxy reads HTTP and the traffic is HTTP. */
  readonly layer: 'l4' | 'l7';
  /** Whether the proxy could read requests, if these were some. */
  readonly seesRequests: boolean;
  readonly sight: Sight;
  readonly identity: Identity;
  readonly peerAddress?: string;
  /** The proxy keeps the address of the peer from its rules. */
  readonly hidesPeerAddress?: true;
  /** The original client as far as forwarding headers are believed. */
  readonly clientAddress?: string;
  /** The original client is known by a forwarding header, where there is one. */
  readonly believesForwarding: boolean;
  readonly token?: Token;
  readonly destination: { readonly address?: string; readonly port?: number };
  /** The mesh of the server, whose trust domain is meant where none is written. */
  readonly mesh: Mesh;
}
