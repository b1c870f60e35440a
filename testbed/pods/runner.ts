/**
 * Stands in for a kubelet: a pod's sandbox is a network namespace, and its containers are processes in it. Of an injected
 * sidecar it runs what the injector wrote, with its arguments and its environment.
 */
import { chownSync, cpSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { node, nodeHosts } from '../kubernetes/cluster.ts';
import { connectTo, makeNamespace, processesIn, removeNamespace } from '../machine/namespaces.ts';
import { bedName, inState, partFolder } from '../machine/places.ts';
import { start } from '../machine/processes.ts';
import { run } from '../machine/run.ts';
import { until } from '../machine/until.ts';
import { argumentsOf, type Container, containerOf, environmentOf, fieldsOf, type Pod } from './pod.ts';

/** The user that a sidecar runs as: what it sends is not sent back to it. */
export const proxyUser = 1337;

/** Listens nowhere, and takes orders. */
const porter: Container = { name: 'porter', image: 'application' };

interface Sandbox {
  readonly pod: Pod;
  readonly namespace: string;
  readonly address: string;
  readonly folder: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The network namespace of the pod with this number. */
const namespaceOf = (number: number): string => `${bedName()}-pod${number}`;

/** Pods of more than one bed never meet, and so have the same addresses. */
const addressOf = (number: number): string => `10.101.${1 + Math.floor(number / 250)}.${1 + (number % 250)}`;

/** The network namespace of the pod that has an address. */
export const namespaceAt = (address: string): string => {
  const [third = 1, fourth = 1] = address.split('.').slice(2).map(Number);
  return namespaceOf((third - 1) * 250 + fourth - 1);
};

/** Below the pod's folder, a file of a part of the bed. The proxy's user cannot look into the cache. */
const share = (folder: string, from: string, name: string): void => {
  try {
    linkSync(join(from, name), join(folder, name));
  } catch {
    cpSync(join(from, name), join(folder, name));
  }
};

/**
 * Waypoints are to look up who their peers are, for metrics, by an extension that an unmodified Envoy does not have; other
 * proxies are not.
 */
const bootstrapTemplate = (): string =>
  readFileSync(join(partFolder('istio'), 'envoy_bootstrap.json'), 'utf8').replaceAll('.metadata_discovery', 'false');

const ownedBy = (user: number, folder: string): void => {
  chownSync(folder, user, user);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'bin') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) ownedBy(user, path);
    else chownSync(path, user, user);
  }
};

