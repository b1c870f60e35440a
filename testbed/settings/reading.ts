import type { Subset } from '../../src/model/frontend.ts';
import type { Model } from '../../src/model/model.ts';
import { different, type Name, type Numbers } from './numbers.ts';
import { numbersOfDestination, numbersOfRoutes, type Place } from './predicted.ts';

/** What a caller's proxy was told. */
export interface Told {
  /** Undefined: it knows no such destination. */
  destination(service: string, port: number, subset: string | undefined): Numbers | undefined;
  /** The routes to a service in their order, undefined for one that does not forward; undefined: it has no table. */
  routes(service: string, port: number): readonly (Numbers | undefined)[] | undefined;
}

/** What a proxy was told of one destination, or of the routes to it. */
export interface Reading extends Place {
  readonly about: 'destination' | 'routes';
  /** One for a destination, one for each route. */
  readonly seen: readonly (Numbers | null)[];
}

/** A reading beside what is predicted. */
export interface JudgedReading extends Reading {
  /** Values that were looked at. */
  readonly compared: readonly Name[];
  readonly differing: readonly Name[];
  /** Empty: model and proxy agree. */
  readonly differences: readonly string[];
}

const predictedOf = (model: Model, { about, ...place }: Reading): readonly (Numbers | null)[] | undefined =>
  about === 'destination'
    ? [numbersOfDestination(model, place)]
    : numbersOfRoutes(model, place)?.map(one => one ?? null);

const keysOf = (all: readonly (Numbers | null)[]): readonly Name[] =>
  all.flatMap(one => Object.keys(one ?? {}) as Name[]);

const text = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value));

export const judgeReading = (model: Model, reading: Reading): JudgedReading => {
  const predicted = predictedOf(model, reading) ?? [];
  const compared = [...new Set([...keysOf(predicted), ...keysOf(reading.seen)])];
  const differing: Name[] = [];
  // Rules behind one that takes everything may be left out.
  const isAsLong = predicted.length >= reading.seen.length;
  const differences = isAsLong ? [] : [`routes: predicted ${predicted.length}, seen ${reading.seen.length}`];
  if (isAsLong)
    for (const [index, seen] of reading.seen.entries()) {
      const expected = predicted[index];
      // What does not forward has no numbers; what leads nowhere may be told as a route or as an answer.
      if (!expected) continue;
      const where = reading.about === 'routes' ? `route ${index}: ` : '';
      for (const name of different(expected, seen ?? {})) {
        differing.push(name);
        differences.push(`${where}${name}: predicted ${text(expected[name])}, told ${text(seen?.[name])}`);
      }
    }
  return { ...reading, compared, differing, differences };
};

/** The subsets of a service that settings or rules name. */
const subsetsOf = ({ destinations, frontends }: Model, service: string): readonly Subset[] => {
  const ofRules = frontends
    .filter(({ listens }) => listens.kind === 'service' && listens.service === service)
    .flatMap(({ rules }) => rules)
    .flatMap(({ action: { target } }) => (target.kind === 'forward' ? target.backends : []))
    .flatMap(({ backend }) =>
      backend.kind === 'service' && backend.service === service ? (backend.subset ?? []) : [],
    );
  const own = destinations.flatMap(({ target }) => (target.service === service ? (target.subset ?? []) : []));
  return [...new Map([...own, ...ofRules].map(subset => [subset.name, subset])).values()];
};

/** All that a caller's proxy was told of a service on one port. */
export const readingsOf = (model: Model, told: Told, at: Omit<Place, 'subset'>): readonly JudgedReading[] => {
  const places: readonly Place[] = [at, ...subsetsOf(model, at.service).map(subset => ({ ...at, subset }))];
  const destinations = places.flatMap((place): Reading[] => {
    const seen = told.destination(place.service, place.port, place.subset?.name);
    return seen ? [{ ...place, about: 'destination', seen: [seen] }] : [];
  });
  const routes = numbersOfRoutes(model, at) ? told.routes(at.service, at.port) : undefined;
  const all: readonly Reading[] = routes
    ? [...destinations, { ...at, about: 'routes', seen: routes.map(one => one ?? null) }]
    : destinations;
  return all.map(reading => judgeReading(model, reading));
};

/** Tells readings that are what most places have. */
export const usualAmong = (all: readonly Reading[]): ((reading: Reading) => boolean) => {
  const keyOf = ({ about, seen }: Reading): string => JSON.stringify([about, seen]);
  const counts = new Map<string, number>();
  for (const reading of all) counts.set(keyOf(reading), (counts.get(keyOf(reading)) ?? 0) + 1);
  return reading => {
    const alike = all.filter(({ about }) => about === reading.about).length;
    return (counts.get(keyOf(reading)) ?? 0) > alike / 2;
  };
};
