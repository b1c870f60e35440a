import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { node } from '../kubernetes/cluster.ts';
import { inState, partFolder } from '../machine/places.ts';
import { start } from '../machine/processes.ts';
import { run } from '../machine/run.ts';
import { until } from '../machine/until.ts';
import { order } from '../probe/orders.ts';
import { applyEntry, consulAddress, consulEnvironment, consulProgram, demandConsul, startAgent } from './agent.ts';
import { type Resident, residents, scene, upstreamPort, upstreams } from './scene.ts';

const alive = (id: string): object => ({ CheckID: id, Name: id, TTL: '24h', Status: 'passing' });

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

const folderOf = ({ id }: Resident): string => inState('consul', id);

const startApplication = (resident: Resident): void => {
  const { id, service, ports } = resident;
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
    },
    folder: folderOf(resident),
    log: join(folderOf(resident), 'application.log'),
  });
};

/** Envoy as Consul would start it. It gives up old connections at once, so that a change acts at once. */
const startSidecar = (resident: Resident): void => {
  const { id, ports } = resident;
  const settings = Object.entries(consulEnvironment).map(([name, value]) => `${name}=${value}`);
  const bootstrap = run('ip', [
    ...['netns', 'exec', node.namespace, 'env', ...settings, consulProgram(), 'connect', 'envoy', '-sidecar-for', id],
    ...['-admin-bind', `${consulAddress}:${ports.admin}`, '-bootstrap', '-ignore-envoy-compatibility'],
  ]);
  const file = join(folderOf(resident), 'bootstrap.json');
  writeFileSync(file, bootstrap);
  start({
    what: `consul ${id} sidecar`,
    namespace: node.namespace,
    command: join(partFolder('envoy'), 'envoy'),
    args: [
      ...['-c', file, '--concurrency', '1', '--log-level', 'warning', '--disable-hot-restart'],
      ...['--drain-time-s', '1', '--drain-strategy', 'immediate'],
    ],
    folder: folderOf(resident),
    log: join(folderOf(resident), 'sidecar.log'),
  });
};

/** Brings up an agent, applications and their sidecars, from inside the node's network namespace. */
export const startConsulBed = async (say: (line: string) => void): Promise<void> => {
  const began = performance.now();
  await startAgent();
  for (const resident of residents) {
    mkdirSync(folderOf(resident), { recursive: true });
    startApplication(resident);
    await demandConsul('PUT', '/v1/agent/service/register?replace-existing-checks=true', registration(resident));
  }
  for (const entry of scene) await applyEntry(entry);
  for (const resident of residents) if (resident.ports.sidecar !== undefined) startSidecar(resident);
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
