/** ln Γ(x) for x > 0, by Lanczos' approximation. */
const lnGamma = (x: number): number => {
  const coefficients = [
    76.18009172947146, -86.50532032941678, 24.01409824083091, -1.231739572450155, 0.001208650973866179,
    -0.000005395239384953,
  ];
  const base = x + 5.5 - (x + 0.5) * Math.log(x + 5.5);
  const series = coefficients.reduce(
    (sum, coefficient, index) => sum + coefficient / (x + index + 1),
    1.000000000190015,
  );
  return -base + Math.log((2.5066282746310007 * series) / x);
};

/** The regularised lower incomplete gamma function by its series; good for x < a + 1. */
const lowerGamma = (a: number, x: number): number => {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 500; n += 1) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * 1e-15) break;
  }
  return sum * Math.exp(a * Math.log(x) - x - lnGamma(a));
};

/** The regularised upper incomplete gamma function by its continued fraction (Lentz); good for x > a + 1. */
const upperGamma = (a: number, x: number): number => {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 500; n += 1) {
    const factor = -n * (n - a);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction * Math.exp(a * Math.log(x) - x - lnGamma(a));
};

/**
 * How likely it is that counts stray at least so far from what is expected, if the shares are right (Pearson's chi-square
 * test). Zero where something was seen that cannot happen.
 */
export const likelihood = (counts: readonly number[], shares: readonly number[]): number => {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const cells = counts.map((count, index) => ({ count, expected: (total * (shares[index] ?? 0)) / whole }));
  if (cells.some(({ count, expected }) => count > 0 && expected === 0)) return 0;
  const possible = cells.filter(({ expected }) => expected > 0);
  if (possible.length < 2 || total === 0) return 1;
  const x = possible.reduce((sum, { count, expected }) => sum + (count - expected) ** 2 / expected, 0) / 2;
  const a = (possible.length - 1) / 2;
  if (x === 0) return 1;
  return x < a + 1 ? 1 - lowerGamma(a, x) : upperGamma(a, x);
};
