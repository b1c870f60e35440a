import { proxyDefault } from '../../base/source.ts';
import type { DataPlane, Mesh } from '../../model/mesh.ts';
import { defaultMeshConfig, type MeshConfig } from './mesh-config.ts';

/** Facts shared by all of Istio's Envoy proxies. */
const envoy = {
  findsRoutesBy: 'authority', // observed, rows 3.2, 3.3
  pathNormalization: 'base', // observed, rows 1.7, 17.12
  refusesPlaintextBy: 'reset', // observed, row 13.2
  opensMtls: true,
} as const;

/** A sidecar enforces everything of its own workload's, on both sides, and never looks for a waypoint (istio/istio#51445). */
const sidecar: DataPlane = {
  ...envoy,
  asClient: ['routing', 'resilience', 'encryption', 'telemetry'],
  asServer: ['encryption', 'access-l4', 'access-l7', 'request-authentication', 'rate-limit', 'telemetry'],
  usesWaypoints: false,
  trustsForwardedFor: true, // observed, rows 13b.8, 18.5
  // Listeners with routes by server name end in a chain to where was dialled, or to nowhere (seen in proxies, Istio 1.31 dev).
  unroutedTlsCountsAs: 'unknown',
};

/** ztunnel: encryption and L4 access only; L7 happens at a waypoint (meshes.md A.1.4). */
const ambient: DataPlane = {
  ...envoy,
  findsRoutesBy: 'address',
  asClient: ['encryption', 'telemetry'],
  asServer: ['encryption', 'access-l4', 'telemetry'],
  usesWaypoints: true,
  trustsForwardedFor: false,
  pathNormalization: 'none',
};

const waypoint: DataPlane = {
  ...envoy,
  findsRoutesBy: 'address',
  asClient: ['routing', 'resilience', 'encryption', 'telemetry'],
  asServer: ['encryption', 'access-l4', 'access-l7', 'request-authentication', 'telemetry'],
  usesWaypoints: false,
  trustsForwardedFor: true, // observed in the test bed
  // Tunnels end in the waypoint, and rules see a connection of its own (istio/istio#46982; observed in the test bed).
  hidesPeerAddress: true,
  // What a DestinationRule says of TLS is for what goes into the tunnel, and mesh TLS is none of it (pilot, Istio 1.31:
  // `buildWaypointTLSContext`; observed in the test bed).
  settlesMtls: true,
};

/** A gateway does not believe what a caller says of earlier hops (observed, row 19.3). */
const { unroutedTlsCountsAs: _, ...entrance } = sidecar;
const gateway: DataPlane = { ...entrance, trustsForwardedFor: false };

/** gRPC's own library follows the routes; nothing stands beside the application (meshes.md A.1.1). */
const proxyless: DataPlane = {
  ...entrance,
  asClient: ['routing', 'encryption'],
  asServer: ['encryption', 'access-l4', 'access-l7'],
  trustsForwardedFor: false,
  pathNormalization: 'none',
};

export const meshOf = (
  config: MeshConfig,
  found: Pick<Mesh, 'namespace' | 'evidence'> & { readonly version?: string },
): Mesh => ({
  id: `istio/${found.namespace}`,
  type: 'istio',
  ...found,
  trustDomain: config.trustDomain,
  trustDomainAliases: config.trustDomainAliases,
  dataPlanes: {
    sidecar: { ...sidecar, pathNormalization: config.pathNormalization },
    ambient,
    waypoint: { ...waypoint, pathNormalization: config.pathNormalization },
    gateway: { ...gateway, pathNormalization: config.pathNormalization },
    proxyless,
  },
  runsGateways: true,
  defaults: {
    retries: config.defaultRetries,
    loadBalancing: { algorithm: proxyDefault({ kind: 'leastRequest' }) },
    connectionLimits: config.defaultConnectionLimits ?? { connectTimeoutMs: config.connectTimeoutMs },
    ...(config.defaultOutlierDetection ? { outlierDetection: config.defaultOutlierDetection } : {}),
    access: proxyDefault('allow'),
  },
});

/** Istio right after a default installation. */
export const assumedMesh = (config: MeshConfig = defaultMeshConfig): Mesh =>
  meshOf(config, { namespace: config.rootNamespace, evidence: [{ says: 'assumed: a default installation' }] });
