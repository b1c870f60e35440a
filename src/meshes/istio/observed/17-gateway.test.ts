import { describe, expect, it } from 'vitest';
import { type Bed, type BedAsk, istioBed, observedCluster } from '../../../../test/support/istio-bed.ts';

/** The observed cluster with pods for a gateway, which runs as `gw` beside the control plane. */
const cluster = `${observedCluster}---
apiVersion: apps/v1
kind: Deployment
metadata: { name: gw, namespace: istio-system }
spec:
  template:
    metadata: { labels: { app: gw, istio: ingressgateway } }
    spec: { serviceAccountName: gw, containers: [{ name: istio-proxy, image: proxyv2 }] }
`;

const bed = (...objects: string[]): Bed => istioBed(objects.join('---'), cluster);

const gateway = (hosts = '["*"]', namespace = 'shop') => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: g, namespace: ${namespace} }
spec:
  selector: { istio: ingressgateway }
  servers: [{ port: { number: 8080, name: http, protocol: HTTP }, hosts: ${hosts} }]
`;

/** A VirtualService on the gateway, older with an earlier day. */
const vs = (
  name: string,
  http: string,
  { hosts = '[shop.example]', gateways = '[g]', namespace = 'shop', day = 1, more = '' } = {},
) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: ${namespace}, creationTimestamp: "2026-01-0${day}T00:00:00Z" }
spec: { hosts: ${hosts}, gateways: ${gateways}${more}, http: [${http}] }
`;

const to = (host: string, more = '') => `{ route: [{ destination: { host: ${host}, port: { number: 80 } } }]${more} }`;
const at = (path: string, rest: string) => `{ match: [{ uri: { prefix: ${path} } }], ${rest.slice(1)}`;

/** A request from outside through the gateway. */
const through = (one: Bed, host: string, ask: BedAsk = {}) =>
  one.send('outside', { via: 'shop/g', to: { host, port: 8080 }, ...ask });
const status = (one: Bed, host: string, ask: BedAsk = {}) =>
  one.status('outside', { via: 'shop/g', to: { host, port: 8080 }, ...ask });

