import type { Source } from '../../base/source.ts';

/** What the application is shown instead of what the client sent; routing is not run again. */
export interface Rewrite {
  readonly host?: string;
  readonly path?: PathRewrite;
  readonly source?: Source;
}

/**
 * `full`: the whole path becomes the value, the query stays. `prefix`: the part that the rule's path match took is
 * replaced as text: the prefix of a prefix match, all of it for an exact or regex match, the leading `/` for a rule
 * without a path (observed for Istio: `/all` makes `/allother` of `/other`). `segmentPrefix`: the same by segments, so
 * that no `//` and no missing `/` comes out. `regex`: every match is substituted (`\1` for groups).
 */
export type PathRewrite =
  | { readonly kind: 'full'; readonly value: string }
  | { readonly kind: 'prefix'; readonly value: string }
  | { readonly kind: 'segmentPrefix'; readonly value: string }
  | { readonly kind: 'regex'; readonly pattern: string; readonly substitution: string };
