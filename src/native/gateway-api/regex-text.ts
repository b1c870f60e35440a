import type { PathMatch, TextMatch } from '../../model/match.ts';

/** Plain text as an expression that takes exactly that text, in RE2, Rust's regex and PCRE alike. */
export const escapeRegex = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const withCase = (pattern: string, ignoreCase: boolean | undefined): string =>
  ignoreCase ? `(?i)${pattern}` : pattern;

/** An expression over the whole value that takes what the match takes. */
export const textPattern = (match: TextMatch): string => {
  if (match.kind === 'present') return '.*';
  if (match.kind === 'regex') {
    return match.regex.anchoring === 'full' ? match.regex.pattern : `.*(?:${match.regex.pattern}).*`;
  }
  const value = escapeRegex(match.value);
  const pattern = match.kind === 'exact' ? value : match.kind === 'prefix' ? `${value}.*` : `.*${value}`;
  return withCase(pattern, match.ignoreCase);
};

/** The same for a path. */
export const pathPattern = (path: PathMatch): string => {
  if (path.kind !== 'segmentPrefix') return textPattern(path);
  return withCase(`${escapeRegex(path.value)}(?:/.*)?`, path.ignoreCase);
};