describe('section 17: an ingress Gateway', () => {
  it('17.1 without a VirtualService everything is a 404', () => {
    expect(status(bed(gateway()), 'shop.example')).toBe(404);
  });

  it('17.2 a destination without a port means the gateway’s own port, which is said', () => {
    const without = bed(gateway(), vs('web', '{ route: [{ destination: { host: web } }] }'));
    expect(status(without, 'shop.example')).toBe(503);
    expect(without.codes).toContain('ISTIO110');
    const with_ = bed(gateway(), vs('web', to('web')));
    expect(status(with_, 'shop.example')).toBe(200);
    expect(with_.codes).not.toContain('ISTIO110');
    // A service with one port only is meant on that.
    expect(status(bed(gateway(), vs('api', '{ route: [{ destination: { host: api } }] }')), 'shop.example')).toBe(200);
  });

  it('17.3 a host that is a service acts at the gateway alone, by its full name', () => {
    const one = bed(gateway(), vs('web', at('/a', to('web')), { hosts: '[web]' }));
    expect(one.status('shop/client', { path: '/b' })).toBe(200);
    expect(status(one, 'web.shop.svc.cluster.local', { path: '/a' })).toBe(200);
    expect(status(one, 'web.shop.svc.cluster.local', { path: '/b' })).toBe(404);
    expect(status(one, 'web', { path: '/a' })).toBe(404);
  });

  it('17.4 on gateway and mesh, each rule acts on its side', () => {
    const sided = (gateways: string, path: string) =>
      `{ match: [{ uri: { prefix: ${path} }, gateways: ${gateways} }], route: [{ destination: { host: web, port: { number: 80 } } }] }`;
    const one = bed(
      gateway(),
      vs('web', `${sided('[g]', '/gate')}, ${sided('[mesh]', '/mesh')}`, {
        hosts: '[web.shop.svc.cluster.local]',
        gateways: '[g, mesh]',
      }),
    );
    const host = 'web.shop.svc.cluster.local';
    expect([status(one, host, { path: '/gate' }), status(one, host, { path: '/mesh' })]).toEqual([200, 404]);
    expect([one.status('shop/client', { path: '/gate' }), one.status('shop/client', { path: '/mesh' })]).toEqual([
      404, 200,
    ]);
  });

  it('17.5 several VirtualServices on one host follow each other, the older first, catch-alls last', () => {
    const older = vs('old', `${at('/a', to('web'))}, ${at('/both', to('web'))}`, { day: 1 });
    const newer = vs('new', `${at('/b', to('api'))}, ${at('/both', to('api'))}`, { day: 2 });
    const one = bed(gateway(), newer, older);
    const backend = (path: string) => through(one, 'shop.example', { path }).backends[0]?.service;
    expect([backend('/a'), backend('/b'), backend('/both')]).toEqual(['shop/web', 'shop/api', 'shop/web']);
    const hiding = bed(gateway(), vs('old', to('web'), { day: 1 }), newer);
    const seen = (path: string) => through(hiding, 'shop.example', { path }).backends[0]?.service;
    expect([seen('/b'), seen('/other')]).toEqual(['shop/api', 'shop/web']);
  });

  it('17.6 a pattern is served for the gateway’s hosts only, and an exact host hides it', () => {
    const one = bed(
      gateway('["*.example"]'),
      vs('all', to('web'), { hosts: '["*"]', day: 1 }),
      vs('exact', at('/only', to('api')), { hosts: '[shop.example]', day: 2 }),
    );
    expect(status(one, 'other.example')).toBe(200);
    expect(status(one, 'shop.elsewhere')).toBe(404);
    expect(status(one, 'shop.example', { path: '/only' })).toBe(200);
    expect(status(one, 'shop.example', { path: '/other' })).toBe(404);
  });

  it('a VirtualService without a rule for the port does not hide a pattern there', () => {
    const elsewhere = `{ match: [{ port: 9999 }], ${to('api').slice(1)}`;
    const one = bed(
      gateway(),
      vs('all', to('web'), { hosts: '["*.example"]' }),
      vs('exact', elsewhere, { hosts: '[shop.example]' }),
    );
    expect(through(one, 'shop.example').backends[0]?.service).toBe('shop/web');
    expect(one.codes).toContain('ISTIO115');
    expect(bed(gateway(), vs('exact', elsewhere.replace('9999', '8080'))).codes).not.toContain('ISTIO115');
  });

  it('17.7 a namespace in front of a host admits VirtualServices of that namespace only', () => {
    const foreign = vs('web', to('web.shop.svc.cluster.local'), { namespace: 'other', gateways: '[shop/g]' });
    expect(status(bed(gateway('[shop/shop.example]'), foreign), 'shop.example')).toBe(404);
    expect(status(bed(gateway('[shop.example]'), foreign), 'shop.example')).toBe(200);
    expect(bed(gateway('[shop/shop.example]'), foreign).codes).toContain('ISTIO109');
  });

  it('17.8 the mesh’s VirtualService of the destination does not act behind the gateway', () => {
    const mesh = vs('mesh', at('/none', to('api')), { hosts: '[web]', gateways: '[mesh]' });
    const one = bed(gateway(), vs('web', to('web')), mesh);
    expect(through(one, 'shop.example', { path: '/x' }).backends[0]?.service).toBe('shop/web');
  });

  it('17.9 retries are those of the gateway’s own VirtualService', () => {
    const retry = (attempts: number) => `, retries: { attempts: ${attempts}, retryOn: 5xx }`;
    const mesh = vs('mesh', to('web', retry(3)), { hosts: '[web]', gateways: '[mesh]' });
    const one = bed(gateway(), vs('web', to('web', retry(2))), mesh);
    expect(through(one, 'shop.example').retries).toMatchObject({ max: 2, on: ['5xx'] });
    expect(through(bed(gateway(), vs('web', to('web'))), 'shop.example').retries?.max).toBe(2);
  });

  it('17.10 the backend sees the gateway’s identity', () => {
    const seen = through(bed(gateway(), vs('web', to('web'))), 'shop.example');
    expect(seen).toMatchObject({ identitySeen: 'istio-system/gw' });
  });

  it('17.11 a port and case in the Host do not matter, a final dot does', () => {
    const one = bed(gateway('[shop.example]'), vs('web', to('web')));
    const asked = (host: string) => status(one, 'shop.example', { host });
    expect([asked('shop.example:8080'), asked('SHOP.example'), asked('shop.example.')]).toEqual([200, 200, 404]);
  });

  it('17.12 paths are normalised as by sidecars', () => {
    const one = bed(gateway(), vs('web', `${at('/a', to('web'))}`));
    const of = (path: string) => status(one, 'shop.example', { path });
    expect([of('/x/../a'), of('/%61'), of('//a'), of('/%2fa')]).toEqual([200, 200, 404, 404]);
  });

  it('17.13 a host that is no service, on gateway and mesh, is known to sidecars on port 80', () => {
    const one = bed(gateway(), vs('web', to('web'), { gateways: '[g, mesh]' }));
    const send = (port: number) => one.explain('shop/client', { to: { host: 'shop.example', port } });
    expect(send(80).outcome.backends[0]?.service).toBe('shop/web');
    expect(send(81).hops[0]?.decisions.map(({ capability }) => capability)).toContain('egress-default');
  });

  it('17.14 source labels are compared with those of the gateway’s pods', () => {
    const labelled = (app: string) =>
      bed(
        gateway(),
        vs(
          'web',
          `{ match: [{ sourceLabels: { app: ${app} } }], route: [{ destination: { host: web, port: { number: 80 } } }] }`,
        ),
      );
    expect(status(labelled('gw'), 'shop.example')).toBe(200);
    expect(status(labelled('client'), 'shop.example')).toBe(404);
  });

  it('Gateways that share pods and port are one: an exact host of another hides a pattern', () => {
    const second = gateway('[shop.example]').replace('name: g,', 'name: other,');
    const one = bed(
      gateway('["*"]'),
      second,
      vs('all', to('web'), { hosts: '["*"]' }),
      vs('exact', at('/only', to('api')), { gateways: '[other]' }),
    );
    expect(status(one, 'shop.example', { path: '/other' })).toBe(404);
    expect(status(one, 'shop.example', { path: '/only' })).toBe(200);
    expect(status(one, 'free.example')).toBe(200);
  });

  it('a VirtualService for itself in another namespace than the gateway’s pods does not reach them', () => {
    const hidden = vs('web', to('web'), { more: ', exportTo: ["."]' });
    expect(status(bed(gateway(), hidden), 'shop.example')).toBe(404);
  });
});

