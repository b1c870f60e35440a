import { proxyDefault } from '../../base/source.ts';
import type { DataPlane, Mesh } from '../../model/mesh.ts';

/** The id of the only mesh that this target is: proxies that share nothing but what they were started with. */
export const envoyMesh = 'envoy';

/** What unknown hosts are answered with: no virtual host takes them (observed, Envoy 1.40). */
export const unknownHostStatus = 404;

const proxy: DataPlane = {
  asClient: ['routing', 'resilience'],
  asServer: [],
  findsRoutesBy: 'authority',
  usesWaypoints: false,
  opensMtls: false,
  // HttpConnectionManager.normalize_path, which is written; merge_slashes is not.
  pathNormalization: 'base',
  trustsForwardedFor: false,
  refusesPlaintextBy: 'reset',
};

/**
 * Envoys that stand before services: one that clients send their requests to (`proxy`), and one for each gateway. None
 * stands beside a server, so that nothing is enforced there, and none has an identity of a mesh; a gateway looks at who
 * comes in. See docs/meshes/envoy.md.
 */
export const assumedMesh = (): Mesh => ({
  id: envoyMesh,
  type: 'envoy',
  namespace: 'envoy',
  trustDomain: 'cluster.local',
  trustDomainAliases: [],
  evidence: [{ says: 'assumed: an Envoy before the services, started with what is written' }],
  dataPlanes: { proxy, gateway: { ...proxy, asServer: ['access-l7'] } },
  runsGateways: true,
  defaults: {
    // A Service is one address to Envoy, and kube-proxy picks the pod.
    loadBalancing: { algorithm: proxyDefault({ kind: 'random' }) },
    access: proxyDefault('allow'),
  },
});
