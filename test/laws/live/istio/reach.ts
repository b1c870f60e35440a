import { application, type Live, scene } from '../live.ts';

const callers = scene(application('web', { port: 9080 }), application('crawler', { namespace: 'outside' }));

const object = (kind: string, name: string, spec: string): string => `
apiVersion: networking.istio.io/v1
kind: ${kind}
metadata: { name: ${name}, namespace: shop }
spec:
${spec}
`;

const ingressPods = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: edge, namespace: istio-system }
spec:
  template:
    metadata: { labels: { istio: ingressgateway } }
    spec: { serviceAccountName: edge, containers: [{ name: istio-proxy, image: proxy }] }
---
apiVersion: v1
kind: Service
metadata: { name: edge, namespace: istio-system }
spec:
  selector: { istio: ingressgateway }
  ports: [{ name: http, port: 80, targetPort: 8080 }, { name: https, port: 443, targetPort: 8443 }]
`;

const behindGateway = object(
  'VirtualService',
  'in',
  `
  hosts: [shop.example]
  gateways: [edge]
  http: [{ route: [{ destination: { host: web } }] }]
  tls: [{ match: [{ sniHosts: [shop.example] }], route: [{ destination: { host: web } }] }]
`,
);

const gateway = (servers: string): string =>
  scene(
    ingressPods,
    behindGateway,
    object('Gateway', 'edge', `  selector: { istio: ingressgateway }\n  servers:\n${servers}`),
  );

export const gatewayLive: Live = {
  group: 'networking.istio.io',
  kind: 'Gateway',
  scenes: [
    gateway(`
    - { name: plain, port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.example], bind: 10.0.0.1 }
`),
    gateway(`
    - port: { number: 80, name: http, protocol: HTTP }
      hosts: ["*"]
      tls: { httpsRedirect: true }
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [shop.example]
      tls:
        mode: MUTUAL
        credentialName: shop-tls
        caCertCredentialName: shop-ca
        subjectAltNames: [partner.example]
        minProtocolVersion: TLSV1_2
        maxProtocolVersion: TLSV1_3
        cipherSuites: [ECDHE-RSA-AES128-GCM-SHA256]
        ecdhCurves: [X25519]
`),
    gateway(`
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [shop.example]
      tls: { mode: MUTUAL, serverCertificate: /certs/tls.crt, privateKey: /certs/tls.key, caCertificates: /certs/ca.crt, caCrl: /certs/ca.crl, insecureSkipVerify: true }
`),
    gateway(`
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [shop.example]
      tls:
        mode: SIMPLE
        credentialNames: [shop-rsa, shop-ecdsa]
        verifyCertificateHash: ["0123456789012345678901234567890123456789012345678901234567890123"]
        verifyCertificateSpki: ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
`),
    gateway(`
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [shop.example]
      tls: { mode: MUTUAL, tlsCertificates: [{ serverCertificate: /certs/tls.crt, privateKey: /certs/tls.key, caCertificates: /certs/ca.crt }] }
`),
  ].map(documents => scene(callers, documents)),
  others: {
    'spec.selector{}': ['other'],
    'spec.servers[].hosts[]': ['other.example', 'shop/shop.example', 'outside/*'],
    'spec.servers[].port.protocol': ['HTTPS', 'TCP'],
    'spec.servers[].port.number': [8080, 8443],
    'spec.servers[].tls.mode': ['SIMPLE', 'PASSTHROUGH'],
  },
};

const entry = (spec: string): string => object('ServiceEntry', 'outside', spec);

export const serviceEntryLive: Live = {
  group: 'networking.istio.io',
  kind: 'ServiceEntry',
  scenes: [
    entry(`
  hosts: [api.example]
  exportTo: ["*"]
  location: MESH_EXTERNAL
  resolution: DNS
  ports: [{ number: 443, name: tls, protocol: TLS, targetPort: 8443 }, { number: 80, name: http, protocol: HTTP }]
