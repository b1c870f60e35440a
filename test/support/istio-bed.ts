import type { Finding } from '../../src/base/finding.ts';
import { adapter } from '../../src/meshes/istio/adapter.ts';
import { assemble, type Model } from '../../src/model/model.ts';
import { readKubernetes } from '../../src/native/kubernetes/read-kubernetes.ts';
import type { Explanation, Outcome } from '../../src/verify/outcome.ts';
import { type Ask, type Caller, requestOf, worldOf } from '../../src/verify/request.ts';
import { simulate } from '../../src/verify/simulate.ts';
import { snapshotFrom } from './snapshot.ts';

/** A workload with a sidecar, or, where `containers` says so, without one. */
const workload = (
  id: string,
  labels: string,
  { account = '', port = 8080, containers = '{ name: app, image: app }, { name: istio-proxy, image: proxyv2 }' } = {},
): string => {
  const [namespace, name] = id.split('/');
  const listens = `{ name: listener, image: listener, ports: [{ containerPort: ${port} }, { containerPort: 9000 }] }`;
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  template:
    metadata: { labels: ${labels} }
    spec: { serviceAccountName: ${account || name}, containers: [${listens}, ${containers}] }
`;
};

const namespace = (name: string): string => `
apiVersion: v1
kind: Namespace
metadata: { name: ${name} }
`;

/**
 * The cluster in which Istio was observed: `client`, `web-v1`, `web-v2` and `api` in namespace shop and `client2` in
 * namespace other, all with sidecars; `plain` in namespace bare, without one; the Services `web` (80, 81, and 9000 for
 * TCP) and `api` (80).
 */
export const observedCluster: string = [
  namespace('istio-system'),
  namespace('shop'),
  namespace('other'),
  namespace('bare'),
  `
apiVersion: apps/v1
kind: Deployment
metadata: { name: istiod, namespace: istio-system }
spec:
  template:
    metadata: { labels: { app: istiod } }
    spec: { containers: [{ name: discovery, image: pilot:1.31 }] }
`,
  workload('shop/client', '{ app: client }'),
  workload('shop/web-v1', '{ app: web, version: v1 }', { account: 'web' }),
  workload('shop/web-v2', '{ app: web, version: v2 }', { account: 'web' }),
  workload('shop/api', '{ app: api }'),
  workload('other/client2', '{ app: client2 }'),
  workload('bare/plain', '{ app: plain }', { containers: '{ name: app, image: app }' }),
  `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec:
  clusterIP: 10.96.0.10
  selector: { app: web }
  ports:
  - { name: http, port: 80, targetPort: 8080 }
  - { name: http-more, port: 81, targetPort: 8080 }
  - { name: tcp, port: 9000, targetPort: 9000 }
`,
  `
apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop }
spec:
  clusterIP: 10.96.0.20
  selector: { app: api }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
`,
].join('---');

export type BedCaller = 'shop/client' | 'other/client2' | 'bare/plain' | (string & {});

/** What a request of the bed is, beyond a plain `GET /` to the Service `web`. */
export interface BedAsk {
  readonly to?: Ask['to'];
  readonly via?: string;
  readonly path?: string;
  readonly method?: string;
  readonly host?: string;
  readonly headers?: Ask['request']['headers'];
  readonly token?: Ask['request']['token'];
  readonly address?: string;
  readonly protocol?: Ask['request']['protocol'];
  readonly sni?: string;
}

export interface Bed {
  readonly model: Model;
  readonly findings: readonly Finding[];
  readonly codes: readonly string[];
  /** The places of the mesh's own objects that nobody read, or that were left out with a reason. */
  unread(): readonly string[];
  explain(from: BedCaller, ask?: BedAsk): Explanation;
  send(from: BedCaller, ask?: BedAsk): Outcome;
  /** The status an application sees: 200, that of a proxy's answer, or `reset`. */
  status(from: BedCaller, ask?: BedAsk): number | 'reset';
}

const callerIn = ({ inventory, meshes }: Model, id: BedCaller): Caller => {
  if (id === 'outside') return { kind: 'outside' };
  const workload = inventory.workloads.find(candidate => candidate.id === id);
  const [from = '', ofFrom = ''] = id.split('/');
  const mesh = meshes.find(({ joined = [] }) => joined.some(one => one.name === from));
  if (!workload && mesh) return { kind: 'joined', mesh: mesh.id, from, name: ofFrom };
  if (!workload) throw new Error(`the bed has no workload ${id}`);
  const { namespace, name, labels, serviceAccount, memberships } = workload;
  return { kind: 'workload', namespace, name, labels, serviceAccount, memberships };
};

const statusOf = ({ decision, status }: Outcome): number | 'reset' => {
  if (decision === 'forwarded') return 200;
  return status ?? 'reset';
};

/** Puts questions to a model of the observed cluster. */
export const bedOf = (model: Model): Pick<Bed, 'model' | 'explain' | 'send' | 'status'> => {
  const explain = (from: BedCaller, ask: BedAsk = {}): Explanation =>
    simulate(worldOf(model), {
      caller: callerIn(model, from),
      to: ask.to ?? { service: 'shop/web', port: ask.protocol === 'tcp' ? 9000 : 80 },
      ...(ask.via === undefined ? {} : { via: ask.via }),
      request: requestOf({
        ...(ask.protocol === undefined ? {} : { protocol: ask.protocol }),
        ...(ask.path === undefined ? {} : { path: ask.path }),
        ...(ask.method === undefined ? {} : { method: ask.method }),
        ...(ask.host === undefined ? {} : { authority: ask.host }),
        ...(ask.headers === undefined ? {} : { headers: ask.headers }),
        ...(ask.token === undefined ? {} : { token: ask.token }),
        ...(ask.sni === undefined ? {} : { sni: ask.sni }),
        ...(ask.address === undefined ? {} : { sourceAddress: ask.address }),
      }),
    });
  const send = (from: BedCaller, ask?: BedAsk): Outcome => explain(from, ask).outcome;
  return { model, explain, send, status: (from, ask) => statusOf(send(from, ask)) };
};

/** The observed cluster with further objects, read by the adapter. */
export const istioBed = (yaml: string, cluster: string = observedCluster): Bed => {
  const snapshot = snapshotFrom(`${cluster}\n---\n${yaml}`, 'whole');
  const { inventory } = readKubernetes(snapshot);
  const meshes = adapter.detect(snapshot, inventory);
  const read = adapter.read({ snapshot, inventory, meshes, others: [] });
  return {
    ...bedOf(assemble(read.inventory, [read.part])),
    findings: read.findings,
    codes: read.findings.map(({ code }) => code),
    unread: () =>
      read.objects.flatMap(({ object, body, unread = [] }) => {
        const account = snapshot.field(object).account(body);
        return [...account.unread, ...unread].map(({ source }) => source.path);
      }),
  };
};