const isReady = (address: string): Promise<boolean> =>
  new Promise(done => {
    const asked = request({ host: address, port: 15021, path: '/healthz/ready', timeout: 1000 }, answer => {
      answer.resume();
      done(answer.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => done(false));
    asked.end();
  });

export class PodRunner {
  private readonly api: KubernetesApi;
  private readonly sandboxes = new Map<string, Sandbox>();
  private readonly begun = new Set<string>();
  private last = 0;

  constructor(api: KubernetesApi) {
    this.api = api;
  }

  /** Runs what the API server has and will have, until it is killed. */
  async run(say: (line: string) => void): Promise<void> {
    for await (const { type, object } of this.api.watch('/api/v1/pods')) {
      if (object.kind !== 'Pod') continue;
      const pod = object as Pod;
      const isGoing = type === 'DELETED' || pod.metadata.deletionTimestamp !== undefined;
      const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
      (isGoing ? this.remove(pod) : this.add(pod)).then(
        did => did && say(`${name}: ${did}`),
        error => say(`${name}: ${error instanceof Error ? error.message : error}`),
      );
    }
  }

  private async add(pod: Pod): Promise<string | undefined> {
    const { uid, name, namespace } = pod.metadata;
    if (this.begun.has(uid)) return undefined;
    this.begun.add(uid);
    if (pod.spec.nodeName === undefined) {
      const binding = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name },
        target: { kind: 'Node', name: node.name },
      };
      await this.api.demand('POST', `/api/v1/namespaces/${namespace}/pods/${name}/binding`, binding);
    }
    const sandbox = this.makeSandbox(pod);
    this.sandboxes.set(uid, sandbox);
    const proxy = containerOf(pod, 'istio-proxy');
    if (proxy) await this.startProxy(sandbox, proxy);
    const others = pod.spec.containers.filter(container => container !== proxy);
    // Where a proxy is alone somebody else has to ask it for what it knows.
    for (const container of others.length > 0 ? others : [porter]) this.startApplication(sandbox, container);
    if (proxy) await until(`the sidecar of ${name}`, () => isReady(sandbox.address), { seconds: 60 });
    await this.tellRunning(sandbox);
    return `running at ${sandbox.address}`;
  }

  private async remove(pod: Pod): Promise<string | undefined> {
    const { uid, name, namespace } = pod.metadata;
    const sandbox = this.sandboxes.get(uid);
    if (!sandbox) return undefined;
    this.sandboxes.delete(uid);
    for (const pid of processesIn(sandbox.namespace)) process.kill(pid, 'SIGKILL');
    removeNamespace(sandbox.namespace);
    rmSync(sandbox.folder, { recursive: true, force: true });
    const now = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 };
    await this.api.ask('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}`, now);
    return 'removed';
  }

  private makeSandbox(pod: Pod): Sandbox {
    this.last += 1;
    const number = this.last;
    const address = addressOf(number);
    const namespace = namespaceOf(number);
    makeNamespace(namespace, { hosts: nodeHosts });
    connectTo(node.namespace, namespace, `pod${number}`, `${address}/${node.network}`, node.address);
    const folder = inState('pods', `${pod.metadata.namespace}.${pod.metadata.name}`);
    mkdirSync(folder, { recursive: true });
    return { pod, namespace, address, folder, fields: fieldsOf(pod, address, node) };
  }

  private startApplication({ namespace, folder, fields, pod }: Sandbox, container: Container): void {
    const ports = (container.ports ?? []).map(({ containerPort }) => containerPort).join(',');
    start({
      what: `${pod.metadata.namespace}/${pod.metadata.name} ${container.name}`,
      namespace,
      command: process.execPath,
      args: [inState('programs', `${container.image}.mjs`)],
      env: { ...environmentOf(container, fields), PORTS: ports, POD: `${pod.metadata.namespace}/${pod.metadata.name}` },
      folder,
      log: join(folder, `${container.name}.log`),
    });
  }

  private async startProxy(sandbox: Sandbox, proxy: Container): Promise<void> {
    const { pod, namespace, folder, fields } = sandbox;
    const istio = partFolder('istio');
    const redirect = containerOf(pod, 'istio-init');
    if (redirect) {
      const args = argumentsOf(redirect, environmentOf(redirect, fields));
      run('ip', ['netns', 'exec', namespace, join(istio, 'pilot-agent'), ...args]);
    }
    await this.furnish(sandbox);
    const environment = environmentOf(proxy, fields);
    start({
      what: `${pod.metadata.namespace}/${pod.metadata.name} proxy`,
      namespace,
      command: './bin/pilot-agent',
      args: argumentsOf(proxy, environment),
      env: environment,
      folder,
      log: join(folder, 'proxy.log'),
      user: proxyUser,
    });
  }

  /** The files that a sidecar finds in its container: programs, its token, the root to trust, what it is. */
  private async furnish({ pod, folder }: Sandbox): Promise<void> {
    const { namespace, name, uid, labels = {}, annotations = {} } = pod.metadata;
    const folders = ['bin', 'var/run/secrets/tokens', 'var/run/secrets/istio', 'etc/istio/pod', 'etc/istio/proxy'];
    for (const path of [...folders, 'var/lib/istio/data']) mkdirSync(join(folder, path), { recursive: true });
    share(join(folder, 'bin'), partFolder('istio'), 'pilot-agent');
    writeFileSync(join(folder, 'bin', 'envoy_bootstrap.json'), bootstrapTemplate());
    share(join(folder, 'bin'), partFolder('envoy'), 'envoy');
    const accountPath = `/api/v1/namespaces/${namespace}/serviceaccounts/${pod.spec.serviceAccountName}/token`;
    const { status } = await this.api.demand<{ status: { token: string } }>('POST', accountPath, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: ['istio-ca'],
        expirationSeconds: 43_200,
        boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name, uid },
      },
    });
    writeFileSync(join(folder, 'var/run/secrets/tokens/istio-token'), status.token);
    const root = await until('the root certificate', async () => {
      const answer = await this.api.ask('GET', `/api/v1/namespaces/${namespace}/configmaps/istio-ca-root-cert`);
      return (answer.body as { data?: Record<string, string> }).data?.['root-cert.pem'];
    });
    writeFileSync(join(folder, 'var/run/secrets/istio/root-cert.pem'), root);
    const downward = (map: object): string =>
      Object.entries(map)
        .map(([key, value]) => `${key}=${JSON.stringify(value)}\n`)
        .join('');
    writeFileSync(join(folder, 'etc/istio/pod/labels'), downward(labels));
    writeFileSync(join(folder, 'etc/istio/pod/annotations'), downward(annotations));
    ownedBy(proxyUser, folder);
  }

  private async tellRunning({ pod, address }: Sandbox): Promise<void> {
    const now = new Date().toISOString();
    const state = { ready: true, started: true, restartCount: 0, state: { running: { startedAt: now } } };
    const statuses = (containers: readonly Container[] = []): readonly object[] =>
      containers.map(({ name, image }) => ({ name, image, imageID: image, ...state }));
    const types = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'];
    const status = {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      hostIP: node.address,
      startTime: now,
      containerStatuses: statuses(pod.spec.containers),
      conditions: types.map(type => ({ type, status: 'True', lastTransitionTime: now })),
    };
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/status`;
    await this.api.demand('PATCH', path, { status }, 'application/strategic-merge-patch+json');
  }
}
