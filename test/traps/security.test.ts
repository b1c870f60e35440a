/** Things about security that people and tools get wrong. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ambientBed } from '../support/ambient-bed.ts';
import { istioBed, observedCluster } from '../support/istio-bed.ts';
import { fromSource, policy, toOperation } from '../support/istio-policies.ts';

test('a denied path is let through in other spellings, which is a finding', () => {
  const bed = istioBed(toOperation('DENY', 'paths: [/admin]'));
  expect(['/admin', '//admin', '/%2fadmin'].map(path => bed.status('shop/client', { path }))).toEqual([403, 200, 200]);
  expect(bed.codes).toContain('ISTIO204');
});

test('plaintext callers under PERMISSIVE have no identity, so that rules by identity miss them', () => {
  const denied = istioBed(fromSource('DENY', 'namespaces: [shop]'));
  expect([denied.status('shop/client'), denied.status('bare/plain')]).toEqual([403, 200]);
  expect(denied.send('bare/plain').identitySeen).toBeUndefined();
  const allowed = istioBed(fromSource('ALLOW', 'notNamespaces: [shop]'));
  expect(allowed.status('bare/plain')).toBe(200);
  expect([...denied.codes, ...allowed.codes]).toEqual(['ISTIO206', 'ISTIO205']);
});

const denyAdmin = 'action: DENY, rules: [{ to: [{ operation: { paths: [/admin] } }] }]';

test('without a waypoint nobody enforces a policy about HTTP in ambient mode as it is meant, which is said', () => {
  const { codes } = ambientBed(policy(denyAdmin));
  expect(codes).toContain('ISTIO301');
});

test('a caller with a sidecar goes past the waypoint that enforces a policy, which is said', () => {
  const waypoint = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: guard, namespace: shop }
spec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }
`;
  const atService = `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: policy, namespace: shop }
spec: { targetRefs: [{ kind: Service, group: "", name: web }], ${denyAdmin} }
`;
  const bed = ambientBed(`${waypoint}---${atService}`, 'istio.io/use-waypoint: guard');
  const ask = { to: { service: 'shop/web' }, path: '/admin' };
  expect([bed.status('shop/client', ask), bed.status('legacy/old', ask)]).toEqual([403, 200]);
  expect(bed.codes).toContain('ISTIO304');
  expect(bed.explain('legacy/old', ask).caveats.map(({ code }) => code)).toContain('VERIFY004');
});

/** Runs the built command, which `npm test` builds first. */
const supergloo = (args: readonly string[], input: string) => {
  const command = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { encoding: 'utf8', input });
  return { status, stdout, stderr };
};

describe('towards Linkerd, which can neither deny nor verify tokens', () => {
  const toLinkerd = (yaml: string, ...more: readonly string[]) =>
    supergloo(['convert', '--from', 'istio', '--to', 'linkerd', '-f', '-', ...more], `${observedCluster}---${yaml}`);

  const token = `
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: tokens, namespace: shop }
spec: { selector: { matchLabels: { app: web } }, jwtRules: [{ issuer: "https://issuer.example" }] }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: with-token, namespace: shop }
spec: { selector: { matchLabels: { app: web } }, rules: [{ from: [{ source: { requestPrincipals: ["*"] } }] }] }
`;

  test.each([
    ['a denial', toOperation('DENY', 'paths: [/admin]')],
    ['a demand for a token', token],
  ])('%s is refused as weaker: nothing is written, and the command ends with 4', (_, yaml) => {
    const { status, stdout, stderr } = toLinkerd(yaml);
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
    expect(stderr).toContain('--accept');
  });
});
