import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { written } from '../../base/source.ts';
import type { AccessPolicy } from '../../model/capabilities/access.ts';
import type { EncryptionMode } from '../../model/capabilities/encryption.ts';
import type { Frontend } from '../../model/frontend.ts';
import type { Match } from '../../model/match.ts';
import { worldOf } from '../request.ts';
import { simulate } from '../simulate.ts';
import {
  accessRule,
  condition,
  encryption,
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
import { type Comparison, together, type Verdict } from './comparison.ts';

describe('laws of comparing', () => {
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const trimmed = <T extends object>(record: T): T =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
  const match = fc
    .record({
      path: maybe(
        fc.constantFrom<NonNullable<Match['path']>>(
          { kind: 'exact', value: '/a' },
          { kind: 'prefix', value: '/a' },
          { kind: 'segmentPrefix', value: '/a' },
          { kind: 'regex', regex: { pattern: '/a(/b)?', dialect: 're2', anchoring: 'full' } },
        ),
      ),
      method: maybe(fc.constantFrom(exact('GET'), prefix('P'))),
      headers: maybe(fc.constantFrom([header('x', exact('a'))], [header('x', present, { inverted: true })])),
      caller: maybe(fc.constantFrom({ namespaces: ['other'] }, { labels: { app: 'client' } })),
    })
    .map(trimmed) as fc.Arbitrary<Match>;
  const anyRule = fc
    .tuple(match, fc.constantFrom('v1', 'v2'), fc.constantFrom(0, 500, 1000))
    .map(([taken, name, ms]) =>
      rule(JSON.stringify(taken), taken, forward(toVersion(1, name)), { timeouts: { request: written(ms) } }),
    );
  const anyTable: fc.Arbitrary<Frontend> = fc
    .tuple(
      fc.array(anyRule, { maxLength: 4 }),
      fc.constantFrom<Frontend['noMatch']>({ kind: 'passToService' }, { kind: 'respond', status: 404 }),
    )
    .map(([rules, noMatch]) => table('shop/web', rules, { noMatch }));
  const anyPolicy: fc.Arbitrary<AccessPolicy> = fc
    .tuple(
      fc.constantFrom<'allow' | 'deny'>('allow', 'deny'),
      fc.constantFrom('/a', '/b'),
      fc.constantFrom('shop', 'other'),
      fc.boolean(),
      fc.constantFrom<AccessPolicy['scope']>({}, { namespaces: ['shop'] }, { labels: { version: 'v1' } }),
    )
    .map(([effect, path, namespace, negated, scope]) =>
      policy(
        effect,
        [
          accessRule('0', effect, [
            condition('request.path', [prefix(path)]),
            condition('peer.namespace', [exact(namespace)], { negated, whenAbsent: negated ? 'holds' : 'fails' }),
          ]),
        ],
        { scope, tier: effect === 'deny' ? 1 : 2, otherwise: effect === 'deny' ? 'nothing' : 'deny' },
      ),
    );
  const anyModel = fc
    .record({
      frontends: fc.array(anyTable, { maxLength: 1 }),
      access: fc.array(anyPolicy, { maxLength: 3 }),
      encryption: fc.array(
        fc.constantFrom<EncryptionMode>('strict', 'permissive', 'disabled').map(mode => encryption(mode)),
        { maxLength: 1 },
      ),
    })
    .map(part => shop(part));
  const turned: Readonly<Record<Verdict, Verdict>> = {
    equal: 'equal',
    stricter: 'looser',
    looser: 'stricter',
    different: 'different',
    undecided: 'undecided',
  };
  const verdicts = ({ services }: Comparison): string[] =>
    services.map(({ service: name, port, aspect, verdict }) => `${name}:${port} ${aspect} ${verdict}`).sort();

  it('a model is equal to itself, and to itself in other words', () => {
    fc.assert(
      fc.property(anyModel, one => {
        expect(laidOut(one, one, { everywhere: true }).verdict).toBe('equal');
        expect(laidOut(one, structuredClone(one), { everywhere: true }).verdict).toBe('equal');
      }),
      { seed: 7, numRuns: 8 },
    );
  });

  it('turned round, what was looser is stricter', () => {
    fc.assert(
      fc.property(anyModel, anyModel, (one, other) => {
        const there = laidOut(one, other);
        const back = laidOut(other, one);
        const swapped = there.services.map(entry => ({ ...entry, verdict: turned[entry.verdict] }));
        expect(verdicts({ ...there, services: swapped })).toEqual(verdicts(back));
      }),
      { seed: 7, numRuns: 8 },
    );
  });

  it('a witness shows the difference again when it is asked', () => {
    fc.assert(
      fc.property(anyModel, anyModel, (one, other) => {
        for (const { witness: found } of laidOut(one, other).services) {
          if (!found) continue;
          const ask = { caller: found.client, to: found.to, request: found.request };
          expect(simulate(worldOf(one), ask).outcome).toEqual(found.a.outcome);
          expect(simulate(worldOf(other), ask).outcome).toEqual(found.b.outcome);
          expect(found.a.outcome).not.toEqual(found.b.outcome);
        }
      }),
      { seed: 7, numRuns: 8 },
    );
  });

  it('verdicts add up in whatever order', () => {
    const all: Verdict[] = ['equal', 'stricter', 'looser', 'different', 'undecided'];
    for (const a of all) for (const b of all) expect(together(a, b)).toBe(together(b, a));
    expect(together('stricter', 'looser')).toBe('different');
    expect(together('stricter', 'undecided')).toBe('undecided');
  });
});
