/** Routes and policies at a waypoint: those of sidecars, as far as they can be said of services. */
import type { KubernetesObject } from '../../kubernetes/api.ts';
import type { Question } from '../../probe/question.ts';
import type { Slot } from '../configuration.ts';
import type { IstioConfiguration } from './families.ts';
import { gatewayApiFamilies } from './gateway-api.ts';
import { guardFamilies } from './guards.ts';

const isOfHttp = ({ request, caller }: Question): boolean => request.protocol === 'http' && caller !== 'bare/plain';

/** Only what goes by the waypoint. */
const through = (all: readonly IstioConfiguration[]): readonly IstioConfiguration[] =>
  all.map(one => ({
    ...one,
    id: `waypoint: ${one.id}`,
    family: `waypoint: ${one.family}`,
    port: 80,
    questions: (slot: Slot) => (one.questions?.(slot) ?? []).filter(isOfHttp),
  }));

const routed = gatewayApiFamilies.filter(({ family }) => /^HTTPRoute: /.test(family));

/** What is said of workloads, said of the service before them. */
const ofService = (object: KubernetesObject, name: string): KubernetesObject => {
  const { selector: _, ...spec } = object.spec as Readonly<Record<string, unknown>>;
  return { ...object, spec: { targetRefs: [{ group: '', kind: 'Service', name }], ...spec } };
};

const asked = /^(?:identities|operations|conditions|shapes of policies|several policies)$/;

const guarded = guardFamilies
  .filter(({ family }) => asked.test(family))
  .map(
    (one): IstioConfiguration => ({
      ...one,
      kind: 'site',
      objects: slot =>
        one
          .objects(slot)
          .map(object => (object.kind === 'AuthorizationPolicy' ? ofService(object, slot.name) : object)),
    }),
  );

export const waypointFamilies: readonly IstioConfiguration[] = through([...routed, ...guarded]);
