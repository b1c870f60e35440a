import type { Field } from '../../../base/field.ts';
import { groupBy, unique } from '../../../base/order.ts';
import type { Service } from '../../../model/inventory.ts';
import { hostMatches } from '../../../model/match.ts';
import type { Labels } from '../../../model/scope.ts';
import type { Placed } from './placement.ts';

/** Subsets by name, as the rules that a client looks at first define them. */
export interface Subsets {
  /**
   * The labels of a subset for clients of a namespace; without one, for clients whose namespace has nothing to say of the
   * service. Undefined: these clients know no such subset (observed, row 16.4).
   */
  readonly labelsOf: (service: Service, name: string, clientNamespace?: string) => Labels | undefined;
  /** The namespaces whose clients may know other subsets of the service than everyone else. */
  readonly namespacesApart: (service: Service) => readonly string[];
}

const nobody: readonly Placed[] = [];

export const subsetIndex = (placed: readonly Placed[]): Subsets => {
  // Pods that a rule selects know other subsets only if they are told apart by more than their namespace.
  const usual = placed.filter(({ clients }) => !clients.labels);
  const byService = groupBy(
    usual.filter(({ target }) => target.service !== undefined),
    ({ target }) => target.service ?? '',
  );
  const patterns = usual.filter(({ target }) => target.service === undefined);
  const rank = new Map(placed.map((place, index) => [place, index]));
  const speakingOf = (service: Service): readonly Placed[] => {
    const own = byService.get(service.id) ?? nobody;
    const matching = patterns.filter(({ target }) =>
      target.hosts?.some(pattern => service.hosts.some(host => hostMatches(pattern, host))),
    );
    return matching.length === 0 ? own : [...own, ...matching].sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
  };
  // Most backends ask for subsets that others have asked for.
  const known = new Map<Field, Labels>();
  const labelsOf = (subset: Field): Labels => {
    const labels = known.get(subset) ?? subset.textMap('labels') ?? {};
    known.set(subset, labels);
    return labels;
  };
  return {
    labelsOf: (service, name, clientNamespace) => {
      const first = speakingOf(service).find(
        ({ clients }) =>
          !clients.namespaces || (clientNamespace !== undefined && clients.namespaces.includes(clientNamespace)),
      );
      const subset = first?.group?.subsets.get(name);
      return subset && labelsOf(subset);
    },
    namespacesApart: service => {
      const namespaces = speakingOf(service).flatMap(({ clients }) => clients.namespaces ?? []);
      return namespaces.length < 2 ? namespaces : unique(namespaces).sort();
    },
  };
};
