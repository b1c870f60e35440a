import { describe, expect, it } from 'vitest';
import { snapshotFrom } from '../../../test/support/snapshot.ts';
import { validate } from './validate.ts';

const config = `
apiVersion: v1
kind: ConfigMap
metadata: { name: linkerd-config, namespace: linkerd }
data: { values: "linkerdVersion: stable-2.20.0" }
---`;

const object = (apiVersion: string, kind: string, spec: string, annotations = '', name = 'a'): string => `
apiVersion: ${apiVersion}
kind: ${kind}
metadata: { name: ${name}, namespace: shop, annotations: { ${annotations} } }
spec: ${spec}
`;

const refused = (yaml: string): readonly string[] =>
  validate(snapshotFrom(yaml)).map(({ code, path }) => `${code} ${path}`);

const policy = (spec: string, kind: string, version = 'v1alpha1'): string =>
  object(`policy.linkerd.io/${version}`, kind, spec);

const server = '{ group: policy.linkerd.io, kind: Server, name: a }';
const account = '{ kind: ServiceAccount, name: a }';
const meshTls = '{ group: policy.linkerd.io, kind: MeshTLSAuthentication, name: a }';
const network = '{ group: policy.linkerd.io, kind: NetworkAuthentication, name: a }';
const authorization = (target: string, ...refs: readonly string[]): string =>
  policy(`{ targetRef: ${target}, requiredAuthenticationRefs: [${refs.join(', ')}] }`, 'AuthorizationPolicy');

describe('of an authorization', () => {
  it.each([
    ['a Server', server],
    ['its own namespace', '{ kind: Namespace, name: shop }'],
    ['a route of the core API', '{ group: gateway.networking.k8s.io, kind: GRPCRoute, name: a }'],
    ['kinds without regard to case', '{ group: policy.linkerd.io, kind: httproute, name: a }'],
  ])('admits %s as the target', (_, target) => {
    expect(refused(authorization(target, meshTls, network))).toEqual([]);
  });

  it.each([
    ['another namespace', '{ kind: Namespace, name: outside }', 'spec.targetRef.name'],
    ['a Service', '{ kind: Service, name: a }', 'spec.targetRef'],
    ['a Server without its group', '{ kind: Server, name: a }', 'spec.targetRef'],
  ])('refuses %s as the target', (_, target, path) => {
    expect(refused(authorization(target))).toEqual([`LINKERD901 ${path}`]);
  });

  it.each([
    ['two identities', [meshTls, meshTls], 'LINKERD902 spec.requiredAuthenticationRefs[1]'],
    ['two accounts', [account, account], 'LINKERD902 spec.requiredAuthenticationRefs[1]'],
    ['an identity and an account', [meshTls, account], 'LINKERD902 spec.requiredAuthenticationRefs[1]'],
    ['two networks', [network, network], 'LINKERD902 spec.requiredAuthenticationRefs[1]'],
    ['something else', ['{ kind: Secret, name: a }'], 'LINKERD901 spec.requiredAuthenticationRefs[0]'],
  ])('refuses %s to be required', (_, refs, expected) => {
    expect(refused(authorization(server, ...refs))).toEqual([expected]);
  });
});

describe('of an identity', () => {
  it.each(['*', '*.shop.example', 'a.b', 'spiffe://trust', 'spiffe://trust/ns/a_b.C'])('admits %s', text => {
    expect(refused(policy(`{ identities: ["${text}"] }`, 'MeshTLSAuthentication'))).toEqual([]);
  });

  it.each(['a.*', 'a.', '.a', 'a..b', 'http://a/b', 'spiffe:///a', 'spiffe://a/', 'spiffe://a/./b', 'spiffe://a:80/b'])(
    'refuses %s',
    text => {
      expect(refused(policy(`{ identities: ["${text}"] }`, 'MeshTLSAuthentication'))).toEqual([
        'LINKERD903 spec.identities[0]',
      ]);
    },
  );

  it.each([
    ['{ kind: Namespace, name: a, namespace: b }', 'spec.identityRefs[0].namespace'],
    ['{ kind: Pod, name: a }', 'spec.identityRefs[0]'],
  ])('refuses a reference to %s', (ref, path) => {
    expect(refused(policy(`{ identityRefs: [${ref}] }`, 'MeshTLSAuthentication'))).toEqual([`LINKERD901 ${path}`]);
  });
});

