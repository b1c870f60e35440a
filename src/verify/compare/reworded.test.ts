/** What is taken for the same in other words answers every request alike. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessPolicy } from '../../model/capabilities/access.ts';
import type { Rule } from '../../model/frontend.ts';
import type { Match } from '../../model/match.ts';
import {
  accessRule,
  condition,
  exact,
  forward,
  header,
  policy,
  prefix,
  present,
  rule,
  table,
} from '../testing/model-builder.ts';
import { laidOut, shop, toVersion } from '../testing/shop.ts';
import { samePolicies, sameTable } from './reworded.ts';

const runs = Number(process.env.SUPERGLOO_RUNS ?? 60);

const regex = (pattern: string): NonNullable<Match['path']> => ({
  kind: 'regex',
  regex: { pattern, dialect: 're2', anchoring: 'full' },
});

const path = fc.constantFrom<NonNullable<Match['path']>>(
  { kind: 'exact', value: '/a' },
  { kind: 'prefix', value: '/a' },
  { kind: 'prefix', value: '/b' },
  { kind: 'segmentPrefix', value: '/b' },
  regex('/b[0-9]+'),
  regex('/b[0-9][0-9]*'),
  regex('/a'),
);

const match: fc.Arbitrary<Match> = fc
  .tuple(
    fc.option(path, { nil: undefined, freq: 6 }),
    fc.option(fc.constantFrom(exact('GET'), exact('PUT')), { nil: undefined, freq: 1 }),
    fc.option(fc.constantFrom([header('x', exact('a'))], [header('x', present)]), { nil: undefined, freq: 1 }),
  )
  .map(([taken, method, headers]) => ({
    ...(taken ? { path: taken } : {}),
    ...(method ? { method } : {}),
    ...(headers ? { headers } : {}),
  }));

const anyRule: fc.Arbitrary<Rule> = fc
  .tuple(match, fc.constantFrom('v1', 'v2'))
  .map(([taken, name]) => rule(JSON.stringify([taken, name]), taken, forward(toVersion(1, name))));

const equalByAsking = (...sides: Parameters<typeof laidOut>): boolean => {
  const [a, b] = sides;
  return laidOut(a, b, { everywhere: true }).verdict === 'equal';
};

describe('tables', () => {
  it('are the same in another order only where every request is answered alike', () => {
    let same = 0;
    let missed = 0;
    const both = fc
      .array(anyRule, { minLength: 2, maxLength: 4 })
      .chain(rules =>
        fc.tuple(
          fc.constant(rules),
          fc.oneof(
            fc.shuffledSubarray(rules, { minLength: rules.length }),
            fc.array(anyRule, { minLength: 2, maxLength: 4 }),
          ),
        ),
      );
    fc.assert(
      fc.property(both, ([rules, others]) => {
        const [a, b] = [table('shop/web', rules), table('shop/web', others)];
        const isEqual = equalByAsking(shop({ frontends: [a] }), shop({ frontends: [b] }));
        if (sameTable(a, b)) {
          same += 1;
          expect(isEqual).toBe(true);
        } else if (isEqual) missed += 1;
      }),
      { seed: 3, numRuns: runs },
    );
    expect(same).toBeGreaterThan(runs / 8);
    // What stands in other words is mostly known for that.
    expect(missed).toBeLessThan(same);
  });

  it('are not the same where two rules that meet have changed places', () => {
    const [first, second] = [
      rule('a', { path: { kind: 'prefix', value: '/a' } }, forward(toVersion(1, 'v1'))),
      rule('b', { method: exact('GET') }, forward(toVersion(1, 'v2'))),
    ];
    expect(sameTable(table('shop/web', [first, second]), table('shop/web', [second, first]))).toBe(false);
  });

  it('are not the same where an expression cannot be evaluated', () => {
    const [one, other] = ['(?=a)b', '(?=b)a'].map(pattern =>
      table('shop/web', [rule('a', { path: regex(pattern) }, forward(toVersion(1, 'v1')))]),
    );
    expect(one && other && sameTable(one, other)).toBe(false);
  });
});

describe('policies', () => {
  const anyPolicy: fc.Arbitrary<AccessPolicy> = fc
    .tuple(
      fc.array(
        fc.tuple(fc.constantFrom<'allow' | 'deny'>('allow', 'allow', 'deny'), fc.constantFrom('/a', '/b', '/a/b')),
        { minLength: 1, maxLength: 2 },
      ),
      fc.constantFrom<AccessPolicy['otherwise']>('nothing', 'deny'),
      fc.constantFrom(undefined, [8080], [9090]),
    )
    .map(([rules, otherwise, ports]) =>
      policy(
        JSON.stringify([rules, otherwise, ports]),
        rules.map(([effect, value], index) =>
          accessRule(String(index), effect, [condition('request.path', [prefix(value)])]),
        ),
        { otherwise, scope: ports ? { ports } : {} },
      ),
    );

  it('are the same in other words only where every request is answered alike', () => {
    let same = 0;
    const several = fc.array(anyPolicy, { minLength: 1, maxLength: 2 });
    const both = several.chain(policies =>
      fc.tuple(fc.constant(policies), fc.oneof(fc.shuffledSubarray(policies, { minLength: policies.length }), several)),
    );
    fc.assert(
      fc.property(both, ([policies, others]) => {
        if (!samePolicies(policies, others)) return;
        same += 1;
        expect(equalByAsking(shop({ access: policies }), shop({ access: others }))).toBe(true);
      }),
      { seed: 4, numRuns: runs },
    );
    expect(same).toBeGreaterThan(runs / 8);
  });

  it('are the same where one is split in two', () => {
    const rules = ['/a', '/b'].map((value, index) =>
      accessRule(String(index), 'allow', [condition('request.path', [prefix(value)])]),
    );
    const whole = policy('whole', rules, { otherwise: 'deny' });
    const parts = rules.map((one, index) => policy(`part${index}`, [one], { otherwise: 'deny' }));
    expect(samePolicies([whole], parts.toReversed())).toBe(true);
    expect(samePolicies([whole], parts.slice(1))).toBe(false);
  });
});
