import { describe, expect, it, test } from 'vitest';
import { app, outcomeText, tell } from '../../../../test/support/linkerd-shop.ts';

const shop = ['web', 'api', 'v1', 'v2'].map(name => app(name)).join('');

/** A route on `api`, by default of its own namespace. */
const route = (
  spec: string,
  {
    name = 'r',
    namespace = 'shop',
    kind = 'HTTPRoute',
    group = 'gateway.networking.k8s.io/v1',
    annotations = '',
    port = '',
    parent = 'api',
  } = {},
): string => `
apiVersion: ${group}
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace}, annotations: { ${annotations} } }
spec:
  parentRefs: [{ group: "", kind: Service, name: ${parent}, namespace: shop${port} }]
${spec}
---`;

const to = (name: string, match = ''): string =>
  `  - ${match ? `matches: [${match}]\n    ` : ''}backendRefs: [{ name: ${name}, port: 80 }]\n`;
const rules = (...each: string[]): string => `  rules:\n${each.join('')}`;
const prefix = (value: string, more = ''): string => `{ path: { type: PathPrefix, value: ${value} }${more} }`;
const exact = (value: string, more = ''): string => `{ path: { type: Exact, value: ${value} }${more} }`;
const regex = (value: string, more = ''): string => `{ path: { type: RegularExpression, value: "${value}" }${more} }`;
const header = (name: string): string => `, headers: [{ name: ${name}, value: "1" }]`;

const goes = (yaml: string, path = '/', more: Parameters<ReturnType<typeof tell>['ask']>[1] = {}): string =>
  outcomeText(tell(shop + yaml).ask('shop/api', { path, ...more }));

describe('the most specific match is the one that took most of the path', () => {
  const table = route(rules(to('v1', prefix('/a')), to('v2', exact('/a'))));

  it('an exact path and a prefix of the same length tie, and the first in the list wins', () => {
    expect(goes(table, '/a')).toBe('shop/v1:80 100');
    expect(goes(route(rules(to('v2', exact('/a')), to('v1', prefix('/a')))), '/a')).toBe('shop/v2:80 100');
  });

  it('a regular expression counts the whole path and beats every shorter prefix', () => {
    const table = route(rules(to('v1', prefix('/a/b')), to('v2', regex('/a.*'))));
    expect(goes(table, '/a/b/c')).toBe('shop/v2:80 100');
    expect(goes(table, '/a/b')).toBe('shop/v1:80 100');
  });

  it('headers come before the method, and both after the length', () => {
    const table = route(rules(to('v1', prefix('/', ', method: GET')), to('v2', prefix('/', header('x')))));
    expect(goes(table, '/', { headers: [['x', '1']] })).toBe('shop/v2:80 100');
    expect(goes(table, '/')).toBe('shop/v1:80 100');
    const longer = route(rules(to('v1', prefix('/a')), to('v2', prefix('/', header('x')))));
    expect(goes(longer, '/a', { headers: [['x', '1']] })).toBe('shop/v1:80 100');
  });

  it('the host name comes before all of that', () => {
    const named = route(`  hostnames: [api.example]\n${rules(to('v2', prefix('/')))}`, { name: 'named' });
    const table = named + route(rules(to('v1', prefix('/a'))));
    expect(goes(table, '/a', { authority: 'API.example:80' })).toBe('shop/v2:80 100');
    expect(goes(table, '/a')).toBe('shop/v1:80 100');
  });
});

describe('a prefix', () => {
  const table = route(rules(to('v1', prefix('/a/'))));
  it.each([
    ['/a', 'shop/v1:80 100'],
    ['/a/', 'shop/v1:80 100'],
    ['/a/b', 'shop/v1:80 100'],
    ['/ab', 'unroutable 404'],
  ])('goes by segments, with or without a final slash: %s', (path, expected) => {
    expect(goes(table, path)).toBe(expected);
  });
});

test('an expression has to span the path with its leftmost match: `/a|/ab` does not take `/ab`', () => {
  const table = route(rules(to('v1', regex('/a|/ab'))));
  expect(goes(table, '/a')).toBe('shop/v1:80 100');
  expect(goes(table, '/ab')).toBe('unroutable 404');
});

