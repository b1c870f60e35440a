import type { Source } from '../../base/source.ts';
import type { Match, TextMatch } from '../match.ts';
import type { ServerScope } from '../scope.ts';

/**
 * Who may do what at a server: one policy as its author wrote it. For one server, the policies whose scope covers it
 * reduce to one decision list: all their rules, by `tier` (lowest first), then in order; the first rule that matches
 * decides. If none matches: denied if any covering policy `closes` the server, else the stance of the mesh.
 */
export interface AccessPolicy {
  readonly id: string;
  readonly scope: ServerScope;
  /** Lower tiers are asked first over all policies together (Istio: custom 0, deny 1, allow 2). */
  readonly tier: number;
  readonly rules: readonly AccessRule[];
  /** What this policy means for requests that no rule of any policy took. */
  readonly otherwise: 'nothing' | 'deny' | 'allow';
  /** The status for HTTP when `otherwise` denies. */
  readonly deniedStatus?: number;
  readonly source?: Source;
}

export interface AccessRule {
  readonly id: string;
  /** `ask`: an external authoriser decides (opaque, by name). `audit`: nothing is enforced, the match is recorded. */
  readonly effect: 'allow' | 'deny' | 'ask' | 'audit';
  /** The authoriser's name, for `ask`. */
  readonly authoriser?: string;
  /** Any clause is enough; a clause without conditions matches everything. No clause matches nothing. */
  readonly clauses: readonly AccessClause[];
  /** The HTTP status of a denial by this rule; 403 if absent. */
  readonly status?: number;
  readonly source?: Source;
}

/** All conditions must hold. `request` narrows further by an ordinary request match (route-level policies). */
export interface AccessClause {
  readonly conditions: readonly AccessCondition[];
  readonly request?: Match;
  readonly source?: Source;
}

/**
 * What is looked at. `peer.*`: the proven identity of the other end of the connection. `client.address`: the original
 * client, as far as forwarding headers are believed. `token.*`: a verified request token.
 */
export type AccessAttribute =
  | 'peer.identity'
  | 'peer.namespace'
  | 'peer.trustDomain'
  | 'peer.address'
  | 'client.address'
  | 'token.principal'
  | 'token.audience'
  | 'token.presenter'
  | 'request.host'
  | 'request.method'
  | 'request.path'
  | 'destination.address'
  | 'destination.port'
  | 'connection.sni'
  | `request.header:${string}`
  /** Steps of the claim path, joined by `/`. */
  | `token.claim:${string}`
  /** An attribute only the mesh's own proxy knows; opaque. */
  | `opaque:${string}`;

export interface AccessCondition {
  readonly attribute: AccessAttribute;
  /** Any is enough. */
  readonly values: readonly AccessValue[];
  /** Holds when no value matches. */
  readonly negated: boolean;
  /** The result when the attribute is absent (no identity, no token, no such header). */
  readonly whenAbsent: 'holds' | 'fails';
  /** The result for traffic that is not HTTP, if the attribute belongs to HTTP. */
  readonly whenNotHttp: 'holds' | 'fails';
  /** The result at a proxy that sees connections and no requests; absent: it knows the attribute, or `whenNotHttp`. */
  readonly whenUnseen?: 'holds' | 'fails';
  readonly source?: Source;
}

export type AccessValue =
  | TextMatch
  /** An identity that names a service account; no trust domain: any of the mesh's own; `*` among them: any at all. */
  | {
      readonly kind: 'serviceAccount';
      readonly namespace: string;
      readonly name: string;
      readonly trustDomains?: readonly string[];
    }
  /** An identity by its SPIFFE id, and no service account, even where the id looks like that of one. */
  | { readonly kind: 'spiffe'; readonly id: string }
  | { readonly kind: 'addresses'; readonly cidr: string; readonly except?: readonly string[] }
  /** A path template: `{*}` is one non-empty segment, `{**}` any number of them. */
  | { readonly kind: 'pathTemplate'; readonly template: string }
  | { readonly kind: 'port'; readonly port: number };
