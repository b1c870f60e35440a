/** Things about routes that people and tools get wrong, as Istio's configuration is read. */
import { expect, test } from 'vitest';
import { header, path, routes, routesBed, split, to, when } from '../support/istio-routes.ts';

const httpRoute = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: on-web, namespace: shop }
spec:
  parentRefs: [{ group: "", kind: Service, name: web }]
  rules: [{ matches: [{ path: { value: /h } }], backendRefs: [{ name: api, port: 80 }] }]
`;

test('an absent weight is everything for a sole destination and nothing beside weighted ones', () => {
  const shares = (rule: string) =>
    routesBed(routes([rule]))
      .send('shop/client')
      .backends.map(({ service, weight }) => [service, weight]);
  expect(shares(split({ api: undefined }))).toEqual([['shop/api', 100_000]]);
  expect(shares(split({ web: undefined, api: 50 }))).toEqual([['shop/api', 100_000]]);
});

test('a mirror of five percent is five percent', () => {
  const bed = routesBed(routes([to('web', 'mirror: { host: api }, mirrorPercentage: { value: 5 }')]));
  expect(bed.send('shop/client').mirrors).toMatchObject([{ service: 'shop/api', percent: 5 }]);
});

test('an empty retries block switches retries off', () => {
  expect(routesBed(routes([to('web', 'retries: {}')])).send('shop/client').retries).toBeUndefined();
  expect(routesBed(routes([to('web')])).send('shop/client').retries?.max).toBe(2);
});

test('a newer object that is private to its namespace comes before an older public one', () => {
  const bed = routesBed(
    routes([to('api')], { id: 'shop/old', day: 1 }),
    routes([to('web')], { id: 'shop/new', day: 2, more: 'exportTo: ["."]' }),
  );
  expect([bed.end(), bed.end({ to: { service: 'shop/web' } }, 'other/client2')]).toEqual(['web', 'api']);
});

test('an HTTPRoute on a Service comes before a VirtualService, whichever is older', () => {
  const bed = routesBed(httpRoute, routes([path('prefix /v', 'api')], { day: 1 }));
  expect(bed.ends(['/h', '/v'])).toEqual(['api', 404]);
  expect(bed.codes).toContain('ISTIO007');
});

test('every version of the API reads the same', () => {
  const rule = routes([path('prefix /a', 'api', 'timeout: 3s')]);
  const seen = (version: string) =>
    routesBed(rule.replace('networking.istio.io/v1', `networking.istio.io/${version}`)).send('shop/client', {
      path: '/a',
    });
  expect(seen('v1beta1')).toEqual(seen('v1'));
  expect(seen('v1alpha3')).toEqual(seen('v1'));
});

test('several objects for one host are not merged in the mesh: the oldest owns it, and the others are told', () => {
  const bed = routesBed(
    routes([path('prefix /a', 'api')], { id: 'shop/first', day: 1 }),
    routes([path('prefix /b', 'api')], { id: 'shop/second', day: 2 }),
  );
  expect(bed.ends(['/a', '/b'])).toEqual(['api', 404]);
  expect(bed.findings).toMatchObject([{ code: 'ISTIO001', subject: { name: 'second' } }]);
});

test('a rule that takes everything hides those after it, wherever it stands', () => {
  const bed = routesBed(routes([path('exact /a', 'api'), to('web'), path('exact /b', 'api')]));
  expect(bed.ends(['/a', '/b'])).toEqual(['api', 'web']);
  expect(bed.codes).toEqual(['ISTIO002']);
});

test('the first rule that matches counts, not the most specific one', () => {
  const bed = routesBed(routes([path('prefix /', 'web:v1'), path('exact /a', 'api')]));
  expect(bed.end('/a')).toBe('web:v1');
});

test('a delegate acts only within the rule that names it', () => {
  const child = routes([path('prefix /a/b', 'api'), path('prefix /c', 'api')], { id: 'shop/child', hosts: '' });
  const root = routes(['{ match: [{ uri: { prefix: /a } }], delegate: { name: child } }', to('web')]);
  expect(routesBed(child, root).ends(['/a/b', '/a', '/c'])).toEqual(['api', 'web', 'web']);
});

test('a prefix is one of the text, not of segments', () => {
  expect(routesBed(routes([path('prefix /foo', 'api')])).ends(['/foobar', '/foo/bar'])).toEqual(['api', 'api']);
});

test('text is text: what looks like an expression matches itself only', () => {
  const bed = routesBed(
    routes([path('prefix /a.c', 'api'), when('headers: { x: { exact: "a+" } }', 'api'), to('web')]),
  );
  expect(bed.ends(['/a.c', '/abc', header('x', 'a+'), header('x', 'aa')])).toEqual(['api', 'web', 'api', 'web']);
});

test('rules for some callers are not for the others', () => {
  const bed = routesBed(routes([when('sourceLabels: { app: client }', 'api'), to('web')], { hosts: 'web.shop' }));
  expect([bed.end(), bed.end({}, 'other/client2')]).toEqual(['api', 'web']);
});
