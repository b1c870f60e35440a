import type { Comparison, ServiceComparison } from '../verify/compare/comparison.ts';

/** What kind of difference it is, as `--accept` takes it: `access-looser`. */
export const differenceId = ({ aspect, verdict }: Pick<ServiceComparison, 'aspect' | 'verdict'>): string =>
  `${aspect}-${verdict}`;

/** Differences by which somebody gets in who did not, or something is read on the way that was not. */
const weakenings: readonly string[] = ['access', 'encryption'].flatMap(aspect =>
  ['looser', 'different'].map(verdict => `${aspect}-${verdict}`),
);

/** The weakenings of a comparison that were not accepted, each id once. */
export const weakerIn = (
  { services }: Pick<Comparison, 'services'>,
  accepted: readonly string[] = [],
): readonly string[] =>
  weakenings.filter(id => !accepted.includes(id) && services.some(service => differenceId(service) === id));
