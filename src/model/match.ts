/**
 * Predicates over one request. Each says exactly which requests it takes, in a way that does not depend on the mesh
 * it was read from: adapters resolve case rules, missing headers, repeated values and anchoring when they read.
 */
import type { Source } from '../base/source.ts';
import type { Labels } from './scope.ts';

/** A regular expression with its language; `full`: it must cover the whole value, `partial`: anywhere in it. */
export interface Regex {
  readonly pattern: string;
  readonly dialect: 're2' | 'rust' | 'pcre';
  readonly anchoring: 'full' | 'partial';
}

export type TextMatch =
  | { readonly kind: 'exact'; readonly value: string; readonly ignoreCase?: boolean }
  | { readonly kind: 'prefix'; readonly value: string; readonly ignoreCase?: boolean }
  | { readonly kind: 'suffix'; readonly value: string; readonly ignoreCase?: boolean }
  | { readonly kind: 'regex'; readonly regex: Regex }
  /** Any value, also the empty one; absent is not matched. */
  | { readonly kind: 'present' };

export type PathMatch =
  | { readonly kind: 'exact'; readonly value: string; readonly ignoreCase?: boolean }
  /** A prefix of the text: `/foo` takes `/foobar`. */
  | { readonly kind: 'prefix'; readonly value: string; readonly ignoreCase?: boolean }
  /** A prefix by path segment: `/foo` takes `/foo` and `/foo/bar`, not `/foobar`. Never ends in `/`; `` is every path. */
  | { readonly kind: 'segmentPrefix'; readonly value: string; readonly ignoreCase?: boolean }
  | { readonly kind: 'regex'; readonly regex: Regex };

/** How several values of one name are seen: each on its own, only the first, or joined with commas. */
export type Repeated = 'any' | 'first' | 'joined';

export interface HeaderMatch {
  /** Lower case. Pseudo headers `:method`, `:authority`, `:path`, `:scheme` are allowed. */
  readonly name: string;
  readonly match: TextMatch;
  /** Takes the requests that `match` does not. */
  readonly inverted: boolean;
  /** What an absent header is compared as: `noMatch` (before inversion), or an empty value. */
  readonly missing: 'noMatch' | 'empty';
  readonly repeated: Repeated;
  readonly source?: Source;
}

export interface QueryMatch {
  /** Case-sensitive. */
  readonly name: string;
  readonly match: TextMatch;
  readonly repeated: Repeated;
  /** Whether `%xx` and `+` are decoded before comparing. */
  readonly decoded: boolean;
  readonly source?: Source;
}

/** A value of a verified token, e.g. path `['realm', 'roles']`. */
export interface ClaimMatch {
  readonly path: readonly string[];
  readonly match: TextMatch;
  readonly inverted: boolean;
  readonly source?: Source;
}

/** Which clients a rule is for; evaluated on what is known of the client, not on the request. */
export interface CallerMatch {
  readonly namespaces?: readonly string[];
  readonly labels?: Labels;
  /** Only when asked through these gateways (ids), or from workloads' own proxies (`mesh`). */
  readonly via?: readonly string[];
  /** Source addresses, CIDR. */
  readonly addresses?: readonly string[];
  readonly source?: Source;
}

/** All parts must hold. A match without parts takes everything. */
export interface Match {
  readonly path?: PathMatch;
  readonly method?: TextMatch;
  readonly scheme?: TextMatch;
  /** Compared with the Host header as sent, port and all. */
  readonly authority?: TextMatch;
  readonly headers?: readonly HeaderMatch[];
  readonly query?: readonly QueryMatch[];
  readonly claims?: readonly ClaimMatch[];
  /** The port that was dialled. */
  readonly port?: number;
  /** TLS server names: exact, or `*.` and one or more labels. */
  readonly sni?: readonly string[];
  /** Destination addresses, CIDR. */
  readonly addresses?: readonly string[];
  readonly caller?: CallerMatch;
  readonly source?: Source;
}

export const everything: Match = {};

/** Whether a host pattern (`*`, `*.example.com`, `example.com`) takes a host name; case does not matter. */
export const hostMatches = (pattern: string, host: string): boolean => {
  const p = pattern.toLowerCase();
  const h = host.toLowerCase();
  if (p === '*') return true;
  if (p.startsWith('*')) return h.length > p.length - 1 && h.endsWith(p.slice(1));
  return p === h;
};

/** How specific a host pattern is: exact before wildcard, longer before shorter. */
export const hostRank = (pattern: string): number =>
  pattern === '*' ? 0 : pattern.startsWith('*') ? pattern.length : 10_000 + pattern.length;
