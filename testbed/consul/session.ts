import { readSnapshot } from '../../src/engine/read.ts';
import type { Model } from '../../src/model/model.ts';
import { Snapshot } from '../../src/native/snapshot.ts';
import { BedFailure } from '../failures.ts';
import type { KubernetesObject } from '../kubernetes/api.ts';
import { native } from '../kubernetes/native-object.ts';
import { hasEdge, hasPeer } from '../machine/places.ts';
import { until } from '../machine/until.ts';
import { type Address, Conductor } from '../probe/conductor.ts';
import { type Orders, order } from '../probe/orders.ts';
import type { Observed, Question } from '../probe/question.ts';
import {
  applyEntry,
  askConsul,
  type ConfigEntry,
  type ConsulCluster,
  consulAddress,
  deleteEntry,
  far,
  near,
} from './agent.ts';
import { exports, farPort, farResidents, farServiceOf, gateway, nearCallers } from './peer.ts';
import { beacon, edge, namespace, type Resident, residents, scene, upstreamPort, workloadOf } from './scene.ts';
import { entryOf, standing } from './world.ts';

/** An entry that the agent did not take. */
export interface Refused {
  readonly object: KubernetesObject;
  readonly why: string;
}

const keyOf = ({ Kind, Name }: Pick<ConfigEntry, 'Kind' | 'Name'>): string => `${Kind}/${Name}`;

/** Others must be gone before an entry can go or change, so that these come in one order and leave in the other. */
const rank = [
  'jwt-provider',
  'proxy-defaults',
  'mesh',
  'service-defaults',
  'service-resolver',
  'service-splitter',
  'service-router',
];
const rankOf = ({ Kind }: Pick<ConfigEntry, 'Kind'>): number => {
  const place = rank.indexOf(Kind);
  return place < 0 ? rank.length : place;
};

const ofScene = new Map(
  [...scene, ...nearCallers, ...(hasPeer() ? [exports] : [])].map(entry => [keyOf(entry), entry]),
);

const everybody: readonly Resident[] = [...residents, ...farResidents];

/** A page of the admin interface of a resident's Envoy. */
const adminPage = async ({ cluster: { address }, ports }: Resident, path: string): Promise<string> => {
  const control = order({ address, port: ports.control });
  const [reply] = await control.send([
    { address, port: ports.admin ?? 0, protocol: 'http', path, headers: [['Host', 'admin']] },
  ]);
  return reply?.body ?? '';
};

/** What it has been given and taken. */
const updates = (resident: Resident): Promise<string> =>
  adminPage(resident, `/stats?filter=${encodeURIComponent('version$|update_success$|warming|draining')}`);

/** A gateway's Envoy, asked by an application that stands near. */
const atGateway = (name: string, port: number, admin: number, cluster: ConsulCluster = near): Resident => {
  const control = everybody.find(one => one.cluster === cluster)?.ports.control ?? 0;
  return { cluster, id: name, service: name, ports: { application: port, control, admin } };
};

const atTheEdge = atGateway(edge.name, edge.port, edge.admin);

/** All who have an Envoy. */
const meshed: readonly Resident[] = [
  ...everybody.filter(({ ports }) => ports.sidecar !== undefined),
  ...(hasEdge() ? [atTheEdge] : []),
  ...(hasPeer() ? [near, far].map(one => atGateway(gateway.name, gateway.port, gateway.admin, one)) : []),
];

/** The Consul bed while it is used: what is applied in it now, and requests through it. */
export class ConsulSession {
  private readonly conductor: Conductor;
  private applied: readonly KubernetesObject[] = [];
  private words = Math.floor(performance.timeOrigin);

  private constructor() {
    this.conductor = new Conductor({
      posts: new Map(everybody.map(resident => [workloadOf(resident), this.post(resident)])),
      addressOf: question => this.dialled(question),
      nameOf: id => (id.includes('/') ? id : `${namespace}/${id}`),
    });
  }

  /** Looks at the bed that is up, and clears away what somebody has left in it. */
  static async open(): Promise<ConsulSession> {
    const kinds = [
      ...rank.filter(kind => kind !== 'proxy-defaults'),
      ...['service-intentions', 'exported-services', 'http-route', 'tcp-route'],
    ];
    const lists = await Promise.all(
      kinds.map(async kind => JSON.parse((await askConsul('GET', `/v1/config/${kind}`)).text) as ConfigEntry[]),
    );
    await removeEntries(lists.flat());
    return new ConsulSession();
  }

  /** Makes these objects the whole configuration, and waits until proxies have stopped to take in changes. */
  async use(objects: readonly KubernetesObject[]): Promise<readonly Refused[]> {
    const entries = objects.map(object => ({ object, entry: entryOf(object) }));
    // One that says something else now goes first: the two may not stand each other's company.
    const wanted = new Set(entries.map(({ entry }) => JSON.stringify(entry)));
    await removeEntries(this.applied.map(entryOf).filter(entry => !wanted.has(JSON.stringify(entry))));
    const refused: Refused[] = [];
    for (const { object, entry } of entries.toSorted((a, b) => rankOf(a.entry) - rankOf(b.entry))) {
      const { status, text } = await applyEntry(entry);
      if (status !== 200 || text.trim() !== 'true') refused.push({ object, why: text.trim() });
    }
    const out = new Set(refused.map(({ object }) => object));
    this.applied = objects.filter(object => !out.has(object));
    await this.untilLive();
    return refused;
  }