describe('of a network', () => {
  const networks = (entry: string): readonly string[] =>
    refused(policy(`{ networks: [${entry}] }`, 'NetworkAuthentication'));

  it.each([
    '{ cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.2.0.1] }',
    '{ cidr: "fd00::/8", except: ["fd01::1"] }',
    '{ cidr: 0.0.0.0/0 }',
  ])('admits %s', entry => {
    expect(networks(entry)).toEqual([]);
  });

  it.each([
    ['{ cidr: 10.0.0.0/8, except: [11.0.0.0/8] }', 'spec.networks[0].except[0]'],
    ['{ cidr: 10.0.0.0/8, except: [0.0.0.0/0] }', 'spec.networks[0].except[0]'],
    ['{ cidr: 10.0.0.0/8, except: [10.0.0.0/8] }', 'spec.networks[0].except[0]'],
    ['{ cidr: 10.0.0.0/8, except: ["fd00::1"] }', 'spec.networks[0].except[0]'],
    ['{ cidr: 10.0.0.0/33 }', 'spec.networks[0].cidr'],
    ['{ cidr: everywhere }', 'spec.networks[0].cidr'],
  ])('refuses %s', (entry, path) => {
    expect(networks(entry)).toEqual([`LINKERD904 ${path}`]);
  });

  it('refuses to have none, where they are written', () => {
    expect(networks('')).toEqual(['LINKERD905 spec.networks']);
    expect(refused(policy('{ trafficPolicy: Allow, networks: [] }', 'EgressNetwork'))).toEqual([
      'LINKERD905 spec.networks',
    ]);
    expect(refused(policy('{ trafficPolicy: Allow }', 'EgressNetwork'))).toEqual([]);
  });
});

describe('of other policies', () => {
  it.each([
    ['Server', 'v1beta3', '{ accessPolicy: open }', ['LINKERD903 spec.accessPolicy']],
    ['Server', 'v1beta3', '{ accessPolicy: all-authenticated }', []],
    [
      'ServerAuthorization',
      'v1beta1',
      '{ client: { unauthenticated: true, meshTLS: { unauthenticatedTLS: true, identities: [a] } } }',
      ['LINKERD902 spec.client.unauthenticated', 'LINKERD902 spec.client.meshTLS.unauthenticatedTLS'],
    ],
    [
      'HTTPLocalRateLimitPolicy',
      'v1alpha1',
      `{ targetRef: ${server}, total: { requestsPerSecond: 10 }, identity: { requestsPerSecond: 0 }, overrides: [{ requestsPerSecond: 11, clientRefs: [{ kind: Pod, name: a }] }] }`,
      [
        'LINKERD903 spec.identity.requestsPerSecond',
        'LINKERD902 spec.overrides[0].requestsPerSecond',
        'LINKERD901 spec.overrides[0].clientRefs[0]',
      ],
    ],
    [
      'HTTPLocalRateLimitPolicy',
      'v1alpha1',
      `{ targetRef: ${server}, total: { requestsPerSecond: 10 }, overrides: [{ requestsPerSecond: 5, clientRefs: [${account}] }] }`,
      [],
    ],
  ])('says what is refused of %s %s', (kind, version, spec, expected) => {
    expect(refused(policy(spec, kind, version))).toEqual(expected);
  });
});

