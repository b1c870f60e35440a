import { describe, expect, it } from 'vitest';
import { path, routes, routesBed, to, when } from '../../../../test/support/istio-routes.ts';

const idle = `
apiVersion: v1
kind: Service
metadata: { name: idle, namespace: shop }
spec: { selector: { app: nobody }, ports: [{ name: http, port: 80 }] }
`;

const delegate = (rules: readonly string[], name = 'child'): string => routes(rules, { id: `shop/${name}`, hosts: '' });
const delegating = (match: string, child: string, more = ''): string =>
  `{ match: [{ ${match} }], delegate: { name: ${child} }${more && `, ${more}`} }`;

describe('section 2: order, several VirtualServices, delegates', () => {
  it('2.1 after a rule that takes everything the others are dead, which is said', () => {
    for (const empty of ['', 'match: []', 'match: [{}]']) {
      const bed = routesBed(routes([to('web', empty), path('prefix /a', 'api')]));
      expect(bed.ends(['/', '/a'])).toEqual(['web', 'web']);
      expect(bed.codes).toEqual(['ISTIO002']);
    }
  });

  it('2.2 the order of the list decides, however specific a rule is', () => {
    const byPrefix = routesBed(routes([path('prefix /x', 'api'), path('exact /x/y')]));
    expect(byPrefix.end('/x/y')).toBe('api');
    const byRegex = routesBed(routes([path('regex /x.*', 'api'), path('exact /x/y')]));
    expect(byRegex.end('/x/y')).toBe('api');
  });

  it('2.3 of two objects for one host only the older acts, which the newer is told', () => {
    const older = routes([path('prefix /a')], { id: 'shop/z', day: 1 });
    const newer = routes([path('prefix /b', 'api'), to('api')], { id: 'shop/a', day: 2 });
    for (const documents of [
      [older, newer],
      [newer, older],
    ]) {
      const bed = routesBed(...documents);
      expect(bed.ends(['/a', '/b', '/c'])).toEqual(['web', 404, 404]);
      expect(bed.findings).toMatchObject([{ code: 'ISTIO001', subject: { name: 'a' } }]);
    }
  });

  it('2.4 of two made in the same second the one with the smaller name acts', () => {
    const bed = routesBed(
      routes([to('api')], { id: 'shop/za', day: 1 }),
      routes([to('web')], { id: 'shop/ab', day: 1 }),
    );
    expect(bed.end('/')).toBe('web');
  });

  it('2.5 short and full names are one host', () => {
    const full = 'web.shop.svc.cluster.local';
    const older = (hosts: string) => routes([to('web')], { id: 'shop/z', hosts, day: 1 });
    const newer = (hosts: string) => routes([to('api')], { id: 'shop/a', hosts, day: 2 });
    expect(routesBed(older(full), newer('web')).end()).toBe('web');
    expect(routesBed(older('web'), newer(full)).end()).toBe('web');
  });

  it('2.7 a wildcard takes every service of its name, by any of its names, and nothing that is no service', () => {
    const bed = routesBed(idle, routes([path('prefix /a', 'api')], { hosts: '"*.shop.svc.cluster.local"' }));
    expect(bed.ends(['/a', '/b'])).toEqual(['api', 404]);
    expect(bed.end({ path: '/a', host: 'web' })).toBe('api');
    expect(bed.end({ path: '/a', to: { service: 'shop/idle' } })).toBe('api');
    expect(bed.end({ path: '/a', to: { host: 'zzz.shop.svc.cluster.local' } })).toBe('outside');
  });

  it('2.8 an exact host owns its service, however old a wildcard is', () => {
    const bed = routesBed(
      routes([to('api')], { id: 'shop/wild', hosts: '"*.shop.svc.cluster.local"', day: 1 }),
      routes([path('prefix /a')], { id: 'shop/exact', day: 2 }),
    );
    expect(bed.ends(['/a', '/b'])).toEqual(['web', 404]);
    expect(bed.end({ to: { service: 'shop/api' }, path: '/b' })).toBe('api');
    expect(bed.codes).toEqual([]);
  });

  it('2.9 the longer of two wildcards wins, whatever their age', () => {
    const short = (day: number) => routes([to('api')], { id: 'shop/short', hosts: '"*.cluster.local"', day });
    const long = (day: number) => routes([to('web')], { id: 'shop/long', hosts: '"*.shop.svc.cluster.local"', day });
    expect(routesBed(short(1), long(2)).end()).toBe('web');
    expect(routesBed(short(2), long(1)).end()).toBe('web');
  });

  it('2.10 an object of another namespace rules all clients, or its own alone when it is private', () => {
    const foreign = (more: string) =>
      routes([to('api.shop')], { id: 'other/foreign', hosts: 'web.shop', day: 1, ...(more ? { more } : {}) });
    const own = routes([to('web')], { id: 'shop/own', day: 2 });
    const seen = (more: string) => {
      const bed = routesBed(foreign(more), own);
      return [bed.end(), bed.end({}, 'other/client2')];
    };
    expect(seen('')).toEqual(['api', 'api']);
    expect(seen('exportTo: ["."]')).toEqual(['web', 'api']);
  });

  it("2.10b a private object wins for its namespace's clients over an older public one", () => {
    const older = routes([to('web')], { id: 'shop/public', day: 1 });
    const newer = routes([to('api')], { id: 'shop/private', day: 2, more: 'exportTo: ["."]' });
    const bed = routesBed(older, newer);
    expect([bed.end(), bed.end({}, 'other/client2')]).toEqual(['api', 'web']);
  });

  it('2.11 a delegate narrows its parent, its rules that contradict it vanish, and so does a rule without its delegate', () => {
    const child = delegate([
      path('prefix /a/1', 'web:v1'),
      path('prefix /b', 'web:v1'),
      when('headers: { h: { exact: x } }', 'web:v2'),
    ]);
    const bed = routesBed(child, routes([delegating('uri: { prefix: /a }', 'child'), to('api')]));
    expect(bed.ends(['/a/1', '/a/2', '/b'])).toEqual(['web:v1', 'api', 'api']);
    expect(bed.end({ path: '/a', headers: [['h', 'x']] })).toBe('web:v2');
    expect(bed.codes).toEqual(['ISTIO004']);
    const missing = routesBed(routes([delegating('uri: { prefix: /a }', 'nobody'), to('api')]));
    expect(missing.end('/a/1')).toBe('api');
    expect(missing.codes).toEqual(['ISTIO003']);
  });

  it('2.12 a delegate inherits what its parent says and it does not', () => {
    const bed = routesBed(
      delegate([to('web')]),
      routes([delegating('uri: { prefix: /a }', 'child', 'timeout: 1s, rewrite: { uri: /inside }')]),
    );
    expect(bed.send('shop/client', { path: '/a' })).toMatchObject({ timeoutMs: 1000, rewrite: { path: '/inside' } });
  });
});
