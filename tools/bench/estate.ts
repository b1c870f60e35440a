/** Estates of a size that is asked for, with wishes for some of their services: the same at every run. */
import type { NativeObject } from '../../src/native/snapshot.ts';

type Body = Record<string, unknown>;

export interface EstateSize {
  readonly cluster: string;
  readonly services: number;
  readonly routes: number;
  readonly policies: number;
  /** Services in one namespace. */
  readonly perNamespace?: number;
}

/** An object as a cluster would give it. */
export const inCluster = (cluster: string, body: Body): NativeObject => {
  const { apiVersion, kind, metadata } = body as { apiVersion: string; kind: string; metadata: Record<string, string> };
  const { name = '', namespace } = metadata;
  return { ref: { apiVersion, kind, name, cluster, ...(namespace === undefined ? {} : { namespace }) }, body };
};

const placeOf = (index: number, perNamespace: number): { name: string; namespace: string } => ({
  name: `service-${index}`,
  namespace: `team-${Math.floor(index / perNamespace)}`,
});

const workload = (name: string, namespace: string): readonly Body[] => [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          serviceAccountName: name,
          containers: [{ name: 'app', image: 'app', ports: [{ containerPort: 8080 }] }],
        },
      },
    },
  },
];

const route = (name: string, namespace: string, index: number): Body => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name, namespace },
  spec: {
    parentRefs: [{ group: '', kind: 'Service', name }],
    rules: [
      {
        matches: [
          { path: { type: 'PathPrefix', value: `/v${index % 7}` } },
          { headers: [{ name: 'x-canary', value: 'yes' }] },
        ],
        backendRefs: [{ name, port: 80 }],
      },
      { backendRefs: [{ name, port: 80 }] },
    ],
  },
});

/** Every second one says who may call, the others how. */
export const policy = (name: string, namespace: string, index: number, edition = 0): Body =>
  index % 4 < 2
    ? {
        apiVersion: 'supergloo.dev/v1alpha1',
        kind: 'TrafficPolicy',
        metadata: { name, namespace },
        spec: {
          targetRefs: [{ kind: 'Service', name }],
          timeouts: { request: `${1 + ((index + edition) % 9)}s` },
          retries: { attempts: 1 + (edition % 50), conditions: ['5xx'] },
        },
      }
    : {
        apiVersion: 'supergloo.dev/v1alpha1',
        kind: 'AccessPolicy',
        metadata: { name, namespace },
        spec: {
          targetRefs: [{ kind: 'Service', name }],
          rules: [
            {
              from: [{ serviceAccount: { name: `service-${Math.max(0, index - 1)}` } }],
              to: [{ methods: ['GET'], paths: [{ value: `/v${index % 7}/${edition}` }] }],
            },
          ],
        },
      };

/** The edit of the n-th policy, which is for one service. */
export const editedPolicy = (size: EstateSize, nth: number, edition: number): NativeObject => {
  const { cluster, services, policies, perNamespace = 100 } = size;
  const index = (nth % policies) * Math.ceil(services / policies);
  const { name, namespace } = placeOf(index, perNamespace);
  return inCluster(cluster, policy(name, namespace, index, edition));
};

export const estate = ({ cluster, services, routes, policies, perNamespace = 100 }: EstateSize): NativeObject[] => {
  const bodies: Body[] = [];
  for (let index = 0; index < services; index += 1) {
    const { name, namespace } = placeOf(index, perNamespace);
    bodies.push(...workload(name, namespace));
    if (routes > 0 && index % Math.ceil(services / routes) === 0) bodies.push(route(name, namespace, index));
    if (index % Math.ceil(services / policies) === 0) bodies.push(policy(name, namespace, index));
  }
  const namespaces = new Set(bodies.map(({ metadata }) => (metadata as { namespace: string }).namespace));
  for (const name of namespaces) bodies.push({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return bodies.map(body => inCluster(cluster, body));
};
