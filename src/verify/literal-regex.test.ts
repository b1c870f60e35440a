import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, it } from 'vitest';
import { anyPattern, anyText } from '../../test/support/arbitrary/pattern.ts';
import { runs, seed } from '../../test/support/runs.ts';
import type { Regex } from '../model/match.ts';
import { alphabet } from './language/alphabet.ts';
import { compile } from './language/compile.ts';
import { search } from './language/search.ts';
import { accepts } from './language/table.ts';
import { asLiteral, splitText } from './literal-regex.ts';
import { isEvaluable, regexMatches } from './regex.ts';
import { textMatches } from './text-match.ts';

const piece = fc.constantFrom(
  'a',
  'b',
  '/',
  '-',
  '\\.',
  '\\-',
  '\\/',
  '.',
  '.*',
  '^',
  '$',
  '\\$',
  '|',
  '\\d',
  ' ',
  '{',
);

it('an expression that is taken for a text or a prefix takes what the expression takes', () => {
  let literal = 0;
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 5 }).map(pieces => pieces.join('')),
      fc.string({ unit: fc.constantFrom('a', 'b', '/', '-', '.', '$', ' ', '{'), maxLength: 5 }),
      (pattern, more) => {
        const found = asLiteral({ pattern, dialect: 're2', anchoring: 'full' });
        if (!found) return;
        literal += 1;
        const regex = RE2JS.compile(pattern);
        for (const text of [more, found.value, found.value + more, found.value.slice(1), `${more}${found.value}`]) {
          expect(textMatches(found, text)).toBe(regex.matches(text));
        }
      },
    ),
    { seed: 5, numRuns: 4000 },
  );
  expect(literal).toBeGreaterThan(500);
});

it('one that looks anywhere in the text is none', () => {
  expect(asLiteral({ pattern: '/a', dialect: 're2', anchoring: 'partial' })).toBeUndefined();
});

/** What the engine says of a whole expression, without anything of ours in between. */
const asEngine = ({ pattern, dialect }: Regex, text: string): boolean => {
  const regex = RE2JS.compile(pattern);
  if (dialect !== 'rust') return regex.matches(text);
  const matcher = regex.matcher(text);
  return matcher.find() && matcher.start() === 0 && matcher.end() === text.length;
};

/** Patterns that begin with a text, in a group or not, as writers put them together. */
const anyBeginning = fc
  .tuple(fc.constantFrom('', '^', '(?:', '^(?:'), fc.constantFrom('/', '/a-1/', 'ab', 'a\\.b', '/\\*'), anyPattern)
  .chain(([opened, text, rest]) => {
    const ends = opened.endsWith('(?:') ? [')', ')$', ')*', ')?a', ')|a'] : ['', '$', '|/a'];
    return fc
      .constantFrom(...ends)
      .map(end => ({ text: text.replace(/\\/g, ''), pattern: opened + text + rest + end }));
  });

it('an expression that is split takes what it takes as a whole, as the engine and as the table have it', () => {
  const told = { split: 0, taken: 0 };
  const more = fc.array(anyText, { maxLength: 8 });
  fc.assert(
    fc.property(anyBeginning, fc.constantFrom('re2', 'rust'), more, ({ text, pattern }, dialect, tails) => {
      const regex: Regex = { pattern, dialect, anchoring: 'full' };
      const split = splitText(regex);
      if (!split || !isEvaluable(regex)) return;
      told.split += 1;
      const table = compile({ test: { kind: 'regex', regex } });
      const own = search([{ table: table!, holds: true }], alphabet);
      const shortest = own.kind === 'text' ? [own.text, `${own.text}a`, own.text.slice(0, -1)] : [];
      for (const asked of [...tails, ...tails.map(tail => text + tail), ...shortest]) {
        const isTaken = asEngine(regex, asked);
        if (isTaken) told.taken += 1;
        expect([asked, regexMatches(regex, asked), table && accepts(table, asked)]).toEqual([asked, isTaken, isTaken]);
      }
    }),
    { seed: seed(51), numRuns: runs(1500) },
  );
  expect(told.split).toBeGreaterThan(runs(1500) / 10);
  expect(told.taken).toBeGreaterThan(runs(1500) / 10);
});

it.each([
  ['/a/(?:b|c)*$', '/a/', '(?:b|c)*$'],
  ['(?:/a/[0-9]+(/x|/y)?)$', '/a/', '(?:[0-9]+(/x|/y)?)$'],
  ['^/ab*', '/a', 'b*'],
  ['/a\\.b[|]', '/a.b', '[|]'],
])('`%s` is a text and more', (pattern, text, rest) => {
  expect(splitText({ pattern, dialect: 'rust', anchoring: 'full' })).toMatchObject({ text, rest: { pattern: rest } });
});

it.each(['/a.*|b', '(?:/a.|b)', '(?:/ab.)*', '/a.^', '/a[b]\\b', '/a.\\Q|\\E', 'a*', '.*'])('`%s` is not', pattern => {
  expect(splitText({ pattern, dialect: 'rust', anchoring: 'full' })).toBeUndefined();
});
