/**
 * A second opinion: Z3's theory of strings and regular expressions decides the same questions. Expressions are made as
 * trees and written twice, for RE2 and for Z3, so nothing of what is tested has a part in the translation.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { init } from 'z3-solver';
import { runs, seed } from '../../../test/support/runs.ts';
import { testHolds } from '../asking.ts';
import type { Domain } from './domain.ts';
import type { Wanted } from './language.ts';
import { solve } from './solve.ts';

type Z3 = Awaited<ReturnType<typeof init>>;

/** One expression in both languages. */
interface Both {
  readonly re2: string;
  readonly smt: string;
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const text = (value: string): Both => ({
  re2: value.replace(/[^A-Za-z0-9]/g, '\\$&'),
  smt: `(str.to_re ${quoted(value)})`,
});
const printable = '(re.range " " "~")';

const leaf: fc.Arbitrary<Both> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', '/', 'ab', '.', 'x1').map(text) },
  fc.constantFrom(
    { re2: '.', smt: printable },
    { re2: '[^/]', smt: `(re.diff ${printable} (str.to_re "/"))` },
    { re2: '\\d', smt: '(re.range "0" "9")' },
    { re2: '[[:lower:]]', smt: '(re.range "a" "z")' },
    { re2: '(?i:b)', smt: '(re.union (str.to_re "b") (str.to_re "B"))' },
  ),
);

const { expression } = fc.letrec<{ expression: Both }>(tie => {
  const pair = fc.tuple(tie('expression'), tie('expression'));
  return {
    expression: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 3, arbitrary: leaf },
      { weight: 4, arbitrary: pair.map(([a, b]) => ({ re2: `${a.re2}${b.re2}`, smt: `(re.++ ${a.smt} ${b.smt})` })) },
      {
        weight: 2,
        arbitrary: pair.map(([a, b]) => ({ re2: `(?:${a.re2}|${b.re2})`, smt: `(re.union ${a.smt} ${b.smt})` })),
      },
      { weight: 1, arbitrary: tie('expression').map(a => ({ re2: `(?:${a.re2})*`, smt: `(re.* ${a.smt})` })) },
      {
        weight: 1,
        arbitrary: tie('expression').map(a => ({ re2: `(?:${a.re2}){1,3}`, smt: `((_ re.loop 1 3) ${a.smt})` })),
      },
      { weight: 1, arbitrary: tie('expression').map(a => ({ re2: `(${a.re2})?`, smt: `(re.opt ${a.smt})` })) },
    ),
  };
});

/** A test with its condition on `x`. */
interface Asked extends Wanted {
  readonly condition: string;
}

const value = fc
  .array(fc.constantFrom('/', 'a', 'b', '1', '/a', '.'), { minLength: 1, maxLength: 4 })
  .map(parts => parts.join(''));

const asked: fc.Arbitrary<Asked> = fc
  .tuple(
    fc.oneof(
      { weight: 2, arbitrary: expression.map(both => ['full', both] as const) },
      { weight: 1, arbitrary: expression.map(both => ['partial', both] as const) },
      {
        weight: 1,
        arbitrary: fc.tuple(
          fc.constantFrom('exact' as const, 'prefix' as const, 'suffix' as const, 'segmentPrefix' as const),
          value,
        ),
      },
    ),
    fc.boolean(),
  )
  .map(([[kind, of], holds]): Asked => {
    if (typeof of === 'string') {
      const condition = {
        exact: `(= x ${quoted(of)})`,
        prefix: `(str.prefixof ${quoted(of)} x)`,
        suffix: `(str.suffixof ${quoted(of)} x)`,
        segmentPrefix: `(or (= x ${quoted(of)}) (str.prefixof ${quoted(`${of}/`)} x))`,
        full: '',
        partial: '',
      }[kind];
      return { test: { kind: kind as 'exact', value: of }, holds, condition };
    }
    const anchoring = kind === 'partial' ? 'partial' : 'full';
    const smt = anchoring === 'full' ? of.smt : `(re.++ (re.* ${printable}) ${of.smt} (re.* ${printable}))`;
    return {
      test: { kind: 'regex', regex: { pattern: of.re2, dialect: 're2', anchoring } },
      holds,
      condition: `(str.in_re x ${smt})`,
    };
  });

const anyOf = (characters: string): string =>
  `(re.union ${[...characters].map(one => `(str.to_re ${quoted(one)})`).join(' ')})`;
const alphanumeric = '(re.union (re.range "a" "z") (re.range "A" "Z") (re.range "0" "9"))';
const anywhere = (...parts: string[]): string => `(str.in_re x (re.++ re.all ${parts.join(' ')}))`;

/** The domains once more, in Z3's words. Percent-encoding is left out of both, by a condition. */
const domains: Readonly<Partial<Record<Domain, string>>> = {
  text: `(str.in_re x (re.* ${printable}))`,
  query: `(str.in_re x (re.* (re.union ${alphanumeric} ${anyOf("-._~!$'()*+,;=:@/?")})))`,
  method: `(str.in_re x (re.+ (re.union ${alphanumeric} ${anyOf("!#$%&'*+-.^_`|~")})))`,
  path: `(and (str.prefixof "/" x) (not (str.contains x "//"))
    (not ${anywhere('(str.to_re "/.")', '(re.opt (str.to_re "."))', '(re.opt (re.++ (str.to_re "/") re.all))')})
    (str.in_re x (re.* (re.union ${alphanumeric} ${anyOf("-._~!$&'()*+,;=:@/")}))))`,
};

const withoutPercent: Asked = {
  test: { kind: 'regex', regex: { pattern: '%', dialect: 're2', anchoring: 'partial' } },
  holds: false,
  condition: '(str.contains x "%")',
};

describe('Z3', () => {
  let z3: Z3;
  beforeAll(async () => {
    z3 = await init();
  });
  afterAll(() => z3.em.PThread.terminateAllThreads());

  it('finds a text where we do, and none where we do not', async () => {
    const { Solver } = z3.Context('main');
    const told = { text: 0, none: 0, unknown: 0, withoutOpinion: 0 };
    const numRuns = runs(40, 400);
    const domain = fc.constantFrom<Domain>('text', 'path', 'path', 'query', 'method');
    const question = fc.tuple(domain, fc.array(asked, { minLength: 1, maxLength: 4 }));
    for (const [of, some] of fc.sample(question, { seed: seed(49), numRuns })) {
      const all = [...some, withoutPercent];
      const solver = new Solver();
      solver.set('rlimit', 200_000);
      const assertions = [
        domains[of]!,
        ...all.map(({ condition, holds }) => (holds ? condition : `(not ${condition})`)),
      ];
      solver.fromString(
        ['(declare-const x String)', ...assertions.map(assertion => `(assert ${assertion})`)].join('\n'),
      );
      const opinion = await solver.check();
      solver.release();
      const solution = solve(of, all);
      told[solution.kind] += 1;
      if (opinion === 'unknown') told.withoutOpinion += 1;
      else expect([of, all, solution.kind]).toEqual([of, all, opinion === 'sat' ? 'text' : 'none']);
      if (solution.kind === 'text')
        expect(all.every(({ test, holds }) => testHolds(test, solution.text) === holds)).toBe(true);
    }
    expect(Math.min(told.text, told.none)).toBeGreaterThan(numRuns / 5);
    expect(told.unknown).toBe(0);
    expect(told.withoutOpinion).toBeLessThan(numRuns / 5);
  });
});
