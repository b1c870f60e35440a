import type { DestinationSettings } from '../../model/capabilities/destination.ts';
import type { Backend, Subset } from '../../model/frontend.ts';
import type { Service } from '../../model/inventory.ts';
import { hostMatches } from '../../model/match.ts';
import type { Model } from '../../model/model.ts';
import type { Labels } from '../../model/scope.ts';
import { clusterNode, endpointsOf, nowhere } from './cluster.ts';
import type { Judging } from './judging.ts';
import type { Node } from './text.ts';

/** The clusters that the routes of one process need, each made when it is first asked for. */
export class Clusters {
  readonly #expected: Model;
  readonly #judging: Judging;
  readonly #gateway: string | undefined;
  /** The names under which Services of ours are written, by `namespace/name`. */
  readonly #names: ReadonlyMap<string, string>;
  readonly #made = new Map<string, Node>();

  constructor(expected: Model, judging: Judging, names: ReadonlyMap<string, string>, gateway?: string) {
    this.#expected = expected;
    this.#judging = judging;
    this.#names = names;
    this.#gateway = gateway;
  }

  /** All that were asked for, by name. */
  get nodes(): readonly Node[] {
    return [...this.#made].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, node]) => node);
  }

  /** The name of the cluster for a backend; without a port of its own it goes on to the one that was dialled. */
  of(backend: Backend, dialled: number): string {
    const service = backend.kind === 'service' ? this.#judging.services.get(backend.service) : undefined;
    const port = backend.kind === 'service' ? (backend.port ?? dialled) : dialled;
    const isKnown = service && (service.ports.length === 0 || service.ports.some(known => known.port === port));
    const endpoints =
      backend.kind === 'service' && isKnown ? endpointsOf(backend, service, port, this.#hostOf(backend, service)) : [];
    if (backend.kind !== 'service' || !service || endpoints.length === 0) {
      this.#made.set('nowhere', nowhere);
      return 'nowhere';
    }
    const subset = backend.subset ? `|${this.#subsetName(backend, backend.subset)}` : '';
    const name = `${service.id}:${port}${subset}`;
    if (!this.#made.has(name)) {
      const known = service.ports.find(candidate => candidate.port === port);
      this.#made.set(name, clusterNode(name, endpoints, known, this.#settingsFor(service, port, backend.subset)));
    }
    return name;
  }

  /** Two subsets of one service may share a name, and not the Service that they become. */
  #subsetName(backend: Backend, { name, labels = {} }: Subset): string {
    const pairs = Object.keys(labels)
      .sort()
      .map(key => `${key}=${labels[key]}`);
    return this.#judging.subsets.for(backend)?.name ?? [name, ...pairs].join(',');
  }

  #hostOf(backend: Backend, service: Service): string {
    const own = service.hosts[0] ?? service.id;
    const subset = this.#judging.subsets.for(backend);
    if (!subset) return own;
    const name = this.#names.get(`${subset.base.namespace}/${subset.name}`) ?? subset.name;
    return own.replace(service.name, name);
  }

  /** The first settings that fit are the whole answer. */
  #settingsFor(service: Service, port: number, subset: Subset | undefined): DestinationSettings | undefined {
    return this.#expected.destinations.find(
      ({ target, clients }) =>
        (clients.gateway === undefined || clients.gateway === this.#gateway) &&
        (target.port === undefined || target.port === port) &&
        (!target.subset || isSubset(target.subset, subset)) &&
        (target.service === undefined
          ? (target.hosts ?? ['*']).some(pattern => service.hosts.some(host => hostMatches(pattern, host)))
          : target.service === service.id),
    );
  }
}

const isSubset = (target: Subset, subset: Subset | undefined): boolean =>
  subset !== undefined &&
  (target.labels && subset.labels ? sameLabels(target.labels, subset.labels) : target.name === subset.name);

const sameLabels = (a: Labels, b: Labels): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.keys(a).every(name => a[name] === b[name]);
