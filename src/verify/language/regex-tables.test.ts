import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPattern, anyRegex, anyText, written } from '../../../test/support/arbitrary/pattern.ts';
import { runs, seed } from '../../../test/support/runs.ts';
import type { Regex } from '../../model/match.ts';
import { isEvaluable, regexMatches } from '../regex.ts';
import { alphabet } from './alphabet.ts';
import { compile } from './compile.ts';
import { search } from './search.ts';
import { accepts, type Table } from './table.ts';

const numRuns = runs(800);

const tableOf = (regex: Regex): Table | undefined => compile({ test: { kind: 'regex', regex } });

/** Texts of which the table says that they are taken, and that they are not: the shortest, in several alphabets. */
const witnesses = (table: Table): string[] =>
  [alphabet, alphabet.toReversed(), [...'bkA/1 '].map(character => character.charCodeAt(0))].flatMap(symbols =>
    [true, false].flatMap(holds => {
      const found = search([{ table, holds }], symbols, 100_000);
      return found.kind === 'text' ? [found.text] : [];
    }),
  );

/** Texts one step away: a character less, one doubled, one in another case, one more. */
const neighbours = (text: string): string[] => [
  ...[...text].flatMap((character, at) => {
    const [before, after] = [text.slice(0, at), text.slice(at + 1)];
    const other = character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase();
    return [before + after, before + character + character + after, before + other + after];
  }),
  `${text}a`,
  `${text}/`,
  `/${text}`,
];

const agree = (regex: Regex, texts: readonly string[]): void => {
  const table = tableOf(regex);
  if (!table) return;
  expect([regex, texts.filter(text => accepts(table, text) !== regexMatches(regex, text))]).toEqual([regex, []]);
};

describe('the table of a regular expression', () => {
  it('takes what the engine takes: random patterns, random texts', () => {
    fc.assert(fc.property(anyRegex, fc.array(anyText, { maxLength: 12 }), agree), { seed: seed(41), numRuns });
  });

  it('takes what the engine takes: its own shortest texts, and their neighbours', () => {
    const told = { evaluable: 0, taken: 0, refused: 0, tooLarge: 0 };
    fc.assert(
      fc.property(anyRegex, regex => {
        const table = tableOf(regex);
        if (!table) told.tooLarge += 1;
        if (!table || !isEvaluable(regex)) return;
        told.evaluable += 1;
        const texts = witnesses(table).flatMap(text => [text, ...neighbours(text)]);
        for (const text of texts) told[accepts(table, text) ? 'taken' : 'refused'] += 1;
        agree(regex, texts);
      }),
      { seed: seed(42), numRuns },
    );
    expect(told.evaluable).toBeGreaterThan(numRuns / 2);
    expect(Math.min(told.taken, told.refused)).toBeGreaterThan(numRuns);
    expect(told.tooLarge).toBeLessThan(numRuns / 100);
  });

  it.each(written)('%s: in every dialect and anchoring', pattern => {
    for (const dialect of ['re2', 'rust', 'pcre'] as const) {
      for (const anchoring of ['full', 'partial'] as const) {
        const regex: Regex = { pattern, dialect, anchoring };
        const table = tableOf(regex)!;
        const texts = witnesses(table).flatMap(text => [text, ...neighbours(text)]);
        agree(
          regex,
          texts.flatMap(text => [text, ...neighbours(text)]),
        );
      }
    }
  });

  it('takes for rust, whole, the leftmost match alone: earlier choices first', () => {
    const rust = (pattern: string, text: string): boolean =>
      accepts(tableOf({ pattern, dialect: 'rust', anchoring: 'full' })!, text);
    expect(rust('a|ab', 'ab')).toBe(false);
    expect(rust('ab|a', 'ab')).toBe(true);
    expect(rust('(?:a|ab)$', 'ab')).toBe(true);
    expect(rust('a*?', 'a')).toBe(false);
    expect(rust('(a|ab)(c|bcd)', 'abcd')).toBe(true);
    expect(rust('(|a)*', 'aa')).toBe(false);
    expect(rust('(|a)+', 'aa')).toBe(false);
    expect(rust('a??b|ab', 'ab')).toBe(true);
  });

  it('takes for rust no more than the same pattern takes for re2', () => {
    fc.assert(
      fc.property(anyPattern, pattern => {
        const rust = tableOf({ pattern, dialect: 'rust', anchoring: 'full' });
        const re2 = tableOf({ pattern, dialect: 're2', anchoring: 'full' });
        if (!rust || !re2) return;
        const more = search(
          [
            { table: rust, holds: true },
            { table: re2, holds: false },
          ],
          alphabet,
          1_000_000,
        );
        expect([pattern, more.kind]).toEqual([pattern, 'none']);
      }),
      { seed: seed(43), numRuns },
    );
  });

  it('takes nothing where the engine cannot evaluate the pattern', () => {
    for (const pattern of ['(', 'a(?=b)', '*', 'a{1001}', '\\8']) {
      const found = search(
        [{ table: tableOf({ pattern, dialect: 'pcre', anchoring: 'partial' })!, holds: true }],
        alphabet,
        1,
      );
      expect(found.kind).toBe('none');
    }
  });

  it('is not made where it would be too large', () => {
    for (const pattern of ['.*a.{200}', '[ab]*a[ab]{30}', '(?:abcdefghijklmnopqrstuvwxyz){999}']) {
      expect([pattern, tableOf({ pattern, dialect: 're2', anchoring: 'full' }) === undefined]).toEqual([pattern, true]);
    }
  });
});
