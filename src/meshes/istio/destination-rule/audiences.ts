import { groupBy, unique } from '../../../base/order.ts';
import { isSame } from '../../../base/same.ts';
import { hostMatches, hostRank } from '../../../model/match.ts';
import { type Labels, selects } from '../../../model/scope.ts';

/** Clients that one object is for; without a namespace everyone. */
export interface Clients {
  readonly namespace?: string;
  readonly labels?: Labels;
}

/** One object to write: a host, as certain clients see it. */
export interface Wanted {
  readonly clients: Clients;
  /** A service id, or a pattern. */
  readonly target: { readonly service: string } | { readonly pattern: string };
}

/** What is known of the objects to be written. */
export interface Knowledge {
  readonly hostOf: (one: Wanted) => string;
  /** The namespace of the host, where an object for everyone belongs. */
  readonly homeOf: (one: Wanted) => string;
  readonly rootNamespace: string;
  /** All that these clients are to be told of this target; empty: nothing. */
  readonly bodyOf: (one: Wanted) => Record<string, unknown>;
}

/** An object and where it goes. */
export interface Placed {
  readonly one: Wanted;
  readonly namespace: string;
}

/**
 * The objects by which everyone finds what is meant for them, and their namespaces: those that something is written for,
 * and those without which certain clients would find another one first.
 */
export const placedObjects = (written: readonly Wanted[], known: Knowledge): readonly Placed[] => {
  const wanted = completed(distinct(distinct(written).flatMap(withNeighbours)), known);
  const namespaceOf = placement(wanted, known);
  const needed = withoutRepetition(wanted, namespaceOf, known);
  return needed
    .filter(one => 'pattern' in one.target || isOfUse(one, needed, namespaceOf, known))
    .map(one => ({ one, namespace: namespaceOf(one) }));
};

const distinct = (wanted: readonly Wanted[]): readonly Wanted[] => [
  ...new Map(wanted.map(one => [JSON.stringify(one), one])).values(),
];

const isForAll = ({ clients }: Wanted): boolean => clients.namespace === undefined;

const targetKey = (target: Wanted['target']): string => JSON.stringify(target);

const covers = (pattern: string, host: string): boolean => pattern === host || hostMatches(pattern, host);

/** Where some pods of a namespace have a rule of their own, the others get what is written for their namespace, or nothing. */
const withNeighbours = (one: Wanted): Wanted[] => {
  const { namespace, labels } = one.clients;
  return labels && namespace !== undefined ? [one, { clients: { namespace }, target: one.target }] : [one];
};

type NamespaceOf = (one: Wanted) => string;

/** What clients of a namespace are told need not be said to them alone if everyone is told the same from there. */
const withoutRepetition = (wanted: readonly Wanted[], namespaceOf: NamespaceOf, { bodyOf }: Knowledge): Wanted[] => {
  const forAll = new Map(wanted.filter(isForAll).map(one => [targetKey(one.target), one]));
  return wanted.filter(one => {
    if (one.clients.labels || one.clients.namespace === undefined) return true;
    const general = forAll.get(targetKey(one.target));
    if (!general || namespaceOf(general) !== one.clients.namespace) return true;
    return !isSame(bodyOf(general), bodyOf(one));
  });
};

/** What says nothing of a single host is of use where its clients would find something else without it. */
const isOfUse = (one: Wanted, all: readonly Wanted[], namespaceOf: NamespaceOf, known: Knowledge): boolean => {
  if (Object.keys(known.bodyOf(one)).length > 0) return true;
  const host = known.hostOf(one);
  return all.some(
    other =>
      other !== one &&
      (isForAll(other) || namespaceOf(other) === namespaceOf(one)) &&
      covers(known.hostOf(other), host),
  );
};

/**
 * Where each object goes: to its clients' namespace, or to that of its host. In a host's own namespace a private object
 * would be laid together with the public one, which then goes to the root namespace; and with it the patterns of its own
 * namespace, which would be found first.
 */
const placement = (some: readonly Wanted[], known: Knowledge): NamespaceOf => {
  const { homeOf, rootNamespace } = known;
  const key = (target: Wanted['target'], namespace: string): string => `${namespace} ${targetKey(target)}`;
  const needed = withoutRepetition(some, one => one.clients.namespace ?? homeOf(one), known);
  const privately = new Set(
    needed.flatMap(({ clients, target }) =>
      clients.namespace === undefined || clients.labels ? [] : [key(target, clients.namespace)],
    ),
  );
  const hasPrivateNeighbour = (one: Wanted): boolean => privately.has(key(one.target, homeOf(one)));
  const displaced = new Set(needed.filter(one => isForAll(one) && hasPrivateNeighbour(one)).map(homeOf));
  return one => {
    const isDisplaced = 'service' in one.target ? hasPrivateNeighbour(one) : displaced.has(homeOf(one));
    return one.clients.namespace ?? (isDisplaced ? rootNamespace : homeOf(one));
  };
};

/**
 * Clients look at what their own namespace says before they look elsewhere, and a pattern there takes hosts of other
 * namespaces. Wherever they would find something else than they are to be told, it is written for them in their namespace,
 * until everyone finds what is meant.
 */
const completed = (written: readonly Wanted[], known: Knowledge): readonly Wanted[] => {
  for (let wanted = written; ; ) {
    const missing = [...groupBy(wanted, placement(wanted, known))].flatMap(([namespace, own]) =>
      missingIn(namespace, own, wanted, known),
    );
    const more = distinct([...wanted, ...missing]);
    if (more.length === wanted.length) return wanted;
    wanted = more;
  }
};

/** What clients of a namespace are to be told, and would not find where a pattern of their namespace takes the host. */
const missingIn = (
  namespace: string,
  own: readonly Wanted[],
  wanted: readonly Wanted[],
  known: Knowledge,
): readonly Wanted[] => {
  const { hostOf, bodyOf } = known;
  const patterns = unique(own.flatMap(({ target }) => ('pattern' in target ? [target.pattern] : [])));
  if (patterns.length === 0) return [];
  const targets = wanted.filter(one => patterns.some(pattern => covers(pattern, hostOf(one))));
  const labelled = own.flatMap(({ clients: { labels } }) => (labels ? [{ namespace, labels }] : []));
  return distinct(
    [{ namespace }, ...labelled].flatMap(clients => targets.map(({ target }): Wanted => ({ clients, target }))),
  ).filter(one => !isSame(bodyOf(one), foundBy(one, own, known)));
};

/** What these clients find in their own namespace: of the most specific host what is for them; nothing if none of it is. */
const foundBy = (one: Wanted, own: readonly Wanted[], { hostOf, bodyOf }: Knowledge): Record<string, unknown> => {
  const host = hostOf(one);
  const labels = one.clients.labels ?? {};
  const matching = own.filter(other => covers(hostOf(other), host));
  const rank = Math.max(...matching.map(other => hostRank(hostOf(other))));
  const nearest = matching.filter(other => hostRank(hostOf(other)) === rank);
  const found =
    nearest.find(({ clients }) => clients.labels && selects(clients.labels, labels)) ??
    nearest.find(other => !other.clients.labels && !isForAll(other)) ??
    nearest.find(isForAll);
  return found ? bodyOf(found) : {};
};
