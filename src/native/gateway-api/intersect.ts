/**
 * Set operations on matches, as far as Gateway API can say the result. Everything here errs on one side only:
 * `covers` says yes and `intersect` says disjoint only when that is certain.
 */
import { RE2JS } from 're2js';
import { isSame } from '../../base/same.ts';
import type { CallerMatch, HeaderMatch, Match, PathMatch, QueryMatch, Regex, TextMatch } from '../../model/match.ts';
import { pathPattern, textPattern } from './regex-text.ts';

/** `disjoint`: no request is taken by both. `inexpressible`: some may be, and no single match says which. */
export type Intersection<T> = T | 'disjoint' | 'inexpressible';

const isFailure = (value: unknown): value is 'disjoint' | 'inexpressible' =>
  value === 'disjoint' || value === 'inexpressible';

/** Whether an expression takes a text; undefined if the expression cannot be compiled. */
export const regexTakes = (regex: Regex, text: string): boolean | undefined => {
  try {
    const compiled = RE2JS.compile(regex.pattern);
    return regex.anchoring === 'full' ? compiled.matches(text) : compiled.matcher(text).find();
  } catch {
    return undefined;
  }
};

/** The plain text that every match of a fully anchored expression begins with; possibly empty. */
export const literalStart = (regex: Regex): string => {
  if (regex.anchoring !== 'full' || hasTopLevelAlternation(regex.pattern)) return '';
  const pattern = regex.pattern.replace(/^\^/, '');
  let start = '';
  for (let at = 0; at < pattern.length; ) {
    const escaped = pattern[at] === '\\';
    const char = escaped ? pattern[at + 1] : pattern[at];
    if (char === undefined || (escaped ? /[A-Za-z0-9]/ : /[.[\](){}*+?|^$\\]/).test(char)) break;
    at += escaped ? 2 : 1;
    if (/[*+?{]/.test(pattern[at] ?? '')) break;
    start += char;
  }
  return start;
};

const hasTopLevelAlternation = (pattern: string): boolean => {
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === '(' || pattern[at] === '[') depth++;
    else if (pattern[at] === ')' || pattern[at] === ']') depth--;
    else if (pattern[at] === '|' && depth <= 0) return true;
  }
  return false;
};

const underSegments = (path: string, prefix: string): boolean =>
  prefix === '' || path === prefix || path.startsWith(`${prefix}/`);

const everyPath = (path: PathMatch | undefined): boolean =>
  path === undefined || ((path.kind === 'segmentPrefix' || path.kind === 'prefix') && /^\/?$/.test(path.value));

const ignoresCase = (path: PathMatch | TextMatch): boolean => 'ignoreCase' in path && path.ignoreCase === true;

const sameRegex = (a: Regex, b: Regex): boolean => a.pattern === b.pattern && a.anchoring === b.anchoring;

/** Whether an expression is the one that something without a form of its own is written as. */
const isWordFor = (regex: Regex, pattern: string): boolean => regex.anchoring === 'full' && regex.pattern === pattern;

/** Whether a path match takes a path; undefined if it cannot be told. */
export const pathTakes = (match: PathMatch | undefined, path: string): boolean | undefined => {
  if (match === undefined) return true;
  if (match.kind === 'regex') return regexTakes(match.regex, path);
  const [value, text] = ignoresCase(match) ? [match.value.toLowerCase(), path.toLowerCase()] : [match.value, path];
  if (match.kind === 'exact') return text === value;
  return match.kind === 'prefix' ? text.startsWith(value) : underSegments(text, value);
};

/** Whether all paths of `b` are surely paths of `a`. */
export const pathCovers = (a: PathMatch | undefined, b: PathMatch | undefined): boolean => {
  if (everyPath(a)) return true;
  if (a === undefined || b === undefined) return false;
  if (b.kind === 'exact' && !ignoresCase(b)) return pathTakes(a, b.value) === true;
  if (a.kind === 'regex') {
    return isWordFor(a.regex, pathPattern(b)) || (b.kind === 'regex' && sameRegex(a.regex, b.regex));
  }
  if (a.kind === 'exact') return b.kind === 'exact' && a.value === b.value && ignoresCase(a);
  if (ignoresCase(b) && !ignoresCase(a)) return false;
  if (b.kind === 'regex') {
    const start = literalStart(b.regex);
    return a.kind === 'prefix' ? start.startsWith(a.value) : start.startsWith(`${a.value}/`);
  }
  if (a.kind === 'prefix') return pathTakes(a, b.value) === true;
  return b.kind === 'segmentPrefix' ? pathTakes(a, b.value) === true : b.value.startsWith(`${a.value}/`);
};