describe('section 19: access behind a gateway', () => {
  const policy = (namespace: string, app: string, from: string) => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: p, namespace: ${namespace} }
spec: { selector: { matchLabels: { app: ${app} } }, rules: [{ from: [{ source: ${from} }] }] }
`;
  const routes = [gateway(), vs('api', to('api'))];
  const api = { to: { service: 'shop/api', port: 80 } };

  it('19.1 the backend’s rules see the gateway, not who is behind it', () => {
    const forGateway = bed(...routes, policy('shop', 'api', '{ principals: [cluster.local/ns/istio-system/sa/gw] }'));
    expect([status(forGateway, 'shop.example'), forGateway.status('shop/client', api)]).toEqual([200, 403]);
    const forClient = bed(...routes, policy('shop', 'api', '{ principals: [cluster.local/ns/shop/sa/client] }'));
    expect([status(forClient, 'shop.example'), forClient.status('shop/client', api)]).toEqual([403, 200]);
  });

  it('19.3 the gateway does not believe what a caller says of its address', () => {
    const address = '10.1.2.3';
    const headers = [['x-forwarded-for', '1.1.1.1']] as const;
    const remote = bed(...routes, policy('istio-system', 'gw', '{ remoteIpBlocks: [1.1.1.1] }'));
    expect(status(remote, 'shop.example', { address, headers })).toBe(403);
    const direct = bed(...routes, policy('istio-system', 'gw', `{ ipBlocks: [${address}] }`));
    expect(status(direct, 'shop.example', { address })).toBe(200);
  });
});
