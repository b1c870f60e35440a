import { application, type Live, scene } from '../live.ts';

/** Two versions of `reviews`, `ratings` beside it, and a caller in another namespace. */
const shop = scene(
  application('reviews', { port: 9080, versions: ['v1', 'v2'], more: ', { name: http-admin, port: 9090 }' }),
  application('ratings', { port: 9080, more: ', { name: http-admin, port: 9090 }' }),
  application('web'),
  application('crawler', { namespace: 'outside' }),
  `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: shop }
spec:
  host: reviews
  subsets:
    - { name: v1, labels: { version: v1 } }
    - { name: v2, labels: { version: v2 } }
`,
  `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ratings, namespace: shop }
spec:
  host: ratings
  subsets:
    - { name: v1, labels: { version: v1 } }
    - { name: v2, labels: { version: v2 } }
`,
);

const virtualService = (spec: string, name = 'reviews'): string => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: shop }
spec:
${spec}
`;

const gateway = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  selector: { istio: ingressgateway }
  servers:
    - { port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }
    - { port: { number: 443, name: tls, protocol: TLS }, hosts: ["*"], tls: { mode: PASSTHROUGH } }
`;

const toReviews = 'route: [{ destination: { host: reviews, subset: v1 } }]';
const toRatings = 'route: [{ destination: { host: ratings } }]';

/** One rule, and one that takes the rest. */
const oneRule = (rule: string): string =>
  virtualService(`
  hosts: [reviews]
  exportTo: ["*"]
  http:
    - ${rule.trim().replaceAll('\n', '\n      ')}
    - ${toReviews}
`);

/** Every way to match, a few in one rule. */
const matches = [
  `{ uri: { exact: /exact }, ignoreUriCase: true }, { uri: { prefix: /prefix } }`,
  `{ uri: { regex: "/regex/[0-9]+" } }, { uri: { prefix: /upper }, ignoreUriCase: false }`,
  `{ uri: { exact: /m1 }, method: { exact: POST } }, { uri: { exact: /m2 }, method: { prefix: P } }`,
  `{ uri: { exact: /m3 }, method: { regex: "PUT|DELETE" } }`,
  `{ uri: { exact: /a1 }, authority: { exact: "reviews:9080" } }, { uri: { exact: /a2 }, authority: { prefix: reviews.shop } }`,
  `{ uri: { exact: /a3 }, authority: { regex: "reviews[.]shop.*" } }`,
  `{ uri: { exact: /s1 }, scheme: { exact: https } }, { uri: { exact: /s2 }, scheme: { prefix: https } }`,
  `{ uri: { exact: /s3 }, scheme: { regex: "https?" } }`,
  `{ uri: { exact: /h1 }, headers: { x-user: { exact: ada } } }, { uri: { exact: /h2 }, headers: { x-user: { prefix: a } } }`,
  `{ uri: { exact: /h3 }, headers: { x-user: { regex: "a.*b" } } }`,
  `{ uri: { exact: /w1 }, withoutHeaders: { x-user: { exact: ada } } }, { uri: { exact: /w2 }, withoutHeaders: { x-user: { prefix: a } } }`,
  `{ uri: { exact: /w3 }, withoutHeaders: { x-user: { regex: "a.*b" } } }`,
  `{ uri: { exact: /q1 }, queryParams: { page: { exact: first } } }, { uri: { exact: /q2 }, queryParams: { page: { prefix: fir } } }`,
  `{ uri: { exact: /q3 }, queryParams: { page: { regex: "[a-z]+" } } }`,
  `{ uri: { exact: /p1 }, port: 9090 }, { uri: { exact: /l1 }, sourceLabels: { app: web } }`,
  `{ uri: { exact: /n1 }, sourceNamespace: outside }, { uri: { exact: /g1 }, gateways: [mesh] }`,
  `{ uri: { exact: /t1 }, name: named, statPrefix: some-metric }`,
].map(match => oneRule(`match: [${match}]\n${toRatings}`));

