import { application, type Live, scene } from '../live.ts';

export const entry = (kind: string, name: string, spec: string): string => `
apiVersion: consul.hashicorp.com/v1alpha1
kind: ${kind}
metadata: { name: ${name}, namespace: shop }
spec:
${spec}
`;

const http = (name: string): string => entry('ServiceDefaults', name, '  protocol: http');

/** Callers and servers that carry HTTP; `cart` in two versions that its pods tell by metadata. */
const shop = scene(
  application('web'),
  application('job'),
  application('cart', { versions: ['v1', 'v2'] }).replaceAll(
    /metadata: \{ labels: (\{ app: cart, version: (v\d) \}) \}/g,
    'metadata: { labels: $1, annotations: { consul.hashicorp.com/service-meta-version: $2 } }',
  ),
  application('stock'),
  ...['web', 'job', 'stock'].map(http),
);

export const withHttp = scene(shop, http('cart'));

const subsets = entry(
  'ServiceResolver',
  'cart',
  '  subsets: { v1: { filter: "Service.Meta.version == v1" }, v2: { filter: "Service.Meta.version == v2" } }',
);

export const group = 'consul.hashicorp.com';

export const edits = (name: string): string => `${name}: { set: { x-a: one }, add: { x-b: two }, remove: [x-c] }`;

export const serviceRouterLive: Live = {
  group,
  kind: 'ServiceRouter',
  scenes: [
    `{ pathExact: /a }`,
    `{ pathPrefix: /a, caseInsensitive: true }`,
    `{ pathRegex: "/a.*" }`,
    `{ header: [{ name: x-user, exact: ada }, { name: x-a, prefix: b, invert: true }] }`,
    `{ header: [{ name: x-user, present: true }, { name: x-a, suffix: b }, { name: x-b, regex: "c.*" }] }`,
    `{ queryParam: [{ name: page, exact: "1" }, { name: size, present: true }, { name: sort, regex: "a.*" }], methods: [GET, POST] }`,
  ]
    .map(match =>
      scene(
        withHttp,
        subsets,
        entry('ServiceRouter', 'cart', `  routes:\n  - match: { http: ${match} }\n    destination: { service: stock }`),
      ),
    )
    .concat(
      scene(
        withHttp,
        subsets,
        entry(
          'ServiceRouter',
          'cart',
          `
  routes:
  - match: { http: { pathPrefix: /a } }
    destination:
      service: cart
      serviceSubset: v2
      prefixRewrite: /b
      requestTimeout: 3s
      idleTimeout: 2s
      numRetries: 3
      retryOn: [5xx]
      retryOnConnectFailure: true
      retryOnStatusCodes: [503]
      ${edits('requestHeaders')}
      ${edits('responseHeaders')}
  - match: { http: { pathPrefix: /c } }
    destination: { service: stock }
`,
        ),
      ),
    ),
};

export const serviceSplitterLive: Live = {
  group,
  kind: 'ServiceSplitter',
  scenes: [
    scene(
      withHttp,
      subsets,
      entry(
        'ServiceSplitter',
        'cart',
        `
  splits:
  - weight: 80
    service: cart
    serviceSubset: v1
    ${edits('requestHeaders')}
    ${edits('responseHeaders')}
  - { weight: 20, service: stock }
`,
      ),
    ),
    scene(
      withHttp,
      entry(
        'ServiceSplitter',
        'cart',
        '  splits: [{ weight: 80, service: cart }, { weight: 20, service: stock, partition: far }]',
      ),
    ),
  ],
};

const balanced = (policy: string): string =>
  scene(withHttp, entry('ServiceResolver', 'cart', `  loadBalancer: ${policy}`));

