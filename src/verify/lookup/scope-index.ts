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
  /** Likewise the namespaces and the places. */
  private readonly namespaces = new Set<string>();
  private readonly places = new Set<string>();

  constructor(items: readonly T[], scopeOf: (item: T) => Scope) {
    items.forEach((item, rank) => {
      const scope = scopeOf(item);
      const atService = scope.services !== undefined;
      const label = atService ? anywhere : anyLabel(scope.labels);
      this.labels.add(label);
      for (const place of places(scope)) {
        this.places.add(place);
        for (const namespace of atService ? [anywhere] : orAnywhere(scope.namespaces)) {
          this.namespaces.add(namespace);
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
    const { namespace = anywhere, gateway, service } = standing;
    const places = [anywhere];
    if (gateway !== undefined) places.push(`gateway ${gateway}`);
    if (service !== undefined) places.push(`service ${service}`);
    const labels = [anywhere];
    for (const name in standing.labels) labels.push(`${name}=${standing.labels[name]}`);
    const namespaces = namespace === anywhere ? [anywhere] : [anywhere, namespace];
    const named = labels.filter(label => this.labels.has(label));
    const found: (readonly Ranked<T>[] | undefined)[] = [];
    for (const place of places) {
      if (!this.places.has(place)) continue;
      for (const around of namespaces) {
        if (!this.namespaces.has(around)) continue;
        for (const label of named) found.push(this.buckets.get(key(place, around, label)));
      }
    }
    return inOrder(found);
  }
}
