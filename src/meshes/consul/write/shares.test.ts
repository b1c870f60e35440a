import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asTold, whole } from '../chain/chain.ts';
import { shares } from './shares.ts';

describe('shares', () => {
  it('of 10.11 percent Consul tells Envoy 1010 parts (seen in the test bed)', () => {
    expect([1011, 8989].map(asTold)).toEqual([1010, 8989]);
    expect(shares([1011, 8989])).toEqual([1010, 8990]);
  });

  it('are told as they are written, add up, and keep what has a share at all', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(weights, list => {
        fc.pre(list.some(weight => weight > 0));
        const parts = shares(list);
        expect(parts.map(asTold)).toEqual(parts);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(whole);
        expect(parts.map(part => part > 0)).toEqual(list.map(weight => weight > 0));
      }),
      { seed: 7, numRuns: 3000 },
    );
  });
});
