import { hostOf } from '../../istio/native.ts';
import { guards, routedServices, waypointId } from '../../istio/scene.ts';
import { IstioSession } from '../../istio/session.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { hasWaypoint } from '../../machine/places.ts';
import type { Arena } from '../run.ts';

/** The Istio bed as a place to try configurations in. */
export const istioArena = async (): Promise<Arena<KubernetesObject>> => {
  const session = await IstioSession.open();
  return {
    slots: { site: routedServices, guard: guards, gate: [] },
    use: async (objects, earlier) =>
      new Map((await session.use(objects, earlier)).map(({ object, why }) => [object, why])),
    asMade: object => session.asMade(object),
    standing: session.standing(),
    model: () => session.model(),
    ...(hasWaypoint() ? { hidesCaller: () => true, leavesServersAlone: true as const, tellers: [waypointId] } : {}),
    told: caller => session.told(caller),
    put: questions => session.put(questions),
    serviceOf: ({ name }) => `shop/${name}`,
    hostOf: ({ name }) => hostOf(name),
    addressOf: caller => session.addressOf(caller),
    callersOf: ({ kind }) => [
      ...['shop/client', 'other/client2'],
      ...(kind === 'guard' ? ['bare/plain'] : []),
      ...(hasWaypoint() ? ['legacy/old'] : []),
    ],
  };
};
