import { application, type Live, scene } from '../live.ts';

const shop = scene(
  application('cart', { more: ', { name: tls, port: 443, targetPort: 8443 }' }),
  application('cart-next', { more: ', { name: tls, port: 443, targetPort: 8443 }' }),
  application('stock', { namespace: 'outside', more: ', { name: tls, port: 443, targetPort: 8443 }' }),
  application('web'),
);

const namespaces = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: shop } }
---
apiVersion: v1
kind: Namespace
metadata: { name: outside, labels: { team: other } }
`;

const gatewayClass = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: edge }
spec: { controllerName: example.org/edge, description: the edge }
`;

const gateway = (listeners: string, more = ''): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  gatewayClassName: edge
  listeners:
${listeners}
${more}
`;

const httpRoute = (namespace: string, name = 'in'): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  parentRefs: [{ name: edge, namespace: shop }]
  hostnames: [shop.example]
  rules: [{ backendRefs: [{ name: ${namespace === 'shop' ? 'cart' : 'stock'}, port: 80 }] }]
`;

const backendTls = (validation: string): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: { name: cart, namespace: shop }
spec:
  targetRefs: [{ group: "", kind: Service, name: cart, sectionName: http }]
  validation: ${validation}
  options: { example.org/cipher: strong }
`;

/** Listeners that another namespace adds to the gateway. */
const listenerSet = (listeners: string, more = ''): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: { name: more, namespace: outside }
spec:
  parentRef: { group: gateway.networking.k8s.io, kind: Gateway, name: edge, namespace: shop }
  listeners: [${listeners}]
${more}
`;

const setRoute = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: set, namespace: outside }
spec:
  parentRefs: [{ kind: ListenerSet, name: more }]
  rules: [{ backendRefs: [{ name: stock, port: 80 }] }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: set, namespace: shop }
spec:
  parentRefs: [{ kind: ListenerSet, name: more, namespace: outside }]
  rules: [{ matches: [{ path: { value: /shop } }], backendRefs: [{ name: cart, port: 80 }] }]
`;

const openGateway = gateway(
  '    - { name: http, port: 80, protocol: HTTP }',
  '  allowedListeners: { namespaces: { from: All } }',
);

export const listenerSetLive: Live = {
  group: 'gateway.networking.k8s.io',
  kind: 'ListenerSet',
  scenes: [
    '{ name: more, port: 8080, protocol: HTTP, hostname: shop.example, allowedRoutes: { namespaces: { from: All } } }',
    '{ name: more, port: 8080, protocol: HTTP, allowedRoutes: { kinds: [{ group: gateway.networking.k8s.io, kind: HTTPRoute }], namespaces: { from: Selector, selector: { matchLabels: { team: shop }, matchExpressions: [{ key: team, operator: In, values: [shop] }] } } } }',
    '{ name: more, port: 8443, protocol: HTTPS, tls: { mode: Terminate, certificateRefs: [{ group: "", kind: Secret, name: set-tls, namespace: outside }], options: { example.org/cipher: strong } } }',
  ].map(listeners => scene(shop, namespaces, gatewayClass, openGateway, listenerSet(listeners), setRoute)),
  others: {
    'spec.parentRef.group': ['example.org'],
    'spec.parentRef.kind': ['Other'],
    'spec.parentRef.name': ['other'],
    'spec.parentRef.namespace': ['outside'],
    'spec.listeners[].port': [9090],
    'spec.listeners[].protocol': ['TCP', 'HTTPS'],
    'spec.listeners[].hostname': ['other.example'],
    'spec.listeners[].allowedRoutes.kinds[].kind': ['TCPRoute'],
    'spec.listeners[].allowedRoutes.kinds[].group': ['example.org'],
    'spec.listeners[].allowedRoutes.namespaces.selector.matchLabels{}': ['other'],
    'spec.listeners[].allowedRoutes.namespaces.selector.matchExpressions[].values[]': ['other'],
    'spec.listeners[].allowedRoutes.namespaces.selector.matchExpressions[].operator': ['NotIn'],
  },
};

export const gatewayLive: Live = {
  group: 'gateway.networking.k8s.io',
  kind: 'Gateway',
  scenes: [
    scene(
      gateway('    - { name: http, port: 80, protocol: HTTP, hostname: shop.example }'),
      httpRoute('shop'),
      httpRoute('outside', 'other'),
    ),
    scene(
      gateway(`
    - name: http
      port: 80
      protocol: HTTP
      allowedRoutes:
        kinds: [{ group: gateway.networking.k8s.io, kind: HTTPRoute }]
        namespaces: { from: Selector, selector: { matchLabels: { team: other }, matchExpressions: [{ key: team, operator: In, values: [other] }] } }
