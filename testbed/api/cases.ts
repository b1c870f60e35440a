import fc from 'fast-check';
import { type ApiKind, apiVersion } from '../../src/api/kind.ts';
import { apiKinds } from '../../src/api/kinds/kinds.ts';
import { fitting, mutated } from '../../test/support/api/values.ts';

/** One object that the API server is asked about; what is left out of it is the same for all. */
export interface Case {
  readonly kind: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec?: unknown;
}

/** The whole object of a case. */
export const objectOf = ({ kind, metadata, spec }: Case, { scope }: ApiKind) => ({
  apiVersion,
  kind,
  metadata: { name: 'tried', ...(scope === 'Namespaced' ? { namespace: 'shop' } : {}), ...metadata },
  ...(spec === undefined ? {} : { spec }),
});

/** What names, labels and annotations may be is the same for every kind. */
const metadata: readonly Readonly<Record<string, unknown>>[] = [
  ...['Upper', 'a_b', '-a', 'a-', 'a.b', 'a..b', '.a', 'x'.repeat(253), 'x'.repeat(254), 'ä', 'a b', '1', 'a/b'].map(
    name => ({ name }),
  ),
  ...[
    { app: 'v1' },
    { app: '' },
    { app: '-' },
    { app: 'a b' },
    { app: 'x'.repeat(63) },
    { app: 'x'.repeat(64) },
    { 'example.com/app': 'a' },
    { 'Example.com/app': 'a' },
    { 'a/b/c': 'a' },
    { '': 'a' },
    { '/a': 'a' },
    { 'a/': 'a' },
    { ['x'.repeat(64)]: 'a' },
    { '-a': 'a' },
    { A_b: 'A_b.c-d' },
  ].map(labels => ({ labels })),
  ...[{ app: 'any text\n' }, { 'a b': 'x' }, { 'Example.com/app': 'a' }].map(annotations => ({ annotations })),
];

const targetRefs = [{ kind: 'Service', name: 'reviews' }];
const loadBalancing = { algorithm: 'ConsistentHash' };

/** What a rule is about, kept and broken: chance seldom makes it. */
const ruled: Readonly<Record<string, readonly object[]>> = {
  TrafficPolicy: [
    { targetRefs: [{ kind: 'Gateway', name: 'a', group: 'gateway.networking.k8s.io', sectionName: 'x' }] },
    { targetRefs: [{ kind: 'Gateway', name: 'a', group: '' }] },
    { targetRefs: [{ kind: 'Mesh', name: 'a', group: 'supergloo.dev' }] },
    { targetRefs: [{ kind: 'Mesh', name: 'a', sectionName: 'x' }] },
    { targetRefs: [{ kind: 'Namespace', name: 'a', sectionName: 'x' }] },
    ...[
      [{ name: 'a', weight: 0 }],
      [
        { name: 'a', weight: 0 },
        { name: 'b', weight: 1 },
      ],
      [],
    ].map(split => ({ targetRefs, split })),
    ...['set', 'add'].flatMap(edit => [
      {
        targetRefs,
        requestHeaders: {
          [edit]: [
            { name: 'X-A', value: '1' },
            { name: 'x-a', value: '2' },
          ],
        },
      },
      {
        targetRefs,
        requestHeaders: {
          [edit]: [
            { name: 'x-a', value: '1' },
            { name: 'x-b', value: '2' },
          ],
        },
      },
      { targetRefs, responseHeaders: { [edit]: [{ name: 'x-a', value: 'a\r\nb: c' }] } },
    ]),
    { targetRefs, loadBalancing },
    { targetRefs, loadBalancing: { ...loadBalancing, consistentHash: {} } },
    { targetRefs, loadBalancing: { ...loadBalancing, consistentHash: { query: 'a' } } },
    { targetRefs, loadBalancing: { ...loadBalancing, consistentHash: { query: 'a', sourceAddress: true } } },
    ...[true, false].map(sourceAddress => ({
      targetRefs,
      loadBalancing: { ...loadBalancing, consistentHash: { sourceAddress } },
    })),
    { targetRefs, loadBalancing: { algorithm: 'Random', consistentHash: { query: 'a' } } },
    { targetRefs, rateLimit: {} },
    { targetRefs, rateLimit: { perIdentity: 1 } },
  ],
  AccessPolicy: [
    { targetRefs, action: 'Deny' },
    { targetRefs, action: 'Deny', rules: [] },
    { targetRefs, action: 'Deny', rules: [{}] },
    ...[
      {},
      { namespace: 'a' },
      { authenticated: false },
      { authenticated: true },
      { namespace: 'a', authenticated: true },
    ].map(from => ({ targetRefs, rules: [{ from: [from] }] })),
    ...[
      ...['10.0.0.0/8', '10.0.0.0/33', '256.0.0.0/8', '10.0.0.0', '::/0', 'fd00::/8', '1:2:3:4:5:6:7:8/128', '::1::/8'],
      ...['fd00::/129', ':/8', '::ffff:1.2.3.4/100'],
    ].map(address => ({ targetRefs, rules: [{ from: [{ addresses: [address] }] }] })),
    ...['spiffe://cluster.local/ns/a/sa/b', 'spiffe://*/ns/a/sa/b', 'spiffe://a/*', 'spiffe://a', 'spiffe://a//b'].map(
      identity => ({ targetRefs, rules: [{ from: [{ identity }] }] }),
    ),
    ...['shop.example', '*.example', '*', 'a*', '*a', 'a.*', 'a:80', 'SHOP', ''].map(host => ({
      targetRefs,
      rules: [{ to: [{ hosts: [host] }] }],
    })),
    ...[{ type: 'Present' }, { type: 'Present', values: ['a'] }, { type: 'Prefix' }, { values: ['a'] }].map(header => ({
      targetRefs,
      rules: [{ to: [{ headers: [{ name: 'a', ...header }] }] }],
    })),
    ...['/', '/a?b', '/a#b', 'a', '/a b', '/*'].map(value => ({
      targetRefs,
      rules: [{ to: [{ paths: [{ value }] }] }],
    })),
    ...[{ jwksUri: 'http://a' }, { jwks: '{}' }, { jwksUri: 'http://a', jwks: '{}' }].map(keys => ({
      targetRefs,
      tokens: [{ issuer: 'a', ...keys }],
    })),
  ],
};

/** Objects of all kinds, some of them valid: made from a seed, always the same. */
export const cases = (seed: number, each: number): readonly Case[] =>
  apiKinds.flatMap(({ kind, spec, example }): Case[] => {
    const values = fitting(spec);
    const sample = <T>(arbitrary: fc.Arbitrary<T>, count: number): T[] =>
      fc.sample(arbitrary, { seed, numRuns: count });
    const tried = [
      example.spec,
      undefined,
      ...(ruled[kind] ?? []),
      ...sample(values, each),
      ...sample(mutated(fc.constant(example.spec)), each),
      ...sample(mutated(values), each),
    ];
    const written = new Map(tried.map(one => [JSON.stringify(one) ?? '', one]));
    return [...written.values()].map(one => ({ kind, ...(one === undefined ? {} : { spec: one }) }));
  });

export const metadataCases: readonly Case[] = metadata.map(one => ({
  kind: 'TrafficPolicy',
  metadata: one,
  spec: { targetRefs: [{ kind: 'Service', name: 'reviews' }] },
}));
