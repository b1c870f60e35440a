import { describe, expect, it } from 'vitest';
import { istioBed, observedCluster } from '../../../../test/support/istio-bed.ts';

const object = (kind: string, id: string, spec: string): string => {
  const [namespace, name] = id.split('/');
  return `
apiVersion: networking.istio.io/v1
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;
};

const virtualService = (id: string, spec: string) => object('VirtualService', id, spec);

/** A host outside on port 80, which two machines serve on 8080. */
const outside = (more = '') =>
  object(
    'ServiceEntry',
    'shop/ext',
    `{ hosts: [ext.example], location: MESH_EXTERNAL, resolution: STATIC, ports: [{ number: 80, name: http, protocol: HTTP, targetPort: 8080 }], endpoints: [{ address: 192.0.2.7 }, { address: 192.0.2.8 }]${more} }`,
  );

describe('section 16: ServiceEntry, and who sees which service', () => {
  it('16.5 a Service that is exported to its own namespace is unknown elsewhere', () => {
    const annotated = observedCluster.replace(
      'metadata: { name: web, namespace: shop }',
      'metadata: { name: web, namespace: shop, annotations: { networking.istio.io/exportTo: "." } }',
    );
    const bed = istioBed('', annotated);
    expect(bed.explain('shop/client').hops[0]?.decisions.map(({ capability }) => capability)).not.toContain(
      'visibility',
    );
    const elsewhere = bed.explain('other/client2');
    expect(elsewhere.hops[0]?.decisions.map(({ capability }) => capability)).toContain('visibility');
    expect(elsewhere.outcome.decision).toBe('forwarded');
  });

  it('16.7 a host outside is known in all namespaces, with a port in the Host or without, and no other host is', () => {
    const bed = istioBed(outside());
    for (const from of ['shop/client', 'other/client2']) {
      for (const host of ['ext.example', 'ext.example:80', 'EXT.example']) {
        const outcome = bed.send(from, { to: { host, port: 80 } });
        expect(outcome.backends).toMatchObject([{ service: 'ext.example', targetPort: 8080 }]);
      }
    }
    const unknown = bed.explain('shop/client', { to: { host: 'a.ext.example', port: 80 } });
    expect(unknown.hops[0]?.decisions.map(({ capability }) => capability)).toContain('egress-default');
  });

  it('16.7 a VirtualService works for it', () => {
    const slow = virtualService(
      'shop/ext',
      '{ hosts: [ext.example], http: [{ match: [{ uri: { prefix: /a } }], timeout: 1s, route: [{ destination: { host: ext.example } }] }] }',
    );
    const bed = istioBed(`${outside()}---${slow}`);
    const to = { host: 'ext.example', port: 80 };
    expect(bed.send('shop/client', { to, path: '/a' })).toMatchObject({ decision: 'forwarded', timeoutMs: 1000 });
    expect(bed.status('shop/client', { to, path: '/b' })).toBe(404);
  });

  it('16.7 exportTo narrows who knows it', () => {
    const bed = istioBed(outside(', exportTo: ["."]'));
    expect(bed.model.exposures).toMatchObject([{ service: 'ext.example', namespaces: ['shop'] }]);
    const to = { host: 'ext.example', port: 80 };
    expect(bed.send('shop/client', { to }).backends[0]?.endpoints).toBe('192.0.2.7,192.0.2.8');
    const elsewhere = bed.explain('other/client2', { to });
    expect(elsewhere.hops[0]?.decisions.map(({ capability }) => capability)).toContain('egress-default');
  });

  it('16.8 a VirtualService for a host that is no service acts on port 80 only', () => {
    const bed = istioBed(
      virtualService('shop/ghost', '{ hosts: [ghost.example], http: [{ route: [{ destination: { host: api } }] }] }'),
    );
    const to = (port: number) => ({ to: { host: 'ghost.example', port } });
    expect(bed.send('shop/client', to(80)).backends[0]?.service).toBe('shop/api');
    const elsewhere = bed.explain('shop/client', to(81));
    expect(elsewhere.hops[0]?.decisions.map(({ capability }) => capability)).toContain('egress-default');
  });
});
