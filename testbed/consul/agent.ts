import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { BedFailure } from '../failures.ts';
import { node } from '../kubernetes/cluster.ts';
import { startOnNode } from '../kubernetes/control-plane.ts';
import { hasPeer, inState, partFolder, stance } from '../machine/places.ts';
import { isRunning, recorded } from '../machine/record.ts';
import { until } from '../machine/until.ts';

/** Everything of Consul listens here, on the loopback of the node's network namespace; pods find the agent at the node's address. */
export const consulAddress = '127.0.2.1';
const httpPort = 8500;
export const grpcPort = 8502;

/** One of two clusters of Consul; each has a loopback address of its own, with the same ports. */
export interface ConsulCluster {
  /** The name of its datacenter, by which the other one knows it as a peer. */
  readonly datacenter: string;
  readonly address: string;
}

/** The one that configurations are tried in. */
export const near: ConsulCluster = { datacenter: 'dc1', address: consulAddress };

/** The other one, where there is one. */
export const far: ConsulCluster = { datacenter: 'dc2', address: '127.0.3.1' };

/** What an agent is started with. */
const configurationOf = ({ datacenter, address }: ConsulCluster) => ({
  datacenter,
  node_name: address === consulAddress ? 'node' : `node-${datacenter}`,
  bind_addr: address,
  client_addr: address === consulAddress ? `${address} ${node.address}` : address,
  ports: {
    ...{ http: httpPort, grpc: grpcPort, grpc_tls: hasPeer() ? 8503 : -1 },
    ...{ dns: -1, server: 8300, serf_lan: 8301, serf_wan: -1 },
  },
  connect: { enabled: true },
  ...(hasPeer() ? { peering: { enabled: true } } : {}),
  default_intention_policy: stance(),
  log_level: 'WARN',
});

export const agentConfiguration = configurationOf(near);

/** The name of the agent in the record of what was started. */
const program = 'consul';

export const consulProgram = (): string => join(partFolder('consul'), 'consul');

/** Where Consul's own command finds an agent. */
export const consulEnvironment = ({ address }: ConsulCluster) => ({
  CONSUL_HTTP_ADDR: `${address}:${httpPort}`,
  CONSUL_GRPC_ADDR: `${address}:${grpcPort}`,
});

export interface ConsulAnswer {
  readonly status: number;
  readonly text: string;
}

class NoAnswer extends BedFailure {}

/** Each time on a connection of its own: one that was kept may be closed by the agent at that very moment. */
const askOnce = (cluster: ConsulCluster, method: string, path: string, body?: unknown): Promise<ConsulAnswer> =>
  new Promise((done, failed) => {
    const to = { host: cluster.address, port: httpPort, method, path, timeout: 60_000, agent: false };
    const sent = request(to, answer => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', chunk => {
        text += chunk;
      });
      answer.on('end', () => done({ status: answer.statusCode ?? 0, text }));
    });
    sent.on('timeout', () => sent.destroy(new NoAnswer(`${method} ${path}: no answer in 60 s`)));
    sent.on('error', error =>
      failed(error instanceof NoAnswer ? error : new BedFailure(`${method} ${path}: ${error.message}`)),
    );
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });

/** What is asked of an agent may be asked twice: a machine that stood still for a while has missed the answer. */
export const askConsul = (method: string, path: string, body?: unknown, cluster = near): Promise<ConsulAnswer> =>
  askOnce(cluster, method, path, body).catch(error => {
    if (error instanceof NoAnswer) return askOnce(cluster, method, path, body);
    throw error;
  });

/** As `askConsul`; an answer that is no success fails the bed. */
export const demandConsul = async (method: string, path: string, body?: unknown, cluster = near): Promise<string> => {
  const { status, text } = await askConsul(method, path, body, cluster);
  if (status >= 300) throw new BedFailure(`${method} ${path}: ${status} ${text}`);
  return text;
};

/** Ends the agent as its own faults do: at once, and with all that it knows. */
export const killAgent = (): void => {
  for (const entry of recorded())
    if (entry.kind === 'process' && entry.what === program && isRunning(entry)) process.kill(entry.pid, 'SIGKILL');
};

export interface ConfigEntry {
  readonly Kind: string;
  readonly Name: string;
  readonly [field: string]: unknown;
}

export const applyEntry = (entry: ConfigEntry, cluster = near): Promise<ConsulAnswer> =>
  askConsul('PUT', '/v1/config', entry, cluster);

export const deleteEntry = ({ Kind, Name }: Pick<ConfigEntry, 'Kind' | 'Name'>): Promise<ConsulAnswer> =>
  askConsul('DELETE', `/v1/config/${Kind}/${encodeURIComponent(Name)}`);

/** Starts an agent that is its own server and forgets everything; it is up when it can sign certificates. */
export const startAgent = async (cluster = near): Promise<void> => {
  const what = cluster === near ? program : `${program} ${cluster.datacenter}`;
  mkdirSync(inState(what), { recursive: true });
  const file = inState(what, 'agent.json');
  writeFileSync(file, JSON.stringify(configurationOf(cluster)));
  startOnNode(what, consulProgram(), ['agent', '-dev', '-config-file', file]);
  await until(`the Consul agent of ${cluster.datacenter}`, async () => {
    const text = await demandConsul('GET', '/v1/connect/ca/roots', undefined, cluster);
    return ((JSON.parse(text) as { Roots: readonly unknown[] | null }).Roots ?? []).length > 0;
  });
};
