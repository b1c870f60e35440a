import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { node } from '../kubernetes/cluster.ts';
import { hasEdge, hasPeer, inState, partFolder } from '../machine/places.ts';
import { start } from '../machine/processes.ts';
import { run } from '../machine/run.ts';
import { endProcesses } from '../machine/take-down.ts';
import { until } from '../machine/until.ts';
import { order } from '../probe/orders.ts';
import {
  applyEntry,
  type ConsulCluster,
  consulAddress,
  consulEnvironment,
  consulProgram,
  demandConsul,
  far,
  grpcPort,
  near,
  startAgent,
} from './agent.ts';
import { exports, farPort, farResidents, farScene, farServices, gateway, nearCallers } from './peer.ts';
import { edge, type Resident, residents, scene, upstreamPort, upstreams, workloadOf } from './scene.ts';

/** A check that nobody has to renew. */
export const alive = (id: string): object => ({ CheckID: id, Name: id, TTL: '24h', Status: 'passing' });

/** Those of the other cluster reach everything here by the peering, and those here what the peer exports. */
const dialledBy = (resident: Resident): readonly object[] => {
  const at = (name: string, port: number, peer?: ConsulCluster): object => ({
    DestinationName: name,
    ...(peer ? { DestinationPeer: peer.datacenter } : {}),
    LocalBindAddress: resident.cluster.address,
    LocalBindPort: port,
  });
  const isNear = resident.cluster === near;
  return [
    ...upstreams.map(name => at(name, upstreamPort(resident, name), isNear ? undefined : near)),
    ...(isNear ? farServices.map(name => at(name, farPort(resident, name), far)) : []),
  ];
};

const registration = (resident: Resident): object => {
  const { cluster, id, service, version, ports, upstreamsFrom } = resident;
  const sidecar = {
    Address: cluster.address,
    Port: ports.sidecar,
    Checks: [alive(`${id}-sidecar`)],
    Proxy: {
      LocalServiceAddress: cluster.address,
      LocalServicePort: ports.application,
      ...(upstreamsFrom === undefined ? {} : { Upstreams: dialledBy(resident) }),
    },
  };
  return {
    ID: id,
    Name: service,
    Address: cluster.address,
    Port: ports.application,
    Meta: version === undefined ? {} : { version },
    Check: alive(`${id}-application`),
    ...(ports.sidecar === undefined ? {} : { Connect: { SidecarService: sidecar } }),
  };
};

const homeOf = (cluster: ConsulCluster): string => (cluster === near ? 'consul' : `consul ${cluster.datacenter}`);

const folderOf = (cluster: ConsulCluster, id: string): string => inState(homeOf(cluster), id);

export const startApplication = (resident: Resident): void => {
  const { cluster, id, service, ports } = resident;
  const folder = folderOf(cluster, id);
  mkdirSync(folder, { recursive: true });
  start({
    what: `${homeOf(cluster)} ${id} application`,
    namespace: node.namespace,
    command: process.execPath,
    args: [inState('programs', 'application.mjs')],
    env: {
      POD: cluster === near ? id : `${cluster.datacenter}/${service}`,
      ADDRESS: cluster.address,
      CONTROL: String(ports.control),
      PORTS: String(ports.application),
      ...(service === 'bytes' ? { BYTES: 'yes' } : {}),
      ...(service === 'calls' ? { CALLS: 'yes' } : {}),
    },
    folder,
    log: join(folder, 'application.log'),
  });
};

/** A sidecar for a service that the agent knows, or a gateway that it knows. */
export interface Sidecar {
  readonly id: string;
  /** Whose agent it asks; the first one's if absent. */
  readonly cluster?: ConsulCluster;
  readonly gateway?: 'api' | 'mesh';
  /** Where it tells about itself. */
  readonly admin: string;
  /** Where it runs, if not on the node; from there the agent is at the node's address. */
  readonly elsewhere?: { readonly namespace: string; readonly user: number; readonly envoy: string };
}

/** Envoy as Consul would start it. It gives up old connections at once, so that a change acts at once. */
export const startSidecar = ({ id, cluster = near, admin, elsewhere, gateway }: Sidecar): void => {
  const settings = Object.entries(consulEnvironment(cluster)).map(([name, value]) => `${name}=${value}`);
  const what = gateway ? ['-gateway', gateway, '-proxy-id', id] : ['-sidecar-for', id];
  const agent = elsewhere ? ['-grpc-addr', `${node.address}:${grpcPort}`] : [];
  const bootstrap = run('ip', [
    ...['netns', 'exec', node.namespace, 'env', ...settings, consulProgram(), 'connect', 'envoy', ...what],
    ...['-admin-bind', admin, '-bootstrap', '-ignore-envoy-compatibility', ...agent],
  ]);
  const folder = folderOf(cluster, id);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'bootstrap.json');
  writeFileSync(file, bootstrap);
  start({
    what: `${homeOf(cluster)} ${id} sidecar`,
    namespace: elsewhere?.namespace ?? node.namespace,
    command: elsewhere?.envoy ?? join(partFolder('envoy'), 'envoy'),
    args: [
      ...['-c', file, '--concurrency', '1', '--log-level', 'warning', '--disable-hot-restart'],
      ...['--drain-time-s', '1', '--drain-strategy', 'immediate'],
    ],
    folder,
    log: join(folder, 'sidecar.log'),
    ...(elsewhere ? { user: elsewhere.user } : {}),
  });
};

