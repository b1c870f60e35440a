/** Objects of the API as nobody should write them: whatever a hostile or careless user can put into a file. */
import fc, { type Arbitrary } from 'fast-check';
import { type ApiKind, apiVersion } from '../../../src/api/kind.ts';
import { apiKinds } from '../../../src/api/kinds/kinds.ts';
import type { NativeObject } from '../../../src/native/snapshot.ts';
import { fitting, mutated } from './values.ts';

const nested = (depth: number): unknown => {
  let value: unknown = {};
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { from: value };
  return value;
};

/** Values that JSON cannot hold, or that are large or deep. */
const monsters = fc.constantFrom<unknown>(
  ...[Number.NaN, Number.POSITIVE_INFINITY, -0, 2 ** 53, 5e-324, undefined, 10n],
  ...['\ud800', '\udfff\ud800', '\u0000', '__proto__', '{{ .Values.x }}', 'x'.repeat(70_000), '9'.repeat(40)],
  ...[nested(400), Array.from({ length: 2000 }, () => ({})), Array.from({ length: 300 }, (_, index) => `${index}`)],
  ...[new Date(0), JSON.parse('{"__proto__":{"kind":"Service"},"constructor":1}'), Object.create(null)],
);

const names = fc.constantFrom(
  'reviews',
  'web',
  'x'.repeat(300),
  '',
  '../x',
  'a b',
  '__proto__',
  'constructor',
  'ä',
  'A',
);
const namespaces = fc.constantFrom(
  undefined,
  'shop',
  'shop',
  'outside',
  'supergloo-system',
  'istio-system',
  '',
  '__proto__',
);
const stamps = fc.constantFrom<unknown>(undefined, '2026-01-01T00:00:00Z', 'yesterday', '', 7, null, {});
const labels = fc.constantFrom<unknown>(undefined, { app: 'x' }, { 'a b': 7 }, [], 'text', { __proto__: null });

const strangeSpec = ({ spec }: ApiKind): Arbitrary<unknown> =>
  fc.oneof(
    { weight: 4, arbitrary: fitting(spec) },
    { weight: 4, arbitrary: mutated(fitting(spec)) },
    { weight: 2, arbitrary: mutated(fitting(spec, { optional: 60, most: 3 }), monsters) },
    { weight: 1, arbitrary: fc.oneof(monsters, fc.anything({ maxDepth: 3 })) },
  );

/** Written out often, so that most objects have the kind and the version that there is. */
const mostly = <T>(usual: T, ...others: readonly T[]): Arbitrary<T> =>
  fc.constantFrom(...Array.from({ length: 12 * others.length }, () => usual), ...others);

const objectOf = (kind: ApiKind): Arbitrary<NativeObject> =>
  fc
    .record({
      kind: mostly(kind.kind, 'Nothing', '__proto__'),
      version: mostly(apiVersion, 'supergloo.dev/v2', 'supergloo.dev/'),
      name: names,
      namespace: kind.scope === 'Cluster' ? mostly<string | undefined>(undefined, 'shop') : namespaces,
      creationTimestamp: stamps,
      labels,
      generation: mostly<unknown>(3, 'x', {}),
      status: mostly<unknown>(undefined, 7, [], { conditions: 7 }, { conditions: [null, 'x', { type: 'Accepted' }] }),
      spec: strangeSpec(kind),
    })
    .map(({ kind: name, version, namespace, spec, status, ...metadata }) => ({
      ref: { apiVersion: version, kind: name, name: metadata.name, ...(namespace === undefined ? {} : { namespace }) },
      body: { apiVersion: version, kind: name, metadata: { ...metadata, namespace }, spec, status },
    }));

/** One object of a random kind, in a random namespace. */
export const strangeObject: Arbitrary<NativeObject> = fc.oneof(...apiKinds.map(objectOf));
