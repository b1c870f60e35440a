import type { ClientScope, Labels, ServerScope } from '../../model/scope.ts';
import { inOrder, type Ranked } from './host-index.ts';

type Scope = Pick<ServerScope & ClientScope, 'namespaces' | 'labels' | 'gateway' | 'services'>;

/** Where somebody stands whom scopes may cover. */
export interface Standing {
  readonly namespace?: string;
  readonly labels: Labels;
  readonly gateway?: string;
  /** The service that the traffic was sent to, at a waypoint. */
  readonly service?: string;
}

const anywhere = '';

const orAnywhere = (texts: readonly string[] | undefined): readonly string[] => texts ?? [anywhere];

/** The places a scope names: a gateway, services, or none. Services say enough by themselves. */
const places = (scope: Scope): readonly string[] =>
  scope.gateway !== undefined ? [`gateway ${scope.gateway}`] : orAnywhere(scope.services?.map(id => `service ${id}`));

/** One of the labels is enough to find a scope by; whether all are there is asked afterwards. */
const anyLabel = (labels: Labels | undefined): string => {
  for (const name in labels) return `${name}=${labels[name]}`;
  return anywhere;
};

const key = (place: string, namespace: string, label: string): string => `${place}\n${namespace}\n${label}`;

/**
 * Narrows scoped statements down to those that may cover somebody, in the model's order. It never leaves out one that
 * does; the caller asks the full question of what is left.
 */
export class ScopeIndex<T> {
  private readonly buckets = new Map<string, Ranked<T>[]>();
  /** The labels that any scope is found by; a look at the others is spared. */
  private readonly labels = new Set<string>();

  constructor(items: readonly T[], scopeOf: (item: T) => Scope) {
    items.forEach((item, rank) => {
      const scope = scopeOf(item);
      const atService = scope.services !== undefined;
      const label = atService ? anywhere : anyLabel(scope.labels);
      this.labels.add(label);
      for (const place of places(scope)) {
        for (const namespace of atService ? [anywhere] : orAnywhere(scope.namespaces)) {
          const at = key(place, namespace, label);
          const bucket = this.buckets.get(at);
          if (bucket) bucket.push({ rank, item });
          else this.buckets.set(at, [{ rank, item }]);
        }
      }
    });
  }

  near(standing: Standing): T[] {
    if (this.buckets.size === 0) return [];
    const { namespace, gateway, service } = standing;
    const found: (readonly Ranked<T>[] | undefined)[] = [];
    const places = [anywhere];
    if (gateway !== undefined) places.push(`gateway ${gateway}`);
    if (service !== undefined) places.push(`service ${service}`);
    const labels = [anywhere];
    for (const name in standing.labels) {
      const label = `${name}=${standing.labels[name]}`;
      if (this.labels.has(label)) labels.push(label);
    }
    for (const place of places) {
      for (const around of namespace === undefined ? [anywhere] : [anywhere, namespace]) {
        for (const label of labels) found.push(this.buckets.get(key(place, around, label)));
      }
    }
    return inOrder(found);
  }
}