/** Everything that can be done to requests. */
const actions = [
  `
name: to-everyone
timeout: 3s
retries:
  attempts: 4
  perTryTimeout: 1s
  retryOn: gateway-error,503
  backoff: 50ms
  retryRemoteLocalities: true
  retryIgnorePreviousHosts: true
${toReviews}`,
  `
route:
  - destination: { host: reviews, subset: v1, port: { number: 9080 } }
    weight: 80
    headers:
      request: { set: { x-a: one }, add: { x-b: two }, remove: [x-c] }
      response: { set: { x-d: three }, add: { x-e: four }, remove: [x-f] }
  - destination: { host: ratings }
    weight: 20
headers:
  request: { set: { x-g: one }, add: { x-h: two }, remove: [x-i] }
  response: { set: { x-j: three }, add: { x-k: four }, remove: [x-l] }`,
  `mirrors: [{ destination: { host: ratings, subset: v1, port: { number: 9080 } }, percentage: { value: 12.5 } }]\n${toReviews}`,
  `mirror: { host: ratings, subset: v1, port: { number: 9080 } }\nmirrorPercentage: { value: 30 }\n${toReviews}`,
  `mirror: { host: ratings }\nmirrorPercent: 30\n${toReviews}`,
  `mirror: { host: ratings }\nmirror_percent: 30\n${toReviews}`,
  `
corsPolicy:
  allowOrigins: [{ exact: "https://a.example" }, { prefix: "https://b." }, { regex: "https://c[.].*" }]
  allowMethods: [GET]
  allowHeaders: [x-one]
  exposeHeaders: [x-two]
  maxAge: 1h
  allowCredentials: true
  unmatchedPreflights: IGNORE
${toReviews}`,
  `corsPolicy: { allowOrigin: ["https://a.example"] }\n${toReviews}`,
  `fault: { delay: { fixedDelay: 2s, percentage: { value: 10 } } }\n${toReviews}`,
  `fault: { delay: { fixedDelay: 2s, percent: 10 } }\n${toReviews}`,
  `fault: { delay: { exponentialDelay: 2s, percent: 10 } }\n${toReviews}`,
  `fault: { abort: { httpStatus: 503, percentage: { value: 10 } } }\n${toReviews}`,
  `fault: { abort: { grpcStatus: UNAVAILABLE, percentage: { value: 10 } } }\n${toReviews}`,
  `match: [{ uri: { prefix: /rewritten } }]\nrewrite: { uri: /inside, authority: inside.example }\n${toReviews}`,
  `rewrite: { uriRegexRewrite: { match: "^/regex-([a-z]+)", rewrite: '/\\1/inside' } }\n${toReviews}`,
  'redirect: { uri: /there, authority: there.example, scheme: https, port: 8443, redirectCode: 302 }',
  'match: [{ uri: { prefix: /old } }]\nredirect: { prefixRewrite: /there, scheme: https, derivePort: FROM_PROTOCOL_DEFAULT }',
  'directResponse: { status: 418, body: { string: short } }',
  'directResponse: { status: 418, body: { bytes: c2hvcnQ= } }',
].map(oneRule);

const delegated = scene(
  virtualService(
    '  hosts: [reviews]\n  http: [{ match: [{ uri: { prefix: /d } }], delegate: { name: child, namespace: shop } }]',
  ),
  virtualService(`  http: [{ match: [{ uri: { prefix: /d/e } }], ${toRatings} }]`, 'child'),
  virtualService(`  http: [{ match: [{ uri: { prefix: /d/f } }], ${toReviews} }]`, 'other-child'),
);

const ledger = scene(
  application('ledger', {
    port: 9000,
    portName: 'tcp',
    address: '10.1.0.7',
    versions: ['v1', 'v2'],
    more: ', { name: tls, port: 443 }',
  }),
  application('vault', { port: 9000, portName: 'tcp', more: ', { name: tls, port: 443 }' }),
  `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ledger, namespace: shop }
spec:
  host: ledger
  subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }]
`,
);

