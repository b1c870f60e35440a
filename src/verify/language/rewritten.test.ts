import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testHolds } from '../asking.ts';
import { beforeStep, type TextTest } from '../inquiry.ts';
import { compile } from './compile.ts';
import { solve } from './solve.ts';
import { accepts } from './table.ts';

const text = fc.string({ unit: fc.constantFrom('/', 'a', 'b'), maxLength: 4 });

const test: fc.Arbitrary<TextTest> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom<'exact' | 'prefix' | 'suffix' | 'segmentPrefix'>('exact', 'prefix', 'suffix', 'segmentPrefix'),
      text,
    )
    .map(([kind, value]) => ({ kind, value: kind === 'segmentPrefix' ? value.replace(/\/+$/, '') : value })),
  fc
    .constantFrom('a.*b', '/b(/a)?', '[^a]+')
    .map((pattern): TextTest => ({ kind: 'regex', regex: { pattern, dialect: 're2', anchoring: 'full' } })),
  fc.constant<TextTest>({ kind: 'template', template: '/a/{*}' }),
);

describe('a test of a rewritten path', () => {
  it('is told of the path before the rewrite, exactly', () => {
    fc.assert(
      fc.property(test, text, text, text, (asked, from, to, rest) => {
        const before = beforeStep(asked, { from, to });
        const after = testHolds(asked, to + rest);
        expect(typeof before === 'boolean' ? before : testHolds(before, from + rest)).toBe(after);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  it('has the table of the texts that pass', () => {
    fc.assert(
      fc.property(test, text, text, text, (asked, from, to, candidate) => {
        const rewritten: TextTest = { kind: 'rewritten', from, to, test: asked };
        for (const each of [candidate, from + candidate]) {
          expect(accepts(compile({ test: rewritten })!, each)).toBe(testHolds(rewritten, each));
        }
      }),
      { seed: 3, numRuns: 1000 },
    );
  });

  it('leads to a path that passes', () => {
    const regex: TextTest = { kind: 'regex', regex: { pattern: '/new/[0-9]+', dialect: 're2', anchoring: 'full' } };
    const before = beforeStep(regex, { from: '/old/', to: '/new/' }) as TextTest;
    const found = solve('path', [
      { test: before, holds: true },
      { test: { kind: 'exact', value: '/old/0' }, holds: false },
    ]);
    expect(found.kind === 'text' && found.text).toMatch(/^\/old\/[0-9]+$/);
  });
});
