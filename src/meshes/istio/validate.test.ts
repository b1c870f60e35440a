import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { type NativeObject, Snapshot } from '../../native/snapshot.ts';
import { validate } from './validate.ts';

const groups: Readonly<Record<string, string>> = {
  AuthorizationPolicy: 'security.istio.io/v1',
  PeerAuthentication: 'security.istio.io/v1',
  RequestAuthentication: 'security.istio.io/v1',
  Telemetry: 'telemetry.istio.io/v1',
  WasmPlugin: 'extensions.istio.io/v1alpha1',
  TrafficExtension: 'extensions.istio.io/v1alpha1',
  EnvoyFilter: 'networking.istio.io/v1alpha3',
  ProxyConfig: 'networking.istio.io/v1beta1',
};

const objectOf = (kind: string, spec: string, apiVersion = groups[kind] ?? 'networking.istio.io/v1'): NativeObject => ({
  ref: { apiVersion, kind, namespace: 'shop', name: 'cart' },
  body: { apiVersion, kind, metadata: { namespace: 'shop', name: 'cart' }, spec: load(spec) },
});

/** The findings as `code path`. */
const toldOf = (object: NativeObject): string[] =>
  validate(new Snapshot([object])).map(({ code, path }) => `${code} ${path ?? ''}`.trimEnd());

const route = 'route: [{destination: {host: cart}}]';
const http = (rest: string): string => `{hosts: [cart], http: [{${rest}}]}`;
const policy = (rest: string): string => `{host: cart, trafficPolicy: {${rest}}}`;
const server = (rest: string): string => `{servers: [{hosts: [shop.example.com], ${rest}}]}`;
const outside = (rest: string): string => `{hosts: [api.example.com], ${rest}}`;
const rule = (rest: string, before = ''): string => `{${before}rules: [{${rest}}]}`;

