import type { ServerScope } from '../../../../model/scope.ts';
import type { Judging } from '../judging.ts';
import { withoutPorts } from './coverings.ts';
import { coversPods } from './pod-sets.ts';
import type { SecurityPlan } from './server-plan.ts';

/** How much of a scope Servers and default policies reach, and what they miss. */
export type Coverage =
  | { readonly reach: 'whole' }
  | { readonly reach: 'part'; readonly missed: string }
  | { readonly reach: 'nothing'; readonly why: string };

const whole: Coverage = { reach: 'whole' };

/**
 * A Server is for one port of the pods that its labels select; a default policy, for the ports of a workload or a
 * namespace that no Server is for. Both need to know what there is.
 */
export const coverageOf = (scope: ServerScope, plan: SecurityPlan, judging: Judging): Coverage => {
  if (scope.gateway !== undefined) return { reach: 'nothing', why: 'it is for a gateway, and Linkerd has none' };
  if (scope.services) return { reach: 'nothing', why: 'it is for requests through a service, and Servers select pods' };
  if (scope.ports && scope.namespaces) return whole;
  const covered = plan.pods.filter(pods => coversPods(withoutPorts(scope), pods));
  const unknown = covered.filter(({ hasUnknownPorts }) => hasUnknownPorts);
  if (unknown.length > 0) {
    return { reach: 'nothing', why: `the ports behind ${named(unknown)} are only named, and no workload says which` };
  }
  if (judging.model.inventory.namespaces.length === 0 && covered.length === 0) {
    return { reach: 'nothing', why: 'no pods that it is for are known' };
  }
  const bare = covered.filter(pods => plan.bare.has(pods));
  if (bare.length > 0) {
    return {
      reach: 'part',
      missed: `ports of ${named(bare)} that nobody declares keep the default of their namespace`,
    };
  }
  return scope.labels ? ofPods(covered.length) : ofNamespaces(scope, plan, judging, covered.length);
};

const named = (pods: readonly { readonly namespace: string; readonly name: string }[]): string =>
  [...new Set(pods.map(({ namespace, name }) => `\`${namespace}/${name}\``))].sort().join(', ');

const ofPods = (covered: number): Coverage =>
  covered > 0 ? whole : { reach: 'nothing', why: 'no pods that it is for are known' };

const ofNamespaces = (scope: ServerScope, plan: SecurityPlan, judging: Judging, covered: number): Coverage => {
  const isKnown = (namespace: string): boolean =>
    judging.snapshot.find('', 'Namespace', undefined, namespace) !== undefined;
  const { clusters } = judging.model.inventory;
  const isWhole = clusters.length > 0 && clusters.every(({ extent }) => extent === 'whole');
  const unsaid = (scope.namespaces ?? plan.pods.map(({ namespace }) => namespace)).filter(one => !isKnown(one));
  if (scope.namespaces && unsaid.length === 0) return whole;
  if (covered === 0) return { reach: 'nothing', why: 'no pods that it is for are known' };
  if (isWhole) return whole;
  const where = scope.namespaces ? `of namespace \`${unsaid.join(', ')}\`` : 'of the mesh';
  return { reach: 'part', missed: `pods ${where} that are not in the input keep the default of the mesh` };
};
