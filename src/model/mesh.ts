import type { Setting, Source } from '../base/source.ts';
import type { ConnectionLimits } from './capabilities/connection-limits.ts';
import type { LoadBalancing } from './capabilities/load-balancing.ts';
import type { OutlierDetection } from './capabilities/outlier-detection.ts';
import type { Retries } from './capabilities/retries.ts';
import type { Timeouts } from './capabilities/timeouts.ts';
import type { Identity } from './identity.ts';
import type { Evidence } from './inventory.ts';

/** One mesh, with all that `verify` needs to know about how its data planes behave. */
export interface Mesh {
  /** Opaque, e.g. `istio/istio-system`. */
  readonly id: string;
  /** The adapter that read it; shown to people, never tested by shared code. */
  readonly type: string;
  readonly version?: string;
  /** The control plane's namespace. */
  readonly namespace: string;
  readonly trustDomain: string;
  readonly trustDomainAliases: readonly string[];
  readonly evidence: readonly Evidence[];
  /** By mode: how a workload's proxy behaves in it. */
  readonly dataPlanes: Readonly<Record<string, DataPlane>>;
  /**
   * How rules take an identity that is not that of a service account: like any other if absent. `byName`: only where its
   * whole id is written, not by a pattern, and not as one of "any identity".
   */
  readonly takesSpiffe?: 'byName';
  /** Gateways are run by it, under identities of its own; absent: they are not written for it, or belong to nobody. */
  readonly runsGateways?: true;
  readonly defaults: MeshDefaults;
  /** Meshes of other clusters whose callers come in here; absent: none that the input knows. */
  readonly joined?: readonly JoinedMesh[];
  readonly source?: Source;
}

/** Another mesh that trusts this one and is trusted by it. Its callers come in under identities of their own trust domain. */
export interface JoinedMesh {
  /** What configuration calls it here. */
  readonly name: string;
  /** The SPIFFE id of its callers, with `{name}` in place of what they are called there. */
  readonly identities: string;
  /** The key into this mesh's `dataPlanes` of the proxies through which they come in. */
  readonly mode: string;
  /** What scopes of clients call these proxies, where something holds for them alone; they are no gateway of the inventory. */
  readonly gateway: string;
  /** Ids of the services that they reach; `*` among them: every one. Of others no connection stands. */
  readonly reaches: readonly string[];
  /** Ids of services that they know of, and that no proxy leads to: their own proxies answer that there is nobody. */
  readonly missing?: readonly string[];
  readonly source?: Source;
}

/** The identity of somebody of a joined mesh. */
export const joinedIdentity = ({ identities }: Pick<JoinedMesh, 'identities'>, name: string): Identity => ({
  kind: 'spiffe',
  id: identities.replace('{name}', name),
});

/** What a SPIFFE id calls somebody of a joined mesh; undefined: it is nobody's there. */
export const nameInJoined = ({ identities }: Pick<JoinedMesh, 'identities'>, id: string): string | undefined => {
  const [before = '', behind = ''] = identities.split('{name}');
  const isTheirs = id.length > before.length + behind.length && id.startsWith(before) && id.endsWith(behind);
  return isTheirs ? id.slice(before.length, id.length - behind.length) : undefined;
};

/** What clients of this mesh get when nothing is said: for services without a route table. */
export interface MeshDefaults {
  readonly retries?: Retries;
  readonly timeouts?: Timeouts;
  readonly loadBalancing: LoadBalancing;
  readonly connectionLimits?: ConnectionLimits;
  readonly outlierDetection?: OutlierDetection;
  /** Whether a caller may do what no policy speaks of. */
  readonly access: Setting<'allow' | 'deny'>;
}

/** Where a capability can act. */
export type Enforces =
  | 'routing'
  | 'resilience'
  | 'encryption'
  | 'access-l4'
  | 'access-l7'
  | 'request-authentication'
  | 'rate-limit'
  | 'telemetry';

/** How the proxies of one mode behave: facts of the mesh, stated by its adapter with sources in its documentation. */
export interface DataPlane {
  /** What a proxy does for the traffic its own workload sends. */
  readonly asClient: readonly Enforces[];
  /** What it does for the traffic its workload receives. */
  readonly asServer: readonly Enforces[];
  /** How a client's proxy finds the route table: by the Host of the request, or by the address dialled. */
  readonly findsRoutesBy: 'authority' | 'address';
  /** Whether it passes a service's waypoint when there is one. */
  readonly usesWaypoints: boolean;
  /** Whether it can open mesh mTLS connections, and with which peers' data planes it interoperates (`mesh` ids are equal). */
  readonly opensMtls: boolean;
  /**
   * Whether mesh mTLS is spoken it settles with the server alone, whatever settings for the destination say of it; other TLS
   * that these demand goes inside. Absent: the settings decide.
   */
  readonly settlesMtls?: true;
  /** What happens to the path before it is matched and forwarded. */
  readonly pathNormalization: PathNormalization;
  /** The same for requests that come in for its own workload, where that is something else. */
  readonly receivedPathNormalization?: PathNormalization;
  /**
   * At a gateway, `own`: a Host with another port than the listener's is none of the names that tables list, and only a
   * table for every host takes it. Absent: the port of a Host counts for nothing.
   */
  readonly hostPorts?: 'own';
  /** Whether `X-Forwarded-For` from a peer is believed for `client.address`. */
  readonly trustsForwardedFor: boolean;
  /** No rule ever sees the address that a connection comes from: `peer.address` is in no range. Absent: it is seen. */
  readonly hidesPeerAddress?: true;
  /** What strict encryption makes of plaintext: the connection is reset, or requests on it are denied with 403. */
  readonly refusesPlaintextBy: 'reset' | 'status';
  /** What stands in for endpoints that are not there (`locality`) does not count for this proxy; absent: it does. */
  readonly hasNoFallbacks?: true;
  /**
   * What becomes of a request whose token is not in order. `none`: it counts as one without a token, so that it gets in
   * where none is asked for. Absent: it is refused with 401, whatever rules say.
   */
  readonly failedTokenCountsAs?: 'none';
  /**
   * What becomes of a connection to something with routes by server name, none of which takes it, or on a port for TLS
   * without TLS. `unknown`: it goes the way of what the proxy does not know. Absent: as the table says.
   */
  readonly unroutedTlsCountsAs?: 'unknown';
}

/**
 * `none`: as sent. `base`: dot segments resolved, `\` becomes `/`, unreserved `%xx` decoded. `mergeSlashes`: also `//`
 * becomes `/`. `decodeAndMergeSlashes`: also `%2f` and `%5c` are decoded first.
 */
export type PathNormalization = 'none' | 'base' | 'mergeSlashes' | 'decodeAndMergeSlashes';

/** What a proxy does to the paths of requests that it sends for its workload, or receives for it. */
export const pathNormalizationOf = (plane: DataPlane, as: 'client' | 'server'): PathNormalization =>
  (as === 'server' ? plane.receivedPathNormalization : undefined) ?? plane.pathNormalization;
