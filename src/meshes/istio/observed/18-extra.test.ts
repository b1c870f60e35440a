import { expect, it } from 'vitest';
import { istioBed } from '../../../../test/support/istio-bed.ts';
import { fromSource, toOperation } from '../../../../test/support/istio-policies.ts';

const denyAdmin = toOperation('DENY', 'paths: [/admin]');

it('18.3 the server alone lets the same spellings of a denied path through', () => {
  const bed = istioBed(denyAdmin);
  const through = ['//admin', '/\\admin', '/admin%2f', '/%2fadmin', '/admin/', '/admin;x', '/x//../admin'];
  expect(through.filter(path => bed.status('bare/plain', { path }) === 200)).toEqual(through);
  expect(bed.status('bare/plain', { path: '/admin' })).toBe(403);
});

it('18.4 the mesh-wide normalisation decides which spellings are one path', () => {
  const config = (normalization: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data:
  mesh: |
    pathNormalization: { normalization: ${normalization} }
`;
  const denied = (normalization: string) => {
    const bed = istioBed(`${denyAdmin}---${config(normalization)}`);
    const paths = ['/admin', '/%61dmin', '/x/../admin', '//admin', '/%2fadmin', '/x%2f..%2fadmin'];
    return paths.filter(path => bed.status('bare/plain', { path }) === 403);
  };
  expect(denied('NONE')).toEqual(['/admin']);
  expect(denied('BASE')).toEqual(['/admin', '/%61dmin', '/x/../admin']);
  expect(denied('MERGE_SLASHES')).toEqual(['/admin', '/%61dmin', '/x/../admin', '//admin']);
  expect(denied('DECODE_AND_MERGE_SLASHES')).toHaveLength(6);
  const said = (normalization: string) =>
    istioBed(`${denyAdmin}---${config(normalization)}`).findings.find(({ code }) => code === 'ISTIO204')?.message;
  expect(said('BASE')).toContain('`//admin`');
  expect(said('MERGE_SLASHES')).not.toContain('`//admin`');
  expect(said('DECODE_AND_MERGE_SLASHES')).toBe('`/admin/` is taken for another path');
});

it('18.6 what a caller writes about its identity counts for nothing', () => {
  const bed = istioBed(fromSource('ALLOW', 'namespaces: [shop]'));
  const forged = [['x-forwarded-client-cert', 'URI=spiffe://cluster.local/ns/shop/sa/client']] as const;
  expect(bed.status('other/client2', { headers: forged })).toBe(403);
  expect(bed.status('bare/plain', { headers: forged })).toBe(403);
});
