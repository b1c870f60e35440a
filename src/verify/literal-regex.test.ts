import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, it } from 'vitest';
import { asLiteral } from './literal-regex.ts';
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
