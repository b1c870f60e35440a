/** The same things, on the way from one mesh to another: nothing gets wider, and what differs is said. */
import { describe, expect, test } from 'vitest';
import { type Converted, converted } from '../support/conversion.ts';
import type { BedAsk } from '../support/istio-bed.ts';
import { header, path, routes, split, to, when } from '../support/istio-routes.ts';

const targets = ['gateway-api', 'linkerd'] as const;

interface RouteRule {
  readonly matches?: readonly { readonly path?: unknown; readonly headers?: readonly unknown[] }[];
  readonly backendRefs?: readonly { readonly name: string; readonly weight?: number }[];
  readonly filters?: readonly Readonly<Record<string, unknown>>[];
  readonly timeouts?: unknown;
}

interface RouteSpec {
  readonly parentRefs: readonly unknown[];
  readonly rules: readonly RouteRule[];
}

/** The spec of the HTTPRoute that is written for port 80 of Service web. */
const routeOf = ({ objectsOf }: Converted): RouteSpec => {
  const specs = objectsOf('HTTPRoute').map(({ spec }) => spec as RouteSpec);
  const onPort80 = specs.find(({ parentRefs }) => JSON.stringify(parentRefs).includes('"port":80'));
  return onPort80 ?? specs[0]!;
};

const refsOf = (route: RouteSpec, index = 0) =>
  route.rules[index]?.backendRefs?.map(({ name, weight }) => [name, weight]);

interface VirtualServiceSpec {
  readonly hosts: readonly string[];
  readonly http: readonly Readonly<Record<string, unknown>>[];
}

const virtualServiceOf = ({ objectsOf }: Converted): VirtualServiceSpec =>
  objectsOf('VirtualService')[0]!.spec as VirtualServiceSpec;

