import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Json, packed, unpacked } from './packing.ts';

it('what was packed is what is unpacked', () => {
  const text = fc.oneof(fc.constantFrom('$1', '$$', '$', 'something long enough'), fc.string());
  const value = fc.letrec<{ value: Json }>(tie => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'cc'), tie('value')),
    ),
  })).value;
  fc.assert(
    fc.property(fc.array(value), all => {
      expect(unpacked(packed(all))).toEqual(all);
    }),
    { seed: 1, numRuns: 300 },
  );
});

it('what several have in common is said once', () => {
  const part = { a: 'something long enough', b: ['another', 'and another'] };
  const lines = packed([{ one: part }, { two: part, three: part }]);
  expect(lines.match(/something long enough/g)).toHaveLength(1);
});
