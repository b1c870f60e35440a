import { application, type Live, scene } from '../live.ts';

/** `reviews` with two versions on two ports, called by `web` of its own namespace and `crawler` of another. */
const shop = scene(
  application('reviews', { port: 9080, versions: ['v1', 'v2'], more: ', { name: http-admin, port: 9090 }' }),
  application('ratings'),
  application('web'),
  application('crawler', { namespace: 'outside' }),
);

/** Each policy sets what can stand together; one of a `oneof` each. */
const policies: readonly string[] = [
  `
connectionPool:
  tcp:
    maxConnections: 100
    connectTimeout: 3s
    idleTimeout: 40m
    maxConnectionDuration: 2h
    tcpKeepalive: { probes: 4, time: 5m, interval: 75s }
  http:
    http1MaxPendingRequests: 10
    http2MaxRequests: 20
    maxRequestsPerConnection: 30
    maxRetries: 3
    idleTimeout: 30m
    h2UpgradePolicy: UPGRADE
    useClientProtocol: true
    maxConcurrentStreams: 50
    http2KeepAlive: { interval: 30s, timeout: 5s }
loadBalancer: { simple: ROUND_ROBIN, warmup: { duration: 60s, minimumPercent: 20, aggression: 1.5 } }
outlierDetection:
  consecutive5xxErrors: 7
  consecutiveGatewayErrors: 6
  splitExternalLocalOriginErrors: true
  consecutiveLocalOriginFailures: 4
  interval: 20s
  baseEjectionTime: 40s
  maxEjectionPercent: 50
  minHealthPercent: 30
  outlierDetectionHttpErrorCodes: [502]
tls:
  mode: MUTUAL
  clientCertificate: /certs/client.pem
  privateKey: /certs/key.pem
  caCertificates: /certs/ca.pem
  caCrl: /certs/crl.pem
  subjectAltNames: [reviews.shop.example]
  sni: reviews.example
`,
  `
tls: { mode: SIMPLE, credentialName: reviews-tls }
outlierDetection: { consecutiveErrors: 3 }
loadBalancer: { simple: RANDOM, warmupDurationSecs: 60s }
`,
  'tls: { mode: SIMPLE, insecureSkipVerify: true }',
  `
loadBalancer:
  consistentHash:
    httpCookie: { name: user, path: /shop, ttl: 60s, attributes: [{ name: SameSite, value: Strict }] }
    ringHash: { minimumRingSize: 2048 }
`,
  'loadBalancer: { consistentHash: { httpHeaderName: x-user, maglev: { tableSize: 131 } } }',
  'loadBalancer: { consistentHash: { httpQueryParameterName: user, minimumRingSize: 2048 } }',
  'loadBalancer: { consistentHash: { useSourceIp: true } }',
  `
loadBalancer:
  localityLbSetting:
    enabled: true
    distribute: [{ from: eu/a/*, to: { "eu/a/*": 70, "eu/b/*": 30 } }]
outlierDetection: { consecutive5xxErrors: 7 }
`,
  `
loadBalancer:
  localityLbSetting: { enabled: true, failover: [{ from: eu, to: us }] }
outlierDetection: { consecutive5xxErrors: 7 }
`,
  `
loadBalancer:
  localityLbSetting: { enabled: true, failoverPriority: [topology.istio.io/network] }
outlierDetection: { consecutive5xxErrors: 7 }
`,
  `
loadBalancer:
  backendUtilization:
    errorUtilizationPenaltyPercent: 10
    metricNamesForComputingUtilization: [cpu]
    weightExpirationPeriod: 60s
    weightStabilizationPeriod: 30s
    weightUpdatePeriod: 5s
`,
  `
loadBalancer:
  zoneAwareLbSetting: { enabled: true, minClusterSize: 6, failover: [{ from: eu, to: us }] }
outlierDetection: { consecutive5xxErrors: 7 }
`,
  `
loadBalancer:
  zoneAwareLbSetting: { enabled: true, failoverPriority: [topology.istio.io/network] }
outlierDetection: { consecutive5xxErrors: 7 }
`,
];

