/** Every verdict against a plain enumeration of requests over a small alphabet, each put to both sides. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessPolicy } from '../../model/capabilities/access.ts';
import type { Frontend } from '../../model/frontend.ts';
import type { Match, TextMatch } from '../../model/match.ts';
import type { Model } from '../../model/model.ts';
import { Lookup } from '../lookup/lookup.ts';
import { type Ask, type Request, requestOf, worldOf } from '../request.ts';
import { callersFor } from '../samples/callers.ts';
import { targetsIn } from '../samples/targets.ts';
import { simulate } from '../simulate.ts';
import {
  accessRule,
  condition,
  exact,
  forward,
  policy,
  prefix,
  present,
  rule,
  table,
} from '../testing/model-builder.ts';
import { laidOut, shop, toVersion } from '../testing/shop.ts';
import { type Aspect, aspects, together, type Verdict } from './comparison.ts';
import { relation } from './relation.ts';

const runs = Number(process.env.SUPERGLOO_RUNS ?? 6);
const seed = Number(process.env.SUPERGLOO_SEED ?? 4);

const paths = ['/', '/a', '/a/', '/a/b', '/ab', '/b', '/ba'];
const lines: readonly (readonly string[])[] = [[], [''], ['a'], ['ab'], ['b'], ['a', 'b'], ['b', 'a'], ['a,b']];
const queries = ['', '?q=a', '?q=b', '?q=a&q=b', '?q=%61', '?q'];

const allRequests: readonly Request[] = paths.flatMap(path =>
  lines.flatMap(values =>
    queries.flatMap(query =>
      ['GET', 'PUT'].map(method =>
        requestOf({ method, path: `${path}${query}`, headers: values.map(value => ['x', value] as const) }),
      ),
    ),
  ),
);

const regex = (pattern: string): TextMatch => ({
  kind: 'regex',
  regex: { pattern, dialect: 're2', anchoring: 'full' },
});

const text = fc.constantFrom<TextMatch>(
  exact('a'),
  exact('b'),
  exact(''),
  prefix('a'),
  { kind: 'suffix', value: 'b' },
  present,
  regex('a|b'),
  regex('a,?b'),
  regex('[^a]*'),
);

const pathMatch = fc.constantFrom<NonNullable<Match['path']>>(
  { kind: 'exact', value: '/a' },
  { kind: 'exact', value: '/A', ignoreCase: true },
  { kind: 'prefix', value: '/a' },
  { kind: 'prefix', value: '/' },
  { kind: 'segmentPrefix', value: '/a' },
  { kind: 'segmentPrefix', value: '/b' },
  { kind: 'regex', regex: { pattern: '/a(/b)?', dialect: 're2', anchoring: 'full' } },
  { kind: 'regex', regex: { pattern: 'b', dialect: 're2', anchoring: 'partial' } },
);

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const match: fc.Arbitrary<Match> = fc
  .record({
    path: maybe(pathMatch),
    method: maybe(fc.constantFrom(exact('GET'), exact('PUT'))),
    headers: maybe(
      fc
        .record({
          match: text,
          inverted: fc.boolean(),
          missing: fc.constantFrom<'noMatch' | 'empty'>('noMatch', 'empty'),
          repeated: fc.constantFrom<'any' | 'first' | 'joined'>('any', 'first', 'joined'),
        })
        .map(one => [{ name: 'x', ...one }]),
    ),
    query: maybe(
      fc
        .record({ match: text, repeated: fc.constantFrom<'any' | 'first'>('any', 'first'), decoded: fc.boolean() })
        .map(one => [{ name: 'q', ...one }]),
    ),
    caller: maybe(fc.constantFrom({ namespaces: ['other'] }, { labels: { app: 'client' } })),
  })
  .map(parts => Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Match);

const anyRule = fc
  .tuple(match, fc.constantFrom('v1', 'v2'), fc.constantFrom(undefined, '/', '/b'))
  .map(([taken, version, to]) =>
    rule(
      JSON.stringify([taken, version, to]),
      taken,
      forward(toVersion(1, version)),
      to === undefined ? {} : { rewrite: { path: { kind: 'prefix', value: to } } },
    ),
  );

const anyTable: fc.Arbitrary<Frontend> = fc
  .tuple(
    fc.array(anyRule, { maxLength: 4 }),
    fc.constantFrom<Frontend['noMatch']>({ kind: 'passToService' }, { kind: 'respond', status: 404 }),
  )
  .map(([rules, noMatch]) => table('shop/web', rules, { noMatch }));

const anyCondition = fc.oneof(
  fc
    .tuple(fc.constantFrom('/a', '/a/b', '/'), fc.boolean())
    .map(([path, isExact]) => condition('request.path', [isExact ? exact(path) : prefix(path)])),
  text.map(value => condition('request.header:x', [value])),
  fc.constantFrom('GET', 'PUT').map(method => condition('request.method', [exact(method)])),
  fc.constantFrom('shop', 'other').map(namespace => condition('peer.namespace', [exact(namespace)])),
);

const anyPolicy: fc.Arbitrary<AccessPolicy> = fc
  .tuple(
    fc.constantFrom<'allow' | 'deny'>('allow', 'deny'),
    fc.array(fc.tuple(anyCondition, fc.boolean()), { minLength: 1, maxLength: 2 }),
    fc.constantFrom<AccessPolicy['scope']>({}, { labels: { version: 'v1' } }),
  )
  .map(([effect, conditions, scope]) =>
    policy(
      effect,
      [
        accessRule(
          '0',
          effect,
          conditions.map(([one, negated]) => (negated ? { ...one, negated: true, whenAbsent: 'holds' as const } : one)),
        ),
      ],
      { scope, tier: effect === 'deny' ? 1 : 2, otherwise: effect === 'deny' ? 'nothing' : 'deny' },
    ),
  );

const anyModel: fc.Arbitrary<Model> = fc
  .record({ frontends: fc.array(anyTable, { maxLength: 1 }), access: fc.array(anyPolicy, { maxLength: 2 }) })
  .map(part => shop(part));

/** What the enumeration says of each aspect of the place that has a table and policies. */
const enumerated = (one: Model, other: Model): ReadonlyMap<string, Verdict> => {
  const lookups = [Lookup.of(one), Lookup.of(other)];
  const verdicts = new Map<string, Verdict>();
  for (const target of targetsIn(lookups)) {
    if (target.name !== 'shop/web') continue;
    for (const caller of callersFor(target.mentions, lookups, target.home)) {
      for (const request of allRequests) {
        const ask: Ask = { caller, to: target.to, request };
        const [a, b] = [simulate(worldOf(one), ask), simulate(worldOf(other), ask)];
        for (const aspect of aspects) {
          const key = `${target.name}:${target.to.port} ${aspect}`;
          verdicts.set(key, together(verdicts.get(key) ?? 'equal', relation(aspect, a, b)));
        }
      }
    }
  }
  return verdicts;
};

/** Whether the first verdict says all that the second does. */
const covers = (verdict: Verdict, seen: Verdict): boolean => together(verdict, seen) === verdict;

describe('comparing', () => {
  it('says of every place what an enumeration says, or more', () => {
    const met = new Map<string, number>();
    fc.assert(
      fc.property(anyModel, anyModel, (one, other) => {
        const said = new Map(
          laidOut(one, other).services.map(({ service, port, aspect, verdict }) => [
            `${service}:${port} ${aspect satisfies Aspect}`,
            verdict,
          ]),
        );
        for (const [key, seen] of enumerated(one, other)) {
          const verdict = said.get(key) ?? 'equal';
          met.set(seen, (met.get(seen) ?? 0) + 1);
          expect([key, seen, verdict, covers(verdict, seen)]).toEqual([key, seen, verdict, true]);
        }
      }),
      { seed, numRuns: runs },
    );
    // The pairs are alike in some places and not in others; otherwise nothing was tried.
    for (const verdict of ['equal', 'stricter', 'looser', 'different'] as const) {
      expect(met.get(verdict) ?? 0, verdict).toBeGreaterThan(0);
    }
  });
});