/** Bytes and TLS by what is known before a request is read. */
const connections = [
  `
  tcp:
    - match: [{ port: 9000, sourceLabels: { app: web }, gateways: [mesh] }]
      route:
        - { destination: { host: ledger, subset: v1, port: { number: 9000 } }, weight: 75 }
        - { destination: { host: vault }, weight: 25 }
  tls:
    - match: [{ port: 443, sniHosts: [ledger.example], sourceLabels: { app: web }, gateways: [mesh] }]
      route:
        - { destination: { host: ledger, subset: v1, port: { number: 443 } }, weight: 75 }
        - { destination: { host: vault }, weight: 25 }
`,
  ...['destinationSubnets: [10.1.0.7/32]', 'sourceNamespace: outside'].map(
    condition => `
  tcp: [{ match: [{ ${condition} }], route: [{ destination: { host: vault } }] }]
  tls: [{ match: [{ sniHosts: [ledger.example], ${condition} }], route: [{ destination: { host: vault } }] }]
`,
  ),
  '  tcp: [{ match: [{ sourceSubnet: 10.2.0.0/16 }], route: [{ destination: { host: vault } }] }]',
].map(rules => scene(ledger, virtualService(`  hosts: [ledger]\n${rules}`, 'ledger')));

const ingress = scene(
  gateway,
  virtualService(
    `
  hosts: [shop.example]
  gateways: [edge]
  http:
    - match: [{ uri: { prefix: /in }, gateways: [edge] }]
      ${toRatings}
    - ${toReviews}
`,
    'ingress',
  ),
);

const hidden = virtualService(`  hosts: [reviews]\n  exportTo: [shop]\n  http: [{ ${toRatings} }]`);

export const virtualServiceLive: Live = {
  group: 'networking.istio.io',
  kind: 'VirtualService',
  scenes: [...matches, ...actions, delegated, ...connections, ingress, hidden].map(documents => scene(shop, documents)),
  others: {
    'spec.hosts[]': ['ratings'],
    'spec.exportTo[]': ['outside', '~'],
    'spec.gateways[]': ['mesh'],
    'spec.http[].match[].gateways[]': ['mesh', 'edge'],
    'spec.http[].match[].method.prefix': ['D'],
    'spec.http[].match[].method.regex': ['GET'],
    'spec.http[].match[].scheme.exact': ['http'],
    'spec.http[].match[].scheme.regex': ['ftp'],
    'spec.http[].match[].sourceNamespace': ['shop'],
    'spec.http[].match[].sourceLabels{}': ['crawler'],
    'spec.http[].match[].port': [9080],
    'spec.http[].delegate.name': ['other-child'],
    'spec.http[].delegate.namespace': ['outside'],
    'spec.http[].route[].destination.host': ['ratings', 'reviews'],
    'spec.http[].route[].destination.subset': ['v2'],
    'spec.http[].route[].destination.port.number': [9090],
    'spec.http[].mirror.host': ['reviews'],
    'spec.http[].mirror.port.number': [9090],
    'spec.http[].mirrors[].destination.host': ['reviews'],
    'spec.http[].mirrors[].destination.port.number': [9090],
    'spec.http[].retries.retryOn': ['5xx'],
    'spec.http[].fault.abort.grpcStatus': ['INTERNAL'],
    'spec.http[].directResponse.body.bytes': ['b3RoZXI='],
    'spec.tcp[].route[].destination.host': ['vault', 'ledger'],
    'spec.tcp[].route[].destination.port.number': [443],
    'spec.tcp[].match[].port': [443],
    'spec.tcp[].match[].sourceLabels{}': ['crawler'],
    'spec.tcp[].match[].sourceNamespace': ['shop'],
    'spec.tls[].route[].destination.host': ['vault', 'ledger'],
    'spec.tls[].route[].destination.port.number': [9000],
    'spec.tls[].match[].port': [9000],
    'spec.tls[].match[].sourceLabels{}': ['crawler'],
    'spec.tls[].match[].sourceNamespace': ['shop'],
  },
};
