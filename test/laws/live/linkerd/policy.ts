import { application, type Live, scene } from '../live.ts';

/** Two callers and two servers in the mesh; `edge` is a caller that is not. */
const shop = scene(
  `
apiVersion: v1
kind: Namespace
metadata: { name: shop, annotations: { linkerd.io/inject: enabled } }
`,
  `
apiVersion: v1
kind: Namespace
metadata: { name: outside, annotations: { linkerd.io/inject: enabled } }
`,
  application('web'),
  application('cart', { versions: ['v1', 'v2'], more: ', { name: http-admin, port: 9090, targetPort: 9090 }' }),
  application('crawler', { namespace: 'outside' }),
);

const object = (kind: string, name: string, spec: string, version = 'v1alpha1', more = ''): string => `
apiVersion: policy.linkerd.io/${version}
kind: ${kind}
metadata: { name: ${name}, namespace: shop${more} }
spec:
${spec}
`;

const server = (spec = 'port: 8080', name = 'cart-http', labels = '{ app: cart }'): string =>
  object(
    'Server',
    name,
    `  podSelector: { matchLabels: ${labels} }\n  ${spec}\n  proxyProtocol: HTTP/1`,
    'v1beta3',
    ', labels: { role: front }',
  );

const policy = (target: string, authentication: string): string =>
  object('AuthorizationPolicy', 'cart', `  targetRef: ${target}\n  requiredAuthenticationRefs: [${authentication}]`);

const serverRef = '{ group: policy.linkerd.io, kind: Server, name: cart-http }';
const tlsRef = '{ group: policy.linkerd.io, kind: MeshTLSAuthentication, name: callers, namespace: shop }';
const networkRef = '{ group: policy.linkerd.io, kind: NetworkAuthentication, name: networks }';

const tls = (spec: string, name = 'callers'): string => object('MeshTLSAuthentication', name, `  ${spec}`);
const callers = tls('identities: [web.shop.serviceaccount.identity.linkerd.cluster.local]');
const networks = object(
  'NetworkAuthentication',
  'networks',
  '  networks: [{ cidr: 10.0.0.0/8, except: [10.9.0.0/16] }]',
);

/** A machine behind a Service of its own, and another beside it; both answer on two ports. */
const machines = scene(
  ...['vm', 'spare'].map(
    name => `
apiVersion: workload.linkerd.io/v1beta1
kind: ExternalWorkload
metadata: { name: ${name}, namespace: shop, labels: { app: ${name}, place: rack } }
spec:
  meshTLS: { identity: "spiffe://cluster.local/${name}", serverName: ${name}.example }
  ports: [{ name: http, port: 8080, protocol: TCP }, { name: admin, port: 9090 }]
  workloadIPs: [{ ip: 192.0.2.${name === 'vm' ? 1 : 2} }]
`,
  ),
  ...['vm', 'spare'].map(
    name => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80, targetPort: http }] }
`,
  ),
);

const machineServer = (selector: string, port: number | string = 8080): string =>
  object('Server', 'vm', `  externalWorkloadSelector: ${selector}\n  port: ${port}`, 'v1beta3');

export const externalWorkloadLive: Live = {
  group: 'workload.linkerd.io',
  kind: 'ExternalWorkload',
  scenes: [
    machines,
    `
apiVersion: workload.linkerd.io/v1alpha1
kind: ExternalWorkload
metadata: { name: old, namespace: shop, labels: { app: old } }
spec:
  meshTls: { identity: "spiffe://cluster.local/old", serverName: old.example }
  ports: [{ port: 8080 }]
  workloadIPs: [{ ip: 192.0.2.3 }]
`,
  ].map(documents => scene(shop, documents)),
  others: { 'spec.ports[].protocol': ['UDP'] },
};

export const serverLive: Live = {
  group: 'policy.linkerd.io',
  kind: 'Server',
  scenes: [
    scene(server(), callers, policy(serverRef, tlsRef)),
    scene(
      server(),
      object('HTTPLocalRateLimitPolicy', 'cart', `  targetRef: ${serverRef}\n  total: { requestsPerSecond: 100 }`),
    ),
    server('port: 8080\n  accessPolicy: deny'),
    object(
      'Server',
      'cart-http',
      `
  podSelector: { matchExpressions: [{ key: app, operator: In, values: [cart] }] }
  port: http
  proxyProtocol: HTTP/2
