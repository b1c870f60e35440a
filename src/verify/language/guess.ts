import { beginningOfRegex } from './beginning.ts';
import { beginsOne, type Domain, isIn, isPath, usual } from './domain.ts';
import { agrees, type Solution, type TextTest, type Wanted } from './language.ts';

type Literal = Extract<TextTest, { value: string }>;

/** What may stand between a prefix and a suffix, the most readable first; most sets of tests leave one of these open. */
const fillings = ['', 'a', 'b', '1', '/', '/a', '/b', '-', 'A', 'other', '.', 'z.z', 'a/a', 'zz-9'];

const isLiteral = (test: TextTest): test is Literal => 'value' in test;

const isExactly = ({ test, holds }: Wanted): boolean => holds && test.kind === 'exact' && !test.ignoreCase;

const longest = (values: readonly string[]): string =>
  values.reduce((before, value) => (value.length > before.length ? value : before), '');

/** What every text that passes begins with. */
const beginningOf = (test: TextTest): string => {
  if (test.kind === 'regex') return beginningOfRegex(test.regex);
  return isLiteral(test) && test.kind !== 'suffix' && !test.ignoreCase ? test.value : '';
};

/** Whether a test takes all texts that begin with `beginning`, in whatever case. */
const takesAllFrom = (test: TextTest, beginning: string): boolean => {
  if (test.kind === 'present') return true;
  if (test.kind !== 'prefix' && test.kind !== 'segmentPrefix') return false;
  const [value, given] = test.ignoreCase
    ? [test.value.toLowerCase(), beginning.toLowerCase()]
    : [test.value, beginning];
  return value === '' || given.startsWith(test.kind === 'prefix' ? value : `${value}/`);
};

/** Whether a test takes all texts that another one takes; false where that is not plain to see. */
const takesAllOf = (test: TextTest, other: TextTest): boolean => {
  if (takesAllFrom(test, beginningOf(other))) return true;
  if (!isLiteral(test) || !isLiteral(other) || (other.ignoreCase && !test.ignoreCase)) return false;
  const [value, given] = test.ignoreCase
    ? [test.value.toLowerCase(), other.value.toLowerCase()]
    : [test.value, other.value];
  if (test.kind === 'suffix') return (other.kind === 'suffix' || other.kind === 'exact') && given.endsWith(value);
  if (value !== given) return false;
  return test.kind === other.kind || (other.kind === 'exact' && test.kind !== 'exact');
};

/**
 * What settles the question: a beginning that no text of the domain has, two of which neither continues the other, and
 * a test that must fail but takes all that one which must hold takes.
 */
const contradicts = (domain: Domain, wanted: readonly Wanted[]): boolean => {
  const asked = wanted.flatMap(({ test, holds }) => (holds ? test : []));
  const beginnings = asked.map(beginningOf);
  const beginning = longest([isPath(domain) ? '/' : '', ...beginnings]);
  if (beginnings.some(text => !beginning.startsWith(text))) return true;
  if (!beginsOne(domain, beginning)) return true;
  return wanted.some(
    ({ test, holds }) => !holds && (takesAllFrom(test, beginning) || asked.some(other => takesAllOf(test, other))),
  );
};

const candidates = function* (domain: Domain, wanted: readonly Wanted[]): Generator<string> {
  const literals = wanted.flatMap(({ test, holds }) => (holds && isLiteral(test) ? [test] : []));
  if (literals.length === 0) yield* usual[domain];
  const before = longest(literals.filter(({ kind }) => kind !== 'suffix').map(({ value }) => value));
  const after = longest(literals.filter(({ kind }) => kind === 'suffix').map(({ value }) => value));
  yield before;
  for (const filling of fillings) yield before + filling + after;
};

/**
 * What can be told without automata, for most sets of tests that compare with values. A text is tried on the tests
 * themselves. `none` is told of two kinds of sets only: one with an exact value, where no other text need be tried, and
 * one that contradicts itself; not where texts are decoded first. Undefined: cannot be told here.
 */
export const guess = (domain: Domain, wanted: readonly Wanted[]): Solution | undefined => {
  const suits = (text: string): boolean => isIn(domain, text) && wanted.every(asked => agrees(asked, text));
  const plain = !wanted.some(({ decoded }) => decoded);
  const exact = wanted.find(isExactly);
  if (plain && exact && isLiteral(exact.test)) {
    const text = exact.test.value;
    return suits(text) ? { kind: 'text', text } : { kind: 'none' };
  }
  if (plain && contradicts(domain, wanted)) return { kind: 'none' };
  for (const text of candidates(domain, wanted)) if (suits(text)) return { kind: 'text', text };
  return undefined;
};
