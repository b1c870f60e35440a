import { groupBy } from '../../../base/order.ts';
import type { Service } from '../../../model/inventory.ts';
import { hostMatches } from '../../../model/match.ts';

/** Something that is for one service (its id), or for all whose names a pattern takes. */
export type Place<T> = { readonly service: string; readonly item: T } | { readonly pattern: string; readonly item: T };

/** Things by the services that they are for. */
export interface ByService<T> {
  of(service: Service): readonly T[];
}

export const byService = <T>(items: readonly T[], placesOf: (item: T) => readonly Place<T>[]): ByService<T> => {
  const places = items.flatMap(placesOf);
  const own = groupBy(
    places.filter(place => 'service' in place),
    ({ service }) => service,
  );
  const wide = places.filter(place => 'pattern' in place);
  return {
    of: ({ id, hosts }) => [
      ...(own.get(id) ?? []).map(({ item }) => item),
      ...wide.flatMap(({ pattern, item }) => (hosts.some(host => hostMatches(pattern, host)) ? [item] : [])),
    ],
  };
};