const httpRoute = (rules: string): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec: { parentRefs: [{ group: "", kind: Service, name: web }], rules: [${rules}] }
`;

const toApi = 'backendRefs: [{ name: api, port: 80 }]';

/** Rules for the Service `api`, which has one port. */
const onApi = (...rules: readonly string[]): string => routes(rules, { hosts: 'api' });

/** Where requests for `api` end, by path or as they are. */
const ends = ({ ends: of }: Converted, ...asks: readonly (string | BedAsk)[]) =>
  of(asks.map(ask => ({ to: { service: 'shop/api' }, ...(typeof ask === 'string' ? { path: ask } : ask) })));

describe.each(targets)('from Istio to %s', target => {
  test('an absent weight beside others is written as zero, since it would be one there', async () => {
    const result = await converted('istio', target, onApi(split({ api: undefined, web: 50 })));
    expect(refsOf(routeOf(result))).toEqual([
      ['api', 0],
      ['web', 50],
    ]);
    expect(ends(result, '/')).toEqual(['web']);
  });

  test('`gateways: [mesh]` becomes a route on the Service', async () => {
    const rules = routes([to('web')], { hosts: 'api', more: 'gateways: [mesh]' });
    const result = await converted('istio', target, rules);
    expect(routeOf(result).parentRefs).toMatchObject([{ kind: 'Service', name: 'api' }]);
    expect(ends(result, '/')).toEqual(['web']);
  });

  test('subsets become Services of ours with selectors, never one merged backend', async () => {
    const result = await converted('istio', target, routes([split({ 'web:v1': 90, 'web:v2': 10 })]));
    expect(refsOf(routeOf(result))).toEqual([
      ['web-v1', 90],
      ['web-v2', 10],
    ]);
    const services = result.objectsOf('Service').map(({ metadata, spec }) => [metadata.name, spec, metadata.labels]);
    expect(services).toMatchObject([
      ['web-v1', { selector: { app: 'web', version: 'v1' } }, { 'app.kubernetes.io/managed-by': 'supergloo' }],
      ['web-v2', { selector: { app: 'web', version: 'v2' } }, { 'app.kubernetes.io/managed-by': 'supergloo' }],
    ]);
    expect(result.end()).toBe('web:v1+web:v2');
  });

  test('a rule for some callers goes rather than being for all', async () => {
    const result = await converted('istio', target, onApi(when('sourceLabels: { app: client }', 'web'), to('api')));
    expect(ends(result, '/')).toEqual(['api']);
    expect(result.losses.filter(loss => loss.startsWith('http[0].match[0] caller'))).toHaveLength(1);
    expect(JSON.stringify(routeOf(result).rules)).not.toContain('"web"');
  });

  test('a prefix of the text takes no fewer and no more paths, or the difference is said', async () => {
    const result = await converted('istio', target, onApi(path('prefix /foo', 'web'), to('api')));
    const isSaid = result.losses.some(loss => loss.includes(' path: '));
    expect(ends(result, '/foo', '/foo/x', '/fo')).toEqual(['web', 'web', 'api']);
    expect(ends(result, '/foobar')[0] === 'web' || isSaid).toBe(true);
  });

  test('text that looks like an expression stays text', async () => {
    const result = await converted('istio', target, onApi(path('prefix /a.c+', 'web'), to('api')));
    expect(ends(result, '/a.c+', '/abcc')).toEqual(['web', 'api']);
    const byHeader = onApi(when('headers: { x: { exact: "a.c" } }', 'web'), to('api'));
    expect(ends(await converted('istio', target, byHeader), header('x', 'a.c'), header('x', 'abc'))).toEqual([
      'web',
      'api',
    ]);
  });

  test('a general rule before a special one stays before it, or the difference is said', async () => {
    const rules = onApi(path('prefix /a/', 'web:v1'), path('exact /a/b', 'web:v2'), to('api'));
    const result = await converted('istio', target, rules);
    const isSaid = result.losses.some(loss => /order|path/.test(loss));
    expect(ends(result, '/a/c', '/b')).toEqual(['web:v1', 'api']);
    expect(ends(result, '/a/b')[0] === 'web:v1' || isSaid).toBe(true);
  });

  test('a delegate and its root become one table', async () => {
    const child = routes([path('exact /a/b', 'web')], { id: 'shop/child', hosts: '' });
    const root = onApi('{ match: [{ uri: { prefix: /a/ } }], delegate: { name: child } }', to('api'));
    expect(ends(await converted('istio', target, child, root), '/a/b', '/a/c')).toEqual(['web', 'api']);
  });

  test('of several objects for one host only the one that acts is written', async () => {
    const first = routes([path('exact /a', 'web')], { id: 'shop/first', hosts: 'api', day: 1 });
    const second = routes([path('exact /b', 'web')], { id: 'shop/second', hosts: 'api', day: 2 });
    const result = await converted('istio', target, first, second);
    expect(ends(result, '/a', '/b')).toEqual(['web', 404]);
    expect(result.yaml).not.toContain('/b');
  });

  test('what Istio does by default is spelled out, or the difference is said', async () => {
    const result = await converted('istio', target, onApi(to('api')));
    const isSpelledOut = result.send('shop/client', { to: { service: 'shop/api' } }).retries?.max === 2;
    expect(isSpelledOut || result.losses.some(loss => loss.includes(' retries'))).toBe(true);
  });

  test('retries that are switched off stay off', async () => {
    const result = await converted('istio', target, onApi(to('api', 'retries: {}')));
    expect(result.send('shop/client', { to: { service: 'shop/api' } }).retries).toBeUndefined();
  });
});

describe('from Istio to gateway-api', () => {
  test('a mirror of five percent stays five percent', async () => {
    const rule = to('web', 'mirror: { host: api }, mirrorPercentage: { value: 5 }');
    const result = await converted('istio', 'gateway-api', routes([rule]));
    expect(routeOf(result).rules[0]?.filters).toMatchObject([{ requestMirror: { percent: 5 } }]);
    expect(result.send('shop/client').mirrors).toMatchObject([{ percent: 5 }]);
  });
});

describe('from gateway-api to Istio', () => {
  test('absent weights are one each', async () => {
    const rule = '{ backendRefs: [{ name: web, port: 80 }, { name: api, port: 80, weight: 3 }] }';
    const result = await converted('gateway-api', 'istio', httpRoute(rule));
    expect(virtualServiceOf(result).http[0]?.route).toMatchObject([{ weight: 1 }, { weight: 3 }]);
    expect(result.send('shop/client').backends.map(({ weight }) => weight)).toEqual([25_000, 75_000]);
  });

  test('a timeout of zero is left out, which is what it means there', async () => {
    const result = await converted('gateway-api', 'istio', httpRoute(`{ ${toApi}, timeouts: { request: 0s } }`));
    expect(virtualServiceOf(result).http[0]).not.toHaveProperty('timeout');
    expect(result.yaml).not.toContain('0s');
    expect(result.send('shop/client').timeoutMs).toBeUndefined();
  });

  test('that nothing is tried again is spelled out', async () => {
    const result = await converted('gateway-api', 'istio', httpRoute(`{ ${toApi} }`));
    expect(virtualServiceOf(result).http[0]?.retries).toEqual({ attempts: 0 });
  });

  test('a prefix by segments becomes two matches', async () => {
    const result = await converted(
      'gateway-api',
      'istio',
      httpRoute(`{ matches: [{ path: { value: /foo } }], ${toApi} }`),
    );
    expect(virtualServiceOf(result).http[0]?.match).toEqual([{ uri: { exact: '/foo' } }, { uri: { prefix: '/foo/' } }]);
    expect(result.ends(['/foo', '/foo/x', '/foobar'])).toEqual(['api', 'api', 404]);
  });

  test('the most specific rule comes first', async () => {
    const general = '{ matches: [{ path: { value: / } }], backendRefs: [{ name: web, port: 80 }] }';
    const special = `{ matches: [{ path: { type: Exact, value: /a } }], ${toApi} }`;
    const result = await converted('gateway-api', 'istio', httpRoute(`${general}, ${special}`));
    expect(virtualServiceOf(result).http.map(({ match }) => match)).toEqual([
      [{ uri: { exact: '/a' } }],
      [{ uri: { prefix: '/' } }],
    ]);
    expect(result.ends(['/a', '/b'])).toEqual(['api', 'web']);
  });

  test('routes for different ports of one Service become one object', async () => {
    const on = (name: string, port: number, backend: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: shop }
spec:
  parentRefs: [{ group: "", kind: Service, name: web, port: ${port} }]
  rules: [{ matches: [{ path: { type: Exact, value: /a } }], backendRefs: [{ name: ${backend}, port: 80 }] }]
`;
    const result = await converted('gateway-api', 'istio', on('one', 80, 'api'), on('two', 81, 'web'));
    expect(result.objectsOf('VirtualService')).toHaveLength(1);
    const at81 = { to: { service: 'shop/web', port: 81 } };
    expect(result.ends(['/a', '/b', { ...at81, path: '/a' }, { ...at81, path: '/b' }])).toEqual([
      'api',
      404,
      'web',
      404,
    ]);
  });

  test('a rule without backends answers with another error, which is said', async () => {
    const result = await converted('gateway-api', 'istio', httpRoute('{ matches: [{ path: { value: /a } }] }'));
    expect(result.losses.some(loss => loss.endsWith('unknown-backend'))).toBe(true);
    expect(result.end('/a')).toBe(503);
  });
});

test('objects have the names that people would give them', async () => {
  const other = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: other }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
`;
  const consumer = (name: string, namespace: string, target: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  parentRefs: [{ group: "", kind: Service, name: web, namespace: ${target} }]
  rules: [{ backendRefs: [{ name: web, namespace: ${target}, port: 80 }] }]
`;
  const result = await converted(
    'gateway-api',
    'istio',
    other,
    consumer('producer', 'other', 'other'),
    consumer('consumer', 'other', 'shop'),
  );
  const names = result.objectsOf('VirtualService').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  expect(names.sort()).toEqual(['other/web', 'other/web-shop']);
});
