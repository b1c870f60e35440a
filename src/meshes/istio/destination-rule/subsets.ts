import { namespaceOf } from '../../../native/snapshot.ts';
import { objectsOf, type Reading } from '../reading.ts';
import { type FindSubset, serviceOf } from '../virtual-service/destinations.ts';

/**
 * The subsets that DestinationRules define. Several rules for one host in one namespace add up, and of two subsets
 * with one name the first counts (observed, row 20.1).
 */
export const readSubsets = (reading: Reading): FindSubset => {
  const subsets = new Map<string, Readonly<Record<string, string>>>();
  for (const object of objectsOf(reading, 'networking.istio.io', 'DestinationRule')) {
    const spec = reading.snapshot.field(object).at('spec');
    const service = spec && serviceOf(reading, spec.text('host') ?? '', namespaceOf(object.ref));
    if (!spec || !service) continue;
    for (const subset of spec.list('subsets')) {
      const key = `${service.id} ${subset.text('name') ?? ''}`;
      const labels = subset.textMap('labels') ?? {};
      if (!subsets.has(key)) subsets.set(key, labels);
    }
  }
  return (service, name) => subsets.get(`${service.id} ${name}`);
};
