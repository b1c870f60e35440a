import { regexText } from '../../adapter/re2.ts';
import type { HeaderMatch, Match, PathMatch, QueryMatch, TextMatch } from '../../model/match.ts';
import { type Node, said, stringMatcher, takesEmpty } from './text.ts';

/** A RouteMatch that takes the requests of a match; the port was chosen by the listener. */
export const routeMatch = ({ path, method, scheme, authority, headers = [], query = [] }: Match): Node => {
  const pseudo = (name: string, match: TextMatch | undefined): readonly Node[] =>
    match ? [headerMatcher({ name, match, inverted: false, missing: 'noMatch', repeated: 'any' })] : [];
  const matchers = [
    ...pseudo(':method', method),
    ...pseudo(':scheme', scheme),
    ...pseudo(':authority', authority),
    ...headers.map(headerMatcher),
  ];
  return said({
    ...pathSpecifier(path),
    headers: matchers.length > 0 ? matchers : undefined,
    query_parameters: query.length > 0 ? query.map(queryMatcher) : undefined,
  });
};

const pathSpecifier = (path: PathMatch | undefined): Node => {
  if (!path) return { prefix: '/' };
  if (path.kind === 'regex') return { safe_regex: { regex: regexText(path.regex) } };
  const cased = path.ignoreCase ? { case_sensitive: false } : {};
  if (path.kind === 'exact') return { path: path.value, ...cased };
  if (path.kind === 'prefix') return { prefix: path.value || '/', ...cased };
  return path.value === '' ? { prefix: '/' } : { path_separated_prefix: path.value, ...cased };
};

/**
 * A missing header is no match, inverted or not, unless it is treated as empty (HeaderMatcher). So a missing one that an
 * inverted match is to take has to be an empty one that it takes.
 */
const headerMatcher = ({ name, match, inverted, missing }: HeaderMatch): Node => {
  const inversion = inverted ? { invert_match: true } : {};
  const text = stringMatcher(match);
  if (!text) return { name, present_match: true, ...inversion };
  const isEmpty = missing === 'empty' || (inverted && !takesEmpty(match));
  return { name, string_match: text, ...inversion, ...(isEmpty ? { treat_missing_header_as_empty: true } : {}) };
};

const queryMatcher = ({ name, match }: QueryMatch): Node => {
  const text = stringMatcher(match);
  return text ? { name, string_match: text } : { name, present_match: true };
};
