import { describe, expect, it, test } from 'vitest';
import { app, outcomeText, tell } from '../../../../test/support/linkerd-shop.ts';

const shop = ['web', 'api', 'other'].map(name => app(name)).join('');

const server = (spec: string, { name = 'api', version = 'v1beta3', created = '' } = {}): string => `
apiVersion: policy.linkerd.io/${version}
kind: Server
metadata: { name: ${name}, namespace: shop, labels: { app: api }${created ? `, creationTimestamp: "${created}"` : ''} }
spec: { ${spec} }
---`;
const onApi = 'podSelector: { matchLabels: { app: api } }, port: 8080';

const authorization = (target: string, refs: string, name = 'allow'): string => `
apiVersion: policy.linkerd.io/v1alpha1
kind: AuthorizationPolicy
metadata: { name: ${name}, namespace: shop }
spec:
  targetRef: { ${target} }
  requiredAuthenticationRefs: [${refs}]
---`;
const toServer = 'group: policy.linkerd.io, kind: Server, name: api';
const toRoute = (name: string): string => `group: policy.linkerd.io, kind: HTTPRoute, name: ${name}`;
const asAccount = (name: string): string => `{ kind: ServiceAccount, name: ${name} }`;
const byTls = (name: string): string => `{ group: policy.linkerd.io, kind: MeshTLSAuthentication, name: ${name} }`;
const byNetwork = (name: string): string => `{ group: policy.linkerd.io, kind: NetworkAuthentication, name: ${name} }`;

const meshTls = (spec: string, name = 'tls'): string => `
apiVersion: policy.linkerd.io/v1alpha1
kind: MeshTLSAuthentication
metadata: { name: ${name}, namespace: shop }
spec: { ${spec} }
---`;
const network = (networks: string, name = 'net'): string => `
apiVersion: policy.linkerd.io/v1alpha1
kind: NetworkAuthentication
metadata: { name: ${name}, namespace: shop }
spec: { networks: [${networks}] }
---`;

/** What becomes of a request to `api` from: web, other, and someone without a proxy. */
const seen = (yaml: string, parts: Parameters<ReturnType<typeof tell>['ask']>[1] = {}): string[] => {
  const { ask } = tell(shop + yaml);
  return ['shop/web', 'shop/other', 'outside'].map(from => {
    const outcome = ask('shop/api', { from, ...parts });
    return outcome.decision === 'forwarded' ? 'in' : outcomeText(outcome);
  });
};
const everyone = ['in', 'in', 'in'];
const nobody = ['denied 403', 'denied 403', 'denied 403'];
const onlyWeb = ['in', 'denied 403', 'denied 403'];

describe('a port', () => {
  it('without a Server takes everyone', () => expect(seen('')).toEqual(everyone));

  it('with a Server takes nobody who is not authorized', () => expect(seen(server(onApi))).toEqual(nobody));

  it.each(['v1alpha1', 'v1beta1', 'v1beta2', 'v1beta3'])('so in every version: %s', version => {
    expect(seen(server(onApi, { version }))).toEqual(nobody);
  });

  it('is selected by name too', () => {
    expect(seen(server('podSelector: {}, port: http'))).toEqual(nobody);
    expect(seen(server('podSelector: {}, port: admin'))).toEqual(everyone);
  });

  it('of other pods is not touched', () => {
    expect(seen(server('podSelector: { matchLabels: { app: other } }, port: 8080'))).toEqual(everyone);
    expect(
      seen(server('podSelector: { matchExpressions: [{ key: app, operator: NotIn, values: [api] }] }, port: 8080')),
    ).toEqual(everyone);
    expect(
      seen(server('podSelector: { matchExpressions: [{ key: app, operator: In, values: [api, x] }] }, port: 8080')),
    ).toEqual(nobody);
  });

  it.each([
    ['all-unauthenticated', everyone],
    ['all-authenticated', ['in', 'in', 'denied 403']],
    ['cluster-unauthenticated', nobody],
    ['audit', everyone],
    ['deny', nobody],
    ['something', nobody],
  ])('with accessPolicy %s', (policy, expected) => {
    expect(seen(server(`${onApi}, accessPolicy: ${policy}`))).toEqual(expected);
  });

  it('of the cluster takes addresses of the cluster', () => {
    const yaml = server(`${onApi}, accessPolicy: cluster-unauthenticated`);
    expect(seen(yaml, { sourceAddress: '10.9.9.9' })).toEqual(everyone);
    expect(seen(yaml, { sourceAddress: '8.8.8.8' })).toEqual(nobody);
  });

  it('name that no container has: nobody can tell, and the answers say so', () => {
    const { codes, part } = tell(server('podSelector: {}, port: gone'), 'partial');
    expect(codes).toContain('LINKERD202');
    expect(part.opaque).toHaveLength(1);
  });
});

