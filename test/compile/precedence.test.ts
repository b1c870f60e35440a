/** Which policy counts where (GEP-713): the closest, field by field; of two that are as close the older, then by name. */
import { describe, expect, it } from 'vitest';
import type { Compiled } from '../../src/compile/compile.ts';
import { born, compiledFrom, meshObject, overruledIn, together, toldBy, traffic } from '../support/api/compiled.ts';

/** The request timeout of each table of a service, by the port it is for. */
const timeouts = ({ model }: Compiled, service: string): Readonly<Record<string, number | undefined>> =>
  Object.fromEntries(
    model.frontends.flatMap(({ listens, rules }) =>
      listens.kind === 'service' && listens.service === service
        ? [[listens.port ?? 'any', rules[0]?.action.timeouts?.request?.value]]
        : [],
    ),
  );

const ref = (kind: string, name: string, more = ''): string => `{ kind: ${kind}, name: ${name}${more} }`;
const wish = (target: string, said: string): string => `{ targetRefs: [${target}], ${said} }`;

const forMesh = traffic(
  'supergloo-system/all',
  wish(ref('Mesh', 'test'), 'timeouts: { request: 1s }, retries: { attempts: 1 }'),
);
const forNamespace = traffic('shop/namespace', wish(ref('Namespace', 'shop'), 'timeouts: { request: 2s }'));
const forService = traffic('shop/service', wish(ref('Service', 'reviews'), 'timeouts: { request: 3s }'));
const forPort = traffic(
  'shop/port',
  wish(ref('Service', 'reviews', ', sectionName: http-admin'), 'timeouts: { request: 4s }'),
);

describe('of policies for wider and closer targets', () => {
  const all = compiledFrom(together(forMesh, forNamespace, forService, forPort));

  it('the closest counts', () => {
    expect(timeouts(all, 'shop/reviews')).toEqual({ 9090: 4000, any: 3000 });
    expect(timeouts(all, 'shop/ratings')).toEqual({ any: 2000 });
    expect(timeouts(all, 'outside/crawler')).toEqual({ any: 1000 });
  });

  it('fields that a closer one leaves out are those of a wider one', () => {
    const [table] = all.model.frontends.filter(({ id }) => id === 'shop/reviews');
    expect(table?.rules[0]?.action.retries?.max.value).toBe(1);
  });

  it('what does not count somewhere is known, with what counts; it is no conflict', () => {
    expect(overruledIn(all)).toEqual([
      'all spec.timeouts by namespace',
      'all spec.timeouts by port',
      'all spec.timeouts by service',
      'namespace spec.timeouts by port',
      'namespace spec.timeouts by service',
      'service spec.timeouts by port',
    ]);
    expect(toldBy(all)).toEqual([]);
  });
});

describe('of two policies for one target', () => {
  const a = (more = ''): string =>
    traffic('shop/a', wish(ref('Service', 'reviews'), 'timeouts: { request: 1s }'), more);
  const b = (more = ''): string =>
    traffic('shop/b', wish(ref('Service', 'reviews'), 'timeouts: { request: 2s }'), more);

  it.each([
    ['the older', together(a(born(2)), b(born(1))), 2000, 'b', 'a'],
    ['the one whose age is known', together(a(), b(born(1))), 2000, 'b', 'a'],
    ['the one whose name comes first', together(b(born(1)), a(born(1))), 1000, 'a', 'b'],
    ['the one whose name comes first', together(b(), a()), 1000, 'a', 'b'],
  ])('%s counts, and the finding names both', (_, wishes, timeout, winner, loser) => {
    const compiled = compiledFrom(wishes);
    expect(timeouts(compiled, 'shop/reviews')).toEqual({ any: timeout });
    expect(overruledIn(compiled)).toEqual([`${loser} spec.timeouts by ${winner}`]);
    expect(toldBy(compiled)).toEqual([
      `POLICY002 ${loser} spec.timeouts: TrafficPolicy shop/${winner} and TrafficPolicy shop/${loser} both say \`timeouts\` of service shop/reviews; what TrafficPolicy shop/${winner} says counts`,
    ]);
  });

  it('that say the same nothing is told', () => {
    const same = traffic('shop/c', wish(ref('Service', 'reviews'), 'timeouts: { request: 1s }'));
    expect(toldBy(compiledFrom(together(a(), same)))).toEqual([]);
  });

  it('of which each is told of its own problem, though it reads alike', () => {
    const missing = (name: string): string => traffic(name, wish(ref('Service', 'gone'), 'timeouts: { request: 1s }'));
    const told = toldBy(compiledFrom(together(missing('shop/a'), missing('shop/b'))));
    expect(told.map(line => line.split(':')[0])).toEqual([
      'POLICY001 a spec.targetRefs[0]',
      'POLICY001 b spec.targetRefs[0]',
    ]);
  });
});

describe('several Mesh objects of one mesh', () => {
  it('count field by field, the first by name before the others', () => {
    const compiled = compiledFrom(
      together(
        meshObject('b', '{ type: test, mtls: { mode: Permissive }, egress: { unknownHosts: Deny } }'),
        meshObject('a', '{ type: test, mtls: { mode: Strict } }'),
        meshObject('other', '{ type: another, access: { default: Deny } }'),
      ),
    );
    const { encryption, egress, access } = compiled.model;
    expect([encryption.map(({ mode }) => mode.value), egress.map(({ mode }) => mode.value), access]).toEqual([
      ['strict'],
      ['deny'],
      [],
    ]);
    expect(overruledIn(compiled)).toEqual(['b spec.mtls.mode by a']);
    expect(toldBy(compiled)).toEqual([
      'POLICY002 b spec.mtls.mode: Mesh a and Mesh b both say `mtls.mode` of one mesh; what Mesh a says counts',
    ]);
  });

  it('do not give a mesh the name that an object of another type bears', () => {
    const wishes = together(
      meshObject('test', '{ type: another }'),
      meshObject('one', '{ type: test }'),
      traffic('supergloo-system/by-type', wish(ref('Mesh', 'test'), 'timeouts: { request: 1s }')),
      traffic('supergloo-system/by-name', wish(ref('Mesh', 'one'), 'timeouts: { request: 2s }')),
    );
    expect(timeouts(compiledFrom(wishes), 'shop/ratings')).toEqual({ any: 2000 });
  });
});
