import type { Source } from '../../base/source.ts';
import type { ServerScope } from '../scope.ts';

/**
 * Tokens that a server's proxy verifies. An invalid token is refused with 401, unless the data plane takes it for none; a
 * missing one passes without a principal, and only access rules can demand one.
 */
export interface RequestAuthentication {
  readonly id: string;
  readonly scope: ServerScope;
  readonly issuers: readonly TokenIssuer[];
  readonly source?: Source;
}

export interface TokenIssuer {
  readonly issuer: string;
  readonly audiences?: readonly string[];
  readonly keys: TokenKeys;
  readonly keysTimeoutMs?: number;
  readonly fromHeaders?: readonly { readonly name: string; readonly prefix?: string }[];
  readonly fromParams?: readonly string[];
  readonly fromCookies?: readonly string[];
  readonly forwardToken?: boolean;
  readonly payloadHeader?: string;
  readonly claimHeaders?: readonly { readonly header: string; readonly claim: string }[];
  readonly spaceDelimitedClaims?: readonly string[];
  readonly source?: Source;
}

/** The keys that tokens are verified with. `discovered`: where the issuer's OpenID configuration says. */
export type TokenKeys =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'inline'; readonly keySet: string }
  | { readonly kind: 'discovered' };
