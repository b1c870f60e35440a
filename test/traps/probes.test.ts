/** A Server with routes refuses the kubelet's probes, and pods that fail their probes get no traffic. */
import { expect, test } from 'vitest';
import { convert } from '../../src/engine/convert.ts';
import { snapshotFrom } from '../support/snapshot.ts';

const workload = (probe: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: cart, namespace: shop }
spec:
  template:
    metadata: { labels: { app: cart } }
    spec:
      serviceAccountName: cart
      containers: [{ name: app, ports: [{ containerPort: 8080, name: web }], ${probe} }]
`;

const allow = (operation: string) => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: cart, namespace: shop }
spec:
  selector: { matchLabels: { app: cart } }
  rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }]${operation} }]
`;

const byPath = allow(', to: [{ operation: { paths: [/orders] } }]');

const told = async (...documents: readonly string[]) => {
  const conversion = await convert(snapshotFrom(documents.join('---')), 'istio', 'linkerd');
  return conversion.told.filter(({ code }) => code === 'LINKERD209').map(({ path }) => path);
};

const readiness = 'readinessProbe: { httpGet: { path: /healthz, port: web } }';

test('a probe on the port of a Server with routes is told with its place', async () => {
  expect(await told(workload(readiness), byPath)).toEqual(['spec.template.spec.containers[0].readinessProbe']);
});

test('a probe elsewhere, of another kind, or on a Server without routes is not', async () => {
  expect(await told(workload('livenessProbe: { httpGet: { path: /, port: 9999 } }'), byPath)).toEqual([]);
  expect(await told(workload('livenessProbe: { exec: { command: [true] } }'), byPath)).toEqual([]);
  expect(await told(workload(readiness), allow(''))).toEqual([]);
});
