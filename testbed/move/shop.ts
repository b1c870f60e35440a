/** The service that moves, as Istio has it: a split, a timeout, header edits, and who may call it how. */
import { authorizationPolicy, hostOf, namespace, peerAuthentication, to, toSubset, versions } from '../istio/native.ts';
import type { KubernetesObject } from '../kubernetes/api.ts';
import { controlPort } from '../probe/wire.ts';

export const service = 'parcel';

/** Who stands between the meshes: a pod of Istio's mesh whose sidecar lets in whom the service lets in. */
export const bridge = 'bridge';
export const bridgePort = 8080;

export const timeoutMs = 1000;

const edits = { request: { set: { 'x-route': 'main' } }, response: { add: { 'x-answered-by': service } } };

/** Of a hundred requests so many go over the bridge. */
export type Share = number;

/**
 * Routes while so many of a hundred requests go to the other mesh. What is done to requests stands at the destinations of
 * this mesh: what goes over the bridge is treated by the routes that were converted.
 */
const routes = (share: Share): KubernetesObject => {
  const over = share === 0 ? [] : [to(bridge, { weight: share })];
  const here = 100 - share;
  const split = [
    toSubset(service, 'v1', { weight: here * 0.8, headers: edits }),
    toSubset(service, 'v2', { weight: here * 0.2, headers: edits }),
  ];
  const second = [toSubset(service, 'v2', { weight: here })];
  const timeout = `${timeoutMs / 1000}s`;
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { namespace, name: service },
    spec: {
      hosts: [hostOf(service)],
      http: [
        { match: [{ uri: { prefix: '/v2/' } }], timeout, route: [...(here === 0 ? [] : second), ...over] },
        { timeout, route: [...(here === 0 ? [] : split), ...over] },
      ],
    },
  };
};

const allowed = {
  action: 'ALLOW',
  rules: [
    {
      from: [{ source: { principals: [`cluster.local/ns/${namespace}/sa/client`] } }],
      to: [{ operation: { methods: ['GET', 'POST'] } }],
    },
  ],
};

/** What Istio is told, of the service and of the bridge; `bridgeIsOpen` leaves out the policy of the latter. */
export const configuration = (share: Share, bridgeIsOpen = false): readonly KubernetesObject[] => [
  versions(service),
  routes(share),
  ...[service, bridge].map(app => peerAuthentication(app, { mtls: { mode: 'STRICT' } })),
  ...(bridgeIsOpen ? [service] : [service, bridge]).map(app => authorizationPolicy(app, allowed)),
];

const account = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { namespace, name },
});

const serviceObject = (name: string, targetPort: number): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace, name },
  spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort }] },
});

const deployment = (name: string, labels: { readonly app: string }, containerPort: number): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace, name },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels, annotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': String(controlPort) } },
      spec: {
        serviceAccountName: labels.app,
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'application', image: 'application', ports: [{ containerPort }] }],
      },
    },
  },
});

/**
 * The service and the bridge as they run in Istio. In the bridge nobody listens but its sidecar, and somebody who takes
 * orders. The caller gets a Service, for in Consul a caller is a service or has no name.
 */
export const workloads: readonly KubernetesObject[] = [
  ...[service, bridge].map(account),
  serviceObject(service, 8080),
  serviceObject('client', 8080),
  serviceObject(bridge, bridgePort),
  ...['v1', 'v2'].map(version => {
    const labels = { app: service, version };
    return deployment(`${service}-${version}`, labels, 8080);
  }),
  deployment(bridge, { app: bridge }, 9000),
];

/** What of the cluster is about the service and those who call it: this is what is converted. */
export const isAbout = ({ kind, metadata }: KubernetesObject): boolean =>
  (kind === 'Namespace' && metadata.name === namespace) ||
  (kind === 'ConfigMap' && metadata.name === 'istio') ||
  [service, `${service}-v1`, `${service}-v2`, 'client'].includes(metadata.name);
