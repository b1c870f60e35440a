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

/** Objects of all kinds, some of them valid: made from a seed, always the same. */
export const cases = (seed: number, each: number): readonly Case[] =>
  apiKinds.flatMap(({ kind, spec, example }): Case[] => {
    const values = fitting(spec);
    const sample = <T>(arbitrary: fc.Arbitrary<T>, count: number): T[] =>
      fc.sample(arbitrary, { seed, numRuns: count });
    const tried = [
      example.spec,
      undefined,
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
