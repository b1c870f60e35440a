import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, it } from 'vitest';
import { beginningOfRegex } from './beginning.ts';

const piece = fc.constantFrom(
  'a',
  'b',
  '/',
  'a*',
  'b+',
  '(?:a|ab)',
  '(ab)',
  '(a|a)',
  '(?i)',
  'a?',
  '[a]',
  '[ab]',
  '^',
  '$',
  '|',
  '.',
  'a{1}',
  'b{2}',
  '(ab){2}',
  '\\b',
);

it('every text that an expression takes begins as it says', () => {
  let told = 0;
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 4 }).map(pieces => pieces.join('')),
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '/', 'A'), maxLength: 6 }), { maxLength: 30 }),
      (pattern, texts) => {
        const beginning = beginningOfRegex({ pattern, dialect: 're2', anchoring: 'full' });
        if (beginning === '') return;
        const regex = RE2JS.compile(pattern);
        for (const text of [...texts, beginning, ...texts.map(more => beginning + more)]) {
          if (!regex.matches(text)) continue;
          told += 1;
          expect(text.startsWith(beginning)).toBe(true);
        }
      },
    ),
    { seed: 9, numRuns: 3000 },
  );
  expect(told).toBeGreaterThan(500);
});

it('an expression that looks anywhere in the text has no beginning', () => {
  expect(beginningOfRegex({ pattern: '/a', dialect: 're2', anchoring: 'partial' })).toBe('');
});
