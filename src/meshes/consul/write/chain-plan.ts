import { type Manifest, ownershipLabel } from '../../../adapter/adapter.ts';
import type { Labels } from '../../../model/scope.ts';
import { filterFor } from '../chain/subset-filter.ts';

/** What an entry says, or a part of it. */
export type Spec = Readonly<Record<string, unknown>>;

/** What the entries of one model are made of; each is written once, under the name of its service. */
export interface ChainPlan {
  readonly routers: Map<string, readonly Spec[]>;
  readonly splitters: Map<string, readonly Spec[]>;
  /** By service: the subsets that some route names, with their labels. */
  readonly subsets: Map<string, Map<string, Labels>>;
  /** Names that only splits lead to. */
  readonly inner: Set<string>;
  /** Where each name lies in Kubernetes. */
  readonly homes: Map<string, string>;
  /** Some route waits longer than the server's own proxy does. */
  waitsLong: boolean;
}

export const emptyPlan = (): ChainPlan => ({
  routers: new Map(),
  splitters: new Map(),
  subsets: new Map(),
  inner: new Set(),
  homes: new Map(),
  waitsLong: false,
});

/** Shares under a name of their own, in a namespace of Kubernetes. */
export const addSplit = (plan: ChainPlan, name: string, splits: readonly Spec[], namespace: string): void => {
  plan.splitters.set(name, splits);
  plan.inner.add(name);
  plan.homes.set(name, namespace);
};

export const entryManifest = (kind: string, name: string, namespace: string, spec: Spec): Manifest => ({
  apiVersion: 'consul.hashicorp.com/v1alpha1',
  kind,
  metadata: { name, namespace, labels: ownershipLabel },
  spec,
});

/** The subsets of a resolver. */
export const subsetSpec = (subsets: ReadonlyMap<string, Labels>): Spec =>
  Object.fromEntries(
    [...subsets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, labels]) => [name, { filter: filterFor(labels) }]),
  );
