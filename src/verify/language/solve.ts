import { alphabet } from './alphabet.ts';
import { compile, keyOf, plainest } from './compile.ts';
import { type Domain, domainTable } from './domain.ts';
import { guess } from './guess.ts';
import { agrees, type Solution, type TextTest, type Wanted } from './language.ts';
import { memory } from './memory.ts';
import { type Part, search } from './search.ts';
import type { Table } from './table.ts';

const passesAll = (wanted: readonly Wanted[], text: string): boolean => wanted.every(asked => agrees(asked, text));

/** A test that has no table, because its automaton would be too large. */
const tell = (test: TextTest): string => {
  if (test.kind === 'regex') return `the regular expression \`${test.regex.pattern}\` needs too large an automaton`;
  if (test.kind === 'template') return `the template \`${test.template}\` needs too large an automaton`;
  return 'a value is too long to compare';
};

/**
 * The tables of the tests, each once, those that take less first, so that what cannot be is seen early. Undefined: one
 * test is to hold and not to hold.
 */
const partsOf = (
  domain: Domain,
  wanted: readonly Wanted[],
): { parts: readonly Part[]; opaque: TextTest | undefined } | undefined => {
  const parts = new Map<Table, Part>();
  let opaque: TextTest | undefined;
  for (const asked of wanted.toSorted((a, b) => Number(b.holds) - Number(a.holds))) {
    const table = compile(asked);
    if (!table) opaque = asked.test;
    else if (parts.get(table)?.holds === !asked.holds) return undefined;
    else parts.set(table, { table, holds: asked.holds });
  }
  return { parts: [{ table: domainTable(domain), holds: true }, ...parts.values()], opaque };
};

/**
 * The shortest text there is, by automata alone. A test without a table cannot undo a `none` of the others; the text
 * that they leave is tried on it.
 */
export const solveByAutomata = (domain: Domain, wanted: readonly Wanted[]): Solution => {
  const made = partsOf(domain, wanted);
  if (!made) return { kind: 'none' };
  const { parts, opaque } = made;
  const found = search(parts, alphabet);
  if (found.kind === 'none') return found;
  if (found.kind === 'text' && passesAll(wanted, found.text)) return found;
  if (opaque) return { kind: 'unknown', why: tell(opaque) };
  return { kind: 'unknown', why: `${wanted.length} tests together need too large an automaton` };
};

/** Whether one test is to hold and not to hold, as where two sides ask the same. */
const isContradiction = (wanted: readonly Wanted[], keys: readonly string[]): boolean => {
  const known = new Map<string, boolean>();
  for (const [index, { holds }] of wanted.entries()) {
    const key = keys[index]!;
    if (known.get(key) === !holds) return true;
    known.set(key, holds);
  }
  return false;
};

const inPlainWords = (asked: Wanted): Wanted => {
  const test = plainest(asked.test);
  return test === asked.test ? asked : { ...asked, test };
};

/** What one expression or template takes at its shortest may well suit the other tests too. */
const sample = (domain: Domain, wanted: readonly Wanted[]): Solution | undefined => {
  if (wanted.length < 2) return undefined;
  for (const asked of wanted) {
    if (!asked.holds || 'value' in asked.test || asked.test.kind === 'present') continue;
    const alone = solve(domain, [asked]);
    if (alone.kind === 'none' || (alone.kind === 'text' && passesAll(wanted, alone.text))) return alone;
  }
  return undefined;
};

const remember = memory<Solution>();

/**
 * A text of the domain for which all tests have the results wanted, short and readable. `none` is a proof that there
 * is no such text.
 */
export const solve = (domain: Domain, written: readonly Wanted[]): Solution => {
  const wanted = written.map(inPlainWords);
  const keys = wanted.map(keyOf);
  if (isContradiction(wanted, keys)) return { kind: 'none' };
  return (
    guess(domain, wanted) ??
    remember(
      domain,
      keys.map((key, index) => `${wanted[index]!.holds} ${key}`),
      () => sample(domain, wanted) ?? solveByAutomata(domain, wanted),
    )
  );
};
