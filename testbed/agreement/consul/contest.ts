import { standing } from '../../consul/world.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { stance } from '../../machine/places.ts';
import type { Contest } from '../contest.ts';
import { type Home, randomFamilies } from '../random.ts';
import { consulArena } from './arena.ts';
import { byteFamilies, bytesPort } from './bytes.ts';
import { chainFamilies } from './chains.ts';
import type { ConsulConfiguration } from './families.ts';
import { gateFamilies } from './gates.ts';
import { guardFamilies } from './guards.ts';
import { routeFamilies } from './routes.ts';
import { tokenFamilies } from './tokens.ts';
import { waitFamilies } from './waits.ts';

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

/** What is tried where everyone is let in by default, and what where nobody is: routes are the same in both. */
const families: Readonly<Record<ReturnType<typeof stance>, readonly ConsulConfiguration[]>> = {
  allow: [...routeFamilies, ...chainFamilies, ...waitFamilies, ...byteFamilies, ...guardFamilies, ...gateFamilies],
  deny: [...byteFamilies.filter(({ kind }) => kind === 'guard'), ...guardFamilies, ...tokenFamilies],
};

/** With the stance that the bed was started with. */
export const consulContest: Contest<KubernetesObject> = {
  half: 'consul',
  title: stance() === 'allow' ? 'Consul' : 'Consul, where nobody is let in by default',
  record: stance() === 'allow' ? 'consul' : 'consul-deny',
  parts: ['consul', 'envoy'],
  limits: { borders: 40, patienceMs: 3000, countsTries: false, bytesPort },
  open: consulArena,
  configurations: async (arena, sampling) => {
    await arena.use([]);
    const random = await randomFamilies(await arena.model(), home, sampling);
    const chosen = stance() === 'allow' ? random : random.filter(({ kind }) => kind === 'guard');
    return [...families[stance()], ...chosen];
  },
};
