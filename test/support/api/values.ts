/** Values that fit a schema of the API, and values that nearly do. */
import type { TSchema } from '@sinclair/typebox';
import fc, { type Arbitrary } from 'fast-check';
import { type Rule, rulesFor } from '../../../src/api/schema.ts';
import { sometimes } from '../arbitrary/parts.ts';

type Fields = Readonly<Record<string, TSchema>>;

/** How large values become: optional fields are there in so many of a hundred, lists have at most so many elements. */
export interface Size {
  readonly optional: number;
  readonly most: number;
}

const small: Size = { optional: 30, most: 2 };

/** Values of the schema's types, patterns and bounds. Rules may be broken: a generator does not know them. */
export const fitting = (schema: TSchema, size: Size = small): Arbitrary<unknown> => {
  if (schema.enum) return fc.constantFrom(...(schema.enum as string[]));
  switch (schema.type) {
    case 'object':
      return objects(schema, size);
    case 'array': {
      const { minItems = 0 } = schema as { minItems?: number };
      return fc.array(fitting(schema.items, size), { minLength: minItems, maxLength: Math.max(minItems, size.most) });
    }
    case 'string':
      return texts(schema);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.oneof(
        fc.integer({ min: schema.minimum, max: Math.min(schema.maximum, schema.minimum + 50) }),
        fc.constantFrom<number>(schema.minimum, schema.maximum),
      );
    default:
      return fc.oneof(fc.integer({ min: schema.minimum, max: schema.maximum }), fc.constantFrom(0.0001, 12.5));
  }
};

const objects = (schema: TSchema, size: Size): Arbitrary<unknown> => {
  if (schema.additionalProperties) {
    const key = fc.constantFrom('version', 'app.kubernetes.io/name', '', '__proto__', 'x y');
    return fc.dictionary(key, fitting(schema.additionalProperties, size), { maxKeys: size.most });
  }
  const fields: Fields = schema.properties ?? {};
  const needed = new Set<string>(schema.required ?? []);
  return fc
    .record(
      Object.fromEntries(
        Object.entries(fields).map(([key, field]) => {
          const isNeeded = needed.has(key) && field.default === undefined;
          return [key, isNeeded ? fitting(field, size) : sometimes(size.optional, fitting(field, size))];
        }),
      ),
    )
    .map(value => Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)));
};

const texts = ({ pattern, minLength = 0, maxLength = 20 }: TSchema): Arbitrary<string> => {
  if (pattern) return fc.stringMatching(new RegExp(pattern), { maxLength: Math.min(maxLength, 16) });
  return fc.oneof(fc.constantFrom('a', 'http', '10.0.0.0/8', 'ä€😀'), fc.string({ minLength, maxLength: 8 }));
};

type Path = readonly (string | number)[];

/** Every place inside a value, the value itself included. */
const pathsIn = (value: unknown): readonly Path[] => [
  [],
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, part]) =>
        pathsIn(part).map(path => [Array.isArray(value) ? Number(key) : key, ...path]),
      )
    : []),
];

/** The value with another one at a place; undefined takes away what is there. */
export const withValueAt = (value: unknown, [step, ...rest]: Path, put: (old: unknown) => unknown): unknown => {
  if (step === undefined) return put(value);
  if (Array.isArray(value)) {
    const changed = withValueAt(value[step as number], rest, put);
    return value.flatMap((item, index) => (index !== step ? [item] : changed === undefined ? [] : [changed]));
  }
  const entries = Object.entries((value ?? {}) as object).filter(([key]) => key !== step);
  const changed = withValueAt((value as Record<string, unknown>)[step], rest, put);
  // By entries: `__proto__` is a key like any other.
  return Object.fromEntries(changed === undefined ? entries : [...entries, [step, changed]]);
};

const wrong = fc.constantFrom<unknown>(
  ...[null, true, false, 0, -1, 1, 1.5, 65_536, 2_147_483_648, 101, 600, 1e300],
  ...['', ' ', '-', 'A', 'Exact', 'x'.repeat(260), '1s', '-1s', '1.5s', '0', '/', 'a\nb', '\u0000', '😀'.repeat(64)],
  ...[[], {}, [null], [[]], [1], ['a', 'a'], { a: 1 }, { '': null }],
);

const strangeKeys = fc.constantFrom('other', '__proto__', 'constructor', 'toString', 'Name', 'name ', '', 'a.b', '0');

/** One change to an element of a value: something else in its place, gone, named otherwise, twice, or more beside it. */
const change = (others: Arbitrary<unknown>): Arbitrary<(old: unknown) => unknown> =>
  fc.oneof(
    { weight: 4, arbitrary: others.map(value => () => value) },
    { weight: 2, arbitrary: fc.constant(() => undefined) },
    {
      weight: 2,
      arbitrary: fc.tuple(strangeKeys, others).map(([key, value]) => (old: unknown) => {
        if (typeof old !== 'object' || old === null) return [old];
        if (Array.isArray(old)) return [...old, ...old.slice(0, 1)];
        return Object.fromEntries([...Object.entries(old), [key, value]]);
      }),
    },
  );

/** A value that was changed in one to three places. */
export const mutated = (value: Arbitrary<unknown>, others: Arbitrary<unknown> = wrong): Arbitrary<unknown> =>
  fc
    .tuple(value, fc.array(fc.tuple(fc.nat(), change(others)), { minLength: 1, maxLength: 3 }))
    .map(([whole, changes]) =>
      changes.reduce((now, [where, put]) => {
        const paths = pathsIn(now);
        return withValueAt(now, paths[where % paths.length] ?? [], put);
      }, whole),
    );

/** The rules of a schema and of all that is in it. */
export const rulesIn = (schema: TSchema): readonly Rule<unknown>[] => [
  ...rulesFor(schema),
  ...Object.values((schema.properties ?? {}) as Fields).flatMap(rulesIn),
  ...(schema.items ? rulesIn(schema.items) : []),
];
