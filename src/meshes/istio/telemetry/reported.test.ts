import { expect, test } from 'vitest';
import { snapshotFrom } from '../../../../test/support/snapshot.ts';
import { readKubernetes } from '../../../native/kubernetes/read-kubernetes.ts';
import { adapter } from '../adapter.ts';

const read = (yaml: string) => {
  const snapshot = snapshotFrom(yaml);
  const { inventory } = readKubernetes(snapshot);
  return { snapshot, ...adapter.read({ snapshot, inventory, meshes: [adapter.assume()], others: [] }) };
};

const unread = ({ snapshot, objects }: ReturnType<typeof read>) =>
  objects.flatMap(({ object, body }) => snapshot.field(object).account(body).unread);

test('an EnvoyFilter is opaque where it acts, every field of it is accounted for, and its author is told', () => {
  const result = read(`
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: limit, namespace: shop }
spec:
  workloadSelector: { labels: { app: web } }
  configPatches: [{ applyTo: HTTP_FILTER, patch: { operation: INSERT_BEFORE, value: { name: x } } }]
`);
  expect(result.part.opaque).toMatchObject([
    { id: 'EnvoyFilter shop/limit', namespaces: ['shop'], labels: { app: 'web' } },
  ]);
  expect(unread(result).map(({ source }) => source.path)).toEqual([
    'spec.workloadSelector.labels.app',
    'spec.configPatches[0].applyTo',
    'spec.configPatches[0].patch.operation',
    'spec.configPatches[0].patch.value.name',
  ]);
  expect(result.findings.map(({ code }) => code)).toEqual(['ISTIO140']);
});

test('in the root namespace it acts everywhere', () => {
  const { part } = read(`
apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: { name: auth, namespace: istio-system }
spec: { url: file:///opt/auth.wasm }
`);
  expect(part.opaque?.[0]).not.toHaveProperty('namespaces');
});

test('Telemetry and ProxyConfig are accounted for and touch no answer', () => {
  const result = read(`
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: { name: logs, namespace: shop }
spec: { accessLogging: [{ disabled: true }] }
---
apiVersion: networking.istio.io/v1beta1
kind: ProxyConfig
metadata: { name: threads, namespace: shop }
spec: { concurrency: 2 }
`);
  expect(result.part.opaque).toEqual([]);
  expect(unread(result).map(({ source }) => source.path)).toEqual([
    'spec.accessLogging[0].disabled',
    'spec.concurrency',
  ]);
});
