import { groupBy } from '../../base/order.ts';
import type { Frontend } from '../../model/frontend.ts';
import type { Model } from '../../model/model.ts';
import type { ServerScope } from '../../model/scope.ts';
import type { DestinationAsked } from '../lookup/destinations.ts';
import { Lookup } from '../lookup/lookup.ts';
import { meansSame, pairwise } from '../questions/plain.ts';
import type { World } from '../request.ts';
import { guardsAt } from '../samples/guards-at.ts';
import type { Target } from '../samples/target.ts';
import { samePolicies, sameTable } from './reworded.ts';

/** The statements that one list does not share with the other; all of them where the shared ones changed their order. */
const notShared = <T extends { readonly id: string }>(
  list: readonly T[],
  other: readonly T[],
  areSame: (a: T, b: T) => boolean,
): readonly T[] => {
  const named = groupBy(
    other.map((statement, at) => ({ statement, at })),
    ({ statement }) => statement.id,
  );
  const left: T[] = [];
  let last = -1;
  for (const statement of list) {
    const same = named.get(statement.id)?.find(candidate => areSame(statement, candidate.statement));
    if (!same) left.push(statement);
    else if (same.at < last) return list;
    else last = same.at;
  }
  return left;
};

/** Whether a statement about servers may be about one that stands behind the target. */
const mayCover = ({ namespaces, gateway }: ServerScope, { services, via }: Target): boolean =>
  via !== undefined ||
  gateway !== undefined ||
  !namespaces ||
  services.some(service => service.endpoints.kind !== 'pods' || namespaces.includes(service.endpoints.namespace));

/** Names that services of several namespaces have: a Host without a namespace means another one to each caller. */
const sharedNames = ({ inventory }: World['client']): ReadonlySet<string> => {
  const names = new Set<string>();
  const shared = new Set<string>();
  for (const { name } of inventory.services) (names.has(name) ? shared : names).add(name);
  return shared;
};

/**
 * Tells the targets about which two configurations say the same, to the letter or in other words: nothing has to be
 * asked there. Undefined where they differ in what concerns every target: the inventory, the meshes, what clients
 * see, what is not understood; or where clients and servers have configurations of their own.
 */
export const unchangedIn = (a: World, b: World): ((target: Target) => boolean) | undefined => {
  const [before, after] = [a.client, b.client];
  if (before !== a.server || after !== b.server) return undefined;
  const common = ({ inventory, meshes, visibility, exposures, egress, opaque }: Model) => [
    meshes,
    visibility,
    exposures,
    egress,
    opaque,
    inventory,
  ];
  if (!meansSame(common(before), common(after))) return undefined;
  const changed = <T extends { readonly id: string }>(
    listOf: (model: Model) => readonly T[],
    areSame: (a: T, b: T) => boolean = meansSame,
  ): ReadonlySet<T> => {
    const [own, other] = [listOf(before), listOf(after)];
    return new Set([...notShared(own, other, areSame), ...notShared(other, own, (a, b) => areSame(b, a))]);
  };
  const frontends = changed(model => model.frontends, pairwise(sameTable));
  const destinations = changed(model => model.destinations);
  const policies = changed(model => model.access);
  const authentications = changed(model => model.requestAuthentication);
  const encryption = changed(model => model.encryption);
  const lookups = [Lookup.of(before), Lookup.of(after)];
  // Which table of a gateway is asked depends on the Host and the server name, and not on what was dialled alone.
  const gateways = new Set([...frontends].flatMap(({ listens }) => ('gateway' in listens ? listens.gateway : [])));
  const ambiguous = sharedNames(before);
  const hasTables = (target: Target): boolean =>
    frontends.size > 0 &&
    [...target.frontends, ...named(target).flatMap(about => lookups.flatMap(lookup => tablesOf(lookup, about)))].some(
      table => frontends.has(table),
    );
  const hasSettings = (target: Target): boolean =>
    destinations.size > 0 &&
    named(target).some(about =>
      lookups.some(lookup => lookup.destinations.about(about).some(settings => destinations.has(settings))),
    );
  return target =>
    (target.via === undefined || !gateways.has(target.via)) &&
    !target.services.some(({ name }) => ambiguous.has(name)) &&
    !hasTables(target) &&
    !hasSettings(target) &&
    !(policies.size > 0 && target.policies.some(policy => policies.has(policy)) && !areGuardedAlike(target, lookups)) &&
    !(authentications.size > 0 && target.authentications.some(rule => authentications.has(rule))) &&
    ![...encryption].some(({ scope }) => mayCover(scope, target));
};

/** Whether the policies around everything that a target leads to decide alike, in whatever words. */
const areGuardedAlike = ({ services, via }: Target, lookups: readonly Lookup[]): boolean => {
  const [a, b] = lookups;
  if (!a || !b || via !== undefined) return false;
  return services.every(service =>
    guardsAt(a, service).every(guard => samePolicies(a.accessAround(guard), b.accessAround(guard))),
  );
};

/** What a target is called, and what it leads to. */
const named = ({ services, to }: Target): readonly Pick<DestinationAsked, 'service' | 'host'>[] => [
  ...services.map(service => ({ service, host: service.hosts[0] ?? service.id })),
  ...('host' in to ? [{ host: to.host }] : []),
];

const tablesOf = (lookup: Lookup, { service, host }: Pick<DestinationAsked, 'service' | 'host'>): readonly Frontend[] =>
  lookup.frontends.about(service, host);
