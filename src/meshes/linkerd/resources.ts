import type { Resource } from '../../adapter/adapter.ts';
import { servedVersions } from '../../native/gateway-api/kinds.ts';

const policy = (
  kind: string,
  versions: readonly string[],
  role: Resource['role'] = 'read',
  writes = false,
): Resource => ({
  group: 'policy.linkerd.io',
  kind,
  versions,
  role,
  ...(writes ? { writes } : {}),
});

/** A kind that says who may come in. */
const guard = (kind: string, versions: readonly string[], writes = true): Resource => ({
  ...policy(kind, versions, 'read', writes),
  guards: true,
});

const route = (kind: 'HTTPRoute' | 'GRPCRoute' | 'TLSRoute' | 'TCPRoute'): Resource => ({
  group: 'gateway.networking.k8s.io',
  kind,
  versions: servedVersions[kind] ?? ['v1'],
  role: 'read',
  writes: true,
});

/** Linkerd's kinds in every version that its CRDs serve (charts linkerd-crds, 2.20), and the routes it shares. */
export const resources: readonly Resource[] = [
  guard('Server', ['v1beta3', 'v1beta2', 'v1beta1', 'v1alpha1']),
  guard('AuthorizationPolicy', ['v1alpha1']),
  guard('MeshTLSAuthentication', ['v1alpha1']),
  guard('NetworkAuthentication', ['v1alpha1']),
  guard('ServerAuthorization', ['v1beta1', 'v1alpha1'], false),
  policy('HTTPRoute', ['v1beta3', 'v1beta2', 'v1beta1', 'v1alpha1']),
  policy('HTTPLocalRateLimitPolicy', ['v1alpha1'], 'read', true),
  policy('EgressNetwork', ['v1alpha1'], 'report'),
  { group: 'linkerd.io', kind: 'ServiceProfile', versions: ['v1alpha2', 'v1alpha1'], role: 'read' },
  {
    group: 'workload.linkerd.io',
    kind: 'ExternalWorkload',
    versions: ['v1beta1', 'v1alpha1'],
    role: 'read',
    writes: true,
  },
  { group: 'multicluster.linkerd.io', kind: 'Link', versions: ['v1alpha3', 'v1alpha2', 'v1alpha1'], role: 'report' },
  route('HTTPRoute'),
  route('GRPCRoute'),
  route('TLSRoute'),
  route('TCPRoute'),
];
