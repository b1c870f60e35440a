import { unique } from '../../base/order.ts';
import type { Frontend } from '../../model/frontend.ts';
import type { Service } from '../../model/inventory.ts';
import type { Lookup } from '../lookup/lookup.ts';

const sentTo = new WeakMap<Frontend, readonly string[]>();

/** The ids of the services that a table sends to, copies included. */
const backendIds = (table: Frontend): readonly string[] => {
  const known = sentTo.get(table);
  if (known) return known;
  const ids = new Set<string>();
  for (const { action } of table.rules) {
    const backends = action.target.kind === 'forward' ? action.target.backends : [];
    for (const { backend } of [...backends, ...(action.mirrors ?? [])]) {
      if (backend.kind === 'service') ids.add(backend.service);
    }
  }
  sentTo.set(table, [...ids]);
  return [...ids];
};

/** The services that rules send to, beside the one that is dialled. */
const backendsOf = (lookups: readonly Lookup[], frontends: readonly Frontend[]): Service[] =>
  unique(frontends.flatMap(backendIds)).flatMap(id => lookups.flatMap(lookup => lookup.services.find(id) ?? []));

/** The services to which waypoints before some services send on. */
const behindWaypoints = (lookups: readonly Lookup[], services: readonly Service[]): Service[] => {
  const waiting = services.filter(({ waypoint }) => waypoint !== undefined);
  const tables = waiting.flatMap(each =>
    lookups.flatMap(({ frontends }) => frontends.about(each, each.hosts[0] ?? each.id)),
  );
  return backendsOf(lookups, unique(tables));
};

/** The services through which traffic leaves that a client's proxy does not know. */
const waysOut = (lookups: readonly Lookup[]): Service[] =>
  lookups.flatMap(({ model, services }) =>
    model.egress.flatMap(({ through }) => (through && services.named(through.host, undefined)) ?? []),
  );

const withStandIns = new WeakMap<Lookup, boolean>();

const hasStandIns = (lookup: Lookup): boolean => {
  const known = withStandIns.get(lookup) ?? lookup.model.destinations.some(({ locality }) => locality?.fallbacks);
  withStandIns.set(lookup, known);
  return known;
};

/** The services that stand in for some services while nobody is behind those. */
const standIns = (lookups: readonly Lookup[], services: readonly Service[]): Service[] =>
  lookups
    .filter(hasStandIns)
    .flatMap(lookup =>
      services.flatMap(service =>
        lookup.destinations
          .about({ service, host: service.hosts[0] ?? service.id })
          .flatMap(({ locality }) =>
            (locality?.fallbacks ?? []).flatMap(one => lookup.services.find(one.service) ?? []),
          ),
      ),
    );

/** What is dialled, what rules send it on to, who stands in for those, and where traffic leaves that nobody knows. */
export const servicesReached = (
  lookups: readonly Lookup[],
  service: Service | undefined,
  frontends: readonly Frontend[],
): readonly Service[] => {
  const named = [...(service ? [service] : []), ...backendsOf(lookups, frontends)];
  return unique([...named, ...standIns(lookups, named), ...behindWaypoints(lookups, named), ...waysOut(lookups)]);
};
