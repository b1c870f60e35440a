import type { Service } from '../../model/inventory.ts';
import { Notes } from '../findings.ts';
import { wholeLeg } from '../leg.ts';
import type { Lookup } from '../lookup/lookup.ts';
import { meansSame } from '../questions/plain.ts';
import type { Target } from '../samples/target.ts';
import { serversAt } from '../standing.ts';

/**
 * Tells of a service about which no table and no settings say anything, and which all models know alike, of what kind it
 * is: of two of one kind the same is true, but for their names. Undefined: it is like no other.
 */
export const unsaidIn = (lookups: readonly Lookup[]): ((target: Target) => string | undefined) => {
  // What clients see, and how callers of a joined mesh come in, is told name by name.
  const isToldByName = lookups.some(
    ({ model, hasWaypoints }) =>
      hasWaypoints || model.visibility.length > 0 || model.meshes.some(({ joined = [] }) => joined.length > 0),
  );
  if (isToldByName) return () => undefined;
  const shared = sharedNames(lookups);
  const numbers = new Map<object, number>();
  const numberOf = (statement: object): number => {
    const number = numbers.get(statement) ?? numbers.size;
    numbers.set(statement, number);
    return number;
  };
  return target => {
    const { to, via, frontends, mentions } = target;
    if (!('service' in to) || to.port === undefined || via !== undefined || frontends.length > 0) return undefined;
    const { port } = to;
    const service = knownAlike(to.service, lookups);
    if (
      !service ||
      !isPlain(service) ||
      shared.has(service.name) ||
      !lookups.every(lookup => isUnsaid(service, lookup))
    )
      return undefined;
    if (!mentions.areNone) return undefined;
    const guards = lookups.map(lookup => guardsBehind(service, port, lookup).map(of => of.map(numberOf)));
    return JSON.stringify([target.home, port, service.ports, service.headless, guards]);
  };
};

/** The service, if all know it and the same of it. */
const knownAlike = (id: string, lookups: readonly Lookup[]): Service | undefined => {
  let first: Service | undefined;
  for (const lookup of lookups) {
    const known = lookup.services.find(id);
    if (!known || (first && !meansSame(first, known))) return undefined;
    first ??= known;
  }
  return first;
};

const isPlain = ({ endpoints, external, joinedWith, hosts }: Service): boolean =>
  endpoints.kind === 'pods' && !external && joinedWith === undefined && hosts.length === 1;

/** Nothing concerns it in particular, nobody is known behind it, and its names mean it and nothing else to anybody. */
const isUnsaid = (service: Service, { services, destinations }: Lookup): boolean => {
  const { id, namespace, name, hosts, endpoints } = service;
  const host = hosts[0] ?? id;
  return (
    services.exposedTo(service) === undefined &&
    services.workloadsOf(endpoints).length === 0 &&
    destinations.about({ service, host }).length === 0 &&
    services.named(host, undefined)?.id === id &&
    services.named(name, namespace)?.id === id &&
    services.named(name, undefined) === undefined
  );
};

/** Names that mean one service in one namespace and another in another, on whatever side. */
const sharedNames = (lookups: readonly Lookup[]): ReadonlySet<string> => {
  const ids = new Map<string, string>();
  const shared = new Set<string>();
  for (const { model } of lookups) {
    for (const { id, name } of model.inventory.services) {
      if (ids.has(name) && ids.get(name) !== id) shared.add(name);
      ids.set(name, id);
    }
  }
  return shared;
};

/** The statements that guard it, kind by kind. */
const guardsBehind = (service: Service, port: number, lookup: Lookup): readonly (readonly object[])[] => {
  if (!lookup.hasGuards) return [];
  const { servers } = serversAt(wholeLeg(service, port), lookup, new Notes(undefined, true));
  return servers.flatMap(({ guards: { access, encryption, requestAuthentication, rateLimits, opaque } }) => [
    access,
    encryption,
    requestAuthentication,
    rateLimits,
    opaque,
  ]);
};
