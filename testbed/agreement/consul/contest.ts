import { forms } from '../../../src/meshes/consul/config-entry.ts';
import type { ConfigEntry } from '../../consul/agent.ts';
import { edge, gatePort, namespace } from '../../consul/scene.ts';
import { resource, standing } from '../../consul/world.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { hasEdge, hasPeer, stance } from '../../machine/places.ts';
import type { Contest } from '../contest.ts';
import { pairFamilies, workbenchOf } from '../pairs/families.ts';
import type { Limits } from '../questions.ts';
import { type Home, randomFamilies, randomGates } from '../random.ts';
import { consulArena } from './arena.ts';
import { byteClientFamilies } from './byte-clients.ts';
import { byteFamilies, bytesPort } from './bytes.ts';
import { callFamilies } from './calls.ts';
import { chainFamilies } from './chains.ts';
import { desertedFamilies } from './deserted.ts';
import { edits } from './edits.ts';
import type { ConsulConfiguration } from './families.ts';
import { gateFamilies } from './gates.ts';
import { guardFamilies } from './guards.ts';
import { closedPeerFamilies, peerFamilies } from './peers.ts';
import { resolverFamilies } from './resolvers.ts';
import { routeFamilies } from './routes.ts';
import { togetherFamilies } from './together.ts';
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
  // What `bytes` speaks concerns other configurations that are tried at the same time.
  keeps: ({ apiVersion, kind, metadata }) =>
    apiVersion.startsWith('consul.hashicorp.com/') &&
    kind !== 'ProxyDefaults' &&
    kind !== 'Mesh' &&
    kind !== 'APIGateway' &&
    metadata.name !== 'bytes' &&
    metadata.name !== 'calls',
  gateway: { id: `${namespace}/${edge.name}`, portOf: ({ name }) => gatePort(name) },
  // No Kubernetes stands behind the agent: gateways and routes are entries, as for any agent that is asked by its API.
  asTaken: objects =>
    objects.flatMap(object => {
      const entry = forms.json?.omits?.(object) ? undefined : forms.json?.print(object, objects);
      return entry === undefined ? [] : [resource(JSON.parse(entry) as ConfigEntry)];
    }),
};

/** What is tried in a bed: each has a section and a record of its own. */
interface Program {
  readonly title: string;
  readonly record: string;
  readonly records?: Contest<KubernetesObject>['records'];
  readonly families: readonly ConsulConfiguration[];
  readonly keepsRandom: (configuration: ConsulConfiguration) => boolean;
}

/** Routes are the same whoever is let in. */
const program = (): Program => {
  if (hasEdge())
    return {
      title: 'Consul, API gateway',
      record: 'consul-gateway',
      families: gateFamilies,
      keepsRandom: () => true,
    };
  if (hasPeer())
    return {
      title: stance() === 'deny' ? 'Consul, mesh gateway, where nobody is let in by default' : 'Consul, mesh gateway',
      record: stance() === 'deny' ? 'consul-peers-deny' : 'consul-peers',
      records: { oneOf: stance() === 'deny' ? 2 : 1, probes: 3 },
      families: stance() === 'deny' ? closedPeerFamilies : peerFamilies,
      keepsRandom: () => false,
    };
  if (stance() === 'deny')
    return {
      title: 'Consul, where nobody is let in by default',
      record: 'consul-deny',
      families: [
        ...byteFamilies.filter(({ kind }) => kind === 'guard'),
        ...guardFamilies,
        ...tokenFamilies,
        ...desertedFamilies,
      ],
      keepsRandom: ({ kind }) => kind === 'guard',
    };
  return {
    title: 'Consul',
    record: 'consul',
    families: [
      ...routeFamilies,
      ...chainFamilies,
      ...resolverFamilies,
      ...waitFamilies,
      ...byteFamilies,
      ...byteClientFamilies,
      ...callFamilies,
      ...guardFamilies,
      ...desertedFamilies,
      ...togetherFamilies,
    ],
    keepsRandom: () => true,
  };
};

const { title, record, records, families, keepsRandom } = program();

const limits: Limits = { borders: 40, patienceMs: 3000, countsTries: false, bytesPort };

/** What the bed was started for. */
export const consulContest: Contest<KubernetesObject> = {
  half: 'consul',
  title,
  record,
  ...(records ? { records } : {}),
  parts: ['consul', 'envoy'],
  limits,
  open: consulArena,
  configurations: async (arena, sampling) => {
    await arena.use([]);
    const model = await arena.model();
    const random = hasEdge()
      ? await randomGates(model, home, sampling)
      : (await randomFamilies(model, home, sampling)).filter(keepsRandom);
    if (hasPeer()) return families;
    const pairs = await pairFamilies(workbenchOf(arena, 'consul', limits), edits, [...families, ...random], {
      perEdit: Math.ceil(sampling.count / 20),
      seed: sampling.seed,
    });
    return [...families, ...random, ...pairs];
  },
};