describe('an authorization', () => {
  it('lets an account in', () => {
    expect(seen(server(onApi) + authorization(toServer, asAccount('web')))).toEqual(onlyWeb);
  });

  it.each([
    ['identities: ["web.shop.serviceaccount.identity.linkerd.cluster.local"]', onlyWeb],
    ['identities: ["*"]', ['in', 'in', 'denied 403']],
    ['identities: ["*.shop.serviceaccount.identity.linkerd.cluster.local"]', ['in', 'in', 'denied 403']],
    ['identities: ["*.prod.serviceaccount.identity.linkerd.cluster.local"]', nobody],
    ['identities: ["*.cluster.local"]', ['in', 'in', 'denied 403']],
    ['identities: ["web.shop.serviceaccount.identity.other.cluster.local"]', nobody],
    ['identityRefs: [{ kind: ServiceAccount, name: web }]', onlyWeb],
    ['identityRefs: [{ kind: Namespace, name: shop }]', ['in', 'in', 'denied 403']],
  ])('by mesh TLS: %s', (spec, expected) => {
    expect(seen(server(onApi) + meshTls(spec) + authorization(toServer, byTls('tls')))).toEqual(expected);
  });

  it('by network, in plaintext too, with exceptions', () => {
    const yaml =
      server(onApi) +
      network('{ cidr: 10.0.0.0/8, except: [10.1.0.0/16] }') +
      authorization(toServer, byNetwork('net'));
    expect(seen(yaml, { sourceAddress: '10.2.0.1' })).toEqual(everyone);
    expect(seen(yaml, { sourceAddress: '10.1.0.1' })).toEqual(nobody);
  });

  it('needs all that it refers to', () => {
    const yaml =
      server(onApi) +
      network('{ cidr: 10.0.0.0/8 }') +
      authorization(toServer, `${asAccount('web')}, ${byNetwork('net')}`);
    expect(seen(yaml, { sourceAddress: '10.2.0.1' })).toEqual(onlyWeb);
    expect(seen(yaml, { sourceAddress: '8.8.8.8' })).toEqual(nobody);
  });

  it('without any reference lets everyone in', () => {
    expect(seen(server(onApi) + authorization(toServer, ''))).toEqual(everyone);
  });

  it('that refers to something missing lets nobody in', () => {
    const { codes } = tell(shop + server(onApi) + authorization(toServer, byTls('gone')));
    expect(codes).toContain('LINKERD204');
    expect(seen(server(onApi) + authorization(toServer, `${byTls('gone')}`))).toEqual(nobody);
  });

  it('of a namespace is for its Servers, not for ports without one', () => {
    const whole = authorization('kind: Namespace, name: shop', asAccount('web'));
    expect(seen(server(onApi) + whole)).toEqual(onlyWeb);
    expect(seen(whole)).toEqual(everyone);
  });

  it('and another add up', () => {
    const yaml =
      server(onApi) + authorization(toServer, asAccount('web')) + authorization(toServer, asAccount('other'), 'more');
    expect(seen(yaml)).toEqual(['in', 'in', 'denied 403']);
  });

  it('closes a connection that is not HTTP', () => {
    expect(seen(server(onApi), { protocol: 'tcp' })).toEqual(['denied', 'denied', 'denied']);
  });
});

