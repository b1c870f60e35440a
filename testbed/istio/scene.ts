/** Who lives in the Istio bed: callers with and without sidecars, two versions of `web`, `api`, and guarded servers. */
import type { KubernetesObject } from '../kubernetes/api.ts';
import { hasWaypoint } from '../machine/places.ts';
import { controlPort } from '../probe/wire.ts';
import { relayAddress } from '../relay/start.ts';
import { rootNamespace } from './install.ts';
import { door, gateway } from './native.ts';

/** Servers that access and encryption are tried on, each by itself. */
export const guards: readonly string[] = Array.from({ length: 6 }, (_, index) => `guard-${index + 1}`);

/** Names that routing is tried on: Services over the same pods as `web`, one for each configuration at a time. */
export const routedServices: readonly string[] = Array.from({ length: 120 }, (_, index) => `site-${index + 1}`);

/** A Service without pods: its answer tells which configuration a client's proxy has. */
export const beacon = 'beacon';

/** How those in a namespace of the mesh take part in it. */
const membership = (): Readonly<Record<string, string>> =>
  hasWaypoint() ? { 'istio.io/dataplane-mode': 'ambient' } : { 'istio-injection': 'enabled' };

const namespace = (name: string, labels?: Readonly<Record<string, string>>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, ...(labels ? { labels } : {}) },
});

/** Stands before every service of its namespace. */
export const waypoint = { namespace: 'shop', name: 'waypoint', port: 15_008 } as const;

/** Its workload, which is that of its Gateway. */
export const waypointId = `${waypoint.namespace}/${waypoint.name}`;

/**
 * Its agent asks the relay, which speaks no TLS. Proxies from 1.29.2 on are told to remember callers in a kind of text that
 * only Istio's own build of Envoy has, and older ones in Envoy's own.
 */
const byRelay = {
  discoveryAddress: relayAddress,
  controlPlaneAuthPolicy: 'NONE',
  proxyMetadata: { ISTIO_META_ISTIO_VERSION: '1.29.1' },
};

const waypointGateway: KubernetesObject = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { namespace: waypoint.namespace, name: waypoint.name },
  spec: {
    gatewayClassName: 'istio-waypoint',
    infrastructure: { annotations: { 'proxy.istio.io/config': JSON.stringify(byRelay) } },
    listeners: [{ name: 'mesh', port: waypoint.port, protocol: 'HBONE' }],
  },
};

const account = (namespace: string, name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { namespace, name },
});

interface Resident {
  readonly namespace: string;
  readonly name: string;
  readonly account?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const deployment = ({
  namespace,
  name,
  account: serviceAccountName = name,
  labels,
  annotations,
}: Resident): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace, name },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: {
        labels,
        annotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': String(controlPort), ...annotations },
      },
      spec: {
        serviceAccountName,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'application',
            image: 'application',
            ports: [8080, 9000, 7070].map(containerPort => ({ containerPort })),
          },
        ],
      },
    },
  },
});

/** Ports of every service, beside those for HTTP: for bytes, for what begins as TLS, and for calls of gRPC. */
export const bytePort = 9000;
export const tlsPort = 9443;
export const callPort = 7070;

const ports = [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'http-more', port: 81, targetPort: 8080 },
  { name: 'tcp', port: bytePort, targetPort: 9000 },
  { name: 'tls', port: tlsPort, targetPort: 9000 },
  { name: 'grpc', port: callPort, targetPort: 7070 },
];

const service = (name: string, app: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'shop', name },
  spec: { selector: { app }, ports },
});

/**
 * Policies are asked when a connection is made: so each request to a guard makes one of its own. In the root namespace, so
 * that a rule of the service's own takes its place.
 */
const freshConnections = (name: string): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { namespace: rootNamespace, name },
  spec: {
    host: `${name}.shop.svc.cluster.local`,
    trafficPolicy: { connectionPool: { http: { maxRequestsPerConnection: 1 } } },
  },
});

