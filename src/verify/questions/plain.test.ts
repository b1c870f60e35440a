import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isSame } from '../../base/same.ts';
import { meansSame, plain } from './plain.ts';

const source = { object: { apiVersion: 'v1', kind: 'Service', name: 'web' }, path: 'spec' };

const leaf = fc.constantFrom<unknown>('a', 'b', 1, true, null, undefined, []);

const value = fc.letrec<{ any: unknown }>(tie => ({
  any: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('any'), { maxLength: 2 }),
    fc.record(
      {
        value: tie('any'),
        origin: fc.constantFrom('written', 'meshDefault', 'somewhere'),
        source: fc.constantFrom<unknown>(source, 'a'),
        evidence: fc.constantFrom<unknown>(['object'], 'object'),
        name: tie('any'),
      },
      { requiredKeys: [] },
    ),
  ),
})).any;

it('two values mean the same if and only if they are the same when made plain', () => {
  let same = 0;
  fc.assert(
    fc.property(value, value, (a, b) => {
      const expected = isSame(plain(a), plain(b));
      if (expected) same += 1;
      expect(meansSame(a, b)).toBe(expected);
    }),
    { seed: 7, numRuns: 4000 },
  );
  expect(same).toBeGreaterThan(200);
});