`),
      httpRoute('shop'),
      httpRoute('outside', 'other'),
    ),
    scene(
      gateway(`
    - name: https
      port: 443
      protocol: HTTPS
      hostname: shop.example
      tls: { mode: Terminate, certificateRefs: [{ group: "", kind: Secret, name: shop-tls, namespace: shop }], options: { example.org/cipher: strong } }
`),
      httpRoute('shop'),
    ),
    scene(
      gateway(
        `
    - name: https
      port: 443
      protocol: HTTPS
      tls: { certificateRefs: [{ name: shop-tls }] }
    - name: partners
      port: 8443
      protocol: HTTPS
      tls: { certificateRefs: [{ name: shop-tls }] }
`,
        `
  tls:
    backend: { clientCertificateRef: { group: "", kind: Secret, name: edge-tls, namespace: shop } }
    frontend:
      default: { validation: { mode: AllowValidOnly, caCertificateRefs: [{ group: "", kind: ConfigMap, name: callers, namespace: shop }] } }
      perPort:
        - port: 8443
          tls: { validation: { mode: AllowInsecureFallback, caCertificateRefs: [{ group: "", kind: ConfigMap, name: partners, namespace: shop }] } }
`,
      ),
      httpRoute('shop'),
      backendTls('{ hostname: cart.example, wellKnownCACertificates: System }'),
    ),
    scene(
      gateway(
        '    - { name: http, port: 80, protocol: HTTP }',
        '  allowedListeners: { namespaces: { from: Selector, selector: { matchLabels: { team: other }, matchExpressions: [{ key: team, operator: In, values: [other] }] } } }',
      ),
      listenerSet('{ name: more, port: 8080, protocol: HTTP, allowedRoutes: { namespaces: { from: All } } }'),
      setRoute,
    ),
  ].map(documents => scene(shop, namespaces, gatewayClass, documents)),
  others: {
    'spec.gatewayClassName': ['other'],
    'spec.allowedListeners.namespaces.selector.matchLabels{}': ['shop'],
    'spec.allowedListeners.namespaces.selector.matchExpressions[].values[]': ['shop'],
    'spec.allowedListeners.namespaces.selector.matchExpressions[].operator': ['NotIn'],
    'spec.listeners[].port': [8080],
    'spec.listeners[].protocol': ['HTTPS', 'TCP', 'TLS'],
    'spec.listeners[].hostname': ['other.example'],
    'spec.listeners[].allowedRoutes.kinds[].kind': ['TCPRoute', 'GRPCRoute'],
    'spec.listeners[].allowedRoutes.kinds[].group': ['example.org'],
    'spec.listeners[].allowedRoutes.namespaces.selector.matchLabels{}': ['shop'],
    'spec.listeners[].allowedRoutes.namespaces.selector.matchExpressions[].values[]': ['shop'],
    'spec.listeners[].allowedRoutes.namespaces.selector.matchExpressions[].operator': ['NotIn'],
  },
};

export const gatewayClassLive: Live = {
  group: 'gateway.networking.k8s.io',
  kind: 'GatewayClass',
  scenes: [scene(shop, gatewayClass, gateway('    - { name: http, port: 80, protocol: HTTP }'), httpRoute('shop'))],
  others: { 'spec.controllerName': ['example.org/other', 'istio.io/gateway-controller'] },
};

export const referenceGrantLive: Live = {
  group: 'gateway.networking.k8s.io',
  kind: 'ReferenceGrant',
  scenes: [
    scene(
      shop,
      gatewayClass,
      gateway('    - { name: http, port: 80, protocol: HTTP }'),
      `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: cart, namespace: shop }
spec:
  parentRefs: [{ name: edge }]
  rules: [{ backendRefs: [{ name: stock, namespace: outside, port: 80 }] }]
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: stock, namespace: outside }
spec:
  from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop }]
  to: [{ group: "", kind: Service, name: stock }]
