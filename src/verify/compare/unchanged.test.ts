import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { part as anything, edits, ground, world } from '../../../test/support/arbitrary/whole-ways.ts';
import type { Frontend } from '../../model/frontend.ts';
import type { Model, ModelPart } from '../../model/model.ts';
import {
  accessRule,
  condition,
  encryption,
  exact,
  forward,
  policy,
  prefix,
  rule,
  service,
  table,
} from '../testing/model-builder.ts';
import { laidOut, shop, toVersion } from '../testing/shop.ts';
import type { Comparison } from './comparison.ts';

const runs = Number(process.env.SUPERGLOO_RUNS ?? 40);
const seed = Number(process.env.SUPERGLOO_SEED ?? 5);

const tables = ['shop/web', 'shop/api', 'shop/more'].flatMap(id =>
  ['/a', '/b'].map(
    (value): Frontend => table(id, [rule(value, { path: { kind: 'prefix', value } }, forward(toVersion(1, 'v1')))]),
  ),
);

const policies = [{}, { labels: { app: 'web' } }, { namespaces: ['shop'] }, { namespaces: ['other'] }].flatMap(scope =>
  ['/a', '/b'].map(path =>
    policy(`${JSON.stringify(scope)}${path}`, [accessRule('0', 'deny', [condition('request.path', [prefix(path)])])], {
      scope,
    }),
  ),
);

const modes = [{}, { namespaces: ['shop'] }, { namespaces: ['other'] }].flatMap(scope =>
  (['strict', 'permissive'] as const).map(mode => encryption(mode, scope)),
);

const part: fc.Arbitrary<ModelPart> = fc.record({
  frontends: fc.subarray(tables),
  access: fc.subarray(policies, { maxLength: 3 }),
  encryption: fc.subarray(modes, { maxLength: 2 }),
});

const modelOf = (parts: ModelPart): Model =>
  shop(parts, { services: [service('shop/web'), service('shop/api'), service('shop/more')] });

const verdictsOf = ({ services }: Comparison): string[] =>
  services.map(({ service: name, port, via, aspect, verdict }) => `${name}:${port} via ${via} ${aspect} ${verdict}`);

describe('what is the same to the letter', () => {
  it('is not asked, and every verdict is as if it were', () => {
    let saved = 0;
    fc.assert(
      fc.property(
        part,
        part,
        fc.constantFrom<keyof ModelPart>('frontends', 'access', 'encryption'),
        (one, other, kept) => {
          // Two configurations that have most in common, as before and after an edit.
          const [a, b] = [modelOf(one), modelOf({ ...one, [kept]: other[kept] })];
          const [quick, whole] = [laidOut(a, b), laidOut(a, b, { everywhere: true })];
          expect(verdictsOf(quick)).toEqual(verdictsOf(whole));
          saved += whole.asked - quick.asked;
        },
      ),
      { seed, numRuns: runs },
    );
    expect(saved).toBeGreaterThan(0);
  });

  it('is not asked either where gateways, tokens, waypoints and settings have a word', () => {
    let saved = 0;
    fc.assert(
      fc.property(ground, anything, anything, edits, (standing, one, other, edited) => {
        const changed = Object.fromEntries(edited.map(key => [key, other[key]]));
        const [a, b] = [world(standing, one), world(standing, { ...one, ...changed })];
        const [quick, whole] = [laidOut(a, b), laidOut(a, b, { everywhere: true })];
        expect(verdictsOf(quick)).toEqual(verdictsOf(whole));
        saved += whole.asked - quick.asked;
      }),
      { seed, numRuns: Math.ceil(runs / 4) },
    );
    expect(saved).toBeGreaterThan(0);
  });

  it('is asked where the same statements stand in another order', () => {
    const [first, second] = [
      rule('a', { path: { kind: 'prefix', value: '/' } }, forward(toVersion(1, 'v1'))),
      rule('b', { method: exact('GET') }, forward(toVersion(1, 'v2'))),
    ];
    const both = [table('shop/web', [first], { id: 'one' }), table('shop/web', [second], { id: 'two' })];
    expect(laidOut(shop({ frontends: both }), shop({ frontends: both.toReversed() })).verdict).toBe('different');
  });
});
