import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allTexts, anyTextMatch } from '../../../test/support/arbitrary/text-test.ts';
import { runs, seed } from '../../../test/support/runs.ts';
import type { Repeated, TextMatch } from '../../model/match.ts';
import { type Domain, isIn } from './domain.ts';
import { sequencePasses, type WantedOfSequence } from './sequence.ts';
import { solveSequence } from './solve-sequence.ts';

const numRuns = runs(800);

const exact = (value: string): TextMatch => ({ kind: 'exact', value });
const present: TextMatch = { kind: 'present' };
const some = (repeated: Repeated, match: TextMatch, holds = true): WantedOfSequence => ({
  test: { kind: 'some', match, repeated },
  holds,
});
const absent = (holds: boolean): WantedOfSequence => ({ test: { kind: 'absent' }, holds });

describe('the values of one name', () => {
  it.each<[string, WantedOfSequence[], string[]]>([
    ['none, where nothing asks for one', [some('any', exact('a'), false)], []],
    [
      'one, where that will do',
      [some('any', exact('a')), some('first', exact('a')), some('joined', exact('a'))],
      ['a'],
    ],
    ['any value at all', [absent(false)], ['a']],
    ['a value for each that any may be', [some('any', exact('a')), some('any', exact('b'))], ['a', 'b']],
    ['the first one in its place', [some('any', exact('a')), some('first', exact('b'))], ['b', 'a']],
    ['one that is not the first', [some('any', exact('a')), some('first', exact('a'), false)], ['b', 'a']],
    ['two where one holds the comma', [some('joined', exact('a,b,c')), some('any', exact('b,c'))], ['a', 'b,c']],
    ['joined, and no value alone', [some('joined', exact('a,b')), some('any', exact('a,b'), false)], ['a', 'b']],
  ])('%s', (_, wanted, values) => {
    expect(solveSequence('header', wanted)).toEqual({ kind: 'values', values });
  });

  it.each<[string, WantedOfSequence[]]>([
    ['absent and one', [absent(true), some('any', present)]],
    ['present and absent', [absent(false), some('any', present, false)]],
    ['two first ones', [some('first', exact('a')), some('first', exact('b'))]],
    ['a first one that no value may be', [some('first', exact('a')), some('any', exact('a'), false)]],
    ['a value that the joined ones do not hold', [some('joined', exact('a,b')), some('any', exact('c'))]],
  ])('none: %s', (_, wanted) => {
    expect(solveSequence('header', wanted)).toEqual({ kind: 'none' });
  });

  it('are unknown where a pattern is too large', () => {
    const large: TextMatch = {
      kind: 'regex',
      regex: { pattern: 'a.{200}b|.*a.{200}', dialect: 're2', anchoring: 'full' },
    };
    for (const repeated of ['any', 'joined'] as const) {
      expect(solveSequence('header', [some(repeated, large), some('any', exact('a'))]).kind).toBe('unknown');
    }
  });
});

describe('every answer', () => {
  const values = allTexts(2, 'ab,').filter(text => isIn('header', text));
  const sequences: (readonly string[])[] = [
    [],
    ...values.map(value => [value]),
    ...values.flatMap(first => values.map(second => [first, second])),
    ...['', 'a', 'b', ','].flatMap(one =>
      ['', 'a', 'b'].flatMap(two => ['', 'a', 'b', 'ab'].map(three => [one, two, three])),
    ),
  ];
  const piece = fc.constantFrom('a', 'b', ',', 'ab', 'A');
  const value = fc.array(piece, { maxLength: 3 }).map(pieces => pieces.join(''));
  const comparing = fc
    .constantFrom('exact', 'prefix', 'suffix')
    .chain(kind => value.map(text => ({ kind, value: text })));
  const match = fc.oneof({ weight: 4, arbitrary: comparing }, anyTextMatch) as fc.Arbitrary<TextMatch>;
  const test = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        kind: fc.constant('some' as const),
        match,
        repeated: fc.constantFrom('any', 'first', 'joined'),
      }),
    },
    fc.constant({ kind: 'absent' as const }),
  ) as fc.Arbitrary<WantedOfSequence['test']>;
  const wanted = fc.array(fc.record({ test, holds: fc.constantFrom(true, true, false) }), { maxLength: 5 });

  it('is that of trying all short sequences of short values', () => {
    const told = { values: 0, none: 0, unknown: 0, several: 0 };
    fc.assert(
      fc.property(fc.constantFrom<Domain>('header', 'header', 'query'), wanted, (domain, asked) => {
        const passesAll = (list: readonly string[]): boolean =>
          list.every(text => isIn(domain, text)) &&
          asked.every(({ test, holds }) => sequencePasses(test, list) === holds);
        const solution = solveSequence(domain, asked);
        told[solution.kind] += 1;
        if (solution.kind === 'none') expect([asked, sequences.find(passesAll)]).toEqual([asked, undefined]);
        if (solution.kind !== 'values') return;
        if (solution.values.length > 1) told.several += 1;
        expect([asked, solution.values, passesAll(solution.values)]).toEqual([asked, solution.values, true]);
        const fewest = sequences.find(passesAll)?.length ?? solution.values.length;
        if (fewest < 2)
          expect([asked, solution.values.length]).toEqual([asked, Math.min(fewest, solution.values.length)]);
      }),
      { seed: seed(48), numRuns },
    );
    expect(told.values).toBeGreaterThan(numRuns / 4);
    expect(told.none).toBeGreaterThan(numRuns / 10);
    expect(told.several).toBeGreaterThan(numRuns / 20);
    expect(told.unknown).toBeLessThan(numRuns / 100);
  });
});