`,
    ),
  ],
  others: {
    'spec.from[].group': ['example.org'],
    'spec.from[].kind': ['GRPCRoute'],
    'spec.from[].namespace': ['other'],
    'spec.to[].group': ['example.org'],
    'spec.to[].kind': ['Secret'],
    'spec.to[].name': ['other'],
  },
};

export const backendTlsPolicyLive: Live = {
  group: 'gateway.networking.k8s.io',
  kind: 'BackendTLSPolicy',
  scenes: [
    '{ hostname: cart.example, wellKnownCACertificates: System }',
    '{ hostname: cart.example, caCertificateRefs: [{ group: "", kind: ConfigMap, name: ca }], subjectAltNames: [{ type: Hostname, hostname: cart.inner }, { type: URI, uri: "spiffe://a/b" }] }',
  ].map(validation =>
    scene(
      shop,
      gatewayClass,
      gateway('    - { name: http, port: 80, protocol: HTTP }'),
      httpRoute('shop'),
      backendTls(validation),
    ),
  ),
  others: {
    'spec.targetRefs[].name': ['cart-next'],
    'spec.targetRefs[].sectionName': ['tls'],
    'spec.targetRefs[].kind': ['Other'],
    'spec.targetRefs[].group': ['example.org'],
  },
};

const l4Route = (kind: string, version: string, parent: string, more = ''): string => `
apiVersion: gateway.networking.k8s.io/${version}
kind: ${kind}
metadata: { name: cart, namespace: shop }
spec:
  parentRefs: [${parent}]
${more}
  rules:
    - name: only
      backendRefs:
        - { group: "", kind: Service, name: cart, port: 443, weight: 9 }
        - { group: "", kind: Service, name: stock, namespace: outside, port: 443, weight: 1 }
`;

const grant = (kind: string): string => `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: stock, namespace: outside }
spec:
  from: [{ group: gateway.networking.k8s.io, kind: ${kind}, namespace: shop }]
  to: [{ group: "", kind: Service }]
`;

const l4Gateway = gateway(`
    - { name: tls, port: 443, protocol: TLS, tls: { mode: Passthrough } }
    - { name: alt, port: 8443, protocol: TLS, tls: { mode: Passthrough } }
    - { name: tcp, port: 9000, protocol: TCP }
    - { name: other, port: 9001, protocol: TCP }
`);

const l4Others: Readonly<Record<string, readonly unknown[]>> = {
  'spec.parentRefs[].group': ['example.org'],
  'spec.parentRefs[].kind': ['Other'],
  'spec.parentRefs[].name': ['cart-next', 'other'],
  'spec.parentRefs[].namespace': ['outside'],
  'spec.parentRefs[].port': [80, 8443, 9001],
  'spec.parentRefs[].sectionName': ['alt', 'other'],
  'spec.rules[].backendRefs[].name': ['cart-next'],
  'spec.rules[].backendRefs[].namespace': ['shop'],
  'spec.rules[].backendRefs[].port': [80],
  'spec.rules[].backendRefs[].group': ['example.org'],
  'spec.rules[].backendRefs[].kind': ['Other'],
};

const l4Live = (kind: string, version: string, listener: string, more = ''): Live => ({
  group: 'gateway.networking.k8s.io',
  kind,
  scenes: [
    '{ group: "", kind: Service, name: cart, port: 443 }',
    '{ group: "", kind: Service, name: cart, namespace: shop }',
    `{ group: gateway.networking.k8s.io, kind: Gateway, name: edge, namespace: shop, sectionName: ${listener} }`,
    `{ name: edge, port: ${listener === 'tls' ? 443 : 9000} }`,
  ].map(parent => scene(shop, gatewayClass, l4Gateway, grant(kind), l4Route(kind, version, parent, more))),
  others: kind === 'TLSRoute' ? { ...l4Others, 'spec.hostnames[]': ['other.example'] } : l4Others,
});

export const tlsRouteLive = l4Live('TLSRoute', 'v1alpha2', 'tls', '  hostnames: [cart.example]');
export const tcpRouteLive = l4Live('TCPRoute', 'v1alpha2', 'tcp');
