import { type Live, scene } from '../live.ts';
import { edits, entry, group, withHttp } from './entries.ts';

const limits =
  '{ maxConnections: 3, maxPendingRequests: 4, maxConcurrentRequests: 5, passiveHealthCheck: { interval: 20s, maxFailures: 7, maxEjectionPercent: 50, baseEjectionTime: 40s } }';

const tls =
  '{ enabled: true, sds: { certResource: shop, clusterName: sds }, tlsMinVersion: TLSv1_2, tlsMaxVersion: TLSv1_3, cipherSuites: [TLS_RSA_WITH_AES_128_CBC_SHA] }';

export const ingressGatewayLive: Live = {
  group,
  kind: 'IngressGateway',
  scenes: [
    scene(
      withHttp,
      entry(
        'IngressGateway',
        'in',
        `
  defaults: ${limits}
  listeners:
  - port: 8080
    protocol: http
    services:
    - name: cart
      hosts: [cart.example]
      ${edits('requestHeaders')}
      ${edits('responseHeaders')}
    - { name: stock, ${limits.slice(2)}
`,
      ),
    ),
    scene(
      withHttp,
      entry(
        'IngressGateway',
        'in',
        `  { tls: ${tls}, listeners: [{ port: 8080, protocol: http, services: [{ name: cart, hosts: [cart.example] }] }] }`,
      ),
    ),
    scene(
      withHttp,
      entry(
        'IngressGateway',
        'in',
        `  { listeners: [{ port: 8080, protocol: http, tls: ${tls}, services: [{ name: cart, hosts: [cart.example], tls: { sds: { clusterName: sds, certResource: cart } } }] }] }`,
      ),
    ),
    scene(
      withHttp,
      entry(
        'IngressGateway',
        'in',
        '  { tls: { enabled: true }, listeners: [{ port: 8080, protocol: http, services: [{ name: cart }] }] }',
      ),
    ),
    scene(
      withHttp,
      entry(
        'IngressGateway',
        'in',
        '  { listeners: [{ port: 8080, protocol: http, tls: { enabled: true }, services: [{ name: cart }] }] }',
      ),
    ),
    ...['enforcingConsecutive5xx: 0'].map(failures =>
      scene(
        withHttp,
        entry(
          'IngressGateway',
          'in',
          `  { defaults: { passiveHealthCheck: { ${failures} } }, listeners: [{ port: 8080, protocol: http, services: [{ name: cart }, { name: stock, passiveHealthCheck: { ${failures} } }] }] }`,
        ),
      ),
    ),
  ],
  others: {
    'spec.listeners[].protocol': ['tcp'],
    'spec.listeners[].services[].name': ['stock', '*'],
    'spec.defaults.passiveHealthCheck.enforcingConsecutive5xx': [100],
    'spec.listeners[].services[].passiveHealthCheck.enforcingConsecutive5xx': [100],
  },
};

/** A route on a gateway of Consul's class, with a filter of its own. */
const filtered = (kind: string, spec: string): string =>
  scene(
    withHttp,
    `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec: { gatewayClassName: consul, listeners: [{ name: web, port: 8080, protocol: HTTP }] }
`,
    `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: cart, namespace: shop }
spec:
  parentRefs: [{ name: edge }]
  rules:
  - backendRefs: [{ name: cart, port: 80 }]
    filters: [{ type: ExtensionRef, extensionRef: { group: ${group}, kind: ${kind}, name: mine } }]
`,
    entry(kind, 'mine', spec),
  );

export const routeRetryFilterLive: Live = {
  group,
  kind: 'RouteRetryFilter',
  scenes: [
    filtered(
      'RouteRetryFilter',
      '  { numRetries: 3, retryOn: [5xx], retryOnConnectFailure: true, retryOnStatusCodes: [503] }',
    ),
  ],
};

export const routeTimeoutFilterLive: Live = {
  group,
  kind: 'RouteTimeoutFilter',
  scenes: [filtered('RouteTimeoutFilter', '  { requestTimeout: 3s, idleTimeout: 2s }')],
};

export const meshServiceLive: Live = {
  group,
  kind: 'MeshService',
  scenes: [
    scene(
      filtered('MeshService', '  { name: cart }').replace(
        '{ name: cart, port: 80 }',
        `{ group: ${group}, kind: MeshService, name: mine }`,
      ),
    ),
  ],
  others: { 'spec.name': ['stock'] },
};

const outside = entry(
  'ServiceDefaults',
  'ext',
  '  { protocol: http, destination: { addresses: [api.example.com], port: 443 } }',
);

const wayOut = (service: string): string => entry('TerminatingGateway', 'out', `  services: [${service}]`);

export const terminatingGatewayLive: Live = {
  group,
  kind: 'TerminatingGateway',
  scenes: [
    '{ name: ext, caFile: ca.pem, sni: api.example.com }',
    '{ name: ext, caFile: ca.pem, certFile: cert.pem, keyFile: key.pem }',
    '{ name: ext, secretRef: { name: api } }',
  ].map(service => scene(withHttp, outside, wayOut(service))),
};

/** A host outside that ServiceDefaults make known. */
export const outsideScene: string = scene(withHttp, outside, wayOut('{ name: ext }'));

/** A service on a machine of its own, and a route that leads there. */
const registered = (spec: string): string =>
  scene(
    withHttp,
    entry('Registration', 'ext', spec),
    entry('ServiceDefaults', 'ext', '  { protocol: http }'),
    entry('ServiceRouter', 'cart', '  { routes: [{ destination: { service: ext } }] }'),
    wayOut('{ name: ext, caFile: ca.pem }'),
  );

export const registrationLive: Live = {
  group,
  kind: 'Registration',
  scenes: [
    registered('  { node: n, address: 10.0.0.1, service: { name: ext, port: 8443, address: 10.0.0.2 } }'),
    registered('  { node: n, address: 10.0.0.1, service: { name: ext, port: 8443 } }'),
  ],
  others: { 'spec.service.name': ['other'] },
};
