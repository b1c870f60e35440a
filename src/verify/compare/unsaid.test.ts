import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proxyDefault } from '../../base/source.ts';
import type { Mesh } from '../../model/mesh.ts';
import type { Model, ModelPart } from '../../model/model.ts';
import { worldOf } from '../request.ts';
import { simulate } from '../simulate.ts';
import {
  accessRule,
  backendTo,
  bareWorkload,
  condition,
  encryption,
  exact,
  forward,
  mesh,
  modelOf,
  policy,
  port,
  prefix,
  rule,
  service,
  sidecar,
  table,
  workload,
} from '../testing/model-builder.ts';
import { laidOut } from '../testing/shop.ts';
import type { Comparison } from './comparison.ts';
import { relation } from './relation.ts';

const runs = Number(process.env.SUPERGLOO_RUNS ?? 60);
const seed = Number(process.env.SUPERGLOO_SEED ?? 11);

const ids = ['shop/a', 'shop/b', 'shop/c', 'shop/d', 'other/a', 'other/e', 'other/f', 'other/g'];

const services = ids.flatMap(id => [service(id), service(id, { ports: [port(80), port(90, 'tcp')] })]);

const inventories: readonly Partial<Model['inventory']>[] = [
  {},
  { workloads: [workload('shop/client')] },
  { workloads: [workload('shop/b'), bareWorkload('other/plain')] },
];

const meshes: readonly Mesh[] = [
  mesh(),
  mesh({ defaults: { ...mesh().defaults, access: proxyDefault('deny') } }),
  mesh({ dataPlanes: { sidecar: { ...sidecar, findsRoutesBy: 'authority' } } }),
  mesh({ dataPlanes: { sidecar: { ...sidecar, findsRoutesBy: 'address' } } }),
];

const tables = ['shop/a', 'shop/c', 'other/e'].map(id =>
  table(id, [rule('0', { path: { kind: 'prefix', value: '/a' } }, forward(backendTo(id)))]),
);

const policies = [{}, { labels: { app: 'b' } }, { namespaces: ['shop'] }, { ports: [90] }].flatMap(scope => [
  policy(`path ${JSON.stringify(scope)}`, [accessRule('0', 'deny', [condition('request.path', [prefix('/a')])])], {
    scope,
  }),
  policy(`host ${JSON.stringify(scope)}`, [accessRule('0', 'deny', [condition('request.host', [exact('d.shop')])])], {
    scope,
  }),
]);

const modes = [{}, { namespaces: ['other'] }, { labels: { app: 'f' } }].map(scope => encryption('strict', scope));

const part: fc.Arbitrary<ModelPart> = fc.record({
  frontends: fc.subarray(tables, { maxLength: 1 }),
  access: fc.subarray(policies, { maxLength: 2 }),
  encryption: fc.subarray(modes, { maxLength: 1 }),
});

const present = fc.subarray(services, { minLength: 4 });

const modelWith = (own: typeof services, among: Partial<Model['inventory']>, parts: ModelPart, of: Mesh): Model => {
  const first = new Map(own.toReversed().map(one => [one.id, one]));
  return modelOf({ services: [...first.values()], ...among }, parts, [of]);
};

const verdictsOf = ({ services: found }: Comparison): string[] =>
  found.map(({ service: name, port: at, via, aspect, verdict }) => `${name}:${at} via ${via} ${aspect} ${verdict}`);

describe('services about which nobody says anything', () => {
  it('are asked for once for all of a kind, and every verdict is as if each were', () => {
    let saved = 0;
    let differ = 0;
    const mesh1 = fc.constantFrom(...meshes);
    fc.assert(
      fc.property(
        present,
        fc.constantFrom(...inventories),
        part,
        part,
        mesh1,
        mesh1,
        (own, among, one, other, was, is) => {
          const [a, b] = [modelWith(own, among, one, was), modelWith(own, among, other, is)];
          const [quick, whole] = [laidOut(a, b), laidOut(a, b, { everywhere: true })];
          expect(verdictsOf(quick)).toEqual(verdictsOf(whole));
          saved += whole.asked - quick.asked;
          for (const { aspect, verdict, witness } of quick.services) {
            if (!witness || verdict === 'different') continue;
            differ += 1;
            const ask = { request: witness.request, caller: witness.client, to: witness.to };
            const [before, after] = [a, b].map(model => simulate(worldOf(model), ask));
            expect(before && after && relation(aspect, before, after)).toBe(verdict);
          }
        },
      ),
      { seed, numRuns: runs },
    );
    expect(saved).toBeGreaterThan(0);
    expect(differ).toBeGreaterThan(0);
  });

  it.each([
    { has: 'ports', ports: [port(80)] },
    { has: 'no ports', ports: [] },
  ])('are asked for each where a statement tells them apart by label, with $has', ({ ports }) => {
    const own = ['shop/a', 'shop/b', 'shop/c'].map(id => service(id, { ports }));
    const denied = policy('no b', [accessRule('0', 'deny', [])], { scope: { labels: { app: 'b' } } });
    const [a, b] = [modelOf({ services: own }, {}), modelOf({ services: own }, { access: [denied] }, meshes.slice(3))];
    const found = laidOut(a, b).services.filter(({ aspect, verdict }) => aspect === 'access' && verdict !== 'equal');
    expect(found.map(({ service: name }) => name)).toEqual(['shop/b']);
  });
});
