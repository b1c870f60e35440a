/** Kubernetes without a kubelet: etcd, the API server and those controllers that pods and Services need. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inState, partFolder } from '../machine/places.ts';
import { type Program, start } from '../machine/processes.ts';
import { until } from '../machine/until.ts';
import { KubernetesApi } from './api.ts';
import { clusterDomain, node } from './cluster.ts';

const folder = (): string => inState('kubernetes');
const file = (name: string): string => join(folder(), name);
/** The API server makes its own certificate, which is all there is to trust. */
const certificateFile = (): string => file('certificates/apiserver.crt');

const server = `https://${node.address}:${node.apiPort}`;

/** For programs that read a kubeconfig, and for people. */
const kubeconfig = (token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bed', cluster: { server, 'certificate-authority': certificateFile() } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'bed', context: { cluster: 'bed', user: 'admin' } }],
    'current-context': 'bed',
  });

export const kubeconfigFile = (): string => file('kubeconfig');

const writeKeys = (): void => {
  mkdirSync(folder(), { recursive: true, mode: 0o755 });
  const token = randomBytes(24).toString('hex');
  writeFileSync(file('admin-token'), token, { mode: 0o600 });
  writeFileSync(file('tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  writeFileSync(kubeconfigFile(), kubeconfig(token), { mode: 0o600 });
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(file('accounts.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(file('accounts.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
};

/** A client of the running API server. It answers only inside the node's network namespace. */
export const kubernetesApi = (): KubernetesApi =>
  new KubernetesApi({
    host: node.address,
    port: node.apiPort,
    token: readFileSync(file('admin-token'), 'utf8'),
    certificate: readFileSync(certificateFile(), 'utf8'),
  });

/** Starts one of the node's own programs. */
export const startOnNode = (
  what: string,
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
  more: Pick<Program, 'makesNamespaces'> = {},
): void => {
  const home = inState(what);
  mkdirSync(home, { recursive: true });
  start({
    what,
    namespace: node.namespace,
    command,
    args,
    env,
    folder: home,
    log: inState('logs', `${what}.log`),
    ...more,
  });
};

const startEtcd = (): void => {
  const peers = 'http://127.0.0.1:2380';
  startOnNode('etcd', join(partFolder('etcd'), 'etcd'), [
    ...['--name', 'bed', '--data-dir', inState('etcd', 'data'), '--unsafe-no-fsync', '--log-level', 'warn'],
    ...['--listen-client-urls', 'http://127.0.0.1:2379', '--advertise-client-urls', 'http://127.0.0.1:2379'],
    ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers, '--initial-cluster', `bed=${peers}`],
  ]);
};

const startApiServer = (): void =>
  startOnNode('kube-apiserver', join(partFolder('kubernetes'), 'kube-apiserver'), [
    '--etcd-servers=http://127.0.0.1:2379',
    ...['--bind-address=0.0.0.0', `--advertise-address=${node.address}`, `--secure-port=${node.apiPort}`],
    ...[`--cert-dir=${file('certificates')}`, `--token-auth-file=${file('tokens.csv')}`, '--authorization-mode=RBAC'],
    `--service-cluster-ip-range=${node.services}`,
    `--service-account-issuer=https://kubernetes.default.svc.${clusterDomain}`,
    ...[
      `--service-account-key-file=${file('accounts.pub')}`,
      `--service-account-signing-key-file=${file('accounts.key')}`,
    ],
    ...['--allow-privileged=true', '--profiling=false', '--endpoint-reconciler-type=none'],
  ]);

const controllers = [
  ...['deployment-controller', 'replicaset-controller', 'endpointslice-controller', 'namespace-controller'],
  ...['serviceaccount-controller', 'root-ca-certificate-publisher-controller', 'garbage-collector-controller'],
];

const startControllers = (): void =>
  startOnNode('kube-controller-manager', join(partFolder('kubernetes'), 'kube-controller-manager'), [
    ...[`--kubeconfig=${kubeconfigFile()}`, '--leader-elect=false', '--bind-address=127.0.0.1'],
    ...[`--service-account-private-key-file=${file('accounts.key')}`, `--root-ca-file=${certificateFile()}`],
    `--controllers=${controllers.join(',')}`,
  ]);

/** Brings up an empty cluster with one node that exists in name only. */
export const startKubernetes = async (): Promise<KubernetesApi> => {
  writeKeys();
  startEtcd();
  startApiServer();
  return until(
    'the API server',
    async () => {
      const api = kubernetesApi();
      return (await api.ask('GET', '/readyz')).status === 200 && api;
    },
    { seconds: 90 },
  );
};

export const startKubernetesControllers = (): void => startControllers();