test('query parameters are decoded, and any of several values is enough', () => {
  const table = route(rules(to('v1', '{ queryParams: [{ name: q, value: "a b" }] }')));
  expect(goes(table, '/?q=x&q=a+b')).toBe('shop/v1:80 100');
  expect(goes(table, '/?q=a%20b')).toBe('shop/v1:80 100');
});

test('no route takes it: 404 as soon as there is one route, else the service', () => {
  expect(goes(route(rules(to('v1', prefix('/a')))), '/b')).toBe('unroutable 404');
  expect(goes('', '/b')).toBe('shop/api:80 100');
});

describe('backends', () => {
  it('none: the service the route is attached to', () => {
    expect(goes(route('  rules:\n  - matches: [{ path: { value: /a } }]\n'), '/a')).toBe('shop/api:80 100');
  });

  it('one that does not exist, or without a port: 500 for its share', () => {
    const { ask } = tell(
      shop + route('  rules:\n  - backendRefs: [{ name: gone, port: 80 }, { name: v1, port: 80 }]\n'),
    );
    const [gone, there] = ask('shop/api').backends;
    expect(gone).toMatchObject({ weight: 50_000, status: 500 });
    expect(there).toMatchObject({ service: 'shop/v1', weight: 50_000 });
    expect(goes(route('  rules:\n  - backendRefs: [{ name: v1 }]\n'))).toBe('unroutable 500');
  });

  it('a filter that is not supported on a backend: 500 for its share, and the route stays', () => {
    const filters = 'filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: v2, port: 80 } } }]';
    expect(goes(route(`  rules:\n  - backendRefs: [{ name: v1, port: 80, ${filters} }]\n`))).toBe('unroutable 500');
  });

  it('a single one takes everything, whatever its weight', () => {
    expect(goes(route('  rules:\n  - backendRefs: [{ name: v1, port: 80, weight: 0 }]\n'))).toBe('shop/v1:80 100');
  });

  it('without a namespace it lies in that of the Service, also when the route does not', () => {
    const consumer = route(rules(to('v1')), { namespace: 'client' });
    expect(goes(consumer + app('web', { namespace: 'client' }), '/', { from: 'client/web' })).toBe('shop/v1:80 100');
  });
});

describe('a route that cannot be converted is passed over as a whole', () => {
  const filter = (text: string): string =>
    `  rules:\n  - filters: [${text}]\n    backendRefs: [{ name: v1, port: 80 }]\n`;
  it.each([
    ['a mirror', route(filter('{ type: RequestMirror, requestMirror: { backendRef: { name: v2, port: 80 } } }'))],
    ['a rewrite', route(filter('{ type: URLRewrite, urlRewrite: { hostname: x } }'))],
    ['an expression that is not valid', route(rules(to('v1', regex('/a(')), to('v2', prefix('/'))))],
    [
      'a duration of two units in an annotation',
      route(rules(to('v1')), { annotations: 'timeout.linkerd.io/request: 1m30s' }),
    ],
    ['a condition that does not exist', route(rules(to('v1')), { annotations: 'retry.linkerd.io/http: 7xx' })],
  ])('%s', (_, yaml) => {
    const { ask, codes } = tell(shop + yaml);
    expect(outcomeText(ask('shop/api'))).toBe('shop/api:80 100');
    expect(codes.filter(code => code === 'LINKERD105' || code === 'GWAPI008')).toHaveLength(1);
  });
});

describe('routes of a namespace of clients', () => {
  const producer = route(rules(to('v1', prefix('/')), to('v2', prefix('/p'))), { name: 'all' });
  const consumer = route(
    `  rules:\n  - matches: [{ path: { value: /c } }]\n    backendRefs: [{ name: web, namespace: client, port: 80 }]\n`,
    {
      name: 'own',
      namespace: 'client',
    },
  );
  const yaml = producer + consumer + app('web', { namespace: 'client' });

  it('are joined with those for everyone, for clients of that namespace only', () => {
    expect(goes(yaml, '/c', { from: 'client/web' })).toBe('client/web:80 100');
    expect(goes(yaml, '/p', { from: 'client/web' })).toBe('shop/v2:80 100');
    expect(goes(yaml, '/c')).toBe('shop/v1:80 100');
  });
});

