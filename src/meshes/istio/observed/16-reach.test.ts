import { describe, expect, it } from 'vitest';
import { type Bed, type BedAsk, istioBed, observedCluster } from '../../../../test/support/istio-bed.ts';

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

/** A Sidecar for a namespace, or for some of its pods. */
const sidecar = (id: string, spec: string) => object('Sidecar', id, spec);

const meshConfig = (text: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data:
  mesh: |
    ${text.replaceAll('\n', '\n    ')}
`;

const decided = (bed: Bed, from: string, ask?: BedAsk): readonly string[] =>
  bed.explain(from, ask).hops[0]?.decisions.map(({ capability }) => capability) ?? [];

describe('section 16: Sidecar', () => {
  const onlyApi = '{ egress: [{ hosts: ["./api.shop.svc.cluster.local"] }]';

  it('16.1 what a Sidecar does not import is an unknown host: passed on, or refused with 502', () => {
    const open = istioBed(sidecar('shop/default', `${onlyApi} }`));
    expect(decided(open, 'shop/client')).toEqual(expect.arrayContaining(['visibility', 'egress-default']));
    expect(decided(open, 'shop/client', { to: { service: 'shop/api' } })).not.toContain('egress-default');
    const closed = istioBed(sidecar('shop/default', `${onlyApi}, outboundTrafficPolicy: { mode: REGISTRY_ONLY } }`));
    expect(closed.status('shop/client')).toBe(502);
    expect(closed.status('shop/client', { protocol: 'tcp' })).toBe('reset');
    expect(closed.status('shop/client', { to: { service: 'shop/api' } })).toBe(200);
    expect(closed.status('other/client2')).toBe(200);
  });

  it('16.2 it also hides VirtualServices of other namespaces', () => {
    const foreign = virtualService(
      'other/web',
      '{ hosts: [web.shop.svc.cluster.local], http: [{ match: [{ uri: { prefix: /a } }], route: [{ destination: { host: web.shop.svc.cluster.local } }] }] }',
    );
    expect(istioBed(foreign).status('shop/client', { path: '/b' })).toBe(404);
    const own = istioBed(`${foreign}---${sidecar('shop/default', '{ egress: [{ hosts: ["./*"] }] }')}`);
    expect(own.status('shop/client', { path: '/b' })).toBe(200);
    expect(own.status('other/client2', { path: '/b' })).toBe(404);
  });

  it('16.2 what an imported VirtualService leads to is known', () => {
    const away = virtualService(
      'shop/web',
      '{ hosts: [web], http: [{ route: [{ destination: { host: helper.other.svc.cluster.local } }] }] }',
    );
    const helper = `
apiVersion: v1
kind: Service
metadata: { name: helper, namespace: other }
spec: { selector: { app: client2 }, ports: [{ name: http, port: 80 }] }
`;
    const bed = istioBed([away, helper, sidecar('shop/default', '{ egress: [{ hosts: ["./*"] }] }')].join('---'));
    expect(bed.send('shop/client').backends[0]?.service).toBe('other/helper');
    expect(bed.status('shop/client')).toBe(200);
  });

  it('16.3 one with labels is for those pods only, and goes before the namespace’s', () => {
    const bed = istioBed(
      sidecar(
        'shop/some',
        '{ workloadSelector: { labels: { app: client } }, egress: [{ hosts: ["./api.shop.svc.cluster.local"] }], outboundTrafficPolicy: { mode: REGISTRY_ONLY } }',
      ),
    );
    expect([bed.status('shop/client'), bed.status('shop/api'), bed.status('other/client2')]).toEqual([502, 200, 200]);
  });

  it('the root namespace’s is for everyone who has none, and not for gateways', () => {
    const root = sidecar(
      'istio-system/default',
      '{ egress: [{ hosts: ["./*"] }], outboundTrafficPolicy: { mode: REGISTRY_ONLY } }',
    );
    const bed = istioBed(root);
    expect([bed.status('shop/client'), bed.status('other/client2')]).toEqual([200, 502]);
    const own = istioBed(`${root}---${sidecar('other/default', '{ egress: [{ hosts: ["shop/*"] }] }')}`);
    expect([own.status('other/client2')]).toEqual([200]);
  });

  it('a listener with a port brings that port only', () => {
    const spec =
      '{ egress: [{ port: { number: 80, protocol: HTTP, name: web }, hosts: ["shop/*"] }], outboundTrafficPolicy: { mode: REGISTRY_ONLY } }';
    const bed = istioBed(sidecar('shop/default', spec));
    const on = (port: number) => bed.status('shop/client', { to: { service: 'shop/web', port } });
    expect([on(80), on(81)]).toEqual([200, 502]);
  });

  it('sends unknown traffic through a proxy where it says so', () => {
    const spec =
      '{ outboundTrafficPolicy: { mode: ALLOW_ANY, egressProxy: { host: api.shop.svc.cluster.local, port: { number: 80 } } } }';
    const bed = istioBed(sidecar('shop/default', spec));
    expect(bed.send('shop/client', { to: { host: 'far.example', port: 80 } }).backends[0]?.service).toBe('shop/api');
  });
});

describe('section 18: MeshConfig about unknown hosts', () => {
  it('18.7 REGISTRY_ONLY refuses them with 502, and resets TCP', () => {
    const bed = istioBed(meshConfig('outboundTrafficPolicy:\n  mode: REGISTRY_ONLY'));
    expect(bed.status('shop/client', { to: { host: 'far.example', port: 80 } })).toBe(502);
    expect(bed.status('shop/client', { to: { host: '192.0.2.1', port: 9999 }, protocol: 'tcp' })).toBe('reset');
    expect(bed.status('shop/client')).toBe(200);
  });

  it('a Sidecar goes before it', () => {
    const config = meshConfig('outboundTrafficPolicy:\n  mode: REGISTRY_ONLY');
    const bed = istioBed(`${config}---${sidecar('shop/default', '{ outboundTrafficPolicy: { mode: ALLOW_ANY } }')}`);
    const to = { host: 'far.example', port: 80 };
    expect([bed.status('shop/client', { to }), bed.status('other/client2', { to })]).toEqual([200, 502]);
  });
});