const intersectPaths = (a: PathMatch | undefined, b: PathMatch | undefined): Intersection<PathMatch | undefined> => {
  if (pathCovers(a, b)) return b;
  if (pathCovers(b, a)) return a;
  if (a === undefined || b === undefined) return 'inexpressible';
  if (a.kind === 'exact' || b.kind === 'exact') {
    const [exact, other] = a.kind === 'exact' ? [a, b] : [b as PathMatch & { kind: 'exact' }, a];
    if (ignoresCase(exact)) return 'inexpressible';
    return pathTakes(other, exact.value) === false ? 'disjoint' : 'inexpressible';
  }
  if (ignoresCase(a) || ignoresCase(b)) return 'inexpressible';
  // Two prefixes of which neither holds the other share nothing; of an expression only its fixed beginning is known.
  if (a.kind !== 'regex' && b.kind !== 'regex') return 'disjoint';
  return mayMeet(a, b) ? 'inexpressible' : 'disjoint';
};

const mayMeet = (a: PathMatch, b: PathMatch): boolean => {
  const [left, right] = [a, b].map(path => (path.kind === 'regex' ? literalStart(path.regex) : path.value)) as [
    string,
    string,
  ];
  if (a.kind === 'segmentPrefix' && left.startsWith(right) === false)
    return underSegments(left === '' ? '' : right, left);
  if (b.kind === 'segmentPrefix' && right.startsWith(left) === false)
    return underSegments(right === '' ? '' : left, right);
  return left.startsWith(right) || right.startsWith(left);
};

const textTakes = (match: TextMatch, value: string): boolean | undefined => {
  if (match.kind === 'present') return true;
  if (match.kind === 'regex') return regexTakes(match.regex, value);
  const [pattern, text] = ignoresCase(match) ? [match.value.toLowerCase(), value.toLowerCase()] : [match.value, value];
  if (match.kind === 'exact') return text === pattern;
  return match.kind === 'prefix' ? text.startsWith(pattern) : text.endsWith(pattern);
};

const sameText = (a: TextMatch, b: TextMatch): boolean => {
  if (a.kind === 'regex') return b.kind === 'regex' && sameRegex(a.regex, b.regex);
  if (a.kind === 'present') return b.kind === 'present';
  return a.kind === b.kind && a.value === b.value && ignoresCase(a) === ignoresCase(b);
};

const textCovers = (a: TextMatch, b: TextMatch): boolean =>
  sameText(a, b) ||
  a.kind === 'present' ||
  (a.kind === 'regex' && isWordFor(a.regex, textPattern(b))) ||
  (b.kind === 'exact' && !ignoresCase(b) && textTakes(a, b.value) === true);

const intersectTexts = (a: TextMatch, b: TextMatch): Intersection<TextMatch> => {
  if (textCovers(a, b)) return b;
  if (textCovers(b, a)) return a;
  const [exact, other] = a.kind === 'exact' ? [a, b] : [b, a];
  if (exact.kind !== 'exact' || ignoresCase(exact)) return 'inexpressible';
  return textTakes(other, exact.value) === false ? 'disjoint' : 'inexpressible';
};

type Named = HeaderMatch | QueryMatch;

const isInverted = (item: Named): boolean => 'inverted' in item && item.inverted;

const intersectNamed = <T extends Named>(a: T, b: T): Intersection<T> => {
  if (isInverted(a) || isInverted(b)) {
    return isInverted(a) === isInverted(b) && sameText(a.match, b.match) ? a : 'inexpressible';
  }
  const match = intersectTexts(a.match, b.match);
  // With several lines of one name, each of two different values can be there.
  if (match === 'disjoint') return a.repeated === 'any' || b.repeated === 'any' ? 'inexpressible' : 'disjoint';
  if (match === 'inexpressible') return match;
  return a.repeated === 'any' && !sameText(a.match, b.match) ? 'inexpressible' : { ...a, match };
};