/**
 * Of callers that pass the waypoint the proxy of the node takes what they send; a mark at the pod says so. Servers have none:
 * nobody would take what a waypoint sends them in a tunnel.
 */
const captured = hasWaypoint() ? { annotations: { 'ambient.istio.io/redirection': 'enabled' } } : {};

const residents: readonly Resident[] = [
  { namespace: 'shop', name: 'client', labels: { app: 'client', tier: 'front' }, ...captured },
  { namespace: 'other', name: 'client2', labels: { app: 'client2' }, ...captured },
  { namespace: 'bare', name: 'plain', labels: { app: 'plain' } },
  ...(hasWaypoint() ? [{ namespace: 'legacy', name: 'old', labels: { app: 'old' } }] : []),
  { namespace: 'shop', name: 'web-v1', account: 'web', labels: { app: 'web', version: 'v1' } },
  { namespace: 'shop', name: 'web-v2', account: 'web', labels: { app: 'web', version: 'v2' } },
  { namespace: 'shop', name: 'api', labels: { app: 'api' } },
  ...guards.map(name => ({ namespace: 'shop', name, labels: { app: name } })),
];

/** Pods that Istio's injector makes a gateway of, and the Gateway that they run. */
const edge: readonly KubernetesObject[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'edge', name: 'gateway' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { istio: 'front' } },
      template: {
        metadata: {
          labels: { istio: 'front', 'sidecar.istio.io/inject': 'true' },
          annotations: { 'inject.istio.io/templates': 'gateway' },
        },
        spec: {
          serviceAccountName: 'gateway',
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'istio-proxy', image: 'auto', ports: [{ containerPort: gateway.port }] }],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'edge', name: 'gateway' },
    spec: {
      selector: { istio: 'front' },
      ports: [gateway.port, door.port].map(port => ({ name: `http-${port}`, port, targetPort: port })),
    },
  },
];

/** The same pods as a Gateway of the Gateway API. */
const doorway: KubernetesObject = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { namespace: 'edge', name: 'door' },
  spec: {
    gatewayClassName: 'istio',
    addresses: [{ type: 'Hostname', value: 'gateway.edge.svc.cluster.local' }],
    listeners: [{ name: 'http', port: door.port, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }],
  },
};

const front: KubernetesObject = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { namespace: 'edge', name: 'front' },
  spec: {
    selector: { istio: 'front' },
    servers: [{ port: { number: gateway.port, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
  },
};

const accounts = [
  ...new Set([...residents.map(({ namespace, name, account }) => `${namespace}/${account ?? name}`), gateway.workload]),
];

const applications = residents.map(({ namespace, name }) => `${namespace}/${name}`);

const gateways = hasWaypoint() ? [waypointId] : [gateway.workload];

export const deployments: readonly string[] = [...applications, ...gateways];

/** Those who send, and those who are asked what they have seen. */
export const callers: readonly string[] = [
  ...['shop/client', 'other/client2', 'bare/plain'],
  ...(hasWaypoint() ? ['legacy/old'] : []),
];
export const servers: readonly string[] = applications.filter(id => !callers.includes(id));

/** Everything in the bed that is there before anybody wishes for anything, in an order in which it can be made. */
export const scene: readonly (readonly KubernetesObject[])[] = [
  [
    namespace('shop', { ...membership(), ...(hasWaypoint() ? { 'istio.io/use-waypoint': waypoint.name } : {}) }),
    namespace('other', membership()),
    namespace('bare'),
    ...(hasWaypoint() ? [namespace('legacy', { 'istio-injection': 'enabled' })] : []),
    namespace('edge'),
  ],
  accounts.map(id => {
    const [where = '', name = ''] = id.split('/');
    return account(where, name);
  }),
  [
    service('web', 'web'),
    service('api', 'api'),
    service(beacon, 'nobody'),
    ...guards.map(name => service(name, name)),
    ...routedServices.map(name => service(name, 'web')),
  ],
  hasWaypoint() ? [waypointGateway] : [...guards.map(freshConnections), front, doorway],
  [...residents.map(deployment), ...(hasWaypoint() ? [] : edge)],
];