`,
      'v1beta2',
    ),
    object(
      'Server',
      'cart-http',
      '  podSelector: { matchLabels: { app: cart } }\n  port: 8080\n  proxyProtocol: opaque',
      'v1beta1',
    ),
    scene(machines, machineServer('{ matchLabels: { app: vm } }')),
    scene(machines, machineServer('{ matchExpressions: [{ key: app, operator: In, values: [vm] }] }', 'http')),
  ].map(documents => scene(shop, documents)),
  others: {
    'spec.port': [9090, 'admin'],
    'spec.proxyProtocol': ['opaque', 'HTTP/2', 'unknown'],
    'spec.accessPolicy': ['all-unauthenticated', 'audit'],
    'spec.podSelector.matchLabels': [{ app: 'web' }],
    'spec.podSelector.matchExpressions[].values[]': ['web'],
    'spec.podSelector.matchExpressions[].key': ['version'],
    'spec.externalWorkloadSelector.matchLabels': [{ app: 'spare' }],
    'spec.externalWorkloadSelector.matchExpressions[].values[]': ['spare'],
    'spec.externalWorkloadSelector.matchExpressions[].key': ['place'],
  },
};

export const authorizationPolicyLive: Live = {
  group: 'policy.linkerd.io',
  kind: 'AuthorizationPolicy',
  scenes: [
    scene(server(), server('port: 9090', 'cart-admin'), callers, networks, policy(serverRef, tlsRef)),
    scene(server(), callers, networks, tls('identities: ["*"]', 'everyone'), policy(serverRef, networkRef)),
    scene(callers, policy('{ kind: Namespace, name: shop }', tlsRef)),
    scene(callers, policy(serverRef, '{ kind: ServiceAccount, name: web }'), server()),
  ].map(documents => scene(shop, documents)),
  others: {
    'spec.targetRef.name': ['cart-admin', 'other'],
    'spec.targetRef.kind': ['HTTPRoute', 'Namespace'],
    'spec.targetRef.group': [''],
    'spec.requiredAuthenticationRefs[].name': ['everyone', 'crawler'],
    'spec.requiredAuthenticationRefs[].namespace': ['outside'],
    'spec.requiredAuthenticationRefs[].kind': ['NetworkAuthentication', 'MeshTLSAuthentication'],
    'spec.requiredAuthenticationRefs[].group': [''],
  },
};

export const meshTlsAuthenticationLive: Live = {
  group: 'policy.linkerd.io',
  kind: 'MeshTLSAuthentication',
  scenes: [
    callers,
    tls('identityRefs: [{ group: "", kind: ServiceAccount, name: web, namespace: shop }]'),
    tls('identityRefs: [{ kind: Namespace, name: outside }]'),
  ].map(documents => scene(shop, server(), policy(serverRef, tlsRef), documents)),
  others: {
    'spec.identities[]': ['crawler.outside.serviceaccount.identity.linkerd.cluster.local'],
    'spec.identityRefs[].name': ['crawler', 'shop'],
    'spec.identityRefs[].namespace': ['outside'],
    'spec.identityRefs[].kind': ['Namespace', 'ServiceAccount'],
    'spec.identityRefs[].group': ['core', 'example.org'],
  },
};

export const networkAuthenticationLive: Live = {
  group: 'policy.linkerd.io',
  kind: 'NetworkAuthentication',
  scenes: [scene(shop, server(), networks, policy(serverRef, networkRef))],
  others: { 'spec.networks[].cidr': ['192.168.0.0/16'], 'spec.networks[].except[]': ['10.8.0.0/16'] },
};

const serverAuthorization = (client: string, by = 'name: cart-http'): string =>
  object('ServerAuthorization', 'cart', `  server: { ${by} }\n  client: ${client}`, 'v1beta1');

export const serverAuthorizationLive: Live = {
  group: 'policy.linkerd.io',
  kind: 'ServerAuthorization',
  scenes: [
    serverAuthorization('{ meshTLS: { identities: [web.shop.serviceaccount.identity.linkerd.cluster.local] } }'),
    serverAuthorization('{ meshTLS: { serviceAccounts: [{ name: web, namespace: shop }] } }'),
    serverAuthorization('{ meshTLS: { unauthenticatedTLS: true } }'),
    serverAuthorization('{ unauthenticated: true, networks: [{ cidr: 10.0.0.0/8, except: [10.9.0.0/16] }] }'),
    serverAuthorization('{ unauthenticated: true }', 'selector: { matchLabels: { role: front } }'),
    serverAuthorization(
      '{ unauthenticated: true }',
      'selector: { matchExpressions: [{ key: role, operator: In, values: [front] }] }',
    ),
  ].map(documents => scene(shop, server(), documents)),
  others: {
    'spec.client.meshTLS.identities[]': ['crawler.outside.serviceaccount.identity.linkerd.cluster.local'],
    'spec.client.meshTLS.serviceAccounts[].name': ['crawler'],
    'spec.client.meshTLS.serviceAccounts[].namespace': ['outside'],
    'spec.client.networks[].cidr': ['192.168.0.0/16'],
    'spec.client.networks[].except[]': ['10.8.0.0/16'],
    'spec.server.selector.matchLabels': [{ role: 'back' }],
    'spec.server.selector.matchExpressions[].values[]': ['back'],
    'spec.server.selector.matchExpressions[].operator': ['NotIn', 'DoesNotExist'],
  },
};

export const rateLimitLive: Live = {
  group: 'policy.linkerd.io',
  kind: 'HTTPLocalRateLimitPolicy',
  scenes: [
    scene(
      shop,
      server(),
      server('port: 9090', 'cart-admin'),
      object(
        'HTTPLocalRateLimitPolicy',
        'cart',
        `
  targetRef: ${serverRef}
  total: { requestsPerSecond: 100 }
  identity: { requestsPerSecond: 10 }
  overrides:
    - requestsPerSecond: 50
      clientRefs: [{ group: "", kind: ServiceAccount, name: web, namespace: shop }]
