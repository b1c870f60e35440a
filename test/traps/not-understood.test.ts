/** What guards a server and is not understood may not vanish on the way to another mesh. */
import { describe, expect, test } from 'vitest';
import { convert } from '../../src/engine/convert.ts';
import { snapshotFrom } from '../support/snapshot.ts';

const losses = async (yaml: string, from: string, to: string) => {
  const { dispositions } = await convert(snapshotFrom(yaml), from, to);
  return dispositions.flatMap(({ loss, source }) =>
    loss?.severity === 'security' ? [`${loss.code} ${source?.object.kind ?? ''}`.trim()] : [],
  );
};

const namedPort = `
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: { name: grpc, namespace: shop }
spec: { podSelector: { matchLabels: { app: cart } }, port: grpc }
`;

const filter = `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: guard, namespace: shop }
spec: { configPatches: [{ applyTo: HTTP_FILTER, patch: { operation: INSERT_BEFORE, value: { name: x } } }] }
`;

const plugin = `
apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: { name: guard, namespace: shop }
spec: { url: "file:///guard.wasm", phase: AUTHN }
`;

const misspelt = `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: guard, namespace: shop }
spec: { action: ALLOW, rules: [{ form: [{ source: { namespaces: [shop] } }] }] }
`;

const elsewhere = `
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: { name: machines, namespace: shop }
spec: { externalWorkloadSelector: { matchLabels: { app: cart } }, port: 80 }
`;

describe('is a loss of security', () => {
  test.each(['istio', 'gateway-api', 'linkerd'])(
    'a Server for a port that the input does not tell, towards %s',
    async to => {
      expect(await losses(namedPort, 'linkerd', to)).toContain('not-understood Server');
    },
  );

  test.each(['istio', 'gateway-api', 'linkerd'])('raw proxy configuration and plug-ins, towards %s', async to => {
    expect(await losses(filter, 'istio', to)).toContain('not-understood EnvoyFilter');
    expect(await losses(plugin, 'istio', to)).toContain('not-understood WasmPlugin');
  });

  test('a field of an access policy that nobody read', async () => {
    expect(await losses(misspelt, 'istio', 'istio')).toEqual(['unread-guard AuthorizationPolicy']);
  });

  test('a Server for machines that nobody knows, where a selector would take pods too', async () => {
    expect(await losses(elsewhere, 'linkerd', 'istio')).toContain('access-scope Server');
  });
});

test('what guards nothing and is not read is no loss of security', async () => {
  const yaml = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: cart, namespace: shop }
spec: { host: cart, unheard: of }
`;
  expect(await losses(yaml, 'istio', 'istio')).toEqual([]);
});