describe('the older ServerAuthorization', () => {
  const older = (spec: string): string => `
apiVersion: policy.linkerd.io/v1beta1
kind: ServerAuthorization
metadata: { name: old, namespace: shop }
spec: { ${spec} }
---`;
  it.each([
    ['server: { name: api }, client: { meshTLS: { serviceAccounts: [{ name: web }] } }', onlyWeb],
    [
      'server: { selector: { matchLabels: { app: api } } }, client: { meshTLS: { identities: ["*"] } }',
      ['in', 'in', 'denied 403'],
    ],
    ['server: { name: api }, client: { meshTLS: { unauthenticatedTLS: true } }', ['in', 'in', 'denied 403']],
    ['server: { name: api }, client: { unauthenticated: true }', everyone],
    ['server: { name: gone }, client: { unauthenticated: true }', nobody],
    ['server: { name: api }, client: {}', nobody],
  ])('%s', (spec, expected) => {
    expect(seen(server(onApi) + older(spec), { sourceAddress: '10.0.0.9' })).toEqual(expected);
  });

  it('without networks is for those of the cluster', () => {
    const spec = 'server: { name: api }, client: { unauthenticated: true }';
    expect(seen(server(onApi) + older(spec), { sourceAddress: '8.8.8.8' })).toEqual(nobody);
  });
});

describe('routes on a Server', () => {
  const route = (name: string, matches: string, kind = 'policy.linkerd.io/v1beta3'): string => `
apiVersion: ${kind}
kind: HTTPRoute
metadata: { name: ${name}, namespace: shop }
spec:
  parentRefs: [{ group: policy.linkerd.io, kind: Server, name: api }]
  rules: [{ matches: [${matches}] }]
---`;
  const read = route('read', '{ path: { type: PathPrefix, value: /read }, method: GET }');
  const admin = route('admin', '{ path: { type: Exact, value: /read/admin } }');
  const yaml =
    server(onApi) +
    read +
    admin +
    authorization(toRoute('read'), `${asAccount('web')}`) +
    authorization(toRoute('admin'), asAccount('other'), 'admins');

  it('authorize for themselves', () => {
    expect(seen(yaml, { path: '/read' })).toEqual(onlyWeb);
    expect(seen(yaml, { path: '/read/admin' })).toEqual(['denied 403', 'in', 'denied 403']);
  });

  it('leave no way for what none of them takes: 404', () => {
    expect(seen(yaml, { path: '/else' })).toEqual(['denied 404', 'denied 404', 'denied 404']);
    expect(seen(yaml, { path: '/read', method: 'POST' })).toEqual(['denied 404', 'denied 404', 'denied 404']);
  });

  it('are open to those whom the Server itself lets in, for every route but not beside them', () => {
    const both = yaml + authorization(toServer, asAccount('web'), 'whole');
    expect(seen(both, { path: '/read/admin' })).toEqual(['in', 'in', 'denied 403']);
    expect(seen(both, { path: '/else' })).toEqual(['denied 404', 'denied 404', 'denied 404']);
  });

  it('do not concern connections that are not HTTP', () => {
    expect(seen(yaml, { protocol: 'tcp' })).toEqual(['denied', 'denied', 'denied']);
    expect(seen(yaml + authorization(toServer, asAccount('web'), 'whole'), { protocol: 'tcp' })[0]).toBe('in');
  });

  it('do not act on a Server of bytes', () => {
    const bytes = server(`${onApi}, proxyProtocol: opaque`) + read + authorization(toServer, asAccount('web'));
    expect(seen(bytes, { path: '/else' })[0]).toBe('in');
  });

  it('may be of Gateway API', () => {
    const other = route('read', '{ path: { value: /read } }', 'gateway.networking.k8s.io/v1');
    const target = 'group: gateway.networking.k8s.io, kind: HTTPRoute, name: read';
    expect(seen(server(onApi) + other + authorization(target, asAccount('web')), { path: '/read/x' })).toEqual(onlyWeb);
    expect(seen(server(onApi) + other + authorization(toRoute('read'), asAccount('web')), { path: '/read/x' })).toEqual(
      nobody,
    );
  });
});

describe('of two Servers for one port', () => {
  const open = (created: string): string =>
    server(`${onApi}, accessPolicy: all-unauthenticated`, { name: 'open', created });
  const shut = (created: string): string => server('podSelector: {}, port: 8080', { name: 'shut', created });
  it('the older one acts', () => {
    expect(seen(open('2020-01-01T00:00:00Z') + shut('2021-01-01T00:00:00Z'))).toEqual(everyone);
    expect(seen(shut('2020-01-01T00:00:00Z') + open('2021-01-01T00:00:00Z'))).toEqual(nobody);
    expect(tell(shop + open('2020-01-01T00:00:00Z') + shut('2021-01-01T00:00:00Z')).codes).toContain('LINKERD201');
  });

  it('what the younger one would let in is refused', () => {
    const young = server(onApi, { name: 'young', created: '2021-01-01T00:00:00Z' });
    const grant = authorization('group: policy.linkerd.io, kind: Server, name: young', asAccount('web'));
    expect(seen(shut('2020-01-01T00:00:00Z') + young + grant)).toEqual(nobody);
  });
});

