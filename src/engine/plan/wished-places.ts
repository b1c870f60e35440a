/** Where something is wished: what runs is held against wishes there, and nowhere else. */
import type { Attachment } from '../../compile/attachment.ts';
import type { Frontend } from '../../model/frontend.ts';
import { type Aspect, aspects, type ServiceComparison } from '../../verify/compare/comparison.ts';

/** For each aspect the services of which something is wished, by id. */
export type WishedPlaces = Readonly<Record<Aspect, 'everything' | ReadonlySet<string>>>;

/** What a policy of a kind speaks of. */
const spokenOf: Readonly<Record<string, readonly Aspect[]>> = {
  AccessPolicy: ['access'],
  TrafficPolicy: ['routing', 'resilience'],
};

const ofEach = (places: (aspect: Aspect) => WishedPlaces[Aspect]): WishedPlaces =>
  Object.fromEntries(aspects.map(aspect => [aspect, places(aspect)])) as WishedPlaces;

/** Routes are wishes about routing and resilience. A wish for a namespace, a gateway or a mesh is taken to be for everything. */
export const placesOf = (tables: readonly Frontend[], attachments: readonly Attachment[]): WishedPlaces => {
  const routed = tables.flatMap(({ listens }) => (listens.kind === 'service' ? [listens.service] : []));
  return ofEach(aspect => {
    const meant = attachments.filter(({ policy }) => spokenOf[policy.kind]?.includes(aspect));
    if (meant.some(({ target }) => target.level !== 'service')) return 'everything';
    const services = meant.flatMap(({ target }) => (target.level === 'service' ? [target.service.id] : []));
    return new Set(aspect === 'routing' || aspect === 'resilience' ? [...routed, ...services] : services);
  });
};

export const allPlaces = (places: readonly WishedPlaces[]): WishedPlaces =>
  ofEach(aspect => {
    const each = places.map(one => one[aspect]);
    const services = each.flatMap(one => (one === 'everything' ? [] : [...one]));
    return each.includes('everything') ? 'everything' : new Set(services);
  });

export const isWished = (places: WishedPlaces, { service, aspect }: ServiceComparison): boolean => {
  const wished = places[aspect];
  return wished === 'everything' || wished.has(service);
};