export const serviceResolverLive: Live = {
  group,
  kind: 'ServiceResolver',
  scenes: [
    scene(
      withHttp,
      entry(
        'ServiceResolver',
        'cart',
        '  { defaultSubset: v1, requestTimeout: 3s, connectTimeout: 2s, subsets: { v1: { filter: "Service.Meta.version == v1" }, v2: { filter: "Service.Meta.version == v2" } } }',
      ),
    ),
    scene(
      withHttp,
      subsets.replace('name: cart', 'name: stock'),
      entry('ServiceResolver', 'cart', '  redirect: { service: stock, serviceSubset: v1 }'),
    ),
    ...['datacenter: dc2', 'peer: east', 'samenessGroup: all', 'partition: far'].map(place =>
      scene(withHttp, entry('ServiceResolver', 'cart', `  redirect: { service: stock, ${place} }`)),
    ),
    ...[
      '{ "*": { service: stock } }',
      '{ "*": { service: stock, datacenters: [dc2] } }',
      '{ v1: { serviceSubset: v2 } }',
      '{ v1: { targets: [{ service: stock }, { serviceSubset: v2 }, { service: stock, peer: east }, { service: stock, partition: far }, { service: stock, datacenter: dc2 }] } }',
    ].map(failover =>
      scene(
        withHttp,
        subsets.replace('name: cart', 'name: stock'),
        subsets.replace('spec:', `spec:\n  failover: ${failover}`),
      ),
    ),
    balanced('{ policy: random }'),
    balanced(
      '{ policy: ring_hash, ringHashConfig: { minimumRingSize: 64 }, hashPolicies: [{ field: header, fieldValue: x-user }] }',
    ),
    balanced('{ policy: maglev, hashPolicies: [{ sourceIP: true }] }'),
    balanced(
      '{ policy: ring_hash, hashPolicies: [{ field: cookie, fieldValue: user, cookieConfig: { ttl: 60s, path: /a } }] }',
    ),
    balanced(
      '{ policy: ring_hash, hashPolicies: [{ field: cookie, fieldValue: user, cookieConfig: { session: true } }] }',
    ),
  ],
  others: {
    'spec.loadBalancer.policy': ['least_request', 'maglev'],
    'spec.loadBalancer.hashPolicies[].field': ['query_parameter'],
    'spec.defaultSubset': ['v2'],
    'spec.redirect.serviceSubset': ['v2'],
    'spec.subsets{}.filter': ['Service.Meta.version == v2', ''],
  },
};

const upstream = (more: string, failures: string): string =>
  `{ ${more}, limits: { maxConnections: 3, maxPendingRequests: 4, maxConcurrentRequests: 5 }, passiveHealthCheck: { interval: 20s, ${failures}, maxEjectionPercent: 50, baseEjectionTime: 40s } }`;

export const serviceDefaultsLive: Live = {
  group,
  kind: 'ServiceDefaults',
  scenes: [
    scene(
      shop,
      entry('ServiceDefaults', 'cart', '  { protocol: http, localRequestTimeoutMs: 3000, mutualTLSMode: permissive }'),
      entry('Mesh', 'mesh', '  allowEnablingPermissiveMutualTLS: true'),
    ),
    scene(
      shop,
      entry('ServiceDefaults', 'cart', '  { protocol: http, mutualTLSMode: permissive, mode: transparent }'),
      entry('Mesh', 'mesh', '  allowEnablingPermissiveMutualTLS: true'),
    ),
    scene(
      withHttp,
      entry('ServiceResolver', 'cart', '  { redirect: { service: cart, peer: east } }'),
      entry(
        'ServiceDefaults',
        'web',
        `  { protocol: http, upstreamConfig: { overrides: [${upstream('name: cart, peer: east', 'maxFailures: 7')}] } }`,
      ),
    ),
    scene(
      withHttp,
      entry('ServiceSplitter', 'cart', '  { splits: [{ weight: 50 }, { weight: 50, service: stock }] }'),
      entry(
        'ServiceDefaults',
        'web',
        '  { protocol: http, upstreamConfig: { overrides: [{ name: cart, protocol: tcp }] } }',
      ),
    ),
    scene(
      withHttp,
      entry('ServiceSplitter', 'cart', '  { splits: [{ weight: 50 }, { weight: 50, service: stock }] }'),
      entry('ServiceDefaults', 'web', '  { protocol: http, upstreamConfig: { defaults: { protocol: tcp } } }'),
    ),
    ...['maxFailures: 7', 'enforcingConsecutive5xx: 0'].map(failures =>
      scene(
        withHttp,
        entry(
          'ServiceDefaults',
          'web',
          `
  protocol: http
  upstreamConfig:
    defaults: ${upstream('connectTimeoutMs: 2000', failures)}
    overrides: [${upstream('name: cart, connectTimeoutMs: 3000', failures)}]
`,
        ),
      ),
    ),
  ],
  others: {
    'spec.protocol': ['tcp'],
    'spec.mutualTLSMode': ['strict'],
    'spec.mode': ['direct'],
    'spec.upstreamConfig.overrides[].name': ['stock'],
    'spec.upstreamConfig.overrides[].peer': ['west'],
    'spec.upstreamConfig.overrides[].protocol': ['http'],
    'spec.upstreamConfig.defaults.protocol': ['http'],
    'spec.upstreamConfig.defaults.passiveHealthCheck.enforcingConsecutive5xx': [100],
    'spec.upstreamConfig.overrides[].passiveHealthCheck.enforcingConsecutive5xx': [100],
  },
};

