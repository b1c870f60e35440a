import { describe, expect, it } from 'vitest';
import { path, routes, routesBed, to } from '../../../../test/support/istio-routes.ts';

/** An HTTPRoute of namespace shop on Service web, with these elements of `rules`. */
const serviceRoute = (
  rules: readonly string[],
  options: { id?: string; parent?: string; more?: string } = {},
): string => {
  const { id = 'shop/route', parent = 'namespace: shop', more = '' } = options;
  const [namespace, name] = id.split('/');
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: ${namespace} }
spec: { parentRefs: [{ group: "", kind: Service, name: web, ${parent} }], rules: [${rules.join(', ')}] ${more} }
`;
};

const rule = (match: string, backend = 'api', more = ''): string =>
  `{ matches: [{ ${match} }], backendRefs: [{ name: ${backend}, namespace: shop, port: 80 }] ${more} }`;
const at = (type: string, value: string, backend?: string, more?: string): string =>
  rule(`path: { type: ${type}, value: "${value}" }`, backend, more);

describe('section 15: HTTPRoute on a Service', () => {
  it('15.1 a regex beside a catch-all prefix is dead, and so is it below a header rule', () => {
    const bed = routesBed(serviceRoute([at('RegularExpression', '/a.*'), at('PathPrefix', '/', 'web')]));
    expect(bed.end('/a1')).toBe('web');
    const alone = routesBed(serviceRoute([at('RegularExpression', '/a.*'), at('Exact', '/a1', 'web')]));
    expect(alone.ends(['/a1', '/a2', '/b'])).toEqual(['web', 'api', 404]);
  });

  it('15.2 a prefix goes by segments, an exact path is exact, a regex takes the whole path', () => {
    const bed = routesBed(
      serviceRoute([at('PathPrefix', '/foo/'), at('Exact', '/e/'), at('RegularExpression', '/r[0-9]')]),
    );
    expect(bed.ends(['/foo', '/foo/', '/foo/x', '/foobar'])).toEqual(['api', 'api', 'api', 404]);
    expect(bed.ends(['/e/', '/e', '/r1', '/r12'])).toEqual(['api', 404, 'api', 404]);
  });

  it('15.4 only zero weights and no backends answer 500', () => {
    const zero = '{ backendRefs: [{ name: api, port: 80, weight: 0 }, { name: web, port: 80, weight: 0 }] }';
    expect(routesBed(serviceRoute([zero])).end('/')).toBe(500);
    expect(routesBed(serviceRoute(['{ matches: [{ path: { type: PathPrefix, value: / } }] }'])).end('/')).toBe(500);
    expect(routesBed(serviceRoute(['{ backendRefs: [{ name: ghost, port: 80 }] }'])).end('/')).toBe(500);
  });

  it('15.6 `retry` is no field of theirs: it is reported, and what is retried by default stays', () => {
    const bed = routesBed(serviceRoute([at('PathPrefix', '/', 'api', ', retry: { attempts: 5, codes: [500] }')]));
    expect(bed.send('shop/client').retries?.max).toBe(2);
    expect(bed.codes).toContain('GWAPI011');
  });

  it('15.7 a replaced prefix never leaves a double slash', () => {
    const filter = (value: string) =>
      `, filters: [{ type: URLRewrite, urlRewrite: { path: { type: ReplacePrefixMatch, replacePrefixMatch: "${value}" } } }]`;
    const bed = routesBed(serviceRoute([at('PathPrefix', '/rw', 'api', filter('/'))]));
    const rewritten = (asked: string) => bed.explain('shop/client', { path: asked }).outcome.rewrite?.path;
    expect(['/rw', '/rw/x'].map(rewritten)).toEqual(['/', '/x']);
  });

  it('15.8 the route stands before a public VirtualService, which is told; a private one stands before the route', () => {
    const publicly = routesBed(serviceRoute([at('PathPrefix', '/h')]), routes([path('prefix /v', 'api')]));
    expect(publicly.ends(['/h', '/v'])).toEqual(['api', 404]);
    expect(publicly.codes).toContain('ISTIO007');
    const privately = routesBed(
      serviceRoute([at('PathPrefix', '/h')]),
      routes([path('prefix /v', 'api')], { more: 'exportTo: ["."]' }),
    );
    expect(privately.ends(['/h', '/v'])).toEqual([404, 'api']);
    expect(privately.end('/h', 'other/client2')).toBe('api');
  });

  it('15.8b a consumer has its own route only, the others the VirtualService', () => {
    const consumer = serviceRoute([at('PathPrefix', '/c')], { id: 'other/mine' });
    const bed = routesBed(consumer, routes([path('prefix /v', 'api')]));
    expect(bed.ends(['/v', '/c'])).toEqual(['api', 404]);
    expect([bed.end('/c', 'other/client2'), bed.end('/v', 'other/client2')]).toEqual(['api', 404]);
  });

  it('15.10 a consumer alone leaves the other clients untouched', () => {
    const bed = routesBed(serviceRoute([at('PathPrefix', '/c')], { id: 'other/mine' }));
    expect([bed.end('/x'), bed.end('/x', 'other/client2')]).toEqual(['web', 404]);
  });

  it('15.11 a backend without a namespace is looked for beside the route, and one with a namespace needs no grant', () => {
    const bare = serviceRoute(['{ backendRefs: [{ name: api, port: 80 }] }'], { id: 'other/mine' });
    expect(routesBed(bare).end('/', 'other/client2')).toBe(500);
    expect(routesBed(serviceRoute([at('PathPrefix', '/')], { id: 'other/mine' })).end('/', 'other/client2')).toBe(
      'api',
    );
  });

  it('15.12 a route on one port leaves the other port alone', () => {
    const bed = routesBed(serviceRoute([at('PathPrefix', '/a')], { parent: 'namespace: shop, port: 80' }));
    expect([bed.end({ path: '/x' }), bed.end({ path: '/x', to: { service: 'shop/web', port: 81 } })]).toEqual([
      404,
      'web',
    ]);
  });

  it('15.13 host names are ignored on a Service', () => {
    const bed = routesBed(serviceRoute([at('PathPrefix', '/a')], { more: ', hostnames: [foo.example]' }));
    expect(bed.ends(['/a', '/x'])).toEqual(['api', 404]);
  });

  it('15.14 a route whose parent is not there acts nowhere, which is told', () => {
    const bed = routesBed(
      serviceRoute([at('PathPrefix', '/a')]).replace('name: web, namespace', 'name: gone, namespace'),
    );
    expect(bed.ends(['/a', '/x'])).toEqual(['web', 'web']);
    expect(bed.codes).toContain('GWAPI008');
  });

  it('15.15 routes of the backend Service are not applied', () => {
    const onApi = serviceRoute([at('PathPrefix', '/other', 'web')], { id: 'shop/second' }).replace(
      'name: web, namespace: shop }]',
      'name: api, namespace: shop }]',
    );
    const bed = routesBed(serviceRoute([at('PathPrefix', '/a')]), onApi);
    expect(bed.end('/a')).toBe('api');
  });

  it('VirtualServices without a route beside them are as before', () => {
    expect(routesBed(routes([to('api')])).end('/')).toBe('api');
  });
});