`),
    entry(`
  hosts: [legacy.example]
  addresses: [240.1.1.1]
  location: MESH_INTERNAL
  resolution: STATIC
  subjectAltNames: [spiffe://cluster.local/ns/legacy/sa/legacy]
  ports: [{ number: 80, name: http, protocol: HTTP }]
  endpoints:
    - { address: 10.9.9.1, ports: { http: 8080 }, labels: { app: legacy }, locality: eu/a, network: far, weight: 3, serviceAccount: legacy }
    - { address: 10.9.9.2, ports: { http: 8080 } }
`),
    scene(
      entry(`
  hosts: [machines.example]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: 80, name: http, protocol: HTTP }]
  workloadSelector: { labels: { app: machine } }
`),
      object('WorkloadEntry', 'machine', '  address: 10.9.8.1\n  labels: { app: machine }\n  serviceAccount: machine'),
    ),
  ].map(documents => scene(callers, documents)),
  others: {
    'spec.hosts[]': ['other.example'],
    'spec.exportTo[]': ['.', 'outside'],
    'spec.ports[].protocol': ['HTTP', 'TCP'],
    'spec.ports[].number': [444, 81],
    'spec.endpoints[].ports{}': [9090],
    'spec.workloadSelector.labels{}': ['other'],
  },
};

export const workloadEntryLive: Live = {
  group: 'networking.istio.io',
  kind: 'WorkloadEntry',
  scenes: [
    scene(
      callers,
      entry(`
  hosts: [machines.example]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: 80, name: http, protocol: HTTP }]
  workloadSelector: { labels: { app: machine } }
`),
      object(
        'WorkloadEntry',
        'machine',
        `
  address: 10.9.8.1
  labels: { app: machine, version: v1 }
  ports: { http: 8080 }
  locality: eu/a
  network: far
  serviceAccount: machine
  weight: 3
`,
      ),
    ),
  ],
  others: { 'spec.labels{}': ['other'] },
};

const pool = (indent: string): string =>
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
`.replaceAll('\n', `\n${indent}`);

export const sidecarLive: Live = {
  group: 'networking.istio.io',
  kind: 'Sidecar',
  scenes: [
    object(
      'Sidecar',
      'web',
      `
  workloadSelector: { labels: { app: web } }
  outboundTrafficPolicy: { mode: REGISTRY_ONLY }
  egress:
    - hosts: [./*, outside/crawler.outside.svc.cluster.local]
`,
    ),
    object(
      'Sidecar',
      'web',
      `
  workloadSelector: { labels: { app: web } }
  egress:
    - port: { number: 9080, name: http, protocol: HTTP, targetPort: 9081 }
      bind: 127.0.0.1
      captureMode: NONE
      hosts: [outside/*]
    - hosts: [./*]
  outboundTrafficPolicy:
    mode: ALLOW_ANY
    egressProxy: { host: crawler.outside.svc.cluster.local, port: { number: 80 }, subset: v1 }
`,
    ),
    object(
      'Sidecar',
      'web',
      `
  workloadSelector: { labels: { app: web } }
  inboundConnectionPool:${pool('    ').replace('\n    connectionPool:', '').replaceAll('\n      ', '\n    ')}
  ingress:
    - port: { number: 8080, name: http, protocol: HTTP, targetPort: 8081 }
      bind: 0.0.0.0
      captureMode: DEFAULT
      defaultEndpoint: 127.0.0.1:8080
${pool('      ')}
      tls: { mode: SIMPLE, credentialName: web-tls, minProtocolVersion: TLSV1_2 }
  egress: [{ hosts: [./*] }]
`,
    ),
  ].map(documents => scene(callers, documents)),
  others: {
    'spec.workloadSelector.labels{}': ['other'],
    'spec.egress[].hosts[]': ['~/*', 'other/*', './other.shop.svc.cluster.local'],
    'spec.egress[].port.number': [80],
  },
};
