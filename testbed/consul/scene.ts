/** Who lives in the Consul bed: two callers with sidecars, one without, two versions of `back`, `other`, and guards. */
import { hasEdge, hasPeer, stance } from '../machine/places.ts';
import { type ConfigEntry, type ConsulCluster, far, near } from './agent.ts';

/** Where the objects that stand for the first cluster are. */
export const namespace = 'shop';

export interface Resident {
  readonly cluster: ConsulCluster;
  /** Unique in its cluster; the service, with the version behind it where there are several. */
  readonly id: string;
  readonly service: string;
  readonly version?: string;
  /** Where the application listens, takes orders, and where its sidecar listens and tells about itself. */
  readonly ports: {
    readonly application: number;
    readonly control: number;
    readonly sidecar?: number;
    readonly admin?: number;
  };
  /** Each of `upstreams` is reached at one port after another from here. */
  readonly upstreamsFrom?: number;
}

export const resident = (number: number, service: string, more: Partial<Resident> = {}): Resident => ({
  cluster: near,
  id: more.version === undefined ? service : `${service}-${more.version}`,
  service,
  ...more,
  ports: { application: 5000 + number, control: 5100 + number, sidecar: 5200 + number, admin: 5300 + number },
});

/** The workload of the model that a resident is; those of another cluster have its name in place of a namespace. */
export const workloadOf = ({ cluster, id }: Pick<Resident, 'cluster' | 'id'>): string =>
  `${cluster === near ? namespace : cluster.datacenter}/${id}`;

/** Servers that intentions are tried on, each by itself. */
export const guards: readonly string[] = Array.from({ length: hasPeer() ? 14 : 6 }, (_, index) => `guard-${index + 1}`);

/** Names without instances that routing is tried on, one for each configuration at a time. */
export const routedServices: readonly string[] = Array.from(
  { length: hasPeer() ? 40 : 100 },
  (_, index) => `site-${index + 1}`,
);

/**
 * Its answer tells which configuration a client's proxy has. It has no instances, unless it has to come through a mesh gateway,
 * which leads to no name without (observed, 1.21.0).
 */
export const beacon = 'beacon';

export const upstreams: readonly string[] = ['back', 'other', 'bytes', 'calls', beacon, ...guards, ...routedServices];

export const residents: readonly Resident[] = [
  resident(1, 'client', { upstreamsFrom: 20_000 }),
  resident(2, 'client2', { upstreamsFrom: 21_000 }),
  resident(3, 'back', { version: 'v1' }),
  resident(4, 'back', { version: 'v2' }),
  resident(5, 'other'),
  resident(6, 'bytes', { version: 'v1' }),
  resident(7, 'bytes', { version: 'v2' }),
  resident(8, 'calls'),
  ...guards.map((name, index) => resident(10 + index, name)),
  ...(hasPeer() ? [resident(28, beacon)] : []),
  { cluster: near, id: 'plain', service: 'plain', ports: { application: 5030, control: 5130 } },
];

export const http = (name: string): ConfigEntry => ({ Kind: 'service-defaults', Name: name, Protocol: 'http' });

/** What services speak that do not speak HTTP. */
const others: readonly ConfigEntry[] = [{ Kind: 'service-defaults', Name: 'calls', Protocol: 'grpc' }];

export const versions = (name: string): ConfigEntry => ({
  Kind: 'service-resolver',
  Name: name,
  Subsets: { v1: { Filter: 'Service.Meta.version == v1' }, v2: { Filter: 'Service.Meta.version == v2' } },
});

/** Where nobody is let in by default, those that routing leads to let everyone in. */
export const open = (name: string, peer: ConsulCluster = far): ConfigEntry => ({
  Kind: 'service-intentions',
  Name: name,
  Sources: [
    { Name: '*', Action: 'allow' },
    ...(hasPeer() ? [{ Name: '*', Peer: peer.datacenter, Action: 'allow' }] : []),
  ],
});

/** Listeners of the API gateway, each with a port of its own. */
export const gates: readonly string[] = Array.from({ length: 60 }, (_, index) => `gate-${index + 1}`);
export const gatePort = (name: string): number => 7001 + gates.indexOf(name);

/** The API gateway; it is a service of this name. */
export const edge = { name: 'edge', port: 7000, admin: 7100 } as const;

const edgeEntry: ConfigEntry = {
  Kind: 'api-gateway',
  Name: edge.name,
  Listeners: gates.map(name => ({ Name: name, Port: gatePort(name), Protocol: 'http' })),
};

/** The configuration that is there before anybody wishes for anything. */
export const scene: readonly ConfigEntry[] = [
  ...upstreams.filter(name => name !== 'bytes' && name !== 'calls').map(http),
  ...others,
  ...['back', 'bytes'].map(versions),
  ...(hasEdge() ? [edgeEntry] : []),
  ...(stance() === 'deny' ? ['back', 'other', 'bytes', 'calls'].map(name => open(name)) : []),
];

/** Where a resident's application finds an upstream. */
export const upstreamPort = ({ upstreamsFrom = 0 }: Resident, service: string): number =>
  upstreamsFrom + upstreams.indexOf(service);
