import { meshDefault, proxyDefault } from '../../base/source.ts';
import type { Evidence } from '../../model/inventory.ts';
import type { DataPlane, Mesh } from '../../model/mesh.ts';
import { type ControlPlane, defaultControlPlane } from './control-plane.ts';

/**
 * linkerd2-proxy: routing, retries and balancing happen at the client, access control and rate limits at the server.
 * The route table is found by the address that was dialled. Paths are compared as sent (linkerd2-proxy
 * `http/route/src/http/match/path.rs`). Plaintext that may not enter is answered with 403 where it is HTTP and closed
 * where it is not: what forbids it is an authorization, not the handshake (`app/inbound/src/policy`).
 */
const sidecar: DataPlane = {
  asClient: ['routing', 'resilience', 'encryption', 'telemetry'],
  asServer: ['encryption', 'access-l4', 'access-l7', 'rate-limit', 'telemetry'],
  findsRoutesBy: 'address',
  usesWaypoints: false,
  opensMtls: true,
  pathNormalization: 'none',
  trustsForwardedFor: false,
  refusesPlaintextBy: 'status',
};

/** `linkerd.io/inject: ingress`: the proxy of an ingress controller goes by `l5d-dst-override` or the Host. */
const ingress: DataPlane = { ...sidecar, findsRoutesBy: 'authority' };

export const meshOf = (plane: ControlPlane, evidence: readonly Evidence[]): Mesh => {
  const { namespace, version, trustDomain, defaultPolicy, source } = plane;
  const isClosed = defaultPolicy.allows !== 'everyone';
  return {
    id: `linkerd/${namespace}`,
    type: 'linkerd',
    ...(version ? { version } : {}),
    namespace,
    trustDomain,
    trustDomainAliases: [],
    evidence,
    dataPlanes: { sidecar, ingress },
    takesSpiffe: 'byName',
    defaults: {
      loadBalancing: { algorithm: proxyDefault({ kind: 'peakEwma' }) },
      connectionLimits: { connectTimeoutMs: proxyDefault(1000) },
      access: isClosed ? meshDefault('deny', source) : proxyDefault('allow'),
    },
    ...(source ? { source } : {}),
  };
};

/** Linkerd right after a default installation. */
export const assumedMesh = (plane: ControlPlane = defaultControlPlane): Mesh =>
  meshOf(plane, [{ says: 'assumed: a default installation' }]);
