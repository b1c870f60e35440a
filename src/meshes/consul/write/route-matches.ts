import type { HeaderMatch, Match, QueryMatch, TextMatch } from '../../../model/match.ts';
import { textPattern } from '../../../native/gateway-api/regex-text.ts';
import { methodsOf } from './judge-match.ts';

type Condition = Readonly<Record<string, unknown>>;

/** What takes the empty value, as far as texts go; an expression may too. */
const takesEmpty = (match: TextMatch): boolean => {
  if (match.kind === 'present') return true;
  if (match.kind === 'regex') return new RegExp(`^(?:${safe(match.regex.pattern)})$`).test('');
  return match.value === '';
};

/** Inline flags in front mean nothing to whether the empty text is taken. */
const safe = (pattern: string): string => {
  const bare = pattern.replace(/^\(\?[a-zA-Z]+\)/, '');
  try {
    new RegExp(bare);
    return bare;
  } catch {
    return '(?!)';
  }
};

/** One kind of value; the empty text only as an expression, for the API takes it for nothing said (observed, row 1.10). */
const value = (match: TextMatch, kinds: readonly string[]): Condition => {
  if (match.kind === 'present') return { present: true };
  if (match.kind === 'regex') return { regex: textPattern(match) };
  if (match.value === '') return match.kind === 'exact' ? { regex: '^$' } : { present: true };
  if (!match.ignoreCase && kinds.includes(match.kind)) return { [match.kind]: match.value };
  return { regex: textPattern(match) };
};

const headerKinds = ['exact', 'prefix', 'suffix'];

/**
 * The ways in which a condition on a header holds, each for a route of its own. Inverted, Consul asks for the header to
 * be there; that it may be absent is another route.
 */
const headerWays = (header: HeaderMatch): readonly (readonly Condition[])[] => {
  const { name, match, inverted, missing } = header;
  const absent: Condition = { name, present: true, invert: true };
  if (match.kind === 'present') {
    const ofAbsent = missing === 'empty' ? !inverted : inverted;
    const ofAny = !inverted;
    return [...(ofAbsent ? [[absent]] : []), ...(ofAny ? [[{ name, present: true }]] : [])];
  }
  const asEmpty = missing === 'empty' && takesEmpty(match);
  const takesAbsent = asEmpty !== inverted;
  const there: Condition = { name, ...value(match, headerKinds), ...(inverted ? { invert: true } : {}) };
  return takesAbsent ? [[absent], [there]] : [[there]];
};

const isPresence = (condition: Condition): boolean => condition.present === true && condition.invert === undefined;
const isAbsence = (condition: Condition): boolean => condition.present === true && condition.invert === true;

/** Without what says nothing beside the others; undefined if they exclude each other. */
const tidy = (conditions: readonly Condition[]): readonly Condition[] | undefined => {
  const absent = new Set(conditions.filter(isAbsence).map(({ name }) => name));
  if (conditions.some(condition => absent.has(condition.name) && !isAbsence(condition))) return undefined;
  const valued = new Set(conditions.filter(condition => !isPresence(condition)).map(({ name }) => name));
  const seen = new Set<string>();
  return conditions.filter(condition => {
    const text = JSON.stringify(condition);
    const isKept = !(isPresence(condition) && valued.has(condition.name)) && !seen.has(text);
    seen.add(text);
    return isKept;
  });
};

/** The lists of conditions on headers that together take what a match takes. */
export const headerVariants = (headers: readonly HeaderMatch[]): readonly (readonly Condition[])[] =>
  headers
    .reduce<readonly (readonly Condition[])[]>(
      (variants, header) => variants.flatMap(before => headerWays(header).map(way => [...before, ...way])),
      [[]],
    )
    .flatMap(conditions => {
      const tidied = tidy(conditions);
      return tidied ? [tidied] : [];
    });

const queryCondition = ({ name, match }: QueryMatch): Condition => ({ name, ...value(match, ['exact']) });

/** What a match says apart from its path, for each route that it needs. */
export const matchVariants = ({ headers = [], authority, query = [], method }: Match): readonly Condition[] => {
  const host: readonly HeaderMatch[] = authority
    ? [{ name: ':authority', match: authority, inverted: false, missing: 'noMatch', repeated: 'any' }]
    : [];
  const methods = method && methodsOf(method);
  return headerVariants([...host, ...headers]).map(header => ({
    ...(header.length > 0 ? { header } : {}),
    ...(query.length > 0 ? { queryParam: query.map(queryCondition) } : {}),
    ...(methods ? { methods } : {}),
  }));
};
