import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { BedFailure } from '../failures.ts';
import { node } from '../kubernetes/cluster.ts';
import { startOnNode } from '../kubernetes/control-plane.ts';
import { inState, partFolder, stance } from '../machine/places.ts';
import { isRunning, recorded } from '../machine/record.ts';
import { until } from '../machine/until.ts';

/** Everything of Consul listens here, on the loopback of the node's network namespace; pods find the agent at the node's address. */
export const consulAddress = '127.0.2.1';
const httpPort = 8500;
export const grpcPort = 8502;

/** What the agent is started with. */
export const agentConfiguration = {
  datacenter: 'dc1',
  node_name: 'node',
  bind_addr: consulAddress,
  client_addr: `${consulAddress} ${node.address}`,
  ports: { http: httpPort, grpc: grpcPort, grpc_tls: -1, dns: -1, server: 8300, serf_lan: 8301, serf_wan: -1 },
  connect: { enabled: true },
  default_intention_policy: stance(),
  log_level: 'WARN',
};

/** The name of the agent in the record of what was started. */
const program = 'consul';

export const consulProgram = (): string => join(partFolder('consul'), 'consul');

/** Where Consul's own command finds the agent. */
export const consulEnvironment = {
  CONSUL_HTTP_ADDR: `${consulAddress}:${httpPort}`,
  CONSUL_GRPC_ADDR: `${consulAddress}:${grpcPort}`,
};

export interface ConsulAnswer {
  readonly status: number;
  readonly text: string;
}

class NoAnswer extends BedFailure {}

/** Each time on a connection of its own: one that was kept may be closed by the agent at that very moment. */
const askOnce = (method: string, path: string, body?: unknown): Promise<ConsulAnswer> =>
  new Promise((done, failed) => {
    const to = { host: consulAddress, port: httpPort, method, path, timeout: 60_000, agent: false };
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

/** What is asked of the agent may be asked twice: a machine that stood still for a while has missed the answer. */
export const askConsul = (method: string, path: string, body?: unknown): Promise<ConsulAnswer> =>
  askOnce(method, path, body).catch(error => {
    if (error instanceof NoAnswer) return askOnce(method, path, body);
    throw error;
  });

/** As `askConsul`; an answer that is no success fails the bed. */
export const demandConsul = async (method: string, path: string, body?: unknown): Promise<string> => {
  const { status, text } = await askConsul(method, path, body);
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

export const applyEntry = (entry: ConfigEntry): Promise<ConsulAnswer> => askConsul('PUT', '/v1/config', entry);

export const deleteEntry = ({ Kind, Name }: Pick<ConfigEntry, 'Kind' | 'Name'>): Promise<ConsulAnswer> =>
  askConsul('DELETE', `/v1/config/${Kind}/${encodeURIComponent(Name)}`);

/** Starts an agent that is its own server and forgets everything; it is up when it can sign certificates. */
export const startAgent = async (): Promise<void> => {
  mkdirSync(inState('consul'), { recursive: true });
  const file = inState('consul', 'agent.json');
  writeFileSync(file, JSON.stringify(agentConfiguration));
  startOnNode(program, consulProgram(), ['agent', '-dev', '-config-file', file]);
  await until('the Consul agent', async () => {
    const roots = JSON.parse(await demandConsul('GET', '/v1/connect/ca/roots')) as { Roots: readonly unknown[] | null };
    return (roots.Roots ?? []).length > 0;
  });
};
