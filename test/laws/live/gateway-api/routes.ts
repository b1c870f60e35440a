import { application, type Live, scene } from '../live.ts';

const shop = scene(
  application('cart', { more: ', { name: http-admin, port: 9090, targetPort: 9090 }' }),
  application('cart-next'),
  application('web'),
  application('stock', { namespace: 'outside' }),
  application('crawler', { namespace: 'outside' }),
  `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: stock, namespace: outside }
spec:
  from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop }, { group: gateway.networking.k8s.io, kind: GRPCRoute, namespace: shop }, { group: policy.linkerd.io, kind: HTTPRoute, namespace: shop }]
  to: [{ group: "", kind: Service, name: stock }]
`,
);

/** A gateway with two listeners, for routes that are attached to one. */
const edge = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: edge }
spec: { controllerName: example.org/edge }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  gatewayClassName: edge
  listeners:
    - { name: http, port: 80, protocol: HTTP }
    - { name: alt, port: 8080, protocol: HTTP }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: outside }
spec:
  gatewayClassName: edge
  listeners: [{ name: http, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: All } } }]
`;

interface Language {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const route = ({ group, version, kind }: Language, parents: string, more: string): string => `
apiVersion: ${group}/${version}
kind: ${kind}
metadata: { name: cart, namespace: shop }
spec:
  parentRefs: [${parents}]
${more}
`;

const toService = '{ group: "", kind: Service, name: cart, port: 80 }';
const toOtherService = '{ group: "", kind: Service, name: stock, namespace: outside, port: 80 }';
const toListener =
  '{ group: gateway.networking.k8s.io, kind: Gateway, name: edge, namespace: shop, sectionName: http }';
const toListenerPort = '{ group: gateway.networking.k8s.io, kind: Gateway, name: edge, port: 80 }';

/** Where requests arrive in a mesh that guards its servers by ports. */
const guardedPort = `
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: { name: cart, namespace: shop }
spec: { podSelector: { matchLabels: { app: cart } }, port: http, accessPolicy: deny }
`;
const toServer = '{ group: policy.linkerd.io, kind: Server, name: cart, sectionName: http }';

const rule = (text: string): string => `  rules:\n    - ${text.trim().replaceAll('\n', '\n      ')}`;

const requestFilter =
  '{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: x-a, value: one }], add: [{ name: x-b, value: two }], remove: [x-c] } }';
const responseFilter =
  '{ type: ResponseHeaderModifier, responseHeaderModifier: { set: [{ name: x-d, value: one }], add: [{ name: x-e, value: two }], remove: [x-f] } }';
const headerFilters = `filters: [${requestFilter}, ${responseFilter}]`;

const toCart = 'backendRefs: [{ name: cart, port: 80 }]';

const redirects = ['ReplacePrefixMatch, replacePrefixMatch: /new', 'ReplaceFullPath, replaceFullPath: /new'].map(
  path =>
    `{ type: RequestRedirect, requestRedirect: { scheme: https, hostname: there.example, port: 8443, statusCode: 302, path: { type: ${path} } } }`,
);

/** What every route of HTTP can say, in the languages that say it. */
const httpScenes = (language: Language, routeFilters: string): readonly string[] => [
  route(
    language,
    toService,
    rule(`
matches:
  - path: { type: Exact, value: /exact }
    method: POST
    headers: [{ type: Exact, name: x-user, value: ada }, { type: RegularExpression, name: x-group, value: "a.*" }]
    queryParams: [{ type: Exact, name: page, value: first }, { type: RegularExpression, name: size, value: "[0-9]+" }]
  - path: { type: PathPrefix, value: /prefix }
  - path: { type: RegularExpression, value: "/regex/[0-9]+" }
timeouts: { request: 10s, backendRequest: 2s }
backendRefs:
  - { group: "", kind: Service, name: cart, port: 80, weight: 9 }
  - { group: "", kind: Service, name: stock, namespace: outside, port: 80, weight: 1 }`),
  ),
  route(language, toService, `  hostnames: [cart.example]\n${rule(`${routeFilters}\n${toCart}`)}`),
  route(language, toListener, `  hostnames: [cart.example]\n${rule(`${routeFilters}\n${toCart}`)}`),
  route(language, toListenerPort, `  hostnames: [cart.example]\n${rule(toCart)}`),
  route(language, toOtherService, rule(`${routeFilters}\n${toCart}`)),
  `${guardedPort}---${route(language, toServer, rule('matches: [{ path: { value: /open } }]'))}`,
  ...redirects.map(redirect =>
    route(
      language,
      toService,
      rule(
        `matches: [{ path: { type: PathPrefix, value: /old } }]\nbackendRefs: [{ name: cart, port: 80, filters: [${redirect}] }]`,
      ),
    ),
  ),
  route(
    language,
    toService,
    rule(`
backendRefs:
  - name: cart
    port: 80
    ${headerFilters}`),
  ),
  ...[
    'path: { type: ReplacePrefixMatch, replacePrefixMatch: /new }',
    'path: { type: ReplaceFullPath, replaceFullPath: /new }',
  ].map(path =>
    route(
      language,
      toService,
      rule(`
