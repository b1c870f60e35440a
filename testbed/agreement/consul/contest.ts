import { guards, routedServices } from '../../consul/scene.ts';
import { ConsulSession } from '../../consul/session.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import type { Contest } from '../contest.ts';
import type { Arena } from '../run.ts';
import { hostOf } from './families.ts';
import { guardFamilies } from './guards.ts';
import { routeFamilies } from './routes.ts';

/** The Consul bed as a place to try configurations in. */
const consulArena = async (): Promise<Arena<KubernetesObject>> => {
  const session = await ConsulSession.open();
  return {
    slots: { site: routedServices, guard: guards },
    use: async objects => new Map((await session.use(objects)).map(({ object, why }) => [object, why])),
    standing: session.standing(),
    model: () => session.model(),
    put: questions => session.put(questions),
    serviceOf: ({ name }) => `shop/${name}`,
    hostOf: ({ name }) => hostOf(name),
    addressOf: session.addressOf,
    callersOf: ({ kind }) =>
      kind === 'guard' ? ['shop/client', 'shop/client2', 'shop/plain'] : ['shop/client', 'shop/client2'],
  };
};

export const consulContest: Contest<KubernetesObject> = {
  half: 'consul',
  title: 'Consul',
  parts: ['consul', 'envoy'],
  open: consulArena,
  configurations: async () => [...routeFamilies, ...guardFamilies],
};
