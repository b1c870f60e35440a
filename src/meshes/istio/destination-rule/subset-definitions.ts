import { groupBy, unique } from '../../../base/order.ts';
import { isSame } from '../../../base/same.ts';
import type { Backend, Frontend, Subset } from '../../../model/frontend.ts';
import type { Gateway } from '../../../model/inventory.ts';
import type { Model } from '../../../model/model.ts';
import type { Labels } from '../../../model/scope.ts';

/**
 * What the name of a subset has to mean to the clients of a namespace; without a namespace, to everyone of whom nothing
 * else is said. Without labels these clients know no such subset.
 */
export interface SubsetDefinition {
  readonly service: string;
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Labels;
}

/** A route of some clients that leads to a subset; they are in one namespace, or all that are not named elsewhere. */
type SubsetUse = SubsetDefinition;

/**
 * What has to be said of the subsets that routes lead to. A client is given the subsets of the first rule that it finds,
 * so that where a name means one thing to some clients and another, or nothing, to others, these have to find rules of
 * their own: what is said to everyone would reach them all.
 */
export const subsetsUsed = ({ frontends, inventory }: Model): readonly SubsetDefinition[] => {
  const gateways = new Map(inventory.gateways.map(gateway => [gateway.id, gateway]));
  const uses = frontends.flatMap(frontend => usesOf(frontend, gateways));
  return [...groupBy(uses, ({ service, name }) => JSON.stringify([service, name])).values()].flatMap(definitionsOf);
};

/** The labels of the subsets that clients of a namespace have to know, by name. */
export const labelsByName = (
  definitions: readonly SubsetDefinition[],
  clients: string | undefined,
): ReadonlyMap<string, Labels> => {
  const found = new Map<string, Labels>();
  const [forAll, own] = [undefined, clients].map(asked => definitions.filter(one => one.namespace === asked));
  for (const { name, labels } of [...(forAll ?? []), ...(clients === undefined ? [] : (own ?? []))]) {
    if (labels) found.set(name, labels);
    else found.delete(name);
  }
  return found;
};

/** One name of one service: what everyone means by it, then who means something else. */
const definitionsOf = (uses: readonly SubsetUse[]): SubsetDefinition[] => {
  const { service, name } = uses[0]!;
  const general = uses.find(({ namespace }) => namespace === undefined);
  const labels = general ? general.labels : commonLabels(uses);
  const apart = unique(uses.map(({ namespace }) => namespace)).flatMap(namespace => {
    const first = uses.find(use => use.namespace === namespace);
    return first && namespace !== undefined && !isSame(first.labels, labels) ? [first] : [];
  });
  return [...(labels ? [{ service, name, labels }] : []), ...apart];
};

/** What all mean who use a name. */
const commonLabels = ([first, ...others]: readonly SubsetUse[]): Labels | undefined =>
  others.every(({ labels }) => isSame(labels, first?.labels)) ? first?.labels : undefined;

const usesOf = (frontend: Frontend, gateways: ReadonlyMap<string, Gateway>): SubsetUse[] => {
  const subsets = backendsOf(frontend).flatMap(subsetOf);
  return namespacesOf(frontend, gateways).flatMap(namespace =>
    subsets.map(({ service, name, labels }) => ({
      service,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels ? { labels } : {}),
    })),
  );
};

/** Where the clients of a table are; a gateway is a client where its pods are. */
const namespacesOf = (
  { clients, listens }: Frontend,
  gateways: ReadonlyMap<string, Gateway>,
): readonly (string | undefined)[] => {
  const gateway = gateways.get((listens.kind === 'listener' ? listens.gateway : clients.gateway) ?? '');
  if (gateway) return [gateway.podNamespace ?? gateway.namespace];
  return clients.namespaces ?? [undefined];
};

const backendsOf = ({ rules }: Frontend): Backend[] =>
  unique(rules.map(({ action }) => action)).flatMap(({ target, mirrors }) => [
    ...(target.kind === 'forward' ? target.backends.map(({ backend }) => backend) : []),
    ...(mirrors ?? []).map(({ backend }) => backend),
  ]);

const subsetOf = (backend: Backend): (Subset & { readonly service: string })[] =>
  backend.kind === 'service' && backend.subset ? [{ service: backend.service, ...backend.subset }] : [];
