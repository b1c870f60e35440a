/**
 * What the conformance suite takes for granted beside each test's own manifests: namespaces, gateways and the services
 * behind them, as far as the tests that are asked here need them.
 */
type Body = Readonly<Record<string, unknown>>;

export const infra = 'gateway-conformance-infra';
export const webBackend = 'gateway-conformance-web-backend';
export const mesh = 'gateway-conformance-mesh';

const namespace = (name: string, role: string): Body => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'gateway-conformance': role } },
});

const listener = (name: string, more: Body = {}): Body => ({
  name,
  port: 80,
  protocol: 'HTTP',
  allowedRoutes: { namespaces: { from: 'Same' } },
  ...more,
});

const gateway = (name: string, ...listeners: Body[]): Body => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name, namespace: infra },
  spec: { gatewayClassName: 'conformance', listeners },
});

const https = (name: string, hostname?: string): Body =>
  listener(name, {
    port: 443,
    protocol: 'HTTPS',
    tls: { certificateRefs: [{ name: 'tls-validity-checks-certificate' }] },
    ...(hostname === undefined ? {} : { hostname }),
  });

/** A service with the deployment behind it. */
const service = (home: string, name: string, ports: readonly number[], labels: Body = { app: name }): Body[] => [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: home },
    spec: { selector: labels, ports: ports.map(port => ({ name: `p${port}`, port, targetPort: 3000 })) },
  },
];

const deployment = (home: string, name: string, labels: Body): Body => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: home },
  spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name }] } } },
});

const backend = (home: string, name: string): Body[] => [
  ...service(home, name, [8080]),
  deployment(home, name, { app: name }),
];

const echo = (version: string): Body[] => [
  ...service(mesh, `echo-${version}`, [80, 8080], { app: 'echo', version }),
  deployment(mesh, `echo-${version}`, { app: 'echo', version }),
];

export const baseObjects: readonly Body[] = [
  namespace(infra, 'infra'),
  namespace(webBackend, 'backend'),
  namespace(mesh, 'mesh'),
  gateway('same-namespace', listener('http')),
  gateway('all-namespaces', listener('http', { allowedRoutes: { namespaces: { from: 'All' } } })),
  gateway(
    'backend-namespaces',
    listener('http', {
      allowedRoutes: {
        namespaces: { from: 'Selector', selector: { matchLabels: { 'gateway-conformance': 'backend' } } },
      },
    }),
  ),
  gateway(
    'same-namespace-with-https-listener',
    https('https'),
    https('https-with-hostname', 'second-example.org'),
    https('https-with-wildcard-hostname', '*.wildcard.org'),
    https('https-with-hostname-matching-wildcard', 'very.specific.wildcard.org'),
  ),
  ...['infra-backend-v1', 'infra-backend-v2', 'infra-backend-v3'].flatMap(name => backend(infra, name)),
  ...['grpc-infra-backend-v1', 'grpc-infra-backend-v2', 'grpc-infra-backend-v3'].flatMap(name => backend(infra, name)),
  ...backend(webBackend, 'web-backend'),
  ...service(mesh, 'echo', [80, 8080], { app: 'echo' }),
  ...echo('v1'),
  ...echo('v2'),
];
