import { describe, expect, it } from 'vitest';
import { intentions, kubernetesBed, l4, route, router } from '../../../../test/support/consul-bed.ts';

const registration = (name: string, address: string): string => `
apiVersion: consul.hashicorp.com/v1alpha1
kind: Registration
metadata: { name: ${name}-${address.replaceAll('.', '-')}, namespace: shop }
spec: { node: n, address: ${address}, service: { name: ${name}, port: 8443 } }
`;

const wayOut = 'kind = "terminating-gateway"\nname = "out"\nservices = [{ name = "ext" }]';
const toExt = router(route('path_prefix = "/"', 'service = "ext"'));

describe('a service that is registered outside the mesh', () => {
  it('is what a route of its name leads to, on all of its addresses', () => {
    const both = [registration('ext', '10.0.0.1'), registration('ext', '10.0.0.2')].join('---');
    const bed = kubernetesBed(both, wayOut, toExt);
    expect(bed.send('shop/web-v1', { to: { service: 'shop/back', port: 80 } }).backends).toMatchObject([
      { service: 'ext.virtual.consul', port: 8443, endpoints: '10.0.0.1,10.0.0.2' },
    ]);
    expect(bed.codes).not.toContain('CONSUL111');
  });

  it('is told where no gateway leads there', () => {
    expect(kubernetesBed(registration('ext', '10.0.0.1'), toExt).codes).toContain('CONSUL111');
  });

  it('5.21 has intentions that its gateway enforces, which are not told', () => {
    const one = registration('ext', '10.0.0.1');
    const closed = kubernetesBed(one, wayOut, intentions('ext', l4('web', 'deny')));
    expect(closed.codes).toContain('CONSUL218');
    expect(closed.model.opaque).toHaveLength(1);
    expect(kubernetesBed(one, wayOut, intentions('ext', l4('*', 'allow'))).model.opaque).toEqual([]);
  });
});
