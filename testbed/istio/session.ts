import { readSnapshot } from '../../src/engine/read.ts';
import type { Model } from '../../src/model/model.ts';
import { Snapshot } from '../../src/native/snapshot.ts';
import { BedFailure } from '../failures.ts';
import { type Answer, type KubernetesApi, type KubernetesObject, pathOf } from '../kubernetes/api.ts';
import { kubernetesApi } from '../kubernetes/control-plane.ts';
import { native } from '../kubernetes/native-object.ts';
import { hasWaypoint } from '../machine/places.ts';
import { type Address, Conductor } from '../probe/conductor.ts';
import { order } from '../probe/orders.ts';
import type { Observed, Question } from '../probe/question.ts';
import type { Told } from '../settings/reading.ts';
import { readDump, readWaypointDump } from './dump.ts';
import { type Identity, identityOf } from './identity.ts';
import { clusterId } from './istiod.ts';
import { untilLive, untilLiveAtWaypoint, untilTakenIn } from './live.ts';
import { gateway, hostOf } from './native.ts';
import { beacon, callers, scene, servers, waypoint, waypointId } from './scene.ts';

/** Kinds that a cluster has beside the mesh's configuration, and that decide what this means. */
const standing: readonly (readonly [apiVersion: string, kind: string])[] = [
  ['v1', 'Namespace'],
  ['v1', 'Service'],
  ['v1', 'ServiceAccount'],
  ['v1', 'Pod'],
  ['v1', 'ConfigMap'],
  ['apps/v1', 'Deployment'],
  ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
];

/** Kinds that are configuration of the mesh. */
const configurable: typeof standing = [
  ...['VirtualService', 'DestinationRule', 'ServiceEntry', 'Sidecar', 'Gateway'].map(
    kind => ['networking.istio.io/v1', kind] as const,
  ),
  ...['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication'].map(
    kind => ['security.istio.io/v1', kind] as const,
  ),
  ...['Gateway', 'HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'].map(
    kind => ['gateway.networking.k8s.io/v1', kind] as const,
  ),
];

interface PodStatus {
  readonly podIP?: string;
}

interface ServiceSpec {
  readonly clusterIP: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly port: number; readonly targetPort: number }[];
}

const groupOf = (apiVersion: string): string => apiVersion.split('/')[0] ?? '';

const keyOf = ({ apiVersion, kind, metadata }: KubernetesObject): string =>
  `${kind}.${groupOf(apiVersion)} ${metadata.namespace}/${metadata.name}`;

const ofScene = new Set(scene.flat().map(keyOf));

const machinery = new Set([
  'env',
  'volumeMounts',
  'volumes',
  'caBundle',
  'tolerations',
  'resources',
  'securityContext',
  'uid',
  'resourceVersion',
  'generation',
  'clusterIPs',
  'ipFamilies',
  'ipFamilyPolicy',
  'internalTrafficPolicy',
  'sessionAffinity',
  'loadBalancer',
]);
const withoutMachinery = (key: string, value: unknown): unknown => (machinery.has(key) ? undefined : value);

/** An object that the API server, or Istio's own validation behind it, did not let in. */
export interface Refused {
  readonly object: KubernetesObject;
  readonly why: string;
}

const wordOf = (answer: Answer): string => String((answer.body as { message?: unknown })?.message ?? answer.status);

/** The Istio bed while it is used: what is applied in it now, and requests through it. */
export class IstioSession {
  private readonly api: KubernetesApi;
  private readonly cluster: readonly KubernetesObject[];
  private readonly conductor: Conductor;
  /** Waits until this word is what proxies act on. */
  private readonly untilLive: (word: string) => Promise<void>;
  /** By which callers that no proxy stands beside enter a waypoint; empty where proxies do. */
  private readonly identities: ReadonlyMap<string, Identity>;
  /** The address of a workload's pod. */
  readonly addressOf: (workload: string) => string;
  private applied: readonly KubernetesObject[];
  private words = Math.floor(performance.timeOrigin);

  private constructor(
    api: KubernetesApi,
    cluster: readonly KubernetesObject[],
    left: readonly KubernetesObject[],
    identities: ReadonlyMap<string, Identity>,
  ) {
    this.api = api;
    this.identities = identities;
    this.cluster = cluster;
    this.applied = left;
    const pods = cluster.filter(({ kind }) => kind === 'Pod');
    this.addressOf = (id: string): string => {
      const pod = pods.find(({ metadata }) => workloadOf(`${metadata.namespace}/${metadata.name}`) === id);
      const { podIP } = (pod?.status ?? {}) as PodStatus;
      if (podIP === undefined) throw new BedFailure(`there is no pod of ${id}`);
      return podIP;
    };
    const post = (id: string) => order({ address: this.addressOf(id) });
    this.conductor = new Conductor({
      posts: new Map([...callers, ...servers].map(id => [id, post(id)])),
      addressOf: (question): Address => this.dialled(question),
      nameOf: workloadOf,
    });
    const beaconAddress = this.service(`shop/${beacon}`).clusterIP;
    this.untilLive = hasWaypoint()
      ? word =>
          untilLiveAtWaypoint(api, word, {
            entering: [...identities.keys()].map(id => ({
              caller: post(id),
              at: this.entrance(id, `shop/${beacon}`, 80),
            })),
            routing: [{ caller: post('legacy/old'), at: { address: beaconAddress, port: 80 } }],
          })
      : word =>
          untilLive(api, word, {
            callers: callers.filter(id => id !== 'bare/plain').map(post),
            servers: servers.map(post),
            beaconAddress,
            stranger: post('bare/plain'),
            gatewayAddress: this.addressOf(gateway.workload),
          });
  }

