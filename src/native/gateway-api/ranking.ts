import type { Rule } from '../../model/frontend.ts';
import type { Match, PathMatch } from '../../model/match.ts';
import { pathTakes } from './intersect.ts';

/**
 * How an implementation chooses among the matches that take a request. What it still leaves open is decided by age of
 * the route, then its namespace and name, then the order in which the matches are written.
 */
export type Ranking =
  /**
   * The specification: exact path, longest prefix, method, most headers, most query parameters. Where a regular
   * expression stands is left to implementations: `regexSpecified` says whether this one documents it, and `regexTies`
   * which of two expressions is preferred.
   */
  | {
      readonly kind: 'specification';
      readonly regex: 'belowPrefixes' | 'abovePrefixes';
      readonly regexSpecified: boolean;
      readonly regexTies: 'longerPattern' | 'listOrder';
    }
  /**
   * By how much of the path a match took, whatever its kind: an exact path and a regular expression take all of it.
   * Then most headers, most query parameters, method.
   */
  | { readonly kind: 'matchedLength' }
  /** By the length of the path's text, whatever its kind. Then most headers, most query parameters; a method counts for nothing. */
  | { readonly kind: 'textLength' }
  /** GRPCRoute: a match with a service, one with a method, most headers. Paths are `/service/method`. */
  | { readonly kind: 'grpc' };

/** A path segment of any name, in matches that name a gRPC method without its service. */
export const anySegment = '[^/]+';

const pathOf = (match: Match): PathMatch => match.path ?? { kind: 'segmentPrefix', value: '' };

/** A text prefix is an expression by nature, except `/`, which every path has. */
const isPrefix = (path: PathMatch): path is PathMatch & { kind: 'segmentPrefix' | 'prefix' } =>
  path.kind === 'segmentPrefix' || (path.kind === 'prefix' && /^\/?$/.test(path.value));

const prefixLength = (path: PathMatch & { kind: 'segmentPrefix' | 'prefix' }): number => Math.max(1, path.value.length);

const count = (items: readonly unknown[] | undefined): number => items?.length ?? 0;