`,
      ),
    ),
  ],
  others: {
    'spec.targetRef.name': ['cart-admin'],
    'spec.overrides[].clientRefs[].name': ['crawler'],
    'spec.overrides[].clientRefs[].namespace': ['outside'],
  },
};

const profile = (spec: string): string => `
apiVersion: linkerd.io/v1alpha2
kind: ServiceProfile
metadata: { name: cart.shop.svc.cluster.local, namespace: shop }
spec:
${spec}
`;

export const serviceProfileLive: Live = {
  group: 'linkerd.io',
  kind: 'ServiceProfile',
  scenes: [
    profile(`
  retryBudget: { retryRatio: 0.2, minRetriesPerSecond: 10, ttl: 10s }
  routes:
    - name: buy
      condition: { method: POST, pathRegex: "/cart/[0-9]+" }
      isRetryable: true
      timeout: 300ms
      responseClasses:
        - { condition: { status: { min: 404, max: 429 } }, isFailure: true }
    - name: either
      condition: { any: [{ method: GET, pathRegex: /a }, { method: GET, pathRegex: /b }] }
      timeout: 400ms
    - name: both
      condition: { all: [{ method: PUT }, { pathRegex: /c }] }
      timeout: 500ms
    - name: rest
      condition: { not: [{ method: DELETE }] }
      timeout: 600ms
    - name: careful
      condition: { method: PATCH }
      isRetryable: true
      responseClasses:
        - { condition: { all: [{ status: { min: 500, max: 501 } }] }, isFailure: false }
        - { condition: { any: [{ status: { min: 502, max: 503 } }] }, isFailure: false }
        - { condition: { not: { status: { min: 200, max: 299 } } }, isFailure: true }
`),
    profile(`
  dstOverrides:
    - { authority: cart.shop.svc.cluster.local, weight: 900m }
    - { authority: web.shop.svc.cluster.local, weight: 100m }
  opaquePorts: ["9090"]
`),
  ].map(documents => scene(shop, documents)),
  others: {
    'spec.routes[].condition.method': ['PUT'],
    'spec.routes[].condition.any[]': [{ method: 'GET', pathRegex: '/d' }],
    'spec.routes[].condition.all[]': [{ pathRegex: '/d' }, { method: 'PATCH' }],
    'spec.routes[].condition.not[]': [{ method: 'HEAD' }],
    'spec.routes[].responseClasses[].condition.all[]': [{ status: { min: 500, max: 500 } }],
    'spec.routes[].responseClasses[].condition.any[]': [{ status: { min: 503, max: 503 } }],
    'spec.routes[].responseClasses[].condition.not': [{ status: { min: 200, max: 399 } }],
    'spec.dstOverrides[].authority': ['cart.shop.svc.cluster.local', 'web.shop.svc.cluster.local'],
    'spec.dstOverrides[].weight': ['500m'],
    'spec.opaquePorts[]': ['80'],
  },
};
