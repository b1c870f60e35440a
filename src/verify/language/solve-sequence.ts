import { alphabet, separator } from './alphabet.ts';
import { compile, keyOf } from './compile.ts';
import { type Domain, domainTable } from './domain.ts';
import type { Solution, Wanted } from './language.ts';
import { memory } from './memory.ts';
import { everyValue, firstValue, joinedValues, several, someValue } from './readings.ts';
import { type Part, search } from './search.ts';
import { type SequenceSolution, type SequenceTest, sequencePasses, type WantedOfSequence } from './sequence.ts';
import { solve } from './solve.ts';
import type { Table } from './table.ts';

const none: SequenceSolution = { kind: 'none' };

type Some = Extract<SequenceTest, { kind: 'some' }>;
interface WantedOfSome {
  readonly test: Some;
  readonly holds: boolean;
}

const asText = ({ test, holds }: WantedOfSome): Wanted => ({
  test: test.match,
  holds,
  decoded: test.decoded ?? false,
});

/**
 * Two values or more, where no test looks at the joined values: tests of the first and tests of any value do not meet
 * but in what no value may be. So a first value that suits, and one more for each test that still wants a value, are
 * found one by one, or one of them does not exist. Each is made to serve as many of the tests as it can.
 */
const valueByValue = (domain: Domain, wanted: readonly WantedOfSome[]): SequenceSolution => {
  const ofFirst = wanted.filter(({ test }) => test.repeated === 'first').map(asText);
  const ofAny = wanted.filter(({ test }) => test.repeated === 'any');
  const avoided = ofAny.filter(({ holds }) => !holds).map(asText);
  const asked = ofAny.filter(({ holds }) => holds);
  const values: string[] = [];
  const add = (needed: readonly Wanted[]): Solution => {
    let served = [...avoided, ...needed];
    let value = solve(domain, served);
    for (const test of asked) {
      if (value.kind !== 'text') return value;
      if (sequencePasses(test.test, values)) continue;
      const more = [...served, asText(test)];
      const better = solve(domain, more);
      if (better.kind !== 'text') continue;
      served = more;
      value = better;
    }
    if (value.kind === 'text') values.push(value.text);
    return value;
  };
  const first = add(ofFirst);
  if (first.kind !== 'text') return first;
  for (const test of asked) {
    if (sequencePasses(test.test, values)) continue;
    const another = add([asText(test)]);
    if (another.kind !== 'text') return another;
  }
  return { kind: 'values', values };
};

const reading = (table: Table, { test, holds }: WantedOfSome): Part => {
  if (test.repeated === 'first') return { table: firstValue(table), holds };
  if (test.repeated === 'joined') return { table: joinedValues(table), holds };
  return { table: holds ? someValue(table) : everyValue(table, false), holds: true };
};

/** Two values or more, all tests at once over the sequence written as one text. */
const together = (domain: Domain, wanted: readonly WantedOfSome[]): SequenceSolution => {
  const parts: Part[] = [
    { table: everyValue(domainTable(domain), true), holds: true },
    { table: several, holds: true },
  ];
  let opaque = false;
  for (const asked of wanted) {
    const table = compile(asText(asked));
    if (table) parts.push(reading(table, asked));
    else opaque = true;
  }
  const found = search(parts, [...alphabet, separator]);
  if (found.kind === 'none') return found;
  if (found.kind === 'text') return { kind: 'values', values: found.text.split(String.fromCharCode(separator)) };
  return {
    kind: 'unknown',
    why: `${wanted.length} tests of several values ${opaque ? 'and a large pattern ' : ''}need too large an automaton`,
  };
};

const decide = (domain: Domain, wanted: readonly WantedOfSequence[]): SequenceSolution => {
  const passesAll = (values: readonly string[]): boolean =>
    wanted.every(({ test, holds }) => sequencePasses(test, values) === holds);
  if (passesAll([])) return { kind: 'values', values: [] };
  const ofSome: WantedOfSome[] = [];
  for (const { test, holds } of wanted) {
    if (test.kind === 'some') ofSome.push({ test, holds });
    else if (holds) return none;
  }
  const single = solve(domain, ofSome.map(asText));
  if (single.kind === 'text') return { kind: 'values', values: [single.text] };
  const isJoined = ofSome.some(({ test }) => test.repeated === 'joined');
  const found = isJoined ? together(domain, ofSome) : valueByValue(domain, ofSome);
  if (found.kind === 'values' && !passesAll(found.values)) {
    return { kind: 'unknown', why: `${wanted.length} tests of several values need too large an automaton` };
  }
  return found.kind === 'none' ? single : found;
};

const nameOf = (test: SequenceTest): string =>
  test.kind === 'absent' ? 'absent' : `${test.repeated} ${keyOf({ test: test.match, decoded: test.decoded ?? false })}`;

const remember = memory<SequenceSolution>();

/**
 * Values of one header or query parameter for which all tests have the results wanted: none at all if that will do, one
 * if that will do, else several. `none` is a proof that there are no such values.
 */
export const solveSequence = (domain: Domain, wanted: readonly WantedOfSequence[]): SequenceSolution =>
  remember(
    domain,
    wanted.map(({ test, holds }) => `${holds} ${nameOf(test)}`),
    () => decide(domain, wanted),
  );
