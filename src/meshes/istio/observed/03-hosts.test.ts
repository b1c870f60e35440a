import { describe, expect, it } from 'vitest';
import { path, routes, routesBed, to } from '../../../../test/support/istio-routes.ts';

describe('section 3: no match, unknown hosts, forms of the host', () => {
  it('3.1 what no rule takes gets 404, on every port of the service, and other services are not touched', () => {
    const other = `
apiVersion: v1
kind: Service
metadata: { name: other-web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
`;
    const bed = routesBed(other, routes([path('prefix /a')]));
    const { decision, status, body } = bed.send('shop/client', { path: '/b' });
    expect({ decision, status, body }).toEqual({ decision: 'unroutable', status: 404, body: undefined });
    expect(bed.end({ path: '/b', to: { service: 'shop/web', port: 81 } })).toBe(404);
    expect(bed.end({ path: '/b', to: { service: 'shop/other-web' } })).toBe('other-web');
  });

  it('3.2 the service goes by all its names and its address, with any port behind them', () => {
    const bed = routesBed(routes([to('api')]));
    const names = ['web', 'WEB', 'web:80', 'web:8080', 'web.shop', 'web.shop.svc', 'web.shop.svc.cluster.local'];
    const others = ['web.shop.svc.cluster.local.', 'web.shop.svc.cluster.local:80', '10.96.0.10', '10.96.0.10:80'];
    const all = [...names, ...others];
    expect(all.filter(host => bed.end({ host }) !== 'api')).toEqual([]);
    expect(bed.end({ host: 'web.shop.' })).toBe('outside');
    expect(bed.end({ host: 'web' }, 'other/client2')).toBe('outside');
  });

  it('3.3 the Host decides, not the address that was dialled', () => {
    const bed = routesBed(routes([to('web:v1')]));
    expect(bed.end({ to: { host: '10.96.0.20', port: 80 }, host: 'web' })).toBe('web:v1');
  });

  it('3.4 the address of a pod on its own port passes the routes by', () => {
    const bed = routesBed(routes([to('api')]));
    expect(bed.end({ to: { host: '10.1.2.3', port: 8080 }, host: 'web' })).toBe('outside');
  });

  it('3.5 an unknown host is sent on to the address that was dialled', () => {
    const bed = routesBed(routes([to('api')]));
    const { outcome } = bed.explain('shop/client', { to: { host: '10.9.9.9', port: 80 }, host: 'nobody.example' });
    expect(outcome).toMatchObject({ decision: 'forwarded', backends: [{ service: '10.9.9.9', port: 80 }] });
  });

  it('3.6 that nobody runs behind a service is said', () => {
    const idle = `
apiVersion: v1
kind: Service
metadata: { name: idle, namespace: shop }
spec: { selector: { app: nobody }, ports: [{ name: http, port: 80 }] }
`;
    const { caveats } = routesBed(idle).explain('shop/client', { to: { service: 'shop/idle' } });
    expect(caveats.map(({ code }) => code)).toEqual(['VERIFY009']);
  });
});