const intersectLists = <T extends Named>(
  a: readonly T[] | undefined,
  b: readonly T[] | undefined,
): Intersection<readonly T[] | undefined> => {
  if (!a || !b) return a ?? b;
  const both: T[] = [];
  let result: 'inexpressible' | undefined;
  for (const item of a) {
    const other = b.find(candidate => candidate.name === item.name);
    const shared = other ? intersectNamed(item, other) : item;
    if (shared === 'disjoint') return shared;
    if (shared === 'inexpressible') result = shared;
    else both.push(shared);
  }
  return result ?? [...both, ...b.filter(item => !a.some(other => other.name === item.name))];
};

const listCovers = <T extends Named>(a: readonly T[] | undefined, b: readonly T[] | undefined): boolean =>
  (a ?? []).every(wanted =>
    (b ?? []).some(
      given =>
        given.name === wanted.name &&
        isInverted(given) === isInverted(wanted) &&
        (isInverted(wanted) ? sameText(wanted.match, given.match) : textCovers(wanted.match, given.match)),
    ),
  );

/** The parts of a match that Gateway API has no word for; they meet only when they are equal. */
const otherParts = (match: Match): readonly (readonly [string, unknown])[] => {
  const { path: _path, method: _method, headers: _headers, query: _query, source: _source, ...rest } = match;
  return Object.entries(rest).filter(([, value]) => value !== undefined);
};

const placeWords: ReadonlySet<string> = new Set(['source']);

const sameValue = (a: unknown, b: unknown): boolean => isSame(a, b, placeWords);

const intersectOthers = (a: Match, b: Match): Intersection<Match> => {
  const left = new Map(otherParts(a));
  for (const [key, value] of otherParts(b)) {
    const own = left.get(key);
    const shared = own === undefined || sameValue(own, value) ? value : sharedPart(key, own, value);
    if (shared === 'disjoint' || shared === 'inexpressible') return shared;
    left.set(key, shared);
  }
  return Object.fromEntries(left);
};

const sharedPart = (key: string, a: unknown, b: unknown): Intersection<unknown> => {
  if (key === 'port') return 'disjoint';
  const [ours, theirs] = [namespacesOnly(key, a), namespacesOnly(key, b)];
  if (!ours || !theirs) return 'inexpressible';
  const namespaces = ours.filter(namespace => theirs.includes(namespace));
  return namespaces.length > 0 ? { namespaces } : 'disjoint';
};

/** The namespaces of a match that looks at nothing else of its callers. */
const namespacesOnly = (key: string, value: unknown): readonly string[] | undefined => {
  if (key !== 'caller') return undefined;
  const { namespaces, source: _, ...rest } = value as CallerMatch;
  return Object.keys(rest).length === 0 ? namespaces : undefined;
};

const partCovers = (key: string, a: unknown, b: unknown): boolean => {
  const [ours, theirs] = [namespacesOnly(key, a), namespacesOnly(key, b)];
  return ours && theirs ? theirs.every(namespace => ours.includes(namespace)) : sameValue(a, b);
};

/** The match that takes exactly the requests that both take. */
export const intersect = (a: Match, b: Match): Intersection<Match> => {
  const path = intersectPaths(a.path, b.path);
  const method = a.method && b.method ? intersectTexts(a.method, b.method) : (a.method ?? b.method);
  const headers = intersectLists(a.headers, b.headers);
  const query = intersectLists(a.query, b.query);
  const others = intersectOthers(a, b);
  const parts = [path, method, headers, query, others];
  if (parts.includes('disjoint')) return 'disjoint';
  if (isFailure(path) || isFailure(method) || isFailure(headers) || isFailure(query) || isFailure(others)) {
    return 'inexpressible';
  }
  return {
    ...(path ? { path } : {}),
    ...(method ? { method } : {}),
    ...(headers && headers.length > 0 ? { headers } : {}),
    ...(query && query.length > 0 ? { query } : {}),
    ...others,
  };
};

/** Whether `a` surely takes every request that `b` takes. */
export const covers = (a: Match, b: Match): boolean => {
  if (!pathCovers(a.path, b.path)) return false;
  if (a.method && !(b.method && textCovers(a.method, b.method))) return false;
  if (!listCovers(a.headers, b.headers) || !listCovers(a.query, b.query)) return false;
  const wanted = otherParts(a);
  if (wanted.length === 0) return true;
  const given = new Map(otherParts(b));
  return wanted.every(([key, value]) => given.has(key) && partCovers(key, value, given.get(key)));
};
