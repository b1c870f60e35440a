import type { World } from '../request.ts';
import { type Comparison, worst } from './comparison.ts';
import { correspond } from './correspondence.ts';
import { type ExploreOptions, findByExploring } from './explored.ts';
import { putToBoth } from './put.ts';

export interface CompareOptions extends ExploreOptions {
  /** Service ids of the first side that go by another id on the second. */
  readonly map?: Readonly<Record<string, string>>;
}

/**
 * Lays two configurations side by side: for every service, every host at a gateway and the unknown outside, whether the
 * second routes, retries, admits and protects as the first does, and if not, a smallest request that shows it.
 */
export const compare = (a: World, b: World, options: CompareOptions = {}): Comparison => {
  const correspondence = correspond(a, b, options.map);
  const put = putToBoth(a, b, correspondence);
  const { found: services, asked, reused, left } = findByExploring([a, b], correspondence, put, options);
  const verdict = worst(services.map(service => service.verdict));
  return { verdict, services, unmatched: correspondence.unmatched, method: 'exact', asked, reused, left };
};