/** The larger first, position by position. */
const compareKeys = (a: readonly number[], b: readonly number[]): number => {
  for (let at = 0; at < a.length; at++) {
    const difference = (b[at] ?? 0) - (a[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

const specificationKey = (match: Match, ranking: Ranking & { kind: 'specification' }): number[] => {
  const path = pathOf(match);
  const regexClass = ranking.regex === 'belowPrefixes' ? 1 : 3;
  const pathClass = path.kind === 'exact' ? 4 : isPrefix(path) ? 2 : regexClass;
  const length = isPrefix(path)
    ? prefixLength(path)
    : path.kind === 'regex' && ranking.regexTies === 'longerPattern'
      ? path.regex.pattern.length
      : 0;
  return [pathClass, length, match.method ? 1 : 0, count(match.headers), count(match.query)];
};

const grpcKey = (match: Match): number[] => {
  const path = pathOf(match);
  const headers = count(match.headers);
  if (isPrefix(path)) return [path.value === '' ? 0 : 1, 0, headers];
  if (path.kind !== 'regex') return [1, 1, headers];
  const { pattern } = path.regex;
  return [pattern.startsWith(`/${anySegment}/`) ? 0 : 1, pattern.endsWith(`/${anySegment}`) ? 0 : 1, headers];
};

const textKey = (match: Match): number[] => {
  const path = pathOf(match);
  const text = path.kind === 'regex' ? path.regex.pattern : path.value;
  return [Math.max(1, text.length), count(match.headers), count(match.query)];
};

const conditionsKey = (match: Match): number[] => [count(match.headers), count(match.query), match.method ? 1 : 0];

/**
 * The requests of `a` for which it may be preferred to `b`, where both take them, whichever is written first;
 * undefined if there are none.
 */
export const preferred = (a: Match, b: Match, ranking: Ranking): Match | undefined => {
  if (ranking.kind === 'matchedLength') return preferredByLength(a, b);
  const key = keyFor(ranking);
  return compareKeys(key(a), key(b)) < 0 ? a : undefined;
};

const keyFor = (ranking: Exclude<Ranking, { kind: 'matchedLength' }>): ((match: Match) => readonly number[]) => {
  if (ranking.kind === 'grpc') return grpcKey;
  return ranking.kind === 'textLength' ? textKey : match => specificationKey(match, ranking);
};

const preferredByLength = (a: Match, b: Match): Match | undefined => {
  const [pathA, pathB] = [pathOf(a), pathOf(b)];
  const better = compareKeys(conditionsKey(a), conditionsKey(b)) < 0 ? a : undefined;
  if (isPrefix(pathA) && isPrefix(pathB)) {
    const [lengthA, lengthB] = [prefixLength(pathA), prefixLength(pathB)];
    return lengthA > lengthB ? a : lengthA === lengthB ? better : undefined;
  }
  // One takes the whole path: a prefix keeps up with it only where the path is no longer than the prefix.
  if (isPrefix(pathA)) {
    const value = pathA.value || '/';
    return better && pathTakes(pathB, value) !== false ? { ...a, path: { kind: 'exact', value } } : undefined;
  }
  if (isPrefix(pathB)) {
    const isPrefixItself = pathA.kind === 'exact' && pathA.value === (pathB.value || '/');
    return isPrefixItself ? better : a;
  }
  return better;
};

/** Whether the order of two matches is one that implementations are free to choose. */
export const isUnspecified = (a: Match, b: Match, ranking: Ranking): boolean => {
  if (ranking.kind !== 'specification' || ranking.regexSpecified) return false;
  const kinds = [pathOf(a), pathOf(b)].map(path =>
    path.kind === 'exact' ? 'exact' : isPrefix(path) ? 'prefix' : 'regex',
  );
  return kinds.includes('regex') && !kinds.includes('exact');
};

/**
 * The decision list, first match wins, that a ranking makes of rules given in tie order (oldest route first, then as
 * written). It decides every request as the ranking does.
 */
export const rankRules = (rules: readonly Rule[], ranking: Ranking): readonly Rule[] => {
  if (rules.length < 2) return rules;
  return ranking.kind === 'matchedLength' ? rankByLength(rules) : sorted(rules, keyFor(ranking));
};

/** Of equal ones the first stays first. */
const sorted = (rules: readonly Rule[], key: (match: Match) => readonly number[]): readonly Rule[] =>
  rules.length < 2
    ? rules
    : rules
        .map(rule => ({ rule, key: key(rule.match) }))
        .sort((a, b) => compareKeys(a.key, b.key))
        .map(({ rule }) => rule);

/**
 * The length a match took depends on the request, so one static order needs two groups. First what takes the whole
 * path: exact paths, expressions, and each prefix once more for the path that is the prefix itself; there all lengths
 * are equal and only the conditions count. Then the prefixes, longest first: a path that reaches them is longer than
 * the prefix, or it was decided before.
 */
const rankByLength = (rules: readonly Rule[]): readonly Rule[] => {
  const whole: Rule[] = [];
  const prefixes: Rule[] = [];
  const isWhole = ({ match }: Rule): boolean => !isPrefix(pathOf(match));
  for (const rule of rules) {
    const path = pathOf(rule.match);
    if (!isPrefix(path)) {
      whole.push(rule);
      continue;
    }
    prefixes.push(rule);
    const value = path.value || '/';
    const contested = rules.some(other => isWhole(other) && pathTakes(other.match.path, value) !== false);
    if (contested) whole.push({ ...rule, id: `${rule.id}=`, match: { ...rule.match, path: { kind: 'exact', value } } });
  }
  const lengthThenConditions = (match: Match): number[] => [
    prefixLength(pathOf(match) as PathMatch & { kind: 'segmentPrefix' }),
    ...conditionsKey(match),
  ];
  return [...sorted(whole, conditionsKey), ...sorted(prefixes, lengthThenConditions)];
};
