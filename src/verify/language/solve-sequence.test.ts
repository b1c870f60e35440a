import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyTextMatch } from '../../../test/support/arbitrary/text-test.ts';
import { runs, seed } from '../../../test/support/runs.ts';
import type { Repeated, TextMatch } from '../../model/match.ts';
import { type Domain, isIn } from './domain.ts';
import { type SequenceTest, sequencePasses, type WantedOfSequence } from './sequence.ts';
import { solveSequence } from './solve-sequence.ts';

const numRuns = runs(500);

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

describe('query values that are decoded', () => {
  const decoded = (match: TextMatch, holds = true, repeated: Repeated = 'any'): WantedOfSequence => ({
    test: { kind: 'some', match, repeated, decoded: true },
    holds,
  });

  it.each<[string, WantedOfSequence[], string[]]>([
    ['a blank', [decoded(exact('a b'))], ['a+b']],
    ['the same, not as a plus', [decoded(exact('a b')), some('any', exact('a+b'), false)], ['a%20b']],
    ['one that differs as sent', [decoded(exact('a')), some('any', exact('a'), false)], ['%61']],
    ['decoded once', [decoded(exact('%61'))], ['%2561']],
    ['joined after that', [decoded(exact('a,b'), true, 'joined'), decoded(exact('a'))], ['a', 'b']],
  ])('%s', (_, wanted, values) => {
    expect(solveSequence('query', wanted)).toEqual({ kind: 'values', values });
  });

  it('have no form for what is never decoded to', () => {
    expect(solveSequence('query', [some('any', exact('a b'))])).toEqual({ kind: 'none' });
    expect(solveSequence('query', [decoded(exact('a')), decoded(exact('a'), false)])).toEqual({ kind: 'none' });
  });
});

describe('every answer', () => {
  const piece = fc.constantFrom('a', 'b', ',', 'ab', 'A');
  const plain = fc.array(piece, { maxLength: 3 }).map(pieces => pieces.join(''));
  const encoded = fc.constantFrom('a b', 'a', '%61', '+', 'a+', ' ', '%', '%20', ',', 'a,', '%2C');

  const wantedWith = (
    value: fc.Arbitrary<string>,
    decoded: fc.Arbitrary<boolean>,
  ): fc.Arbitrary<WantedOfSequence[]> => {
    const comparing = fc.record({ kind: fc.constantFrom('exact', 'prefix', 'suffix'), value });
    const match = fc.oneof({ weight: 4, arbitrary: comparing }, anyTextMatch) as fc.Arbitrary<TextMatch>;
    const repeated = fc.constantFrom<Repeated>('any', 'first', 'joined');
    const test: fc.Arbitrary<SequenceTest> = fc.oneof(
      { weight: 12, arbitrary: fc.record({ kind: fc.constant('some' as const), match, repeated, decoded }) },
      fc.constant({ kind: 'absent' as const }),
    );
    return fc.array(fc.record({ test, holds: fc.constantFrom(true, true, false) }), { maxLength: 5 });
  };

  /** Short sequences of short values, those of fewer values first. */
  const sequencesOf = (pieces: readonly string[]): (readonly string[])[] => {
    const one = ['', ...pieces];
    const two = one.flatMap(first => pieces.map(second => first + second));
    const lists = (count: number): string[][] =>
      count === 0 ? [[]] : lists(count - 1).flatMap(list => one.map(value => [...list, value]));
    return [
      [],
      ...['', ...two].map(value => [value]),
      ...two.flatMap(value =>
        one.flatMap(other => [
          [value, other],
          [other, value],
        ]),
      ),
      ...lists(3),
    ];
  };

  const cases: readonly [Domain, readonly string[], fc.Arbitrary<WantedOfSequence[]>][] = [
    ['header', ['a', 'b', ','], wantedWith(plain, fc.constant(false))],
    ['query', ['a', ',', '+', '%20', '%61', '%25'], wantedWith(encoded, fc.boolean())],
  ];

  it.each(cases)('is that of trying all short sequences of short values: %s', (domain, pieces, wanted) => {
    const sequences = sequencesOf(pieces);
    const told = { values: 0, none: 0, unknown: 0, several: 0 };
    const check = (asked: readonly WantedOfSequence[]): void => {
      const passesAll = (list: readonly string[]): boolean =>
        list.every(text => isIn(domain, text)) &&
        asked.every(({ test, holds }) => sequencePasses(test, list) === holds);
      const solution = solveSequence(domain, asked);
      told[solution.kind] += 1;
      const tried = sequences.find(passesAll);
      if (solution.kind === 'none') expect([asked, tried]).toEqual([asked, undefined]);
      if (solution.kind !== 'values') return;
      const { values } = solution;
      if (values.length > 1) told.several += 1;
      expect([asked, values, passesAll(values)]).toEqual([asked, values, true]);
      if (tried && tried.length < 2) expect([asked, values.length]).toEqual([asked, tried.length]);
    };
    fc.assert(fc.property(wanted, check), { seed: seed(48), numRuns });
    expect(told.values).toBeGreaterThan(numRuns / 4);
    expect(told.none).toBeGreaterThan(numRuns / 10);
    expect(told.several).toBeGreaterThan(numRuns / 20);
    expect(told.unknown).toBeLessThan(numRuns / 100);
  });
});
