import { meshDefault, proxyDefault } from '../../base/source.ts';
import type { PeerEncryption } from '../../model/capabilities/encryption.ts';
import type { Evidence } from '../../model/inventory.ts';
import type { DataPlane, Mesh, MeshDefaults } from '../../model/mesh.ts';
import { type ControlPlane, defaultControlPlane } from './control-plane.ts';

/**
 * Envoy beside the application: routes, splits, retries and balancing at the client, intentions at the server. With
 * transparent proxying routes are found by the address that was dialled; every Host goes along. Paths are compared as
 * sent by the client's routes and in their normal form by intentions (observed, rows 0.11 and 6.1). A token that is not in
 * order counts as none, and the intention that asks for one says no (observed, row 4.17; `allow_missing_or_failed` in
 * agent/xds/jwt_authn.go, 1.21).
 */
const sidecar: DataPlane = {
  asClient: ['routing', 'resilience', 'encryption', 'telemetry'],
  asServer: ['encryption', 'access-l4', 'access-l7', 'request-authentication', 'telemetry'],
  findsRoutesBy: 'address',
  usesWaypoints: false,
  opensMtls: true,
  pathNormalization: 'none',
  receivedPathNormalization: 'base',
  trustsForwardedFor: false,
  refusesPlaintextBy: 'reset',
  failedTokenCountsAs: 'none',
};

/**
 * Envoy at an edge of the mesh: a client of the services behind it. Routes are found by Host, with no port or the listener's
 * own (`generateUpstreamIngressDomains`, agent/xds/routes.go; observed, 1.21.0), and paths compared as they were sent (rows
 * 0.11 and 8.1).
 */
const ingress: DataPlane = {
  ...sidecar,
  asServer: ['telemetry'],
  findsRoutesBy: 'authority',
  hostPorts: 'own',
  receivedPathNormalization: 'none',
};

/** The key of `dataPlanes` for callers of peers. */
export const throughMeshGateway = 'meshGateway';

/** What scopes call it. */
export const meshGatewayName = 'mesh gateway';

/**
 * Envoy through which callers of peers come in. Where a service speaks HTTP it ends their TLS and goes through the routers,
 * splits and resolvers of this cluster as a client here would, but for failover (observed in agreement, 1.21.0;
 * `mapDiscoChainTargets` in agent/xds/failover_policy.go); the server's rules ask for who has called it (rows 7.1, 7.4 and 7.5).
 */
const meshGateway: DataPlane = {
  ...sidecar,
  asServer: ['telemetry'],
  receivedPathNormalization: 'none',
  hasNoFallbacks: true,
};

/** Envoy's own timeout of routes, at the client and again at the server (observed, rows 2.1 and 2.2). */
export const usualTimeoutMs = 15_000;

/** How long a connection may take to stand (observed, row 2.7). */
export const usualConnectTimeoutMs = 5000;

/**
 * Nothing is tried again (row 2.4). Limits are those of Envoy's empty `circuit_breakers`, outliers those of its empty
 * `outlier_detection`, which takes nobody out where fewer than ten endpoints are (rows 0.3 and 2.7).
 */
export const usualBehaviour = {
  timeouts: { request: proxyDefault(usualTimeoutMs) },
  loadBalancing: { algorithm: proxyDefault({ kind: 'roundRobin' }) },
  connectionLimits: {
    connectTimeoutMs: proxyDefault(usualConnectTimeoutMs),
    maxConnections: proxyDefault(1024),
    maxPendingRequests: proxyDefault(1024),
    maxRequests: proxyDefault(1024),
    maxConcurrentRetries: proxyDefault(3),
  },
  outlierDetection: {
    consecutive5xx: proxyDefault(5),
    intervalMs: proxyDefault(10_000),
    baseEjectionMs: proxyDefault(30_000),
    maxEjectionPercent: proxyDefault(10),
  },
} as const satisfies Partial<MeshDefaults>;

export const meshOf = (plane: ControlPlane, evidence: readonly Evidence[]): Mesh => {
  const { namespace, version, trustDomain, stance, source } = plane;
  return {
    id: `consul/${namespace}`,
    type: 'consul',
    ...(version ? { version } : {}),
    namespace,
    trustDomain,
    trustDomainAliases: [],
    evidence,
    dataPlanes: { sidecar, ingress, [throughMeshGateway]: meshGateway },
    runsGateways: true,
    defaults: { ...usualBehaviour, access: stance ? meshDefault(stance, source) : proxyDefault('allow') },
    ...(source ? { source } : {}),
  };
};

/** Consul right after a default installation. */
export const assumedMesh = (): Mesh => meshOf(defaultControlPlane, [{ says: 'assumed: a default installation' }]);

/** Sidecars take mesh mTLS and nothing else (observed, row 4.16). */
export const strictEverywhere = (mesh: Mesh): PeerEncryption => ({
  id: `${mesh.id} sidecars`,
  scope: { mesh: mesh.id },
  mode: proxyDefault('strict'),
});
