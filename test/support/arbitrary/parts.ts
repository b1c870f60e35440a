import fc, { type Arbitrary } from 'fast-check';

/** A value in so many of a hundred samples, else nothing; it shrinks to nothing. */
export const sometimes = <T>(percent: number, arbitrary: Arbitrary<T>): Arbitrary<T | undefined> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: 100 - percent, arbitrary: fc.constant(undefined) },
    { weight: percent, arbitrary },
  );

type Spec<T> = { readonly [K in keyof T]?: readonly [percent: number, Arbitrary<NonNullable<T[K]>>] };

/** An object, each part of which is there in so many of a hundred samples. */
export const parts = <T extends object>(spec: Spec<T>): Arbitrary<Partial<T>> => {
  const entries = Object.entries(spec) as [string, readonly [number, Arbitrary<unknown>]][];
  return fc
    .record(Object.fromEntries(entries.map(([key, [percent, arbitrary]]) => [key, sometimes(percent, arbitrary)])))
    .map(object => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>);
};

/** One of a few values, so that samples often agree and overlap. */
export const oneOf = <const T>(...values: readonly T[]): Arbitrary<T> => fc.constantFrom(...values);

/** As `parts`, with at least one of them. */
export const someParts = <T extends object>(spec: Spec<T>): Arbitrary<Partial<T>> =>
  parts(spec).filter(object => Object.keys(object).length > 0);
