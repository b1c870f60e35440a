import type { Model } from '../../../src/model/model.ts';
import { demandConsul, far, killAgent } from '../../consul/agent.ts';
import { slots } from '../../consul/peer.ts';
import { gatePort, gates } from '../../consul/scene.ts';
import { ConsulSession } from '../../consul/session.ts';
import { restartConsulBed } from '../../consul/up.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { hasPeer } from '../../machine/places.ts';
import type { Slot } from '../configuration.ts';
import { compared, type Testimony } from '../oracle.ts';
import type { Arena } from '../run.ts';
import { hostOf } from './families.ts';
import { type DiscoveryChain, factsOfChain, withoutWideSubsets } from './oracles/chain-facts.ts';
import { type ConfigDump, factsOfEnvoy } from './oracles/envoy-facts.ts';
import { factsOfModel } from './oracles/model-facts.ts';

/** What the proxy of a caller has; asked once for each model, which is once for each wave. */
const dumps = (session: ConsulSession) => {
  const known = new WeakMap<Model, Promise<readonly ConfigDump[]>>();
  return (model: Model): Promise<readonly ConfigDump[]> => {
    const resources = ['dynamic_route_configs', 'dynamic_active_clusters'];
    const asked =
      known.get(model) ??
      Promise.all(
        resources.map(
          async resource => JSON.parse(await session.configurationOf('shop/client', resource)) as ConfigDump,
        ),
      );
    known.set(model, asked);
    return asked;
  };
};

/** Consul's own compilation of the entries, and the configuration that Envoy was given. */
const oracles = (session: ConsulSession): ((slot: Slot, model: Model) => Promise<readonly Testimony[]>) => {
  const dumped = dumps(session);
  return async ({ name }, model) => {
    const services = new Set(model.inventory.services.map(({ id }) => id.split('/').at(-1) ?? id));
    const predicted = factsOfModel(model, `shop/${name}`);
    const chain = JSON.parse(await demandConsul('GET', `/v1/discovery-chain/${name}`)) as DiscoveryChain;
    const [routes = {}, clusters = {}] = await dumped(model);
    return [
      ...compared('discovery chain', withoutWideSubsets(chain, factsOfChain(chain, services)), predicted),
      ...compared('config dump', withoutWideSubsets(chain, factsOfEnvoy(name, routes, clusters, services)), predicted),
    ];
  };
};

/** The Consul bed as a place to try configurations in. */
export const consulArena = async (): Promise<Arena<KubernetesObject>> => {
  let session = await ConsulSession.open();
  let ask = oracles(session);
  return {
    slots: { ...slots, gate: gates },
    gateOf: ({ name }) => ({ caller: 'shop/plain', via: 'shop/edge', port: gatePort(name), host: 'a.example' }),
    use: async objects => new Map((await session.use(objects)).map(({ object, why }) => [object, why])),
    standing: session.standing(),
    model: () => session.model(),
    // What clients here are told of says nothing of callers of a peer.
    ...(hasPeer() ? {} : { askOracles: (slot, model) => ask(slot, model) }),
    put: questions => session.put(questions),
    serviceOf: ({ name }) => `shop/${name}`,
    hostOf: ({ name }) => hostOf(name),
    addressOf: session.addressOf,
    // Sidecars do not tell servers of calls who calls (observed).
    hidesCaller: ({ request }) => request.protocol === 'grpc',
    callersOf: ({ kind }) => {
      if (hasPeer() && kind !== 'away') return [`${far.datacenter}/client`, `${far.datacenter}/client2`, 'shop/client'];
      return kind === 'guard' ? ['shop/client', 'shop/client2', 'shop/plain'] : ['shop/client', 'shop/client2'];
    },
    kill: killAgent,
    startAgain: async () => {
      await restartConsulBed(line => console.log(line));
      session = await ConsulSession.open();
      ask = oracles(session);
    },
  };
};