/** Each is refused for one reason, at one place. */
const refused: readonly (readonly [what: string, kind: string, spec: string, told: string])[] = [
  ['a slip in a name', 'VirtualService', http(`${route}, timeOut: 1s`), 'ISTIO901 spec.http[0].timeOut'],
  [
    'a text for a number',
    'VirtualService',
    http(`${route}, retries: {attempts: two}`),
    'ISTIO902 spec.http[0].retries.attempts',
  ],
  ['an unknown mode', 'PeerAuthentication', '{mtls: {mode: ON}}', 'ISTIO903 spec.mtls.mode'],
  ['a missing host', 'DestinationRule', '{exportTo: ["."]}', 'ISTIO904 spec'],
  [
    'two ways to match',
    'VirtualService',
    http(`match: [{uri: {exact: /a, prefix: /b}}], ${route}`),
    'ISTIO905 spec.http[0].match[0].uri',
  ],
  ['the wildcard for sidecars', 'VirtualService', `{hosts: ["*"], http: [{${route}}]}`, 'ISTIO909 spec.hosts[0]'],
  ['a host twice', 'VirtualService', `{hosts: [cart, cart], http: [{${route}}]}`, 'ISTIO908 spec.hosts[1]'],
  ['no rules', 'VirtualService', '{hosts: [cart]}', 'ISTIO904 spec'],
  ['a delegate with Gateways', 'VirtualService', `{gateways: [main], http: [{${route}}]}`, 'ISTIO909 spec.gateways'],
  ['a route that also redirects', 'VirtualService', http(`${route}, redirect: {uri: /}`), 'ISTIO905 spec.http[0]'],
  ['a rule that does nothing', 'VirtualService', http('timeout: 1s'), 'ISTIO904 spec.http[0]'],
  [
    'weights of nothing',
    'VirtualService',
    http('route: [{destination: {host: a}}, {destination: {host: b}}]'),
    'ISTIO906 spec.http[0].route',
  ],
  [
    'retries that are off',
    'VirtualService',
    http(`${route}, retries: {attempts: 0, retryOn: 5xx}`),
    'ISTIO905 spec.http[0].retries',
  ],
  [
    'an unknown reason to retry',
    'VirtualService',
    http(`${route}, retries: {attempts: 1, retryOn: 6xx}`),
    'ISTIO903 spec.http[0].retries.retryOn',
  ],
  [
    'what is no RE2',
    'VirtualService',
    http(`match: [{uri: {regex: "(?!a)"}}], ${route}`),
    'ISTIO907 spec.http[0].match[0].uri.regex',
  ],
  [
    'a share above 100',
    'VirtualService',
    http(`${route}, mirror: {host: b}, mirrorPercentage: {value: 101}`),
    'ISTIO906 spec.http[0].mirrorPercentage.value',
  ],
  [
    'a status that is none',
    'VirtualService',
    http(`${route}, fault: {abort: {httpStatus: 99}}`),
    'ISTIO906 spec.http[0].fault.abort.httpStatus',
  ],
  ['a duration below 1ms', 'VirtualService', http(`${route}, timeout: 0s`), 'ISTIO906 spec.http[0].timeout'],
  ['a duration without unit', 'VirtualService', http(`${route}, timeout: "5"`), 'ISTIO907 spec.http[0].timeout'],
  [
    'a pseudo header changed',
    'VirtualService',
    http(`${route}, headers: {response: {set: {":status": "200"}}}`),
    'ISTIO909 spec.http[0].headers.response.set[":status"]',
  ],
  [
    'the host rewritten twice',
    'VirtualService',
    http(`${route}, rewrite: {authority: a}, headers: {request: {set: {host: b}}}`),
    'ISTIO905 spec.http[0]',
  ],
  [
    'claims at sidecars',
    'VirtualService',
    http(`match: [{headers: {"@request.auth.claims.sub": {exact: a}}}], ${route}`),
    'ISTIO909 spec.http[0].match[0].headers["@request.auth.claims.sub"]',
  ],
  [
    'an SNI host outside',
    'VirtualService',
    `{hosts: [a.com], tls: [{match: [{sniHosts: [b.com]}], ${route}}]}`,
    'ISTIO909 spec.tls[0].match[0].sniHosts[0]',
  ],
  ['an empty policy', 'DestinationRule', policy(''), 'ISTIO904 spec.trafficPolicy'],
  [
    'a subset twice',
    'DestinationRule',
    '{host: cart, subsets: [{name: a}, {name: a}]}',
    'ISTIO908 spec.subsets[1].name',
  ],
  [
    'two balancers',
    'DestinationRule',
    policy('loadBalancer: {simple: RANDOM, consistentHash: {useSourceIp: true}}'),
    'ISTIO905 spec.trafficPolicy.loadBalancer',
  ],
  [
    'mutual TLS without a key',
    'DestinationRule',
    policy('tls: {mode: MUTUAL, clientCertificate: /c}'),
    'ISTIO904 spec.trafficPolicy.tls',
  ],
  [
    'shares that do not add up',
    'DestinationRule',
    policy('loadBalancer: {localityLbSetting: {distribute: [{from: a, to: {b: 90}}]}}'),
    'ISTIO906 spec.trafficPolicy.loadBalancer.localityLbSetting.distribute[0].to',
  ],
  [
    'localities that overlap',
    'DestinationRule',
    policy('loadBalancer: {localityLbSetting: {distribute: [{from: a, to: {b: 50, b/c: 50}}]}}'),
    'ISTIO908 spec.trafficPolicy.loadBalancer.localityLbSetting.distribute[0].to["b/c"]',
  ],
  ['exported to nobody', 'DestinationRule', '{host: cart, exportTo: ["~"]}', 'ISTIO903 spec.exportTo[0]'],
  ['no servers', 'Gateway', '{}', 'ISTIO904 spec'],
  ['HTTPS without TLS', 'Gateway', server('port: {number: 443, name: a, protocol: HTTPS}'), 'ISTIO904 spec.servers[0]'],
  [
    'TLS without HTTPS',
    'Gateway',
    server('port: {number: 80, name: a, protocol: HTTP}, tls: {mode: SIMPLE, credentialName: a}'),
    'ISTIO909 spec.servers[0].tls',
  ],
  [
    'ISTIO_MUTUAL with a Secret',
    'Gateway',
    server('port: {number: 443, name: a, protocol: HTTPS}, tls: {mode: ISTIO_MUTUAL, credentialName: a}'),
    'ISTIO905 spec.servers[0].tls.credentialName',
  ],
  [
    'a short host',
    'Gateway',
    '{servers: [{hosts: [shop], port: {number: 80, name: a, protocol: HTTP}}]}',
    'ISTIO907 spec.servers[0].hosts[0]',
  ],
  ['the wildcard outside', 'ServiceEntry', '{hosts: ["*"]}', 'ISTIO907 spec.hosts[0]'],
  [
    'endpoints that are not used',
    'ServiceEntry',
    outside('endpoints: [{address: 10.0.0.1}]'),
    'ISTIO909 spec.endpoints',
  ],
  [
    'a name that cannot be resolved',
    'ServiceEntry',
    '{hosts: ["*.example.com"], resolution: DNS}',
    'ISTIO909 spec.hosts[0]',
  ],
  [
    'a range with DNS',
    'ServiceEntry',
    outside('addresses: [10.0.0.0/8], resolution: DNS'),
    'ISTIO909 spec.addresses[0]',
  ],
  ['an address that is none', 'ServiceEntry', outside('addresses: [10.0.0.256]'), 'ISTIO907 spec.addresses[0]'],
  [
    'a port twice',
    'ServiceEntry',
    outside('ports: [{name: a, number: 80}, {name: b, number: 80}]'),
    'ISTIO908 spec.ports[1]',
  ],
  ['no address', 'WorkloadEntry', '{labels: {app: cart}}', 'ISTIO904 spec'],
  ['a probe that asks nothing', 'WorkloadGroup', '{template: {}, probe: {periodSeconds: 1}}', 'ISTIO904 spec.probe'],
  ['nothing set', 'Sidecar', '{}', 'ISTIO904 spec'],
  ['a host without namespace', 'Sidecar', '{egress: [{hosts: [cart.shop.svc]}]}', 'ISTIO907 spec.egress[0].hosts[0]'],
  [
    'the rest before the end',
    'Sidecar',
    '{egress: [{hosts: ["*/*"]}, {port: {number: 80, protocol: HTTP, name: a}, hosts: ["*/*"]}]}',
    'ISTIO909 spec.egress[0]',
  ],
  [
    'ports without a selector',
    'PeerAuthentication',
    '{portLevelMtls: {80: {mode: STRICT}}}',
    'ISTIO909 spec.portLevelMtls',
  ],
  ['DENY without rules', 'AuthorizationPolicy', '{action: DENY}', 'ISTIO904 spec'],
  ['CUSTOM without provider', 'AuthorizationPolicy', rule('', 'action: CUSTOM, '), 'ISTIO904 spec'],
  [
    'CUSTOM by identity',
    'AuthorizationPolicy',
    rule('from: [{source: {principals: [a]}}]', 'action: CUSTOM, provider: {name: a}, '),
    'ISTIO909 spec.rules[0].from[0].source.principals',
  ],
  [
    'a source that says nothing',
    'AuthorizationPolicy',
    rule('from: [{source: {}}]'),
    'ISTIO904 spec.rules[0].from[0].source',
  ],
  [
    'an unknown attribute',
    'AuthorizationPolicy',
    rule('when: [{key: request.time, values: [now]}]'),
    'ISTIO903 spec.rules[0].when[0].key',
  ],
  [
    'a header without name',
    'AuthorizationPolicy',
    rule('when: [{key: request.headers, values: [a]}]'),
    'ISTIO907 spec.rules[0].when[0].key',
  ],
  [
    'text after a template',
    'AuthorizationPolicy',
    rule('to: [{operation: {paths: ["/{**}/{*}"]}}]'),
    'ISTIO907 spec.rules[0].to[0].operation.paths[0]',
  ],
  [
    'two ways to attach',
    'AuthorizationPolicy',
    '{selector: {}, targetRefs: [{kind: Service, name: a}]}',
    'ISTIO905 spec',
  ],
  [
    'a target that takes no policy',
    'AuthorizationPolicy',
    '{targetRefs: [{kind: Pod, name: a}]}',
    'ISTIO903 spec.targetRefs[0]',
  ],
  [
    'keys that are no keys',
    'RequestAuthentication',
    '{jwtRules: [{issuer: a, jwks: "{"}]}',
    'ISTIO907 spec.jwtRules[0].jwks',
  ],
  [
    'keys from nowhere',
    'RequestAuthentication',
    '{jwtRules: [{issuer: a, jwksUri: "file:///keys"}]}',
    'ISTIO907 spec.jwtRules[0].jwksUri',
  ],
  [
    'UPSERT of nothing',
    'Telemetry',
    '{metrics: [{overrides: [{tagOverrides: {a: {operation: UPSERT}}}]}]}',
    'ISTIO904 spec.metrics[0].overrides[0].tagOverrides.a',
  ],
  ['a module from nowhere', 'WasmPlugin', '{url: "ftp://a/b"}', 'ISTIO907 spec.url'],
  ['no extension', 'TrafficExtension', '{priority: 1}', 'ISTIO904 spec'],
  ['a patch of nothing', 'EnvoyFilter', '{configPatches: [{applyTo: CLUSTER}]}', 'ISTIO904 spec.configPatches[0]'],
  [
    'a match of another class',
    'EnvoyFilter',
    '{configPatches: [{applyTo: CLUSTER, match: {listener: {}}, patch: {operation: REMOVE}}]}',
    'ISTIO909 spec.configPatches[0].match',
  ],
  [
    'a wildcard label',
    'ProxyConfig',
    '{selector: {matchLabels: {app: "*"}}}',
    'ISTIO907 spec.selector.matchLabels.app',
  ],
];

