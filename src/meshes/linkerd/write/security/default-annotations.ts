import type { Addition } from '../../../../adapter/annotated-objects.ts';
import { policyAnnotation } from '../../access/default-levels.ts';
import type { Judging } from '../judging.ts';
import type { SecurityPlan } from './server-plan.ts';

/** Default policies as annotations of namespaces and of the pods that a workload makes. */
export const defaultAdditions = (plan: SecurityPlan, { snapshot }: Judging): readonly Addition[] =>
  plan.defaults.flatMap(({ on, policy }): Addition[] => {
    const annotations = { [policyAnnotation]: policy };
    if ('pods' in on) {
      return on.pods.object ? [{ object: on.pods.object, on: 'podTemplate', annotations }] : [];
    }
    const object = snapshot.find('', 'Namespace', undefined, on.namespace);
    return object ? [{ object, on: 'object', annotations }] : [];
  });
