import type { PathRewrite } from '../../model/capabilities/rewrite.ts';
import type { PathMatch } from '../../model/match.ts';
import { regexReplace } from '../regex.ts';

/**
 * How much of the path a rule took. A rule by the whole path or by a regular expression takes all of it; one that does
 * not look at the path took the leading `/`, as if it had said so (observed: `rewrite.uri: /all` without a match makes
 * `/allother` of `/other`).
 */
const taken = (match: PathMatch | undefined, path: string): number => {
  if (!match) return 1;
  return match.kind === 'prefix' || match.kind === 'segmentPrefix' ? match.value.length : path.length;
};

/** How many characters at the start of the path a rewrite replaces. */
export const takenBy = (match: PathMatch | undefined, { kind }: PathRewrite, path: string): number =>
  kind === 'segmentPrefix' && !match ? 0 : taken(match, path);

/** The path after a rewrite; the query is none of its business. */
export const rewritePath = (rewrite: PathRewrite, match: PathMatch | undefined, path: string): string => {
  switch (rewrite.kind) {
    case 'full':
      return rewrite.value;
    case 'prefix':
      return rewrite.value + path.slice(taken(match, path));
    case 'segmentPrefix': {
      const rest = match ? path.slice(taken(match, path)) : path;
      return `${rewrite.value.replace(/\/$/, '')}${rest}` || '/';
    }
    case 'regex':
      return regexReplace(rewrite.pattern, path, rewrite.substitution);
  }
};