describe('what Istio refuses is told at its place', () => {
  test.each(refused)('%s: %s', (_what, kind, spec, told) => {
    expect(toldOf(objectOf(kind, spec))).toEqual([told]);
  });

  test('a version that nobody serves', () => {
    expect(toldOf(objectOf('DestinationRule', '{host: cart}', 'networking.istio.io/v2'))).toEqual([
      'ISTIO910 apiVersion',
    ]);
  });

  test('a spec that is demanded and absent', () => {
    expect(toldOf(objectOf('ServiceEntry', 'null'))).toEqual(['ISTIO904']);
  });

  test('annotations that are not for users, and dry runs of what cannot be tried', () => {
    const object = objectOf('DestinationRule', '{host: cart}');
    const annotations = { 'internal.istio.io/parents': 'HTTPRoute/a.b', 'istio.io/dry-run': 'true' };
    expect(toldOf({ ...object, body: { ...object.body, metadata: { name: 'cart', annotations } } })).toEqual([
      'ISTIO909 metadata.annotations["internal.istio.io/parents"]',
      'ISTIO909 metadata.annotations["istio.io/dry-run"]',
    ]);
  });
});

/** What looks like a fault and is none. */
const taken: readonly (readonly [what: string, kind: string, spec: string])[] = [
  ['the wildcard at a Gateway', 'VirtualService', `{hosts: ["*"], gateways: [main], http: [{${route}}]}`],
  ['a delegate', 'VirtualService', `{http: [{${route}}]}`],
  ['a rule that delegates', 'VirtualService', http('delegate: {name: a, namespace: b}')],
  [
    'a header that must be absent, with any value',
    'VirtualService',
    http(`match: [{withoutHeaders: {a: {regex: "*"}}}], ${route}`),
  ],
  ['a null where nothing is needed', 'VirtualService', http(`${route}, timeout: null`)],
  ['no idle timeout for TCP', 'DestinationRule', policy('connectionPool: {tcp: {idleTimeout: 0s}}')],
  [
    'a redirect at a plaintext port',
    'Gateway',
    server('port: {number: 80, name: a, protocol: HTTP}, tls: {httpsRedirect: true}'),
  ],
  ['a network without an address', 'WorkloadEntry', '{network: a}'],
  ['a socket', 'WorkloadEntry', '{address: "unix:///run/a.sock"}'],
  ['an IPv6 range', 'ServiceEntry', outside('addresses: ["2001:db8::/32"]')],
  ['DENY of everything', 'AuthorizationPolicy', rule('', 'action: DENY, ')],
  ['a templated path', 'AuthorizationPolicy', rule('to: [{operation: {paths: ["/a/{*}/b/{**}"]}}]')],
  ['an image without a scheme', 'WasmPlugin', '{url: "ghcr.io/a/b:latest"}'],
];

test.each(taken)('Istio takes %s: %s', (_what, kind, spec) => {
  expect(toldOf(objectOf(kind, spec))).toEqual([]);
});

test('validation reads nothing in the place of the readers', () => {
  const snapshot = new Snapshot([objectOf('DestinationRule', '{host: cart}')]);
  validate(snapshot);
  const [object] = snapshot.objects;
  expect(
    object &&
      snapshot
        .field(object)
        .account(['spec'])
        .unread.map(({ source }) => source.path),
  ).toContain('spec.host');
});
