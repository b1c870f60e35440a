import { readSnapshot } from '../../src/engine/read.ts';
import type { Model } from '../../src/model/model.ts';
import { Snapshot } from '../../src/native/snapshot.ts';
import { BedFailure } from '../failures.ts';
import type { KubernetesObject } from '../kubernetes/api.ts';
import { native } from '../kubernetes/native-object.ts';
import { hasEdge } from '../machine/places.ts';
import { until } from '../machine/until.ts';
import { type Address, Conductor } from '../probe/conductor.ts';
import { type Orders, order } from '../probe/orders.ts';
import type { Observed, Question } from '../probe/question.ts';
import { applyEntry, askConsul, type ConfigEntry, consulAddress, deleteEntry } from './agent.ts';
import { beacon, edge, type Resident, residents, scene, upstreamPort } from './scene.ts';
import { entryOf, namespace, standing } from './world.ts';

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

const ofScene = new Map(scene.map(entry => [keyOf(entry), entry]));

const idOf = ({ id }: Resident): string => `${namespace}/${id}`;

/** A page of the admin interface of a resident's Envoy. */
const adminPage = async ({ ports }: Resident, path: string): Promise<string> => {
  const control = order({ address: consulAddress, port: ports.control });
  const [reply] = await control.send([
    { address: consulAddress, port: ports.admin ?? 0, protocol: 'http', path, headers: [['Host', 'admin']] },
  ]);
  return reply?.body ?? '';
};

/** What it has been given and taken. */
const updates = (resident: Resident): Promise<string> =>
  adminPage(resident, `/stats?filter=${encodeURIComponent('version$|update_success$|warming|draining')}`);

/** The gateway's Envoy, asked by an application that stands near. */
const atTheEdge: Resident = {
  id: edge.name,
  service: edge.name,
  ports: { application: edge.port, control: residents[0]?.ports.control ?? 0, admin: edge.admin },
};

const meshed = residents.filter(({ ports }) => ports.sidecar !== undefined);

/** The Consul bed while it is used: what is applied in it now, and requests through it. */
export class ConsulSession {
  private readonly conductor: Conductor;
  private applied: readonly KubernetesObject[] = [];
  private words = Math.floor(performance.timeOrigin);

  private constructor() {
    this.conductor = new Conductor({
      posts: new Map(residents.map(resident => [idOf(resident), this.post(resident)])),
      addressOf: question => this.dialled(question),
      nameOf: id => `${namespace}/${id}`,
    });
  }

  /** Looks at the bed that is up, and clears away what somebody has left in it. */
  static async open(): Promise<ConsulSession> {
    const kinds = [...rank.filter(kind => kind !== 'proxy-defaults'), 'service-intentions', 'http-route', 'tcp-route'];
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
    const resident = residents.find(candidate => idOf(candidate) === workload);
    if (!resident) throw new BedFailure(`there is no ${workload}`);
    return adminPage(resident, `/config_dump?resource=${resource}`);
  }

  /** Everything is on one loopback: no application has an address of its own. */
  readonly addressOf = (_caller: string): string => consulAddress;

  private post({ ports }: Resident): Orders {
    return order({ address: consulAddress, port: ports.control });
  }

  /** At a gateway, its listener. A caller with a sidecar goes through it; another one goes to the sidecar of the server. */
  private dialled({ caller, service, via, port }: Question): Address {
    if (via !== undefined) return { address: consulAddress, port };
    const resident = residents.find(candidate => idOf(candidate) === caller);
    const name = service.split('/')[1] ?? '';
    if (!resident) throw new BedFailure(`there is no ${caller}`);
    if (resident.upstreamsFrom !== undefined) return { address: consulAddress, port: upstreamPort(resident, name) };
    const server = residents.find(candidate => candidate.service === name);
    return { address: consulAddress, port: server?.ports.sidecar ?? 1 };
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
    for (const resident of residents.filter(({ upstreamsFrom }) => upstreamsFrom !== undefined)) {
      const port = upstreamPort(resident, beacon);
      await until('callers to have the configuration', async () => {
        const [reply] = await this.post(resident).send([
          { address: consulAddress, port, protocol: 'http', headers: [['Host', beacon]] },
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
        const now = (await Promise.all([...meshed, ...(hasEdge() ? [atTheEdge] : [])].map(updates))).join('\n');
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
