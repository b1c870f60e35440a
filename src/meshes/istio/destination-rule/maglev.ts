import { approximated, type Verdict } from '../../../adapter/disposition.ts';
import type { LoadBalancing } from '../../../model/capabilities/load-balancing.ts';

/** Envoy's own size of the table (Maglev policy, v1.37); Istio has none and demands one. */
const usualSize = 65_537;

/** The largest prime that Istio takes. */
const largestSize = 4_999_999;

/** As Istio counts: one is a prime. */
const isPrime = (number: number): boolean => {
  if (number < 4) return number > 0;
  for (let factor = 2; factor * factor <= number; factor += 1) if (number % factor === 0) return false;
  return true;
};

/** What `maglev.tableSize` takes: a prime below 5000011 (Istio pkg/config/validation, 1.31). */
export const isMaglevSize = (size: number | undefined): boolean =>
  size !== undefined && size < 5_000_011 && isPrime(size);

/** With the next size that Istio takes. */
export const withMaglevSize = (balancing: LoadBalancing): Verdict<LoadBalancing> => {
  const { algorithm } = balancing;
  if (algorithm.value.kind !== 'consistentHash' || algorithm.value.table.kind !== 'maglev') return 'applied';
  const asked = algorithm.value.table.size;
  let size = Math.min(asked ?? usualSize, largestSize);
  while (!isPrime(size)) size += 1;
  const value = { ...algorithm.value, table: { ...algorithm.value.table, size } };
  const why = asked === undefined ? 'one has to be given' : `${asked} is not taken`;
  return approximated(
    { ...balancing, algorithm: { ...algorithm, value } },
    'consistent-hash-table',
    `the table has ${size} entries: ${why}`,
  );
};
