import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { node } from '../kubernetes/cluster.ts';
import { hasEdge, inState, partFolder } from '../machine/places.ts';
import { start } from '../machine/processes.ts';
import { run } from '../machine/run.ts';
import { endProcesses } from '../machine/take-down.ts';
import { until } from '../machine/until.ts';
import { order } from '../probe/orders.ts';
import {
  applyEntry,
  consulAddress,
  consulEnvironment,
  consulProgram,
  demandConsul,
  grpcPort,
  startAgent,
} from './agent.ts';
import { edge, type Resident, residents, scene, upstreamPort, upstreams } from './scene.ts';

/** A check that nobody has to renew. */
export const alive = (id: string): object => ({ CheckID: id, Name: id, TTL: '24h', Status: 'passing' });

const registration = (resident: Resident): object => {
  const { id, service, version, ports, upstreamsFrom } = resident;
  const dialled = upstreams.map(name => ({
    DestinationName: name,
    LocalBindAddress: consulAddress,
    LocalBindPort: upstreamPort(resident, name),
  }));
  const sidecar = {
    Address: consulAddress,
    Port: ports.sidecar,
    Checks: [alive(`${id}-sidecar`)],
    Proxy: {
      LocalServiceAddress: consulAddress,
      LocalServicePort: ports.application,
      ...(upstreamsFrom === undefined ? {} : { Upstreams: dialled }),
    },
  };
  return {
    ID: id,
    Name: service,
    Address: consulAddress,
    Port: ports.application,
    Meta: version === undefined ? {} : { version },
    Check: alive(`${id}-application`),
    ...(ports.sidecar === undefined ? {} : { Connect: { SidecarService: sidecar } }),
  };
};

const folderOf = (id: string): string => inState('consul', id);

export const startApplication = (resident: Resident): void => {
  const { id, service, ports } = resident;
  mkdirSync(folderOf(id), { recursive: true });
  start({
    what: `consul ${id} application`,
    namespace: node.namespace,
    command: process.execPath,
    args: [inState('programs', 'application.mjs')],
    env: {
      POD: id,
      ADDRESS: consulAddress,
      CONTROL: String(ports.control),
      PORTS: String(ports.application),
      ...(service === 'bytes' ? { BYTES: 'yes' } : {}),
      ...(service === 'calls' ? { CALLS: 'yes' } : {}),
    },
    folder: folderOf(id),
    log: join(folderOf(id), 'application.log'),
  });
};

/** A sidecar for a service that the agent knows, or a gateway that it knows. */
export interface Sidecar {
  readonly id: string;
  readonly isGateway?: true;
  /** Where it tells about itself. */
  readonly admin: string;
  /** Where it runs, if not on the node; from there the agent is at the node's address. */
  readonly elsewhere?: { readonly namespace: string; readonly user: number; readonly envoy: string };
}

/** Envoy as Consul would start it. It gives up old connections at once, so that a change acts at once. */
export const startSidecar = ({ id, admin, elsewhere, isGateway }: Sidecar): void => {
  const settings = Object.entries(consulEnvironment).map(([name, value]) => `${name}=${value}`);
  const what = isGateway ? ['-gateway', 'api', '-proxy-id', id] : ['-sidecar-for', id];
  const agent = elsewhere ? ['-grpc-addr', `${node.address}:${grpcPort}`] : [];
  const bootstrap = run('ip', [
    ...['netns', 'exec', node.namespace, 'env', ...settings, consulProgram(), 'connect', 'envoy', ...what],
    ...['-admin-bind', admin, '-bootstrap', '-ignore-envoy-compatibility', ...agent],
  ]);
  mkdirSync(folderOf(id), { recursive: true });
  const file = join(folderOf(id), 'bootstrap.json');
  writeFileSync(file, bootstrap);
  start({
    what: `consul ${id} sidecar`,
    namespace: elsewhere?.namespace ?? node.namespace,
    command: elsewhere?.envoy ?? join(partFolder('envoy'), 'envoy'),
    args: [
      ...['-c', file, '--concurrency', '1', '--log-level', 'warning', '--disable-hot-restart'],
      ...['--drain-time-s', '1', '--drain-strategy', 'immediate'],
    ],
    folder: folderOf(id),
    log: join(folderOf(id), 'sidecar.log'),
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
  startSidecar({ id: edge.name, admin: `${consulAddress}:${edge.admin}`, isGateway: true });
};

/** Brings up an agent, applications and their sidecars, from inside the node's network namespace. */
export const startConsulBed = async (say: (line: string) => void): Promise<void> => {
  const began = performance.now();
  await startAgent();
  for (const resident of residents) {
    startApplication(resident);
    await demandConsul('PUT', '/v1/agent/service/register?replace-existing-checks=true', registration(resident));
  }
  for (const entry of scene) await applyEntry(entry);
  for (const { id, ports } of residents)
    if (ports.sidecar !== undefined) startSidecar({ id, admin: `${consulAddress}:${ports.admin}` });
  if (hasEdge()) await startEdge();
  for (const resident of residents.filter(({ upstreamsFrom }) => upstreamsFrom !== undefined))
    for (const service of ['back', 'other'])
      await until(`${resident.id} reaching ${service}`, async () => {
        const port = upstreamPort(resident, service);
        const control = { address: consulAddress, port: resident.ports.control };
        const [reply] = await order(control).send([
          { address: consulAddress, port, protocol: 'http', headers: [['Host', service]] },
        ]);
        return reply?.status === 200;
      });
  say(
    `Consul and ${residents.length} applications are ready after ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
};

/**
 * Ends all that this half has started, and brings it up anew: the agent in 1.21.0 now and then ends itself while
 * configuration changes (concurrent map iteration and map write), and forgets everything.
 */
export const restartConsulBed = async (say: (line: string) => void): Promise<void> => {
  await endProcesses(({ what }) => what === 'consul' || what.startsWith('consul '));
  await startConsulBed(say);
};