  async model(): Promise<Model> {
    const snapshot = new Snapshot([...this.standing(), ...this.applied].map(native), 'whole');
    return (await readSnapshot(snapshot, { only: ['consul'] })).model;
  }

  /** What is there beside the configuration; an entry that was applied stands in place of one of the same name. */
  standing(): readonly KubernetesObject[] {
    const replaced = new Set(this.applied.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
    return standing.filter(({ kind, metadata }) => !replaced.has(`${kind}/${metadata.name}`));
  }

  put(questions: readonly Question[]): Promise<readonly (readonly Observed[])[]> {
    return this.conductor.put(questions);
  }

  /** What Envoy beside a resident says of the configuration that it has. */
  configurationOf(workload: string, resource: string): Promise<string> {
    return adminPage(this.resident(workload), `/config_dump?resource=${resource}`);
  }

  /** Everything of a cluster is on one loopback: no application has an address of its own. */
  readonly addressOf = (caller: string): string => this.resident(caller).cluster.address;

  private resident(workload: string): Resident {
    const resident = everybody.find(candidate => workloadOf(candidate) === workload);
    if (!resident) throw new BedFailure(`there is no ${workload}`);
    return resident;
  }

  private post({ cluster: { address }, ports }: Resident): Orders {
    return order({ address, port: ports.control });
  }

  /** At a gateway, its listener. A caller with a sidecar goes through it; another one goes to the sidecar of the server. */
  private dialled({ caller, service, via, port }: Question): Address {
    if (via !== undefined) return { address: consulAddress, port };
    const resident = this.resident(caller);
    const { address } = resident.cluster;
    const ofPeer = farServiceOf(service);
    if (ofPeer !== undefined) return { address, port: farPort(resident, ofPeer) };
    const name = service.split('/')[1] ?? '';
    if (resident.upstreamsFrom !== undefined) return { address, port: upstreamPort(resident, name) };
    const server = residents.find(candidate => candidate.service === name);
    return { address, port: server?.ports.sidecar ?? 1 };
  }

  /** The agent tells the gateway of routes in several steps, and begins anew when one comes between. */
  private async untilOpen(): Promise<void> {
    const wanted = openGates(this.applied);
    await until('the gateway to listen', async () => {
      const stats = await adminPage(atTheEdge, '/stats?filter=listener_manager.total_listeners_active');
      return Number(/: (\d+)/.exec(stats)?.[1] ?? -1) === wanted;
    });
  }

  /**
   * A change of its own has to arrive at every caller after the others, and no proxy may have taken in anything for a
   * while: the agent tells each proxy about each upstream when it comes to it, in no order.
   */
  private async untilLive(): Promise<void> {
    this.words += 1;
    const word = `word-${this.words}`;
    await applyEntry({
      Kind: 'service-router',
      Name: beacon,
      Routes: [{ Destination: { Service: 'other', ResponseHeaders: { Set: { 'x-word': word } } } }],
    });
    for (const resident of everybody.filter(({ upstreamsFrom }) => upstreamsFrom !== undefined)) {
      const port = upstreamPort(resident, beacon);
      await until('callers to have the configuration', async () => {
        const [reply] = await this.post(resident).send([
          { address: resident.cluster.address, port, protocol: 'http', headers: [['Host', beacon]] },
        ]);
        return reply?.headers?.some(([name, value]) => name === 'x-word' && value === word);
      });
    }
    if (hasEdge()) await this.untilOpen();
    let before = '';
    let since = performance.now();
    await until(
      'proxies to come to rest',
      async () => {
        const now = (await Promise.all(meshed.map(updates))).join('\n');
        if (now !== before) since = performance.now();
        before = now;
        return performance.now() - since > 1200;
      },
      { everyMs: 100 },
    );
  }
}

/** Listeners behind which a route leads to a service; the gateway opens no others. */
const openGates = (objects: readonly KubernetesObject[]): number => {
  const named = objects.flatMap(({ kind, spec }): readonly (string | undefined)[] => {
    const { parents = [], rules = [] } = (spec ?? {}) as {
      parents?: readonly { sectionName?: string }[];
      rules?: readonly { services?: readonly unknown[] }[];
    };
    const leads = rules.some(({ services = [] }) => services.length > 0);
    return kind === 'HTTPRoute' && leads ? parents.map(({ sectionName }) => sectionName) : [];
  });
  return new Set(named).size;
};

const removeEntries = async (entries: readonly ConfigEntry[]): Promise<void> => {
  for (const entry of entries.toSorted((a, b) => rankOf(b) - rankOf(a))) {
    const usual = ofScene.get(keyOf(entry));
    if (usual) await applyEntry(usual);
    else if (entry.Name !== beacon) await deleteEntry(entry);
  }
};
