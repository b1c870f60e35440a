/** From tests to tables, each made once. */
import type { Regex } from '../../model/match.ts';
import { templateRegex } from '../asking.ts';
import { asLiteral, splitText } from '../literal-regex.ts';
import { isEvaluable } from '../regex.ts';
import { codes } from './alphabet.ts';
import { behindText } from './behind-text.ts';
import { decodedTable } from './decoding.ts';
import { determine, type Mode } from './determine.ts';
import type { TextTest, Wanted } from './language.ts';
import { literalTable } from './literal.ts';
import { programOf } from './program.ts';
import { rewrittenTable } from './rewritten.ts';
import { readSyntax } from './syntax.ts';
import { type Table, tableOf } from './table.ts';

/** Steps of a program, and threads followed to make its table: what a pattern may cost. */
const budget = { steps: 20_000, threads: 2_000_000 };

/** Beyond this length a value is not compared character by character. */
const longestValue = 10_000;

/** When the tables kept hold more entries than this, all are forgotten. */
const mostKept = 1 << 24;

/** A test, and whether it looks at the text decoded. */
type Asked = Pick<Wanted, 'test' | 'decoded'>;

const constant = (accepted: 0 | 1): Table =>
  tableOf({
    start: 0,
    classOf: new Uint8Array(codes),
    width: 1,
    next: new Uint16Array(1),
    accepts: Uint8Array.of(accepted),
  });

const everything = constant(1);
const nothing = constant(0);

const modeOf = ({ dialect, anchoring }: Regex): Mode => {
  if (anchoring === 'partial') return 'find';
  return dialect === 'rust' ? 'leftmostFirst' : 'whole';
};

/** Undefined: the automaton is larger than the budget. A pattern that cannot be evaluated takes nothing. */
const regexTable = (regex: Regex): Table | undefined => {
  if (!isEvaluable(regex)) return nothing;
  const split = splitText(regex);
  if (split) {
    const rest = compile({ test: { kind: 'regex', regex: split.rest } });
    return rest && behindText(split.text, rest);
  }
  const program = programOf(readSyntax(regex.pattern), budget.steps);
  return program && determine(program, modeOf(regex), budget.threads);
};

const make = ({ test, decoded }: Asked): Table | undefined => {
  if (decoded) {
    const table = compile({ test });
    return table && decodedTable(table);
  }
  if (test.kind === 'present') return everything;
  if (test.kind === 'regex') return regexTable(test.regex);
  if (test.kind === 'template') return regexTable(templateRegex(test.template));
  if (test.kind === 'rewritten') {
    const table = compile({ test: test.test });
    return table && rewrittenTable(table, test.from, test.to);
  }
  return test.value.length > longestValue ? undefined : literalTable(test);
};

/** The test in one word; equal keys mean the same texts. */
export const keyOf = ({ test, decoded }: Asked): string => {
  let key = keys.get(test);
  if (key === undefined) {
    key = keyOfTest(plainest(test));
    keys.set(test, key);
  }
  return decoded ? `decoded ${key}` : key;
};

const keys = new WeakMap<TextTest, string>();

const plainer = new WeakMap<TextTest, TextTest>();

/** A test that asks the same in the plainest way. */
export const plainest = (test: TextTest): TextTest => {
  if (test.kind !== 'regex') return test;
  const known = plainer.get(test);
  if (known) return known;
  const found = asLiteral(test.regex) ?? test;
  plainer.set(test, found);
  return found;
};

const keyOfTest = (test: TextTest): string => {
  if (test.kind === 'present') return 'present';
  if (test.kind === 'template') return `template ${test.template}`;
  if (test.kind === 'rewritten') return `${JSON.stringify([test.from, test.to])} ${keyOfTest(test.test)}`;
  if (test.kind === 'regex') return `${test.regex.dialect} ${test.regex.anchoring} ${test.regex.pattern}`;
  return `${test.kind}${test.ignoreCase ? '!' : ''} ${test.value}`;
};

const kept = new Map<string, Table | undefined>();
let entries = 0;

/** The texts that pass a test, as a table. Undefined: it would be larger than the budget. */
export const compile = (asked: Asked): Table | undefined => {
  const key = keyOf(asked);
  if (kept.has(key)) return kept.get(key);
  const table = make({ ...asked, test: plainest(asked.test) });
  entries += table?.next.length ?? 0;
  if (entries > mostKept) {
    kept.clear();
    entries = table?.next.length ?? 0;
  }
  kept.set(key, table);
  return table;
};
