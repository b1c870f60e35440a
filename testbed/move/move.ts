/** A service goes from Istio to Consul while it is called, and those who call it stay where they are. */
import { setTimeout as pause } from 'node:timers/promises';
import { consulAddress } from '../consul/agent.ts';
import type { Resident } from '../consul/scene.ts';
import { hostOf, namespace } from '../istio/native.ts';
import { IstioSession } from '../istio/session.ts';
import type { KubernetesApi, KubernetesObject } from '../kubernetes/api.ts';
import { kubernetesApi } from '../kubernetes/control-plane.ts';
import { native } from '../kubernetes/native-object.ts';
import { until } from '../machine/until.ts';
import { type Orders, order } from '../probe/orders.ts';
import type { Hit } from '../probe/wire.ts';
import { applyEntries, startBridge, startWorkloads } from './arrival.ts';
import { type Converted, convertToConsul } from './convert.ts';
import { bridge, configuration, isAbout, type Share, service, workloads } from './shop.ts';
import { streamsOf } from './streams.ts';
import { type Count, Traffic } from './traffic.ts';

/** How long each step is held, with all requests that are sent in it. */
const holdMs = 15_000;

/** One step, with what became of the requests that were sent in it. */
export interface Step {
  readonly name: string;
  readonly share: Share;
  readonly counts: ReadonlyMap<string, Count>;
  /** Requests that arrived with other headers than the routes give them. */
  readonly changed: number;
}

export interface Moved {
  readonly steps: readonly Step[];
  readonly converted: Converted;
}

interface Pod extends KubernetesObject {
  readonly status?: { readonly podIP?: string };
}

const podOf = (api: KubernetesApi, labels: Readonly<Record<string, string>>): Promise<string> =>
  until(
    `the pod of ${Object.values(labels).join(' ')}`,
    async () => {
      const pods = (await api.list('v1', 'Pod', namespace)) as readonly Pod[];
      const pod = pods.find(({ metadata }) =>
        Object.entries(labels).every(([name, value]) => metadata.labels?.[name] === value),
      );
      const isReady = JSON.stringify(pod?.status ?? {}).includes('"type":"Ready","status":"True"');
      return isReady ? pod?.status?.podIP : undefined;
    },
    { seconds: 120 },
  );

const clusterAddress = async (api: KubernetesApi, name: string): Promise<string> => {
  const { spec } = await api.demand('GET', `/api/v1/namespaces/${namespace}/services/${name}`);
  return (spec as { clusterIP: string }).clusterIP;
};

/** The objects about the service, as the API server has them. */
const objectsInIstio = async (api: KubernetesApi, session: IstioSession): Promise<readonly KubernetesObject[]> => {
  const own = await Promise.all(configuration(0).map(({ apiVersion, kind }) => api.list(apiVersion, kind, namespace)));
  const all = [...session.standing(), ...own.flat().map(object => native(object).body as unknown as KubernetesObject)];
  const known = new Map(all.filter(isAbout).map(object => [`${object.kind} ${object.metadata.name}`, object]));
  return [...known.values()];
};

/** Whoever answers in the end: the application of the moved service, reached by an Istio client over the bridge. */
const untilBridged = async (client: Orders, address: string): Promise<void> => {
  await until('the bridge', async () => {
    const [reply] = await client.send([{ address, port: 80, protocol: 'http', headers: [['Host', hostOf(bridge)]] }]);
    return reply?.status === 200 && reply.body?.includes('consul-');
  });
};

const isChanged = ({ id, headers }: Hit): boolean => {
  const routes = headers.filter(([name]) => name.toLowerCase() === 'x-route').map(([, value]) => value);
  return id === 'second version' ? routes.length > 0 : routes.join() !== 'main';
};

const remove = async (api: KubernetesApi): Promise<void> => {
  for (const version of ['v1', 'v2']) {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${service}-${version}`;
    await api.demand('PATCH', path, { spec: { replicas: 0 } }, 'application/merge-patch+json');
  }
  await until('the pods in Istio to go', async () => {
    const pods = await api.list('v1', 'Pod', namespace);
    return pods.every(({ metadata }) => metadata.labels?.app !== service);
  });
};

export interface Plan {
  /** Leaves out the policy that guards the bridge, to see that this is noticed. */
  readonly bridgeIsOpen: boolean;
}

/** Moves the service, step by step. */
export const move = async (root: string, { bridgeIsOpen }: Plan, say: (line: string) => void): Promise<Moved> => {
  const api = kubernetesApi();
  for (const object of workloads) await api.applyAll([object]);
  const bridgePod = await podOf(api, { app: bridge });
  const here = await Promise.all(['v1', 'v2'].map(version => podOf(api, { app: service, version })));
  const session = await IstioSession.open();
  await session.use(configuration(0, bridgeIsOpen));
  const post = (workload: string): Orders => order({ address: session.addressOf(workload) });
  const [serviceAddress, bridgeAddress] = [await clusterAddress(api, service), await clusterAddress(api, bridge)];
  const senders = { client: post('shop/client'), stranger: post('other/client2'), plain: post('bare/plain') };
  const servers: Orders[] = here.map(address => order({ address }));
  for (const server of servers) await server.hits();

  const steps: Omit<Step, 'counts'>[] = [];
  const traffic = new Traffic(streamsOf(senders, { serviceAddress, bridgeAddress, bridgePod }), 'in Istio alone');
  const hold = async (name: string, share: Share): Promise<void> => {
    traffic.enter(name);
    await pause(holdMs);
    const hits = (await Promise.all(servers.map(server => server.hits()))).flat();
    steps.push({ name, share, changed: hits.filter(isChanged).length });
    say(
      `${name}: ${[...(traffic.counts.get(name)?.values() ?? [])].reduce((sum, { sent }) => sum + sent, 0)} requests`,
    );
  };
  await hold('in Istio alone', 0);

  const converted = convertToConsul(root, await objectsInIstio(api, session));
  say(`${await applyEntries(converted.objects)} config entries are applied as they were printed`);
  const residents: readonly Resident[] = await startWorkloads(converted.objects);
  await startBridge(bridgePod);
  await untilBridged(senders.client, bridgeAddress);
  for (const { ports } of residents) {
    const server = order({ address: consulAddress, port: ports.control });
    await server.hits();
    servers.push(server);
  }
  await hold('also in Consul', 0);
  for (const share of [10, 50, 100]) {
    await session.use(configuration(share, bridgeIsOpen));
    await hold(`${share} of 100 to Consul`, share);
  }
  servers.splice(0, 2);
  await remove(api);
  await hold('in Consul alone', 100);
  await traffic.end();
  return { converted, steps: steps.map(step => ({ ...step, counts: traffic.counts.get(step.name) ?? new Map() })) };
};
