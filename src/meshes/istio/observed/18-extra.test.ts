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

it('18.6 what a caller writes about its identity counts for nothing', () => {
  const bed = istioBed(fromSource('ALLOW', 'namespaces: [shop]'));
  const forged = [['x-forwarded-client-cert', 'URI=spiffe://cluster.local/ns/shop/sa/client']] as const;
  expect(bed.status('other/client2', { headers: forged })).toBe(403);
  expect(bed.status('bare/plain', { headers: forged })).toBe(403);
});