/** What only a policy for the whole host can say. */
const wholeHostPolicies: readonly string[] = [
  'proxyProtocol: { version: V2 }',
  'tunnel: { protocol: CONNECT, targetHost: inner.example, targetPort: 8443 }',
  'retryBudget: { percent: 25, minRetryConcurrency: 5, budgetInterval: 20s }',
];

const indented = (text: string, by: number): string =>
  text
    .split('\n')
    .map(line => (line === '' ? line : ' '.repeat(by) + line))
    .join('\n');

const rule = (spec: string): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: shop }
spec:
  host: reviews
${spec}
`;

const route = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: shop }
spec:
  hosts: [reviews]
  http:
    - match: [{ uri: { prefix: /v1 } }]
      route: [{ destination: { host: reviews, subset: v1 } }]
    - match: [{ uri: { prefix: /v2 } }]
      route: [{ destination: { host: reviews, subset: v2 } }]
    - route: [{ destination: { host: reviews } }]
`;

/** A policy at each of the four places where one can stand. */
const everywhere = (policy: string, ofPorts: boolean): readonly string[] => [
  rule(`  trafficPolicy:\n${indented(policy, 4)}`),
  rule(`  subsets:\n    - name: v1\n      labels: { version: v1 }\n      trafficPolicy:\n${indented(policy, 8)}`),
  ...(ofPorts
    ? [
        rule(`  trafficPolicy:\n    portLevelSettings:\n      - port: { number: 9080 }\n${indented(policy, 8)}`),
        rule(
          `  subsets:\n    - name: v1\n      labels: { version: v1 }\n      trafficPolicy:\n        portLevelSettings:\n          - port: { number: 9080 }\n${indented(policy, 12)}`,
        ),
      ]
    : []),
];

const shown = rule('  exportTo: ["*"]\n  trafficPolicy: { loadBalancer: { simple: RANDOM } }');

const chosen = rule(`
  workloadSelector: { matchLabels: { app: web } }
  trafficPolicy: { loadBalancer: { simple: RANDOM } }
  subsets:
    - { name: v1, labels: { version: v1 } }
    - { name: v2, labels: { version: v2 } }
`);

const others: Readonly<Record<string, readonly unknown[]>> = {
  'tls.mode': ['DISABLE'],
  'tls.caCrl': ['/certs/other-crl.pem'],
  'loadBalancer.localityLbSetting.failoverPriority[]': ['topology.kubernetes.io/region'],
  'loadBalancer.localityLbSetting.distribute[].from': ['eu/c/*'],
  'loadBalancer.zoneAwareLbSetting.failoverPriority[]': ['topology.kubernetes.io/region'],
};

const places = ['', '.portLevelSettings[]'].flatMap(ports => [
  `spec.trafficPolicy${ports}`,
  `spec.subsets[].trafficPolicy${ports}`,
]);

const isOfPorts = (place: string): boolean => place.endsWith('[]');

export const destinationRuleLive: Live = {
  group: 'networking.istio.io',
  kind: 'DestinationRule',
  scenes: [
    ...policies.flatMap(policy => everywhere(policy, true)),
    ...wholeHostPolicies.flatMap(policy => everywhere(policy, false)),
    shown,
    chosen,
  ].map(documents => scene(shop, route, documents)),
  others: {
    ...Object.fromEntries(
      places.flatMap(place => Object.entries(others).map(([path, values]) => [`${place}.${path}`, values])),
    ),
    ...Object.fromEntries(places.filter(isOfPorts).map(place => [`${place}.port.number`, [9090]])),
    'spec.host': ['ratings'],
    'spec.exportTo[]': ['outside'],
    'spec.workloadSelector.matchLabels{}': ['other'],
    'spec.subsets[].name': ['v3'],
    'spec.subsets[].labels{}': ['v2'],
  },
};
