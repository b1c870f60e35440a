import { describe, expect, it } from 'vitest';
import { istioBed } from '../../../../test/support/istio-bed.ts';
import { fromSource, withRule } from '../../../../test/support/istio-policies.ts';

const client = 'cluster.local/ns/shop/sa/client';

/** What client, client2 and plain see. */
const seen = (yaml: string): readonly (number | 'reset')[] => {
  const bed = istioBed(yaml);
  return [bed.status('shop/client'), bed.status('other/client2'), bed.status('bare/plain')];
};

const allow = (source: string) => seen(fromSource('ALLOW', source));
const deny = (source: string) => seen(fromSource('DENY', source));

describe('section 13b: sources under PERMISSIVE', () => {
  it('13b.1 ALLOW by identity never lets plaintext callers in', () => {
    expect(allow(`principals: ["${client}"]`)).toEqual([200, 403, 403]);
    expect(allow('principals: ["*"]')).toEqual([200, 200, 403]);
    expect(allow('namespaces: [shop]')).toEqual([200, 403, 403]);
    expect(allow('serviceAccounts: [shop/client]')).toEqual([200, 403, 403]);
    expect(allow('trustDomains: [cluster.local]')).toEqual([200, 200, 403]);
  });

  it('13b.2 ALLOW without from lets everybody in', () => {
    expect(seen(withRule('ALLOW', 'to: [{ operation: { methods: [GET] } }]'))).toEqual([200, 200, 200]);
  });

  it('13b.3 ALLOW by who somebody is not lets plaintext callers in, which is said', () => {
    expect(allow(`notPrincipals: ["${client}"]`)).toEqual([403, 200, 200]);
    expect(allow('notNamespaces: [shop]')).toEqual([403, 200, 200]);
    expect(istioBed(fromSource('ALLOW', 'notNamespaces: [shop]')).codes).toEqual(['ISTIO205']);
    expect(istioBed(fromSource('ALLOW', 'notNamespaces: [shop], principals: ["*"]')).codes).toEqual([]);
  });

  it('13b.4 DENY by identity misses plaintext callers, which is said', () => {
    expect(deny(`principals: ["${client}"]`)).toEqual([403, 200, 200]);
    expect(deny('namespaces: [shop]')).toEqual([403, 200, 200]);
    expect(istioBed(fromSource('DENY', 'namespaces: [shop]')).codes).toEqual(['ISTIO206']);
  });

  it('13b.5 DENY by who somebody is not takes plaintext callers', () => {
    expect(deny(`notPrincipals: ["${client}"]`)).toEqual([200, 403, 403]);
    expect(deny('notPrincipals: ["*"]')).toEqual([200, 200, 403]);
    expect(deny('notNamespaces: [shop]')).toEqual([200, 403, 403]);
  });

  it('13b.6 a principal with spiffe:// is nobody; prefixes and suffixes work; an account without a namespace is here', () => {
    expect(allow(`principals: ["spiffe://${client}"]`)).toEqual([403, 403, 403]);
    expect(istioBed(fromSource('ALLOW', `principals: ["spiffe://${client}"]`)).codes).toEqual(['ISTIO211']);
    expect(allow('principals: ["*/sa/client"]')).toEqual([200, 403, 403]);
    expect(allow('principals: ["cluster.local/ns/shop/*"]')).toEqual([200, 403, 403]);
    expect(allow('namespaces: ["sh*"]')).toEqual([200, 403, 403]);
    expect(allow('serviceAccounts: [client]')).toEqual([200, 403, 403]);
    expect(allow('serviceAccounts: [client2]')).toEqual([403, 403, 403]);
  });

  it('13b.7 address ranges work for callers with and without a sidecar', () => {
    const bed = istioBed(fromSource('ALLOW', 'ipBlocks: [10.1.0.0/16]'));
    for (const caller of ['shop/client', 'bare/plain']) {
      expect(bed.status(caller, { address: '10.1.2.3' })).toBe(200);
      expect(bed.status(caller, { address: '10.2.2.3' })).toBe(403);
    }
    const not = istioBed(fromSource('DENY', 'notIpBlocks: ["10.1.2.3"]'));
    expect(not.status('bare/plain', { address: '10.1.2.3' })).toBe(200);
    expect(not.status('bare/plain', { address: '10.1.2.4' })).toBe(403);
  });

  it('13b.8 and 18.5 the client address is what the last X-Forwarded-For says, which is said', () => {
    const bed = istioBed(fromSource('ALLOW', 'remoteIpBlocks: [1.2.3.4]'));
    const forged = { address: '10.1.2.3', headers: [['x-forwarded-for', '9.9.9.9, 1.2.3.4']] as const };
    expect(bed.status('bare/plain', forged)).toBe(200);
    expect(bed.status('bare/plain', { address: '10.1.2.3' })).toBe(403);
    expect(bed.codes).toEqual(['ISTIO207']);
  });

  it('13b.9 principals and namespaces in one source must both hold', () => {
    expect(allow(`principals: ["${client}"], namespaces: [other]`)).toEqual([403, 403, 403]);
    expect(allow(`principals: ["${client}"], namespaces: [shop]`)).toEqual([200, 403, 403]);
  });
});
