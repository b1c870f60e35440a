import { byKey, groupBy } from '../../../../base/order.ts';
import { type Labels, selects } from '../../../../model/scope.ts';
import type { Coverings } from './coverings.ts';
import type { Demand } from './demand.ts';
import type { PodSet } from './pod-sets.ts';
import { type Wish, wishText } from './port-wishes.ts';

/** A Server to write: one port of some pods or machines, and what is wanted of it. */
export interface PlannedServer extends Demand {
  readonly namespace: string;
  readonly labels: Labels;
  readonly port: number;
  /** It selects machines; pods if not. */
  readonly isMachine: boolean;
  /** What comes in is not looked at: it is bytes. */
  readonly isOpaque: boolean;
}

/** Servers for what is wanted, and the ids of what labels cannot tell from something else that is wanted. */
export interface Gathered {
  readonly servers: readonly PlannedServer[];
  readonly entangled: ReadonlySet<string>;
}

export const gatherServers = (wishes: readonly Wish[], coverings: Coverings): Gathered => {
  const entangled = new Set<string>();
  const servers = new Map<string, PlannedServer>();
  const wished = wishedPorts(wishes);
  for (const wish of wishes) {
    const labels = selectorFor(wish, wished, coverings);
    if (!labels) for (const id of wish.behind) entangled.add(id);
    else {
      const { pods, port, demand, isOpaque } = wish;
      const { namespace, isMachine } = pods;
      const key = JSON.stringify([namespace, Object.entries(labels).sort(), port, isMachine]);
      servers.set(key, { ...demand, namespace, labels, port, isMachine, isOpaque });
    }
  }
  const inOrder = [...servers].sort(byKey(([key]) => key)).map(([, server]) => server);
  return { servers: withoutRepeated(inOrder), entangled };
};

/** What is wanted of each port of pods, as text. */
type Wished = ReadonlyMap<PodSet, ReadonlyMap<number, string>>;

const wishedPorts = (wishes: readonly Wish[]): Wished =>
  new Map(
    [...groupBy(wishes, ({ pods }) => pods)].map(([pods, own]) => [
      pods,
      new Map(own.map(wish => [wish.port, wishText(wish)])),
    ]),
  );

/** The fewest labels that select these pods and none for which something else is wanted on that port. */
const selectorFor = (wish: Wish, wished: Wished, coverings: Coverings): Labels | undefined => {
  const { pods, port, labels } = wish;
  const text = wishText(wish);
  const isOther = (other: PodSet): boolean =>
    other.isMachine === pods.isMachine &&
    other !== pods &&
    coverings.portsOf(other).includes(port) &&
    wished.get(other)?.get(port) !== text;
  const beside = coverings.podsIn(pods.namespace);
  return [labels, pods.labels].find(own => !beside.some(other => selects(own, other.labels) && isOther(other)));
};

/**
 * Of several Servers that select one port of a pod only one acts. Where one takes all that another takes, both say the
 * same, for a selector takes no pods of which something else is wanted; so the one of fewer pods is left out.
 */
const withoutRepeated = (servers: readonly PlannedServer[]): readonly PlannedServer[] => {
  const repeated = new Set([...groupBy(servers, placeOf).values()].flatMap(takenByOthers));
  return servers.filter(server => !repeated.has(server));
};

/** Whoever takes more asks for fewer labels. */
const takenByOthers = (beside: readonly PlannedServer[]): readonly PlannedServer[] => {
  const bySize = groupBy(beside, sizeOf);
  return beside.filter(server =>
    [...bySize].some(
      ([size, others]) => size < sizeOf(server) && others.some(({ labels }) => selects(labels, server.labels)),
    ),
  );
};

const sizeOf = ({ labels }: PlannedServer): number => Object.keys(labels).length;

const placeOf = ({ namespace, port, isMachine }: PlannedServer): string => `${namespace} ${port} ${isMachine}`;