/** An Envoy at the edge, whose listeners the entry of its name describes. */
const startEdge = async (): Promise<void> => {
  await demandConsul('PUT', '/v1/agent/service/register?replace-existing-checks=true', {
    Kind: 'api-gateway',
    ID: edge.name,
    Name: edge.name,
    Address: consulAddress,
    Port: edge.port,
    Check: alive(edge.name),
  });
  startSidecar({ id: edge.name, admin: `${consulAddress}:${edge.admin}`, gateway: 'api' });
};

/** An Envoy through which the clusters reach each other. */
const startMeshGateway = async (cluster: ConsulCluster): Promise<void> => {
  const { name, port, admin } = gateway;
  const at = { Address: cluster.address, Port: port };
  const registered = {
    Kind: 'mesh-gateway',
    ID: name,
    Name: name,
    ...at,
    TaggedAddresses: { lan: at, wan: at },
    Check: alive(name),
  };
  await demandConsul('PUT', '/v1/agent/service/register?replace-existing-checks=true', registered, cluster);
  startSidecar({ id: name, cluster, admin: `${cluster.address}:${admin}`, gateway: 'mesh' });
};

/** Makes the clusters peers: the first one invites, and the other one comes. */
const joinPeers = async (): Promise<void> => {
  const invited = await demandConsul('POST', '/v1/peering/token', { PeerName: far.datacenter });
  const { PeeringToken } = JSON.parse(invited) as { PeeringToken: string };
  await demandConsul('POST', '/v1/peering/establish', { PeerName: near.datacenter, PeeringToken }, far);
  await until('the peering', async () =>
    (await demandConsul('GET', `/v1/peering/${far.datacenter}`)).includes('ACTIVE'),
  );
};

const startPeer = async (): Promise<void> => {
  await startAgent(far);
  await enrol(farResidents, far);
  for (const entry of farScene) await applyEntry(entry, far);
  await joinPeers();
  for (const entry of [...nearCallers, exports]) await applyEntry(entry);
  for (const cluster of [near, far]) await startMeshGateway(cluster);
};

/** Starts applications and tells the agent of their cluster about them. */
const enrol = async (all: readonly Resident[], cluster: ConsulCluster): Promise<void> => {
  for (const resident of all) {
    startApplication(resident);
    const path = '/v1/agent/service/register?replace-existing-checks=true';
    await demandConsul('PUT', path, registration(resident), cluster);
  }
};

/** Brings up an agent, applications and their sidecars, from inside the node's network namespace. */
export const startConsulBed = async (say: (line: string) => void): Promise<void> => {
  const began = performance.now();
  await startAgent();
  await enrol(residents, near);
  for (const entry of scene) await applyEntry(entry);
  if (hasPeer()) await startPeer();
  const all = [...residents, ...farResidents];
  for (const { id, cluster, ports } of all)
    if (ports.sidecar !== undefined) startSidecar({ id, cluster, admin: `${cluster.address}:${ports.admin}` });
  if (hasEdge()) await startEdge();
  for (const resident of all.filter(({ upstreamsFrom }) => upstreamsFrom !== undefined))
    for (const [service, port] of [
      ...['back', 'other'].map(name => [name, upstreamPort(resident, name)] as const),
      ...(resident.cluster === near ? farServices.map(name => [name, farPort(resident, name)] as const) : []),
    ])
      await until(`${workloadOf(resident)} reaching ${service} at ${port}`, async () => {
        const { address } = resident.cluster;
        const [reply] = await order({ address, port: resident.ports.control }).send([
          { address, port, protocol: 'http', headers: [['Host', service]] },
        ]);
        return reply?.status === 200;
      });
  say(`Consul and ${all.length} applications are ready after ${((performance.now() - began) / 1000).toFixed(1)} s`);
};

/**
 * Ends all that this half has started, and brings it up anew: the agent in 1.21.0 now and then ends itself while
 * configuration changes (concurrent map iteration and map write), and forgets everything.
 */
export const restartConsulBed = async (say: (line: string) => void): Promise<void> => {
  await endProcesses(({ what }) => what === 'consul' || what.startsWith('consul '));
  await startConsulBed(say);
};
