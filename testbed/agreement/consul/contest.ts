import { guards, routedServices } from '../../consul/scene.ts';
import { ConsulSession } from '../../consul/session.ts';
import { standing } from '../../consul/world.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import type { Contest } from '../contest.ts';
import { type Home, randomFamilies } from '../random.ts';
import type { Arena } from '../run.ts';
import { byteFamilies, bytesPort } from './bytes.ts';
import { chainFamilies } from './chains.ts';
import { hostOf } from './families.ts';
import { guardFamilies } from './guards.ts';
import { routeFamilies } from './routes.ts';
import { waitFamilies } from './waits.ts';

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

const home: Home = {
  adapter: 'consul',
  versioned: () => 'shop/back',
  other: 'shop/other',
  callers: [
    ['shop', 'client'],
    ['shop', 'client2'],
  ],
  standing,
  keeps: ({ apiVersion, kind }) =>
    apiVersion.startsWith('consul.hashicorp.com/') && kind !== 'ProxyDefaults' && kind !== 'Mesh',
};

export const consulContest: Contest<KubernetesObject> = {
  half: 'consul',
  title: 'Consul',
  parts: ['consul', 'envoy'],
  limits: { borders: 40, patienceMs: 3000, countsTries: false, bytesPort },
  open: consulArena,
  configurations: async (arena, sampling) => {
    await arena.use([]);
    const random = await randomFamilies(await arena.model(), home, sampling);
    return [...routeFamilies, ...chainFamilies, ...waitFamilies, ...byteFamilies, ...guardFamilies, ...random];
  },
};
