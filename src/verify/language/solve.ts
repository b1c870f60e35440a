import { alphabet } from './alphabet.ts';
import { compile, keyOf } from './compile.ts';
import { type Domain, domainTable } from './domain.ts';
import { passes, type Solution, type TextTest, type Wanted } from './language.ts';
import { type Part, search } from './search.ts';

/** Moves of tables in one search. */
const budget = 8_000_000;

const passesAll = (wanted: readonly Wanted[], text: string): boolean =>
  wanted.every(({ test, holds }) => passes(test, text) === holds);

/** A test that has no table, because its automaton would be too large. */
const tell = (test: TextTest): string => {
  if (test.kind === 'regex') return `the regular expression \`${test.regex.pattern}\` needs too large an automaton`;
  if (test.kind === 'template') return `the template \`${test.template}\` needs too large an automaton`;
  return 'a value is too long to compare';
};

/** Tests without a table cannot exclude that there is none: what the others leave is tried on them. */
const decide = (domain: Domain, wanted: readonly Wanted[]): Solution => {
  const parts: Part[] = [{ table: domainTable(domain), holds: true }];
  let opaque: TextTest | undefined;
  for (const { test, holds } of wanted) {
    const table = compile(test);
    if (table) parts.push({ table, holds });
    else opaque = test;
  }
  const found = search(parts, alphabet, budget);
  if (found.kind === 'none') return found;
  if (found.kind === 'text' && passesAll(wanted, found.text)) return found;
  if (opaque) return { kind: 'unknown', why: tell(opaque) };
  return { kind: 'unknown', why: `${wanted.length} tests together need too large an automaton` };
};

const known = new Map<string, Solution>();

/** When so many answers are kept, all are forgotten. */
const mostKept = 100_000;

/**
 * A text of the domain for which all tests have the results wanted, as short and readable as there is one. `none` is a
 * proof that there is no such text.
 */
export const solve = (domain: Domain, wanted: readonly Wanted[]): Solution => {
  const key = `${domain}\n${[...new Set(wanted.map(({ test, holds }) => `${holds ? '+' : '-'}${keyOf(test)}`))].sort().join('\n')}`;
  const before = known.get(key);
  if (before) return before;
  const solution = decide(domain, wanted);
  if (known.size >= mostKept) known.clear();
  known.set(key, solution);
  return solution;
};
