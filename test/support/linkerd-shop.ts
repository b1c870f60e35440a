import type { ReadResult } from '../../src/adapter/adapter.ts';
import { adapter } from '../../src/meshes/linkerd/adapter.ts';
import { assemble, type Model } from '../../src/model/model.ts';
import { readKubernetes } from '../../src/native/kubernetes/read-kubernetes.ts';
import type { Snapshot } from '../../src/native/snapshot.ts';
import type { Outcome } from '../../src/verify/outcome.ts';
import { type Caller, type Request, requestOf, worldOf } from '../../src/verify/request.ts';
import { simulate } from '../../src/verify/simulate.ts';
import { snapshotFrom } from './snapshot.ts';

/** A Service with a Deployment of the same name behind it: `app: <name>`, container port 8080 behind port 80. */
export const app = (name: string, more: { namespace?: string; annotations?: string; pod?: string } = {}): string => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${more.namespace ?? 'shop'}, annotations: { ${more.annotations ?? ''} } }
spec:
  selector: { app: ${name} }
  clusterIP: 10.0.0.1
  ports: [{ name: main, port: 80, targetPort: 8080 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${more.namespace ?? 'shop'} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} }, annotations: { linkerd.io/inject: enabled${more.pod ? `, ${more.pod}` : ''} } }
    spec:
      serviceAccountName: ${name}
      containers: [{ name: app, image: app, ports: [{ name: http, containerPort: 8080 }, { name: admin, containerPort: 9090 }] }]
---
`;

export interface Told extends ReadResult {
  readonly model: Model;
  readonly snapshot: Snapshot;
  readonly codes: readonly string[];
  readonly unread: readonly string[];
  /** What becomes of a request, by default a plain `GET /` from a workload of the same namespace. */
  readonly ask: (to: string, parts?: Partial<Request> & { from?: string; port?: number }) => Outcome;
}

/** Reads YAML with Kubernetes' own reader and this adapter, as the engine does. */
export const tell = (yaml: string, extent: 'whole' | 'partial' = 'whole'): Told => {
  const snapshot = snapshotFrom(yaml, extent);
  const { inventory } = readKubernetes(snapshot);
  const found = adapter.detect(snapshot, inventory);
  const meshes = found.length > 0 ? found : [adapter.assume()];
  const result = adapter.read({ snapshot, inventory, meshes, others: [] });
  const model = assemble(result.inventory, [result.part]);
  const unread = result.objects.flatMap(({ object, body, unread: more }) =>
    [...snapshot.field(object).account(body).unread, ...(more ?? [])].map(({ source }) => source.path),
  );
  return {
    ...result,
    model,
    snapshot,
    codes: result.findings.map(({ code }) => code),
    unread,
    ask: (to, { from, port, ...parts } = {}) =>
      simulate(worldOf(model), {
        caller: callerOf(model, from ?? 'shop/web'),
        to: { service: to, ...(port === undefined ? {} : { port }) },
        request: requestOf(parts),
      }).outcome,
  };
};

/** `outside`, a known workload, or an account of that name. */
const callerOf = (model: Model, id: string): Caller => {
  if (id === 'outside') return { kind: 'outside' };
  const workload = model.inventory.workloads.find(one => one.id === id);
  const [namespace = '', name = ''] = id.split('/');
  return workload ? { ...workload, kind: 'workload' } : { kind: 'serviceAccount', namespace, name };
};

/** `shop/v1 60 shop/v2 40`, or the status or decision of an answer that no backend gives. */
export const outcomeText = (outcome: Outcome): string => {
  if (outcome.decision !== 'forwarded') return `${outcome.decision}${outcome.status ? ` ${outcome.status}` : ''}`;
  return outcome.backends
    .filter(({ weight }) => weight > 0)
    .map(({ service, port, weight }) => `${service}${port ? `:${port}` : ''} ${weight / 1000}`)
    .join(' ');
};
