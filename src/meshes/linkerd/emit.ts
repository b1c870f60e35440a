import type { Manifest } from '../../adapter/adapter.ts';
import { type Addition, annotated, joinAdditions } from '../../adapter/annotated-objects.ts';
import { byAll, byKey } from '../../base/order.ts';
import type { Model } from '../../model/model.ts';
import { breakerAdditions } from './write/breaker-annotations.ts';
import { emitRoutes } from './write/emit-routes.ts';
import type { Judging } from './write/judging.ts';
import { emitMachines } from './write/machines.ts';
import { defaultAdditions } from './write/security/default-annotations.ts';
import { emitServers } from './write/security/emit-servers.ts';
import type { SecurityPlan } from './write/security/server-plan.ts';

export interface Emitted {
  readonly objects: readonly Manifest[];
  /** What was added to objects of the user's, which are written whole. */
  readonly additions: readonly Addition[];
}

/**
 * The expected model as objects of Linkerd, with what is planned for its security. Nothing is lost here. A ServiceProfile
 * is never written.
 */
export const emit = (model: Model, plan: SecurityPlan, judging: Judging): Emitted => {
  const additions = joinAdditions([...defaultAdditions(plan, judging), ...breakerAdditions(model, judging)]);
  return {
    objects: [
      ...additions.map(annotated).sort(byName),
      ...judging.subsets.manifests(model),
      ...[...emitRoutes(model, judging)].sort(byName),
      ...emitMachines(model, judging),
      ...emitServers(plan, judging),
    ],
    additions,
  };
};

const byName = byAll<Manifest>(
  byKey(({ metadata }) => metadata.namespace ?? ''),
  byKey(({ kind }) => kind),
  byKey(({ metadata }) => metadata.name),
);