matches: [{ path: { type: PathPrefix, value: /old } }]
filters:
  - type: RequestRedirect
    requestRedirect: { scheme: https, hostname: there.example, port: 8443, statusCode: 302, ${path} }`),
    ),
  ),
];

const coreHttp: Language = { group: 'gateway.networking.k8s.io', version: 'v1', kind: 'HTTPRoute' };

const httpOthers: Readonly<Record<string, readonly unknown[]>> = {
  'spec.hostnames[]': ['other.example'],
  'spec.parentRefs[].group': ['example.org', 'gateway.networking.k8s.io'],
  'spec.parentRefs[].kind': ['Gateway', 'Other'],
  'spec.parentRefs[].name': ['cart-next', 'web', 'other'],
  'spec.parentRefs[].namespace': ['outside', 'shop'],
  'spec.parentRefs[].port': [9090, 8080],
  // One mesh passes over the name of a port, and over a Server that is referred to with one.
  'spec.parentRefs[].sectionName': ['alt', null],
  'spec.rules[].backendRefs[].name': ['cart-next', 'other'],
  'spec.rules[].backendRefs[].namespace': ['shop'],
  'spec.rules[].backendRefs[].port': [9090],
  'spec.rules[].backendRefs[].group': ['example.org'],
  'spec.rules[].backendRefs[].kind': ['Other'],
};

const mirrorOthers: Readonly<Record<string, readonly unknown[]>> = Object.fromEntries(
  ['spec.rules[].filters[]', 'spec.rules[].backendRefs[].filters[]'].flatMap(at => [
    [`${at}.requestMirror.backendRef.name`, ['web']],
    [`${at}.requestMirror.backendRef.namespace`, ['shop']],
    [`${at}.requestMirror.backendRef.port`, [9090]],
    [`${at}.requestMirror.backendRef.group`, ['example.org']],
    [`${at}.requestMirror.backendRef.kind`, ['Other']],
  ]),
);

const filter = (text: string): string =>
  route(
    coreHttp,
    toService,
    rule(`matches: [{ path: { type: PathPrefix, value: /old } }]\nfilters: [${text}]\n${toCart}`),
  );

const mirror = (share: string): string =>
  filter(
    `{ type: RequestMirror, requestMirror: { backendRef: { group: "", kind: Service, name: stock, namespace: outside, port: 80 }${share} } }`,
  );

const extension = '{ type: ExtensionRef, extensionRef: { group: example.org, kind: Filter, name: mine } }';
const authorisation = (protocol: string): string =>
  `{ type: ExternalAuth, externalAuth: { backendRef: { group: "", kind: Service, name: stock, namespace: outside, port: 80 }, forwardBody: { maxSize: 1024 }, ${protocol} } }`;
const authorisationByHttp = authorisation(
  'protocol: HTTP, http: { path: /check, allowedHeaders: [x-one], allowedResponseHeaders: [x-two] }',
);
const authorisationByGrpc = authorisation('protocol: GRPC, grpc: { allowedHeaders: [x-one] }');

const corsFilter =
  '{ type: CORS, cors: { allowOrigins: ["https://a.example"], allowMethods: [GET], allowHeaders: [x-one], exposeHeaders: [x-two], maxAge: 60, allowCredentials: true } }';
const mirrorFilter = (share: string): string =>
  `{ type: RequestMirror, requestMirror: { backendRef: { group: "", kind: Service, name: stock, namespace: outside, port: 80 }${share} } }`;

/** What a filter on the only backend of a rule does. */
const backendFilter = (text: string): string =>
  route(
    coreHttp,
    toService,
    rule(
      `matches: [{ path: { type: PathPrefix, value: /old } }]\nbackendRefs: [{ name: cart, port: 80, filters: [${text}] }]`,
    ),
  );

const backendFilters: readonly string[] = [
  extension,
  authorisationByHttp,
  authorisationByGrpc,
  corsFilter,
  mirrorFilter(', percent: 20'),
  mirrorFilter(', fraction: { numerator: 1, denominator: 4 }'),
  ...[
    'path: { type: ReplacePrefixMatch, replacePrefixMatch: /new }',
    'path: { type: ReplaceFullPath, replaceFullPath: /new }',
  ].map(path => `{ type: URLRewrite, urlRewrite: { hostname: inside.example, ${path} } }`),
];

export const httpRouteLive: Live = {
  group: 'gateway.networking.k8s.io',
  kind: 'HTTPRoute',
  scenes: [
    ...httpScenes(coreHttp, headerFilters),
    mirror(', percent: 20'),
    mirror(', fraction: { numerator: 1, denominator: 4 }'),
    filter(
      '{ type: URLRewrite, urlRewrite: { hostname: inside.example, path: { type: ReplacePrefixMatch, replacePrefixMatch: /new } } }',
    ),
    filter('{ type: URLRewrite, urlRewrite: { path: { type: ReplaceFullPath, replaceFullPath: /new } } }'),
    filter(
      '{ type: CORS, cors: { allowOrigins: ["https://a.example"], allowMethods: [GET], allowHeaders: [x-one], exposeHeaders: [x-two], maxAge: 60, allowCredentials: true } }',
    ),
    ...[extension, authorisationByHttp, authorisationByGrpc].map(filter),
    ...backendFilters.map(backendFilter),
    route(coreHttp, toService, rule(`name: named\nretry: { attempts: 3, backoff: 100ms, codes: [503] }\n${toCart}`)),
    route(
      coreHttp,
      toService,
      rule(
        `sessionPersistence: { type: Cookie, absoluteTimeout: 1h, cookie: { name: user, path: /, lifetimeType: Permanent } }\n${toCart}`,
      ),
    ),
    route(coreHttp, toService, rule(`sessionPersistence: { type: Header, header: { name: x-user } }\n${toCart}`)),
  ].map(documents => scene(shop, edge, documents)),
  others: {
    ...httpOthers,
    ...mirrorOthers,
    ...Object.fromEntries(
      ['spec.rules[].filters[]', 'spec.rules[].backendRefs[].filters[]'].flatMap(at => [
        [`${at}.cors.allowOrigins[]`, ['https://b.example']],
        [`${at}.cors.allowMethods[]`, ['POST']],
      ]),
    ),
    // What is tried once has one deadline, the shorter one.
    'spec.rules[].timeouts.request': ['1s'],
  },
};

export const policyHttpRouteLive: Live = {
  group: 'policy.linkerd.io',
  kind: 'HTTPRoute',
  scenes: httpScenes(
    { group: 'policy.linkerd.io', version: 'v1beta3', kind: 'HTTPRoute' },
    `filters: [${requestFilter}]`,
  ).map(documents => scene(shop, documents)),
  others: httpOthers,
};

const grpc: Language = { group: 'gateway.networking.k8s.io', version: 'v1', kind: 'GRPCRoute' };

export const grpcRouteLive: Live = {
  group: 'gateway.networking.k8s.io',
  kind: 'GRPCRoute',
  scenes: [
    route(
      grpc,
      toService,
      `  hostnames: [cart.example]\n${rule(`
matches:
  - method: { type: Exact, service: shop.Cart, method: Add }
    headers: [{ type: Exact, name: x-user, value: ada }, { type: RegularExpression, name: x-group, value: "a.*" }]
filters: [${requestFilter}]
backendRefs:
  - { group: "", kind: Service, name: cart, port: 80, weight: 9 }
  - { group: "", kind: Service, name: stock, namespace: outside, port: 80, weight: 1 }`)}`,
    ),
    route(
      grpc,
      toService,
      rule(`matches: [{ method: { type: RegularExpression, service: "shop[.].*", method: "Get.*" } }]\n${toCart}`),
    ),
    route(grpc, toService, rule(`filters: [${responseFilter}]\n${toCart}`)),
    `${guardedPort.replace('port: http', 'port: http, proxyProtocol: gRPC')}---${route(grpc, toServer, rule('matches: [{ method: { service: shop.Cart, method: Add } }]'))}`,
    route(grpc, toListener, `  hostnames: [cart.example]\n${rule(toCart)}`),
    route(grpc, toListenerPort, `  hostnames: [cart.example]\n${rule(toCart)}`),
    route(grpc, toOtherService, rule(toCart)),
    ...[', percent: 20', ', fraction: { numerator: 1, denominator: 4 }'].map(share =>
      route(
        grpc,
        toService,
        rule(
          `filters: [{ type: RequestMirror, requestMirror: { backendRef: { group: "", kind: Service, name: stock, namespace: outside, port: 80 }${share} } }]\n${toCart}`,
        ),
      ),
    ),
    route(
      grpc,
      toService,
      rule(`name: named\nbackendRefs:\n  - name: cart\n    port: 80\n    filters: [${requestFilter}]`),
    ),
    route(grpc, toService, rule(`backendRefs: [{ name: cart, port: 80, filters: [${responseFilter}] }]`)),
    route(grpc, toService, rule(`filters: [${extension}]\n${toCart}`)),
    ...[extension, mirrorFilter(', percent: 20'), mirrorFilter(', fraction: { numerator: 1, denominator: 4 }')].map(
      text => route(grpc, toService, rule(`backendRefs: [{ name: cart, port: 80, filters: [${text}] }]`)),
    ),
    route(
      grpc,
      toService,
      rule(
        `sessionPersistence: { type: Cookie, absoluteTimeout: 1h, cookie: { name: user, path: /, lifetimeType: Permanent } }\n${toCart}`,
      ),
    ),
  ].map(documents => scene(shop, edge, documents)),
  others: {
    ...httpOthers,
    ...mirrorOthers,
    'spec.rules[].matches[].method.service': ['shop.Other'],
    'spec.rules[].matches[].method.method': ['Remove'],
  },
};
