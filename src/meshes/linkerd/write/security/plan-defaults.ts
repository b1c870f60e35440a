import { groupBy } from '../../../../base/order.ts';
import { type DefaultPolicy, type DefaultPolicyName, defaultPolicyOf, isSamePolicy } from '../../default-policy.ts';
import type { Judging } from '../judging.ts';
import type { Coverings } from './coverings.ts';
import { asked, stanceOf } from './demand.ts';
import { givenPolicy, type PodSet } from './pod-sets.ts';

/** What ports without a Server do: for a namespace, or for the pods of one object. */
export interface PlannedDefault {
  readonly on: { readonly namespace: string } | { readonly pods: PodSet };
  readonly policy: DefaultPolicyName;
}

export interface Defaults {
  readonly defaults: readonly PlannedDefault[];
  /** Pods whose other ports keep a default that is not what is wanted: no object to annotate is in the input. */
  readonly bare: ReadonlySet<PodSet>;
  /** What holds for the ports of pods that have no Server, once all this is written. */
  readonly policyOf: (pods: PodSet) => DefaultPolicy;
}

/** Default policies, where what holds for whole pods is not what the mesh does by itself. */
export const planDefaults = (coverings: Coverings, judging: Judging): Defaults => {
  const { plane, snapshot } = judging;
  const { inventory } = judging.model;
  const defaults: PlannedDefault[] = [];
  const bare = new Set<PodSet>();
  const policies = new Map<PodSet, DefaultPolicy>();
  const named = coverings.scopes.flatMap(({ namespaces, labels }) => (labels ? [] : (namespaces ?? [])));
  const groups = groupBy(coverings.pods, pods => pods.namespace);
  for (const namespace of [...new Set([...groups.keys(), ...named])].sort()) {
    const everybody = wanted(
      { namespace, labels: {}, ports: [], annotations: {}, name: '', isMachine: false },
      coverings,
      judging,
    );
    const isKnown = snapshot.find('', 'Namespace', undefined, namespace) !== undefined;
    const given = givenPolicy(inventory.namespaces.find(({ name }) => name === namespace)?.annotations ?? {});
    let above = given ?? plane.defaultPolicy;
    if (everybody && isKnown && !isSaid(everybody, plane.defaultPolicy, given)) {
      defaults.push({ on: { namespace }, policy: everybody });
      above = defaultPolicyOf(everybody);
    }
    for (const pods of groups.get(namespace) ?? []) {
      const own = wanted(pods, coverings, judging);
      // Pods get a copy of their namespace's annotation; machines do not.
      const inherited = pods.isMachine ? plane.defaultPolicy : above;
      const isMet = own === undefined || isSaid(own, inherited, givenPolicy(pods.annotations));
      const canSay = !isMet && pods.object !== undefined;
      if (canSay) defaults.push({ on: { pods }, policy: own });
      else if (!isMet) bare.add(pods);
      policies.set(pods, canSay ? defaultPolicyOf(own) : (givenPolicy(pods.annotations) ?? inherited));
    }
  }
  return { defaults, bare, policyOf: pods => policies.get(pods) ?? plane.defaultPolicy };
};

/** What is wanted of every port of some pods; undefined if nobody says. */
const wanted = (pods: PodSet, coverings: Coverings, { target }: Judging): DefaultPolicyName | undefined => {
  const { decisions, encryption } = coverings.of(pods);
  if (decisions.length === 0 && encryption.length === 0) return undefined;
  return stanceOf(asked(decisions), encryption[0]?.mode.value === 'strict', target.defaults.access.value);
};

/**
 * Whether a policy holds without being written: it is the one from above, and nothing that was written before, by the
 * user or by us, has to be said again.
 */
const isSaid = (wish: DefaultPolicyName, above: DefaultPolicy, given: DefaultPolicy | undefined): boolean =>
  given === undefined && isSamePolicy(defaultPolicyOf(wish), above);