describe('retries and timeouts', () => {
  const withRule = (timeouts: string, annotations = '', group = 'gateway.networking.k8s.io/v1'): string =>
    route(`  rules:\n  - backendRefs: [{ name: v1, port: 80 }]\n    timeouts: { ${timeouts} }\n`, {
      annotations,
      group,
    });

  it('none by default', () => {
    const outcome = tell(shop + route(rules(to('v1')))).ask('shop/api');
    expect(outcome.retries).toBeUndefined();
    expect(outcome.timeoutMs).toBeUndefined();
  });

  it('an annotation of the route counts before the timeout of the rule', () => {
    expect(tell(shop + withRule('request: 5s')).ask('shop/api').timeoutMs).toBe(5000);
    const annotated = withRule('request: 5s', 'timeout.linkerd.io/request: 2s, timeout.linkerd.io/idle: 1s');
    expect(tell(shop + annotated).ask('shop/api')).toMatchObject({ timeoutMs: 2000, idleTimeoutMs: 1000 });
  });

  it('a rule reads one number and one unit only; its own kind reads any duration', () => {
    const { ask, codes, unread } = tell(shop + withRule('request: 1m30s'));
    expect(ask('shop/api').timeoutMs).toBeUndefined();
    expect(codes).toContain('LINKERD106');
    expect(unread).toContain('spec.rules[0].timeouts.request');
    expect(tell(shop + withRule('request: 1m30s', '', 'policy.linkerd.io/v1beta3')).ask('shop/api').timeoutMs).toBe(
      90_000,
    );
  });

  it('the timeout of a backend is never read', () => {
    const { ask, unread } = tell(shop + withRule('request: 5s, backendRequest: 1s'));
    expect(ask('shop/api').perTryTimeoutMs).toBeUndefined();
    expect(unread).toContain('spec.rules[0].timeouts.backendRequest');
  });

  it('those of the Service fill in where the route has none of the kind', () => {
    const service = app('api', {
      annotations: 'timeout.linkerd.io/idle: 9s, retry.linkerd.io/http: 5xx, retry.linkerd.io/limit: "2"',
    });
    const others = ['web', 'v1', 'v2'].map(name => app(name)).join('');
    const silent = tell(others + service + route(rules(to('v1')))).ask('shop/api');
    expect(silent).toMatchObject({
      idleTimeoutMs: 9000,
      retries: { max: 2, on: ['refused-stream', 'status:500-599'] },
    });
    const own = tell(others + service + withRule('request: 5s', 'retry.linkerd.io/limit: "1"')).ask('shop/api');
    expect(own).toMatchObject({ timeoutMs: 5000, retries: { max: 1, on: ['refused-stream'] } });
    expect(own.idleTimeoutMs).toBeUndefined();
    const none = tell(others + service).ask('shop/api');
    expect(none).toMatchObject({ idleTimeoutMs: 9000, retries: { max: 2, backoff: { baseMs: 25, maxMs: 250 } } });
  });

  it('one annotation that cannot be read on a Service spoils the group, not the service', () => {
    const service = app('api', { annotations: 'retry.linkerd.io/http: 5xx, retry.linkerd.io/limit: many' });
    const { ask, codes } = tell(service);
    expect(ask('shop/api').retries).toBeUndefined();
    expect(codes).toContain('LINKERD005');
  });
});

