import type { Model } from '../../model/model.ts';
import { endpointText } from '../../model/scope.ts';
import type { World } from '../request.ts';
import type { TargetSamples } from '../samples/samples.ts';
import type { Unmatched } from './comparison.ts';

/** Which service of the first side is which of the second. */
export interface Correspondence {
  /** By the id on the first side, the id on the second; undefined if it has none. */
  readonly toB: (id: string) => string | undefined;
  /** The name on the first side of something that is dialled; undefined if only one side has it. */
  readonly placeOf: (target: TargetSamples['target']) => string | undefined;
  readonly unmatched: readonly Unmatched[];
}

const modelsOf = ({ client, server }: World): readonly Model[] => (client === server ? [client] : [client, server]);

/** Everything that is named, and the endpoint sets of what is really there. */
const servicesOf = (world: World) => {
  const ids = new Set<string>();
  const present = new Set<string>();
  const byEndpoints = new Map<string, string[]>();
  for (const { id, endpoints, evidence } of modelsOf(world).flatMap(({ inventory }) => inventory.services)) {
    if (ids.has(id)) continue;
    ids.add(id);
    if (evidence === 'object') present.add(id);
    if (endpoints.kind === 'named') continue;
    const text = endpointText(endpoints);
    byEndpoints.set(text, [...(byEndpoints.get(text) ?? []), id]);
  }
  return { ids, present, byEndpoints };
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
  for (const id of before.ids) if (after.ids.has(id)) pair(id, id);
  for (const [text, ids] of before.byEndpoints) {
    const free = ids.filter(id => !pairs.has(id));
    const others = (after.byEndpoints.get(text) ?? []).filter(id => !taken.has(id));
    if (free.length === 1 && others.length === 1) pair(free[0]!, others[0]!);
  }
  for (const id of before.ids) if (!before.present.has(id)) pair(id, id);
  for (const id of after.ids) if (!after.present.has(id)) pair(id, id);
  const back = new Map([...pairs].map(([x, y]) => [y, x]));
  const [gatewaysA, gatewaysB] = [gatewaysOf(a), gatewaysOf(b)];
  const lone = (side: 'a' | 'b', kind: Unmatched['kind'], names: Iterable<string>): Unmatched[] =>
    [...names].sort().map(name => ({ side, kind, name }));
  return {
    toB: id => pairs.get(id),
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