  /** Looks at the bed that is up, and clears away configuration that somebody has left in it. */
  static async open(): Promise<IstioSession> {
    const api = kubernetesApi();
    const list = async (kinds: typeof standing): Promise<readonly KubernetesObject[]> =>
      (await Promise.all(kinds.map(([apiVersion, kind]) => api.list(apiVersion, kind)))).flat();
    const [own, configuration] = await Promise.all([list(standing), list(configurable)]);
    const isOfScene = (object: KubernetesObject): boolean => ofScene.has(keyOf(object));
    const left = configuration.filter(object => !isOfScene(object) && object.metadata.name !== beacon);
    const entering = hasWaypoint() ? ['shop/client', 'other/client2'] : [];
    const identities = await Promise.all(
      entering.map(async id => {
        const [namespace = '', account = ''] = id.split('/');
        return [id, await identityOf(api, namespace, account)] as const;
      }),
    );
    return new IstioSession(api, [...own, ...configuration.filter(isOfScene)], left, new Map(identities));
  }

  /**
   * Makes these objects the whole configuration, and waits until it is what proxies act on. Those that are `earlier` are
   * made in a second before the others, since the API server tells the age of objects in seconds.
   */
  async use(
    objects: readonly KubernetesObject[],
    earlier: readonly KubernetesObject[] = [],
  ): Promise<readonly Refused[]> {
    await Promise.all(earlier.map(object => this.api.apply(object)));
    if (earlier.length > 0) await new Promise(done => setTimeout(done, 1000));
    const answers = await Promise.all(objects.map(async object => ({ object, answer: await this.api.apply(object) })));
    const refused = answers.flatMap(({ object, answer }) =>
      answer.status < 300 ? [] : [{ object, why: wordOf(answer) }],
    );
    const there = answers.flatMap(({ answer }) => (answer.status < 300 ? [answer.body as KubernetesObject] : []));
    const kept = new Set(there.map(keyOf));
    const gone = this.applied.filter(object => !kept.has(keyOf(object)) && !ofScene.has(keyOf(object)));
    await Promise.all(gone.map(object => this.api.ask('DELETE', pathOf(object))));
    this.applied = there;
    await untilTakenIn(there, gone);
    this.words += 1;
    await this.untilLive(`word-${this.words}`);
    return refused;
  }

  /** The object with the time at which the API server says that it was made. */
  asMade(object: KubernetesObject): KubernetesObject {
    const { creationTimestamp } = this.applied.find(other => keyOf(other) === keyOf(object))?.metadata ?? {};
    if (creationTimestamp === undefined) return object;
    return { ...object, metadata: { ...object.metadata, creationTimestamp } };
  }

  /** The cluster with the configuration that is applied now, read as `supergloo` reads a cluster. */
  async model(): Promise<Model> {
    const snapshot = new Snapshot([...this.cluster, ...this.applied].map(native), 'whole');
    return (await readSnapshot(snapshot, { only: ['istio'] })).model;
  }

  /** What of the cluster itself decides about requests, without what only running it needs. */
  standing(): readonly KubernetesObject[] {
    return this.cluster
      .filter(({ kind, metadata }) => kind !== 'ConfigMap' || metadata.name === 'istio')
      .map(object => JSON.parse(JSON.stringify(native(object).body, withoutMachinery)));
  }

  /** What the sidecar of a workload, or the waypoint, has been told. */
  told(workload: string): Promise<Told> {
    const post = order({ address: this.addressOf(workload) });
    return workload === waypointId ? readWaypointDump(post) : readDump(post);
  }

  /** Sends each question as often as it says; what was seen stands in the order of the questions. */
  put(questions: readonly Question[]): Promise<readonly (readonly Observed[])[]> {
    return this.conductor.put(questions);
  }

  /** Where a caller enters the waypoint on its way to a service, and what the proxy of its node says there. */
  private entrance(caller: string, service: string, port: number): Address {
    const identity = this.identities.get(caller);
    if (!identity) throw new BedFailure(`${caller} has no identity`);
    const [namespace, name] = caller.split('/');
    const tunnel = {
      to: `${this.service(service).clusterIP}:${port}`,
      host: hostOf(service.split('/')[1] ?? ''),
      from: this.addressOf(caller),
      source: `k8s.cluster.name=${clusterId},k8s.namespace.name=${namespace},k8s.deployment.name=${name},service.name=${name},service.version=latest`,
      ...identity,
    };
    return { address: this.addressOf(waypointId), port: waypoint.port, tunnel };
  }

  private service(id: string): ServiceSpec {
    const found = this.cluster.find(
      ({ kind, metadata }) => kind === 'Service' && `${metadata.namespace}/${metadata.name}` === id,
    );
    if (!found) throw new BedFailure(`there is no Service ${id}`);
    return found.spec as ServiceSpec;
  }

  /** Nobody translates the virtual address of a Service where there is no sidecar: such a caller goes to a pod. */
  private dialled({ caller, service, port, via }: Question): Address {
    if (via !== undefined) return { address: this.addressOf(gateway.workload), port };
    const { clusterIP, selector = {}, ports } = this.service(service);
    if (this.identities.has(caller)) return this.entrance(caller, service, port);
    if (!caller.startsWith('bare/')) return { address: clusterIP, port };
    const target = ports.find(candidate => candidate.port === port)?.targetPort ?? port;
    const app = selector.app === 'web' ? 'web-v1' : (selector.app ?? '');
    return { address: this.addressOf(`${service.split('/')[0]}/${app}`), port: target };
  }
}

/** The workload of a pod: its name without what the replica set and the pod have added. */
const workloadOf = (pod: string): string => pod.replace(/-[^-]+-[^-]+$/, '');
