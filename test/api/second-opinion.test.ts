/** TypeBox's own check and ours agree on the types of values; rules, and unknown fields as an API server has them, are ours alone. */
import { TypeRegistry } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { check } from '../../src/api/check.ts';
import { apiKinds } from '../../src/api/kinds/kinds.ts';
import { fitting, mutated } from '../support/api/values.ts';
import { runs, seed } from '../support/runs.ts';

/** What the API server takes away before it looks: empty values of objects. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => (part === null ? [] : [[key, withoutNulls(part)]])),
  );
};

beforeAll(() => {
  TypeRegistry.Set<{ enum?: readonly string[] }>('Unsafe', (schema, value) =>
    schema.enum
      ? schema.enum.includes(value as string)
      : typeof value === 'object' && value !== null && Object.values(value).every(one => typeof one === 'string'),
  );
  return () => TypeRegistry.Delete('Unsafe');
});

describe.each(apiKinds.map(({ kind, spec }) => [kind, spec] as const))('%s', (_, spec) => {
  it('is checked as TypeBox checks it', () => {
    const values = fc.oneof(fitting(spec), mutated(fitting(spec)), mutated(fitting(spec, { optional: 70, most: 3 })));
    fc.assert(
      fc.property(values, written => {
        const { problems, value } = check(spec, written);
        const ours = problems.filter(({ kind, message }) => kind !== 'rule' && !message.startsWith('another element'));
        expect(Value.Check(spec, withoutNulls(value)), JSON.stringify(ours)).toBe(ours.length === 0);
      }),
      { seed: seed(3), numRuns: runs(50) },
    );
  });
});
