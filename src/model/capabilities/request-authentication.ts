import type { Source } from '../../base/source.ts';
import type { ServerScope } from '../scope.ts';

/**
 * Tokens that a server's proxy verifies. An invalid token is refused with 401; a missing one passes without a
 * principal, and only access rules can demand one.
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
  /** Where the keys are: a URL, or `inline`. */
  readonly keys: string;
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
