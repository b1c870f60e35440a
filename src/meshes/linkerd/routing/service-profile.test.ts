import { describe, expect, it, test } from 'vitest';
import { app, outcomeText, tell } from '../../../../test/support/linkerd-shop.ts';
import { parseQuantityMilli } from './service-profile.ts';

const shop = ['web', 'api', 'v1', 'v2'].map(name => app(name)).join('');

const profile = (spec: string, { namespace = 'shop', name = 'api.shop.svc.cluster.local' } = {}): string => `
apiVersion: linkerd.io/v1alpha2
kind: ServiceProfile
metadata: { name: ${name}, namespace: ${namespace} }
spec:
${spec}
---`;
const routes = (...each: string[]): string => `  routes:\n${each.map(one => `  - { name: r, ${one} }\n`).join('')}`;

const httpRoute = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r, namespace: shop }
spec:
  parentRefs: [{ group: "", kind: Service, name: api }]
  rules: [{ backendRefs: [{ name: v1, port: 80 }] }]
---`;

describe('a profile with routes', () => {
  const yaml = profile(routes('condition: { method: GET, pathRegex: "/a/[^/]*" }, timeout: 300ms, isRetryable: true'));

  it('gives matching requests its timeout and retries, and sends everything to the service', () => {
    const { ask } = tell(shop + yaml);
    expect(ask('shop/api', { path: '/a/b' })).toMatchObject({
      timeoutMs: 300,
      retries: { on: ['status:500-599'], budget: { percent: 20, minPerSecond: 10, intervalMs: 10_000 } },
    });
    const rest = ask('shop/api', { path: '/a/b/c' });
    expect(rest.timeoutMs).toBeUndefined();
    expect(rest.retries).toBeUndefined();
    expect(outcomeText(rest)).toBe('shop/api:80 100');
  });

  it('takes the place of routes and of annotations of the service', () => {
    expect(outcomeText(tell(shop + httpRoute).ask('shop/api'))).toBe('shop/v1:80 100');
    const both = tell(shop + httpRoute + yaml);
    expect(outcomeText(both.ask('shop/api'))).toBe('shop/api:80 100');
    expect(both.codes).toContain('LINKERD101');
    const annotated = app('api', { annotations: 'retry.linkerd.io/http: 5xx' });
    expect(tell(annotated + yaml).ask('shop/api').retries).toBeUndefined();
  });

  it('without any routes or overrides changes nothing', () => {
    const empty = profile('  retryBudget: { retryRatio: 0.5, minRetriesPerSecond: 1, ttl: 5s }');
    const { ask, unread } = tell(shop + httpRoute + empty);
    expect(outcomeText(ask('shop/api'))).toBe('shop/v1:80 100');
    expect(unread).toContain('spec.retryBudget.retryRatio');
  });
});

describe('the first route whose condition holds', () => {
  const timeoutOf = (conditions: string[], path: string, method = 'GET'): number | undefined => {
    const each = conditions.map((condition, index) => `condition: ${condition}, timeout: ${index + 1}s`);
    return tell(shop + profile(routes(...each))).ask('shop/api', { path, method }).timeoutMs;
  };

  it('decides', () => {
    expect(timeoutOf(['{ pathRegex: /a }', '{ pathRegex: "/.*" }'], '/a')).toBe(1000);
    expect(timeoutOf(['{ pathRegex: "/.*" }', '{ pathRegex: /a }'], '/a')).toBe(1000);
  });

  it('an expression is anchored as it stands, without a group', () => {
    expect(timeoutOf(['{ pathRegex: "/a|/b" }'], '/a/more')).toBe(1000);
    expect(timeoutOf(['{ pathRegex: "/a|/b" }'], '/more/b')).toBe(1000);
    expect(timeoutOf(['{ pathRegex: "/a" }'], '/a/more')).toBeUndefined();
  });

  it('conditions are joined', () => {
    const all = ['{ all: [{ method: GET }, { pathRegex: /a }] }'];
    expect([timeoutOf(all, '/a'), timeoutOf(all, '/a', 'POST')]).toEqual([1000, undefined]);
    const any = ['{ any: [{ method: POST }, { pathRegex: /a }] }'];
    expect([timeoutOf(any, '/a'), timeoutOf(any, '/b', 'POST'), timeoutOf(any, '/b')]).toEqual([1000, 1000, undefined]);
    const not = ['{ pathRegex: /a, not: { method: GET } }'];
    expect([timeoutOf(not, '/a'), timeoutOf(not, '/a', 'PUT')]).toEqual([undefined, 1000]);
  });

  it('what cannot be said as a match is told', () => {
    const { codes, part, unread } = tell(shop + profile(routes('condition: { not: { pathRegex: /a } }')));
    expect(codes).toContain('LINKERD104');
    expect(part.opaque).toHaveLength(1);
    expect(unread).toContain('spec.routes[0].condition.not.pathRegex');
  });
});

test('response classes say what is tried again', () => {
  const classes =
    'responseClasses: [{ condition: { status: { min: 500, max: 500 } }, isFailure: false }, { condition: { status: { min: 429 , max: 429 } }, isFailure: true }]';
  const yaml = profile(routes(`condition: { pathRegex: "/.*" }, isRetryable: true, ${classes}`));
  expect(tell(shop + yaml).ask('shop/api').retries?.on).toEqual(['status:429', 'status:501-599']);
});

test('a budget of its own', () => {
  const yaml = profile(
    `${routes('condition: { pathRegex: "/.*" }, isRetryable: true')}  retryBudget: { retryRatio: 0.5, minRetriesPerSecond: 1, ttl: 5s }\n`,
  );
  expect(tell(shop + yaml).ask('shop/api').retries?.budget).toEqual({ percent: 50, minPerSecond: 1, intervalMs: 5000 });
});

test('overrides split all traffic, in quantities; a share of zero does not count', () => {
  const to = (name: string, weight: string): string =>
    `{ authority: "${name}.shop.svc.cluster.local:80", weight: ${weight} }`;
  const split = (...shares: string[]): string => profile(`  dstOverrides: [${shares.join(', ')}]`);
  const goes = (yaml: string): string => outcomeText(tell(shop + yaml).ask('shop/api'));
  expect(goes(split(to('v1', '900m'), to('v2', '100m')))).toBe('shop/v1:80 90 shop/v2:80 10');
  expect(goes(split(to('v1', '1'), to('v2', '0')))).toBe('shop/v1:80 100');
  expect(goes(split(to('v1', '0')))).toBe('shop/api:80 100');
});

describe('the profile in the namespace of the client', () => {
  const own = (spec: string): string => profile(spec, { namespace: 'client' });
  const timeout = (seconds: number): string => routes(`condition: { pathRegex: "/.*" }, timeout: ${seconds}s`);
  const ask = (yaml: string, from: string): number | undefined =>
    tell(shop + app('web', { namespace: 'client' }) + yaml).ask('shop/api', { from }).timeoutMs;

  it('comes before that of the service, for clients there only', () => {
    const yaml = profile(timeout(1)) + own(timeout(2));
    expect([ask(yaml, 'client/web'), ask(yaml, 'shop/web')]).toEqual([2000, 1000]);
  });

  it('hides it also when it is empty', () => {
    const yaml = profile(timeout(1)) + own('  {}');
    expect([ask(yaml, 'client/web'), ask(yaml, 'shop/web')]).toEqual([undefined, 1000]);
  });
});

test('a profile of any other name, and its opaque ports, have no effect', () => {
  const other = tell(shop + profile(routes('condition: { pathRegex: "/.*" }, timeout: 1s'), { name: 'api' }));
  expect(other.codes).toContain('LINKERD102');
  expect(other.ask('shop/api').timeoutMs).toBeUndefined();
  const opaque = tell(shop + profile('  opaquePorts: ["80"]'));
  expect(opaque.codes).toContain('LINKERD103');
  expect(opaque.unread).toContain('spec.opaquePorts[0]');
});

test.each([
  ['500m', 500],
  ['1', 1000],
  [1, 1000],
  ['0.5', 500],
  ['2k', 2_000_000],
  [0, 0],
  ['many', undefined],
])('quantity %s', (text, expected) => {
  expect(parseQuantityMilli(text)).toBe(expected);
});
