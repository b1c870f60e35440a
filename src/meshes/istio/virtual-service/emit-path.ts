import type { PathRewrite } from '../../../model/capabilities/rewrite.ts';
import type { PathMatch } from '../../../model/match.ts';
import { type PathForm, pathForms } from './emit-match.ts';
import { escapeRe2 } from './text-match.ts';

type Json = Record<string, unknown>;

/** What becomes of the path, in the proxy's terms: all of it, or what the match took, replaced; or an expression. */
type Replacement =
  | { readonly kind: 'whole'; readonly value: string }
  | { readonly kind: 'taken'; readonly value: string }
  | { readonly kind: 'expression'; readonly match: string; readonly rewrite: string };

/** The forms of a path, each with what a rewrite does to it. A proxy replaces text, not segments (meshes.md A.10.3). */
export const replacedForms = (
  path: PathMatch | undefined,
  rewrite: PathRewrite | undefined,
): readonly { readonly form: PathForm; readonly replacement?: Replacement }[] => {
  if (!rewrite) return pathForms(path).map(form => ({ form }));
  if (rewrite.kind === 'segmentPrefix' && removesPrefix(path, rewrite)) return removed(path);
  return pathForms(path).map(form => ({ form, replacement: replacementOf(rewrite, path, form) }));
};

const bare = (value: string): string => value.replace(/\/$/, '');

const replacementOf = (rewrite: PathRewrite, path: PathMatch | undefined, form: PathForm): Replacement => {
  if (rewrite.kind === 'regex') return { kind: 'expression', match: rewrite.pattern, rewrite: rewrite.substitution };
  if (rewrite.kind === 'full') return { kind: 'whole', value: rewrite.value };
  const value = rewrite.kind === 'prefix' ? rewrite.value : bare(rewrite.value);
  if (form.kind === 'exact' || form.kind === 'regex') return { kind: 'whole', value: value || '/' };
  // The match took a slash, or the first one, that the rule itself leaves in place.
  const tookSlash =
    path === undefined ? rewrite.kind === 'segmentPrefix' : path.kind === 'segmentPrefix' || isEverything(path);
  return { kind: 'taken', value: tookSlash ? `${value}/` : value };
};

const isEverything = (path: PathMatch): boolean => path.kind === 'prefix' && path.value === '';

type TextPrefix = Extract<PathMatch, { readonly kind: 'prefix' }>;

const removesPrefix = (path: PathMatch | undefined, rewrite: PathRewrite): path is TextPrefix =>
  path?.kind === 'prefix' && path.value !== '' && rewrite.kind === 'segmentPrefix' && bare(rewrite.value) === '';

/** Nothing in place of a text cannot be said: the text alone becomes `/`, and of anything longer the rest is kept. */
const removed = ({ value, ignoreCase = false }: TextPrefix) => [
  { form: { kind: 'exact' as const, value, ignoreCase }, replacement: { kind: 'whole' as const, value: '/' } },
  {
    form: { kind: 'prefix' as const, value, ignoreCase },
    replacement: {
      kind: 'expression' as const,
      match: `^${ignoreCase ? '(?i)' : ''}${escapeRe2(value)}(.*)$`,
      rewrite: '\\1',
    },
  },
];

/** `rewrite`, but for the host. Only a whole text or expression is replaced as a whole by `uri`. */
export const emitReplacement = (form: PathForm, replacement: Replacement | undefined): Json => {
  if (!replacement) return {};
  if (replacement.kind === 'taken') return { uri: replacement.value };
  if (replacement.kind === 'expression') {
    return { uriRegexRewrite: { match: replacement.match, rewrite: replacement.rewrite } };
  }
  if (form.kind === 'exact' || form.kind === 'regex') return { uri: replacement.value };
  return { uriRegexRewrite: { match: '^.*$', rewrite: replacement.value.replaceAll('\\', '\\\\') } };
};

/** The path of a redirect. */
export const emitRedirectPath = (replacement: Replacement | undefined): Json => {
  if (!replacement || replacement.kind === 'expression') return {};
  return replacement.kind === 'whole' ? { uri: replacement.value } : { prefixRewrite: replacement.value };
};
