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

test('what is put at a Gateway is opaque there', () => {
  const { part } = read(`
apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: { name: auth, namespace: shop }
spec: { url: file:///opt/auth.wasm, targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: way }] }
`);
  expect(part.opaque).toMatchObject([{ gateway: 'shop/way' }]);
});

test('a ProxyConfig is accounted for and touches no answer', () => {
  const result = read(`
apiVersion: networking.istio.io/v1beta1
kind: ProxyConfig
metadata: { name: threads, namespace: shop }
spec: { concurrency: 2 }
`);
  expect(result.part.opaque).toEqual([]);
  expect(unread(result).map(({ source }) => source.path)).toEqual(['spec.concurrency']);
});

test('Telemetry says what proxies report, for some workloads before the namespace and the mesh', () => {
  const telemetry = (name: string, namespace: string, spec: string) => `
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;
  const { part } = read(
    [
      telemetry('mesh', 'istio-system', '{ tracing: [{ randomSamplingPercentage: 1.5 }] }'),
      telemetry('shop', 'shop', '{ accessLogging: [{ providers: [{ name: otel }] }] }'),
      telemetry('web', 'shop', '{ selector: { matchLabels: { app: web } }, accessLogging: [{ disabled: true }] }'),
    ].join('---'),
  );
  expect(part.telemetry).toMatchObject([
    { scope: { namespaces: ['shop'], labels: { app: 'web' } }, accessLog: { enabled: false } },
    { scope: { namespaces: ['shop'] }, accessLog: { enabled: true, providers: ['otel'] } },
    { tracing: { enabled: true, samplingPercent: 1.5 } },
  ]);
});