describe('kinds of routes on one port', () => {
  const grpc = route(
    '  rules:\n  - matches: [{ method: { service: pkg.S } }]\n    backendRefs: [{ name: v2, port: 80 }]\n',
    {
      name: 'g',
      kind: 'GRPCRoute',
    },
  );

  it('a GRPCRoute makes HTTPRoutes ineffective', () => {
    const yaml = grpc + route(rules(to('v1')));
    expect(goes(yaml, '/pkg.S/Do', { protocol: 'grpc', method: 'POST' })).toBe('shop/v2:80 100');
    expect(goes(yaml, '/other')).toBe('unroutable 404');
  });

  it.each([
    ['a rule', 'filters: [FILTER]\n    backendRefs: [{ name: v2, port: 80 }]'],
    ['a backend', 'backendRefs: [{ name: v2, port: 80, filters: [FILTER] }]'],
  ])('with response headers of %s: proxies refuse the policy, and everything fails', (_, rule) => {
    const filter = '{ type: ResponseHeaderModifier, responseHeaderModifier: { set: [{ name: a, value: b }] } }';
    const yaml = route(`  rules:\n  - ${rule.replace('FILTER', filter)}\n`, { kind: 'GRPCRoute' });
    const { ask, codes, unread } = tell(shop + yaml + grpc);
    expect(outcomeText(ask('shop/api', { protocol: 'grpc', method: 'POST', path: '/pkg.S/Do' }))).toBe(
      'unroutable 500',
    );
    expect(outcomeText(ask('shop/api', { path: '/' }))).toBe('unroutable 500');
    expect(codes).toContain('LINKERD109');
    expect(unread.some(path => path.includes('responseHeaderModifier.set'))).toBe(true);
  });

  it.each(['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'])(
    'of kind %s that names a port of a Service: it is for all ports, and that is said',
    kind => {
      const parent = 'web, namespace: shop, sectionName: main';
      const version = kind === 'HTTPRoute' || kind === 'GRPCRoute' ? 'v1' : 'v1alpha2';
      const yaml = route(rules(to('v1')), { kind, parent, group: `gateway.networking.k8s.io/${version}` });
      const { model, codes, unread } = tell(shop + yaml.replace(', namespace: shop }]', ' }]'));
      expect(model.frontends.map(({ listens }) => listens)).toEqual([{ kind: 'service', service: 'shop/web' }]);
      expect(codes).toContain('LINKERD106');
      expect(unread).toContain('spec.parentRefs[0].sectionName');
    },
  );

  it('on a Gateway alone is nothing to Linkerd', () => {
    const yaml = route('  rules: []', { kind: 'TCPRoute', group: 'gateway.networking.k8s.io/v1alpha2' });
    const { codes, unread } = tell(shop + yaml.replace('group: "", kind: Service', 'kind: Gateway'));
    expect(codes).not.toContain('LINKERD105');
    expect(unread).toContain('spec.parentRefs[0].name');
  });

  it('redirects what falls to its only backend', () => {
    const filter = '{ type: RequestRedirect, requestRedirect: { hostname: there.example, statusCode: 302 } }';
    const yaml = route(`  rules:\n  - backendRefs: [{ name: v2, port: 80, filters: [${filter}] }]\n`);
    expect(tell(shop + yaml).ask('shop/api')).toMatchObject({ status: 302 });
  });

  it('a TCPRoute with two rules is passed over', () => {
    const two = route(
      '  rules:\n  - backendRefs: [{ name: v1, port: 80 }]\n  - backendRefs: [{ name: v2, port: 80 }]\n',
      {
        kind: 'TCPRoute',
        group: 'gateway.networking.k8s.io/v1alpha2',
      },
    );
    expect(tell(shop + two).codes).toContain('LINKERD105');
    expect(goes(two, '/', { protocol: 'tcp' })).toBe('shop/api:80 100');
  });
});

test('a port that is marked opaque has no HTTP: routes do not act there', () => {
  const service = app('api', { annotations: 'config.linkerd.io/opaque-ports: "80"' });
  const { ask } = tell(service + app('web') + app('v1') + route(rules(to('v1'))));
  expect(outcomeText(ask('shop/api'))).toBe('shop/api:80 100');
});

test('a headless Service is no parent', () => {
  const yaml = `
apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop }
spec: { clusterIP: None, selector: { app: api }, ports: [{ port: 80 }] }
---${route(rules(to('v1')))}`;
  const { codes, part } = tell(app('web') + app('v1') + yaml);
  expect(codes).toContain('LINKERD105');
  expect(part.frontends).toEqual([]);
});

describe('circuit breaking of a service', () => {
  const breaker = '"balancer.linkerd.io/failure-accrual": consecutive';
  const yaml = app('web') + app('v1') + app('api', { annotations: breaker });

  it('acts on the backends of its routes too, which is said', () => {
    const { findings } = tell(yaml + route(rules(to('v1'), to('api'))));
    const [found] = findings.filter(({ code }) => code === 'LINKERD107');
    expect(found?.message).toContain('`shop/v1`');
    expect(found?.message).not.toContain('`shop/api`');
  });

  it.each([
    ['leads to itself', rules(to('api'))],
    ['is of bytes', undefined],
  ])('needs no word where its route %s', (_, spec) => {
    const bytes = route(rules(to('v1')), { kind: 'TCPRoute', group: 'gateway.networking.k8s.io/v1alpha2' });
    expect(tell(yaml + (spec === undefined ? bytes : route(spec))).codes).not.toContain('LINKERD107');
  });
});