describe('of a route', () => {
  const toService = 'parentRefs: [{ group: "", kind: Service, name: a }]';
  const route = (rule: string, kind = 'HTTPRoute', annotations = '', parents = toService): string =>
    config + object('gateway.networking.k8s.io/v1', kind, `{ ${parents}, rules: [${rule}] }`, annotations);
  const backend = 'backendRefs: [{ name: a, port: 80 }]';

  it.each([
    ['a path that is not absolute', '{ matches: [{ path: { value: a } }] }', 'matches[0].path.value'],
    [
      'an expression that does not compile',
      '{ matches: [{ path: { type: RegularExpression, value: "(" } }] }',
      'matches[0].path.value',
    ],
    ['a header without a name', '{ matches: [{ headers: [{ name: "", value: a }] }] }', 'matches[0].headers[0].name'],
    [
      'a redirect to a path that is not absolute',
      '{ filters: [{ type: RequestRedirect, requestRedirect: { path: { type: ReplaceFullPath, replaceFullPath: a } } }] }',
      'filters[0].requestRedirect.path.replaceFullPath',
    ],
    [
      'a header that no one can set',
      '{ filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: "a b", value: c }] } }] }',
      'filters[0].requestHeaderModifier.set[0].name',
    ],
  ])('refuses %s', (_, rule, path) => {
    expect(refused(route(rule))).toEqual([`LINKERD903 spec.rules[0].${path}`]);
  });

  it('refuses a Service without a port, and lets others pass', () => {
    expect(refused(route('{ backendRefs: [{ name: a }] }'))).toEqual(['LINKERD905 spec.rules[0].backendRefs[0]']);
    expect(refused(route('{ backendRefs: [{ group: example.org, kind: Bucket, name: a }] }'))).toEqual([]);
  });

  it('admits filters that it does not know', () => {
    const rewrite = '{ type: URLRewrite, urlRewrite: { hostname: a.example } }';
    expect(refused(route(`{ filters: [${rewrite}], ${backend} }`))).toEqual([]);
  });

  it('refuses gRPC methods by expression', () => {
    const match = '{ matches: [{ method: { type: RegularExpression, service: "a.*" } }] }';
    expect(refused(route(match, 'GRPCRoute'))).toEqual(['LINKERD903 spec.rules[0].matches[0].method.type']);
  });

  it('refuses annotations that cannot be read, on a route of a Service', () => {
    const annotation = '"retry.linkerd.io/http": sometimes';
    const path = 'metadata.annotations["retry.linkerd.io/http"]';
    expect(refused(route(`{ ${backend} }`, 'HTTPRoute', annotation))).toEqual([`LINKERD903 ${path}`]);
    expect(refused(route(`{ ${backend} }`, 'HTTPRoute', annotation, 'parentRefs: [{ name: edge }]'))).toEqual([]);
  });

  it('refuses two rules of bytes, and an EgressNetwork without a port', () => {
    const egress = 'parentRefs: [{ group: policy.linkerd.io, kind: EgressNetwork, name: a }]';
    expect(refused(route(`{ ${backend} }, { ${backend} }`, 'TCPRoute', '', egress))).toEqual([
      'LINKERD905 spec.parentRefs[0]',
      'LINKERD905 spec.rules',
    ]);
  });

  it('looks at timeouts of its own kind alone', () => {
    const timeouts = '{ timeouts: { request: 1s, backendRequest: 2s } }';
    const own = object('policy.linkerd.io/v1beta3', 'HTTPRoute', `{ ${toService}, rules: [${timeouts}] }`);
    expect(refused(own)).toEqual(['LINKERD902 spec.rules[0].timeouts.backendRequest']);
    expect(refused(route(timeouts))).toEqual([]);
  });

  it('says nothing of shared kinds where Linkerd is not installed', () => {
    expect(refused(route('{ backendRefs: [{ name: a }] }').replace(config, ''))).toEqual([]);
  });
});

describe('of a ServiceProfile', () => {
  const profile = (spec: string, name = 'a.shop.svc.cluster.local'): readonly string[] =>
    refused(object('linkerd.io/v1alpha2', 'ServiceProfile', spec, '', name));

  it.each([
    ['{ routes: [{ condition: { method: GET } }] }', ['LINKERD905 spec.routes[0]']],
    ['{ routes: [{ name: a }] }', ['LINKERD905 spec.routes[0]']],
    ['{ routes: [{ name: a, condition: {} }] }', ['LINKERD905 spec.routes[0].condition']],
    ['{ routes: [{ name: a, condition: { all: [{}] } }] }', ['LINKERD905 spec.routes[0].condition.all[0]']],
    ['{ routes: [{ name: a, timeout: soon, condition: { method: GET } }] }', ['LINKERD903 spec.routes[0].timeout']],
    [
      '{ routes: [{ name: a, condition: { method: GET }, responseClasses: [{ condition: { status: { min: 500, max: 400 } } }] }] }',
      ['LINKERD902 spec.routes[0].responseClasses[0].condition.status'],
    ],
    ['{ routes: [{ name: a, condition: { not: { method: GET } } }] }', ['LINKERD903 spec.routes[0].condition.not']],
    ['{ routes: [{ name: a, condition: { not: [{ method: GET }] } }] }', ['LINKERD903 spec.routes[0].condition.not']],
    ['{ routes: [{ name: a, condition: { all: [{ not: { method: GET } }] } }] }', []],
    ['{ retryBudget: { retryRatio: -1, ttl: 10s } }', ['LINKERD903 spec.retryBudget.retryRatio']],
    ['{ retryBudget: { retryRatio: 0.2 } }', ['LINKERD905 spec.retryBudget']],
    ['{ routes: [{ name: a, timeout: 1m30s, condition: { pathRegex: "(" } }] }', []],
  ])('says what is refused of %s', (spec, expected) => {
    expect(profile(spec)).toEqual(expected);
  });

  it('refuses a name that is none', () => {
    expect(profile('{ routes: [] }', 'A.shop')).toEqual(['LINKERD903 metadata.name']);
  });
});
