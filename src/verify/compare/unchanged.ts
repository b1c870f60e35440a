import type { ServerScope } from '../../model/scope.ts';
import { Lookup } from '../lookup/lookup.ts';
import { plain } from '../questions/plain.ts';
import type { World } from '../request.ts';
import type { Target } from '../samples/targets.ts';

const text = (value: unknown): string => JSON.stringify(plain(value));

/** The statements that one list does not share with the other; all of them where the shared ones changed their order. */
const notShared = <T>(list: readonly T[], other: readonly T[]): readonly T[] => {
  const [own, theirs] = [list.map(text), other.map(text)];
  const [ownTexts, otherTexts] = [new Set(own), new Set(theirs)];
  const shared = own.filter(one => otherTexts.has(one));
  const back = theirs.filter(one => ownTexts.has(one));
  const inOrder = shared.length === back.length && shared.every((one, index) => one === back[index]);
  return inOrder ? list.filter((_, index) => !otherTexts.has(own[index] ?? '')) : list;
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
 * Tells the targets about which two configurations say the same, to the letter but for where it is written: nothing has
 * to be asked there. Undefined where they differ in what concerns every target: the inventory, the meshes, what clients
 * see, what is not understood; or where clients and servers have configurations of their own.
 */
export const unchangedIn = (a: World, b: World): ((target: Target) => boolean) | undefined => {
  const [before, after] = [a.client, b.client];
  if (before !== a.server || after !== b.server) return undefined;
  const { inventory, meshes, visibility, exposures, egress, opaque } = before;
  const common = text([inventory, meshes, visibility, exposures, egress, opaque]);
  const { inventory: inventoryB, meshes: meshesB } = after;
  if (common !== text([inventoryB, meshesB, after.visibility, after.exposures, after.egress, after.opaque])) {
    return undefined;
  }
  const changed = <T>(listOf: (model: World['client']) => readonly T[]): ReadonlySet<T> =>
    new Set([...notShared(listOf(before), listOf(after)), ...notShared(listOf(after), listOf(before))]);
  const frontends = changed(model => model.frontends);
  const destinations = changed(model => model.destinations);
  const policies = changed(model => model.access);
  const authentications = changed(model => model.requestAuthentication);
  const encryption = changed(model => model.encryption);
  const lookups = [Lookup.of(before), Lookup.of(after)];
  // Which table of a gateway is asked depends on the Host and the server name, and not on what was dialled alone.
  const gateways = new Set([...frontends].flatMap(({ listens }) => ('gateway' in listens ? listens.gateway : [])));
  const ambiguous = sharedNames(before);
  return target => {
    const named = [
      ...target.services.map(service => ({ service, host: service.hosts[0] ?? service.id })),
      ...('host' in target.to ? [{ host: target.to.host }] : []),
    ];
    const about = lookups.flatMap(lookup =>
      named.map(({ host, ...of }) => ({
        frontends: lookup.frontends.about('service' in of ? of.service : undefined, host),
        destinations: lookup.destinations.about({ host, ...of }),
      })),
    );
    return (
      (target.via === undefined || !gateways.has(target.via)) &&
      !target.services.some(({ name }) => ambiguous.has(name)) &&
      ![...target.frontends, ...about.flatMap(each => each.frontends)].some(table => frontends.has(table)) &&
      !about.some(each => each.destinations.some(settings => destinations.has(settings))) &&
      !target.policies.some(policy => policies.has(policy)) &&
      !target.authentications.some(rule => authentications.has(rule)) &&
      ![...encryption].some(({ scope }) => mayCover(scope, target))
    );
  };
};