describe('default policies', () => {
  const config = (policy: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: { name: linkerd-config, namespace: linkerd }
data:
  values: |
    clusterNetworks: 10.0.0.0/8
    linkerdVersion: edge-26.8.1
    proxy:
      defaultInboundPolicy: ${policy}
---`;
  const namespace = (policy: string): string => `
apiVersion: v1
kind: Namespace
metadata: { name: shop, annotations: { config.linkerd.io/default-inbound-policy: ${policy} } }
---`;
  const strict = ['in', 'in', 'denied 403'];

  it('of the mesh', () => {
    expect(seen(config('deny'))).toEqual(nobody);
    expect(seen(config('all-authenticated'))).toEqual(strict);
    expect(seen(config('cluster-authenticated'), { sourceAddress: '10.1.1.1' })).toEqual(['in', 'in', 'denied 403']);
    expect(seen(config('cluster-authenticated'), { sourceAddress: '8.1.1.1' })).toEqual(nobody);
  });

  it('of a namespace go before that of the mesh', () => {
    expect(seen(config('deny') + namespace('all-unauthenticated'))).toEqual(everyone);
    expect(seen(config('all-authenticated') + namespace('all-unauthenticated'))).toEqual(everyone);
    expect(seen(namespace('deny'))).toEqual(nobody);
  });

  it('of a workload go before that of its namespace', () => {
    const pod = 'config.linkerd.io/default-inbound-policy: all-authenticated';
    const { ask } = tell(namespace('deny') + app('web') + app('api', { pod }));
    expect(outcomeText(ask('shop/api'))).toBe('shop/api:80 100');
    expect(outcomeText(ask('shop/api', { from: 'outside' }))).toBe('denied 403');
    expect(outcomeText(ask('shop/web'))).toBe('denied 403');
  });

  it('end where a Server begins', () => {
    expect(seen(config('cluster-unauthenticated') + server(onApi), { sourceAddress: '10.1.1.1' })).toEqual(nobody);
    expect(seen(config('deny') + server(`${onApi}, accessPolicy: all-unauthenticated`))).toEqual(everyone);
    expect(seen(config('deny') + namespace('all-unauthenticated') + server(onApi))).toEqual(nobody);
    expect(seen(config('all-authenticated') + server(`${onApi}, accessPolicy: all-unauthenticated`))).toEqual(everyone);
  });

  it('may ask for an identity on some ports only', () => {
    const pod = 'config.linkerd.io/proxy-require-identity-inbound-ports: "8080"';
    const { ask } = tell(app('web') + app('api', { pod }));
    expect(outcomeText(ask('shop/api', { from: 'outside' }))).toBe('denied 403');
    expect(outcomeText(ask('shop/api'))).toBe('shop/api:80 100');
  });
});

test('a rate limit is that of the oldest policy of its Server', () => {
  const limit = (name: string, spec: string): string => `
apiVersion: policy.linkerd.io/v1alpha1
kind: HTTPLocalRateLimitPolicy
metadata: { name: ${name}, namespace: shop }
spec: { targetRef: { group: policy.linkerd.io, kind: Server, name: api }, ${spec} }
---`;
  const overrides = 'overrides: [{ requestsPerSecond: 5, clientRefs: [{ kind: ServiceAccount, name: web }] }]';
  const { part, codes } = tell(
    shop +
      server(onApi) +
      limit('a', `total: { requestsPerSecond: 100 }, identity: { requestsPerSecond: 10 }, ${overrides}`) +
      limit('b', 'total: { requestsPerSecond: 1 }'),
  );
  expect(part.rateLimits).toMatchObject([
    {
      id: 'shop/a',
      total: 100,
      perIdentity: 10,
      overrides: [{ requestsPerSecond: 5, callers: [{ kind: 'serviceAccount', namespace: 'shop', name: 'web' }] }],
      status: 429,
      scope: { namespaces: ['shop'], labels: { app: 'api' }, ports: [8080] },
    },
  ]);
  expect(codes).toContain('LINKERD208');
});
