import { expect, it } from 'vitest';
import { likelihood } from './chi-square.ts';

it.each([
  // From tables of the chi-square distribution: 3.841 at one degree of freedom is 5 %, 9.210 at two is 1 %.
  [[50 + 9.8, 50 - 9.8], [1, 1], 0.05],
  [[100 + 17.52, 100 - 17.52, 100], [1, 1, 1], 0.0465],
])('%o for %o has likelihood %f', (counts, shares, expected) => {
  expect(likelihood(counts, shares)).toBeCloseTo(expected, 3);
});

it('what is exactly as expected is certain, and what cannot be is impossible', () => {
  expect(likelihood([80, 20], [80, 20])).toBe(1);
  expect(likelihood([99, 1], [1, 0])).toBe(0);
  expect(likelihood([100, 0], [1, 0])).toBe(1);
});

it('a split the wrong way round is beyond the bound', () => {
  expect(likelihood([60, 240], [80, 20])).toBeLessThan(1e-6);
  expect(likelihood([240, 60], [80, 20])).toBeGreaterThan(0.9);
});
