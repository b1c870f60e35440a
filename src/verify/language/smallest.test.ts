import fc from 'fast-check';
import { CharSet, DFA } from 'refa';
import { describe, expect, it } from 'vitest';
import { runs, seed } from '../../../test/support/runs.ts';
import { type Automaton, smallest } from './smallest.ts';
import { always, never, open, type Table } from './table.ts';

const automata = fc
  .record({ states: fc.integer({ min: 1, max: 12 }), width: fc.integer({ min: 1, max: 3 }) })
  .chain(({ states, width }) =>
    fc.record({
      width: fc.constant(width),
      rows: fc.array(fc.array(fc.nat({ max: states - 1 }), { minLength: width, maxLength: width }), {
        minLength: states,
        maxLength: states,
      }),
      accepted: fc.array(fc.boolean(), { minLength: states, maxLength: states }),
    }),
  )
  .map(
    ({ width, rows, accepted }): Automaton => ({
      classOf: new Uint8Array(width).map((_, i) => i),
      width,
      rows,
      accepted,
    }),
  );

/** How many states a library leaves, which tells of none from which no text is taken. */
const statesByLibrary = ({ width, rows, accepted }: Automaton): number => {
  const builder = new DFA.Builder(DFA.nodeFactory);
  const nodes = rows.map((_, state) => (state === 0 ? builder.initial : builder.createNode()));
  rows.forEach((row, state) => {
    for (const [symbol, target] of row.entries())
      builder.linkNodes(nodes[state]!, nodes[target]!, CharSet.fromCharacters(width - 1, [symbol]));
    if (accepted[state]) builder.makeFinal(nodes[state]!);
  });
  const dfa = DFA.fromBuilder(builder, { maxCharacter: width - 1 });
  dfa.minimize();
  return dfa.finals.size === 0 ? 0 : [...dfa.nodes()].length;
};

const takes = ({ rows, accepted }: Automaton, word: readonly number[]): boolean =>
  accepted[word.reduce((state, symbol) => rows[state]![symbol]!, 0)]!;

const tableTakes = ({ start, next, width, accepts }: Table, word: readonly number[]): boolean =>
  accepts[word.reduce((state, symbol) => next[state * width + symbol]!, start)] === 1;

describe('the smallest automaton', () => {
  it('takes the same words', () => {
    fc.assert(
      fc.property(
        automata,
        fc.array(fc.array(fc.nat({ max: 2 }), { maxLength: 14 }), { maxLength: 20 }),
        (automaton, words) => {
          const table = smallest(automaton);
          for (const word of words.map(letters => letters.map(letter => letter % automaton.width)))
            expect(tableTakes(table, word)).toBe(takes(automaton, word));
        },
      ),
      { seed: seed(31), numRuns: runs(2000) },
    );
  });

  it('has no more states than a library leaves', () => {
    fc.assert(
      fc.property(automata, automaton => {
        const { fate } = smallest(automaton);
        expect(fate.filter(sealed => sealed !== never)).toHaveLength(statesByLibrary(automaton));
        expect(fate.filter(sealed => sealed === never).length).toBeLessThanOrEqual(1);
      }),
      { seed: seed(31), numRuns: runs(2000) },
    );
  });

  it('knows the states in which nothing changes any more', () => {
    const everything: Automaton = { classOf: new Uint8Array(1), width: 1, rows: [[1], [0]], accepted: [true, true] };
    expect([...smallest(everything).fate]).toEqual([always]);
    const nothing: Automaton = { classOf: new Uint8Array(1), width: 1, rows: [[1], [0]], accepted: [false, false] };
    expect([...smallest(nothing).fate]).toEqual([never]);
    const even: Automaton = { classOf: new Uint8Array(1), width: 1, rows: [[1], [0]], accepted: [true, false] };
    expect([...smallest(even).fate]).toEqual([open, open]);
  });
});
