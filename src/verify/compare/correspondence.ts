import { groupBy } from '../../base/order.ts';
import type { Model } from '../../model/model.ts';
import { type EndpointSet, endpointText } from '../../model/scope.ts';
import type { World } from '../request.ts';
import type { TargetSamples } from '../samples/samples.ts';
import type { Unmatched } from './comparison.ts';

/** Which service of the first side is which of the second. */
export interface Correspondence {
  /** By the id on the first side, the id on the second; undefined if it has none. */
  readonly toB: (id: string) => string | undefined;
  /** Whether both sides have a service, by its id on either of them. */
  readonly isShared: (id: string) => boolean;
  /** The name on the first side of something that is dialled; undefined if only one side has it. */
  readonly placeOf: (target: TargetSamples['target']) => string | undefined;
  readonly unmatched: readonly Unmatched[];
}

const modelsOf = ({ client, server }: World): readonly Model[] => (client === server ? [client] : [client, server]);

/** Everything that is named, what of it is really there, and for what endpoints it stands. */
const servicesOf = (world: World) => {
  const ids = new Map<string, EndpointSet>();
  const present = new Set<string>();
  for (const { id, endpoints, evidence } of modelsOf(world).flatMap(({ inventory }) => inventory.services)) {
    if (ids.has(id)) continue;
    ids.set(id, endpoints);
    if (evidence === 'object') present.add(id);
  }
  return { ids, present };
};

/** Those that go with none yet, by their endpoints. */
const freeByEndpoints = (
  { ids }: ReturnType<typeof servicesOf>,
  isFree: (id: string) => boolean,
): ReadonlyMap<string, readonly string[]> => {
  const free = [...ids].flatMap(([id, endpoints]) =>
    endpoints.kind !== 'named' && isFree(id) ? { id, text: endpointText(endpoints) } : [],
  );
  const groups = groupBy(free, ({ text }) => text);
  return new Map([...groups].map(([text, group]) => [text, group.map(({ id }) => id)]));
};

const gatewaysOf = (world: World): Set<string> =>
  new Set(modelsOf(world).flatMap(({ inventory }) => inventory.gateways.map(({ id }) => id)));

/**
 * Services go together by the given map, else by id, else where one and only one on each side stands for the same
 * endpoints. A service that one side only mentions is the same name on the other.
 */
export const correspond = (a: World, b: World, map: Readonly<Record<string, string>> = {}): Correspondence => {
  const [before, after] = [servicesOf(a), servicesOf(b)];
  const pairs = new Map<string, string>();
  const taken = new Set<string>();
  const pair = (x: string, y: string): void => {
    if (pairs.has(x) || taken.has(y)) return;
    pairs.set(x, y);
    taken.add(y);
  };
  for (const [x, y] of Object.entries(map)) if (before.ids.has(x) && after.ids.has(y)) pair(x, y);
  for (const id of before.ids.keys()) if (after.ids.has(id)) pair(id, id);
  const free = freeByEndpoints(before, id => !pairs.has(id));
  const others = free.size > 0 ? freeByEndpoints(after, id => !taken.has(id)) : new Map<string, readonly string[]>();
  for (const [text, ids] of free) {
    const [other, ...more] = others.get(text) ?? [];
    if (ids.length === 1 && other !== undefined && more.length === 0) pair(ids[0]!, other);
  }
  for (const id of before.ids.keys()) if (!before.present.has(id)) pair(id, id);
  for (const id of after.ids.keys()) if (!after.present.has(id)) pair(id, id);
  const back = new Map([...pairs].map(([x, y]) => [y, x]));
  const [gatewaysA, gatewaysB] = [gatewaysOf(a), gatewaysOf(b)];
  const lone = (side: 'a' | 'b', kind: Unmatched['kind'], names: Iterable<string>): Unmatched[] =>
    [...names].sort().map(name => ({ side, kind, name }));
  return {
    toB: id => pairs.get(id),
    isShared: id => pairs.has(id) || back.has(id),
    placeOf: ({ name, to, via }) => {
      if (via !== undefined && gatewaysA.has(via) !== gatewaysB.has(via)) return undefined;
      if (!('service' in to)) return name;
      return pairs.has(to.service) ? to.service : back.get(to.service);
    },
    unmatched: [
      ...lone(
        'a',
        'service',
        [...before.present].filter(id => !pairs.has(id)),
      ),
      ...lone(
        'b',
        'service',
        [...after.present].filter(id => !back.has(id)),
      ),
      ...lone(
        'a',
        'gateway',
        [...gatewaysA].filter(id => !gatewaysB.has(id)),
      ),
      ...lone(
        'b',
        'gateway',
        [...gatewaysB].filter(id => !gatewaysA.has(id)),
      ),
    ],
  };
};