export const proxyDefaultsLive: Live = {
  group,
  kind: 'ProxyDefaults',
  scenes: [
    scene(
      application('web'),
      application('cart'),
      entry(
        'ProxyDefaults',
        'global',
        '  { config: { protocol: http, local_request_timeout_ms: 3000 }, mutualTLSMode: permissive }',
      ),
      entry('Mesh', 'mesh', '  allowEnablingPermissiveMutualTLS: true'),
    ),
    scene(
      application('web'),
      application('cart'),
      entry(
        'ProxyDefaults',
        'global',
        '  { config: { protocol: http }, mutualTLSMode: permissive, mode: transparent }',
      ),
      entry('Mesh', 'mesh', '  allowEnablingPermissiveMutualTLS: true'),
    ),
    scene(withHttp, entry('ProxyDefaults', 'global', '  { accessLogs: { enabled: true, type: file, path: /log } }')),
  ],
  others: { 'spec.config': [{ protocol: 'tcp' }], 'spec.mutualTLSMode': ['strict'], 'spec.mode': ['direct'] },
};

export const meshLive: Live = {
  group,
  kind: 'Mesh',
  scenes: [
    scene(
      withHttp,
      entry('ServiceDefaults', 'cart', '  { protocol: http, mutualTLSMode: permissive }'),
      entry(
        'Mesh',
        'mesh',
        `
  allowEnablingPermissiveMutualTLS: true
  transparentProxy: { meshDestinationsOnly: true }
  http: { incoming: { requestNormalization: { mergeSlashes: true, pathWithEscapedSlashesAction: UNESCAPE_AND_FORWARD } } }
`,
      ),
    ),
    scene(
      withHttp,
      entry(
        'Mesh',
        'mesh',
        '  http: { incoming: { requestNormalization: { insecureDisablePathNormalization: true } } }',
      ),
    ),
  ],
  others: { 'spec.http.incoming.requestNormalization.pathWithEscapedSlashesAction': ['KEEP_UNCHANGED'] },
};

/** Whoever is not named is kept out. */
const closed = `
apiVersion: v1
kind: ConfigMap
metadata: { name: consul-server-config, namespace: consul, labels: { app: consul, component: server } }
data: { server.json: '{ "default_intention_policy": "deny" }' }
`;

const provider = entry(
  'JWTProvider',
  'id',
  '  { issuer: "https://id.example", audiences: [shop], jsonWebKeySet: { local: { jwks: e30= } }, forwarding: { headerName: x-claims }, locations: [{ header: { name: x-token, valuePrefix: Token, forward: true } }, { queryParam: { name: token } }, { cookie: { name: token } }] }',
);
const remote = entry(
  'JWTProvider',
  'id',
  '  { issuer: "https://id.example", jsonWebKeySet: { remote: { uri: "https://id.example/keys", requestTimeoutMs: 700 } } }',
);
const local = entry(
  'JWTProvider',
  'id',
  '  { issuer: "https://id.example", jsonWebKeySet: { local: { filename: keys.json } } }',
);

const demand = '{ providers: [{ name: id, verifyClaims: [{ path: [group], value: admins }] }] }';

const intentions = (sources: string, more = ''): string =>
  entry('ServiceIntentions', 'cart', `  destination: { name: cart }\n  sources: [${sources}]${more}`);

const permission = (text: string): string => `{ name: web, permissions: [{ action: allow, http: ${text} }] }`;

export const serviceIntentionsLive: Live = {
  group,
  kind: 'ServiceIntentions',
  scenes: [
    scene(withHttp, intentions('{ name: web, action: deny }')),
    scene(
      withHttp,
      entry('ExportedServices', 'default', '  services: [{ name: cart, consumers: [{ peer: east }] }]'),
      intentions('{ name: web, peer: east, action: deny }'),
    ),
    ...[
      '{ pathExact: /a, methods: [GET, POST] }',
      '{ pathPrefix: /a }',
      '{ pathRegex: "/a.*" }',
      '{ header: [{ name: x-user, exact: ada, ignoreCase: true }] }',
      '{ header: [{ name: x-a, prefix: b, invert: true }] }',
      '{ header: [{ name: x-user, present: true }, { name: x-a, suffix: b }, { name: x-b, regex: "c.*" }, { name: x-c, contains: d }] }',
    ].map(text => scene(withHttp, closed, intentions(permission(text)))),
    scene(withHttp, closed, provider, intentions('{ name: web, action: allow }', `\n  jwt: ${demand}`)),
    scene(
      withHttp,
      closed,
      provider,
      intentions(`{ name: web, permissions: [{ action: allow, http: { pathPrefix: /a }, jwt: ${demand} }] }`),
    ),
  ],
};

/** Who comes in from a peer counts for what is exported to it. */
export const exportedServicesLive: Live = {
  group,
  kind: 'ExportedServices',
  scenes: [
    scene(withHttp, entry('ExportedServices', 'default', '  services: [{ name: cart, consumers: [{ peer: east }] }]')),
  ],
};

export const jwtProviderLive: Live = {
  group,
  kind: 'JWTProvider',
  scenes: [provider, remote, local].map(one =>
    scene(withHttp, closed, one, intentions('{ name: web, action: allow }', `\n  jwt: ${demand}`)),
  ),
};
