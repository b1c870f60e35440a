import { proxyDefault } from '../../base/source.ts';
import type { Evidence } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';

/**
 * Some mesh that honours routes on Services, and of which nothing else is known. Gateway API says nothing about
 * encryption, identity or access, so this mesh has none; where the API leaves a default to implementations
 * (timeouts, retries, balancing) there is none either. See docs/meshes/gateway-api.md.
 */
export const meshOf = (evidence: readonly Evidence[], version?: string): Mesh => ({
  id: 'gateway-api',
  type: 'gateway-api',
  ...(version === undefined ? {} : { version }),
  namespace: '',
  trustDomain: 'cluster.local',
  trustDomainAliases: [],
  evidence,
  dataPlanes: {
    mesh: {
      asClient: ['routing', 'resilience'],
      asServer: [],
      // A Service as a parent is its address as well as its name (GEP-1294); the address is what always exists.
      findsRoutesBy: 'address',
      usesWaypoints: false,
      opensMtls: false,
      pathNormalization: 'none',
      trustsForwardedFor: false,
      refusesPlaintextBy: 'reset',
    },
  },
  defaults: {
    loadBalancing: { algorithm: proxyDefault({ kind: 'roundRobin' }) },
    access: proxyDefault('allow'),
  },
});

export const assumedMesh = (): Mesh => meshOf([{ says: 'assumed: some mesh that honours routes on Services' }]);
