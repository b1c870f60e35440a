import type { PathRewrite } from '../../../model/capabilities/rewrite.ts';
import type { PathMatch } from '../../../model/match.ts';

/** The path part of one route, and what takes its place. */
export interface RoutePath {
  readonly http: Readonly<Record<string, unknown>>;
  readonly prefixRewrite?: string;
}

const folded = (path: { readonly ignoreCase?: boolean }): object => (path.ignoreCase ? { caseInsensitive: true } : {});

const exact = (value: string, path: { readonly ignoreCase?: boolean }): RoutePath => ({
  http: { pathExact: value, ...folded(path) },
});
const prefix = (value: string, path: { readonly ignoreCase?: boolean }): RoutePath => ({
  http: { pathPrefix: value, ...folded(path) },
});
const any: RoutePath = { http: {} };

/** Every path begins with a slash. */
const everyPath = prefix('/', {});

/**
 * The routes that take what a path match takes. A prefix by segments is two: the path itself, and what lies below it.
 */
const plainVariants = (path: PathMatch | undefined): readonly RoutePath[] => {
  if (!path) return [any];
  if (path.kind === 'regex') {
    const { pattern, anchoring } = path.regex;
    return [{ http: { pathRegex: anchoring === 'full' ? pattern : `.*(?:${pattern}).*` } }];
  }
  if (path.kind === 'exact') return [exact(path.value, path)];
  if (path.value === '') return [any];
  if (path.kind === 'prefix') return [prefix(path.value, path)];
  return [exact(path.value, path), prefix(`${path.value}/`, path)];
};

/** As above, each with what it is replaced by; undefined where a rewrite cannot be said. */
export const pathVariants = (
  path: PathMatch | undefined,
  rewrite: PathRewrite | undefined,
): readonly RoutePath[] | undefined => {
  if (!rewrite) return plainVariants(path);
  if (rewrite.kind === 'regex' || path?.kind === 'regex') return undefined;
  const variants = rewrite.kind === 'full' ? wholly(path, rewrite.value) : byPart(path, rewrite);
  return variants?.every(({ prefixRewrite }) => prefixRewrite?.startsWith('/')) ? variants : undefined;
};

const wholly = (
  path: Exclude<PathMatch, { kind: 'regex' }> | undefined,
  value: string,
): readonly RoutePath[] | undefined =>
  path?.kind === 'exact' ? [{ ...exact(path.value, path), prefixRewrite: value }] : undefined;

const byPart = (
  path: Exclude<PathMatch, { kind: 'regex' }> | undefined,
  { kind, value }: Exclude<PathRewrite, { kind: 'regex' }>,
): readonly RoutePath[] | undefined => {
  const bySegment = kind === 'segmentPrefix';
  const stem = bySegment ? value.replace(/\/$/, '') : value;
  // Where nothing is taken from the path, all of it comes behind the new beginning.
  const before: readonly RoutePath[] = [{ ...everyPath, prefixRewrite: `${stem}/` }];
  if (!path) return bySegment ? before : [{ ...everyPath, prefixRewrite: value }];
  if (path.kind === 'exact') return [{ ...exact(path.value, path), prefixRewrite: stem || '/' }];
  if (path.value === '') return before;
  if (path.kind === 'segmentPrefix') {
    return [
      { ...exact(path.value, path), prefixRewrite: bySegment ? stem || '/' : value },
      { ...prefix(`${path.value}/`, path), prefixRewrite: `${stem}/` },
    ];
  }
  return bySegment && stem === '' ? undefined : [{ ...prefix(path.value, path), prefixRewrite: stem }];
};
