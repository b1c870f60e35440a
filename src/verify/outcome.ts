import type { Finding } from '../base/finding.ts';
import type { Source } from '../base/source.ts';
import type { HeaderEdits } from '../model/capabilities/header-edits.ts';
import type { RetryBudget, RetryCondition } from '../model/capabilities/retries.ts';
import type { CapabilityId } from '../model/capability.ts';
import type { Enforces } from '../model/mesh.ts';
import type { Request } from './request.ts';

/**
 * What becomes of a request. `responded`: a proxy answers by itself. `unroutable`: a proxy finds nowhere to send it and
 * answers with `status`. `denied`: an access rule or a bad token. `reset`: a connection between two hops cannot be made;
 * with a `status` if a proxy of the caller turns that into an answer.
 */
export type Result = 'forwarded' | 'denied' | 'responded' | 'redirected' | 'reset' | 'unroutable';

/** How well the weakest connection on the way is protected. */
export type Encrypted = 'mtls' | 'tls' | 'plaintext';

/** The answer to an ask, in no mesh's words; field names are the published ones. Absent means: nothing of the kind. */
export interface Outcome {
  /** If the backends differ, `forwarded` when any of them gets its share; each says what is different for it. */
  readonly decision: Result;
  readonly status?: number;
  /** Where the routing rules send it, also when a server then refuses it. */
  readonly backends: readonly BackendShare[];
  readonly mirrors: readonly MirrorShare[];
  readonly timeoutMs?: number;
  readonly perTryTimeoutMs?: number;
  readonly idleTimeoutMs?: number;
  readonly retries?: RetryOutcome;
  readonly faults?: FaultOutcome;
  readonly requestHeaders?: HeaderChange;
  readonly responseHeaders?: HeaderChange;
  readonly rewrite?: { readonly host?: string; readonly path?: string };
  /** Where a redirect points. */
  readonly location?: string;
  /** The body of an answer made by a proxy. */
  readonly body?: string;
  /** Who the last server takes the caller for; absent: nobody proves who they are. */
  readonly identitySeen?: string;
  /** External authorisers that are asked on the way, and are taken to agree. */
  readonly authorisers?: readonly string[];
  readonly encrypted: Encrypted;
  /** Of the connection to the gateway, where the request comes in through one. */
  readonly entrance?: Encrypted;
}

/** What an outcome says of deadlines, further tries and faults. */
export type Resilience = {
  readonly [K in 'timeoutMs' | 'perTryTimeoutMs' | 'idleTimeoutMs' | 'retries' | 'faults']: Outcome[K] | undefined;
};

export interface BackendShare {
  /** A service id, a host outside, or the name that leads nowhere. */
  readonly service: string;
  readonly subset?: string;
  readonly port?: number;
  /** The endpoint set as text; empty for a share that leads nowhere. */
  readonly endpoints: string;
  /** The container port, if the service's port is known. */
  readonly targetPort?: number | string;
  /** Of 100 000. */
  readonly weight: number;
  /** What happens to this share, where it is not what `decision` says. */
  readonly decision?: Result;
  readonly status?: number;
  /** How well the connections of this share are protected, where not all on the way are protected so. */
  readonly encrypted?: Encrypted;
  readonly identitySeen?: string;
  readonly requestHeaders?: HeaderChange;
  readonly responseHeaders?: HeaderChange;
  /** The workloads behind this backend, where they do not all treat the request alike. */
  readonly servers?: readonly ServerShare[];
}

/** How one of several workloads behind a backend answers. */
export interface ServerShare {
  readonly workload?: string;
  readonly decision: Result;
  readonly status?: number;
  readonly encrypted: Encrypted;
  readonly identitySeen?: string;
}

export interface MirrorShare {
  readonly service: string;
  readonly subset?: string;
  readonly port?: number;
  readonly endpoints: string;
  readonly percent: number;
}

export interface RetryOutcome {
  readonly max: number;
  readonly on: readonly RetryCondition[];
  readonly budget?: RetryBudget;
  readonly backoff?: { readonly baseMs: number; readonly maxMs?: number };
  readonly otherLocalities?: boolean;
  readonly avoidPreviousHosts?: boolean;
}

export interface FaultOutcome {
  readonly delayMs?: number;
  readonly delayPercent?: number;
  readonly abortStatus?: number;
  readonly abortGrpcStatus?: string;
  readonly abortPercent?: number;
}

/** Header edits as plain values. */
export type HeaderChange = Omit<HeaderEdits, 'source'>;

/** One thing that was decided at a hop, and the line that decided it. */
export interface Decision {
  readonly capability: CapabilityId | 'route' | 'no-route' | 'access';
  /** A sentence for people. */
  readonly result: string;
  /** The rule's id, if a rule decided. */
  readonly rule?: string;
  /** Absent for what holds when nobody says anything. */
  readonly source?: Source;
}

/** A place on the way where a proxy stands, or could have stood. */
export interface Hop {
  readonly at: 'client' | 'gateway' | 'waypoint' | 'server';
  /** `namespace/name` of the workload or gateway, if known. */
  readonly workload?: string;
  /** The mesh whose proxy acts here; `none` without one. */
  readonly mesh: string;
  /** What the proxy here enforces for this request; empty without a proxy. */
  readonly enforces: readonly Enforces[];
  readonly decisions: readonly Decision[];
}

/** The story of a request: what was asked, what each hop decided and where that is written, and how it ends. */
export interface Explanation {
  readonly request: Request;
  /** Empty where only the outcome is wanted. */
  readonly hops: readonly Hop[];
  /** What the last hop decided last. */
  readonly decidedLast?: Decision['capability'];
  readonly outcome: Outcome;
  /** What may make the answer wrong or dangerous: things that cannot be understood, holes on the way. */
  readonly caveats: readonly Finding[];
  /** What was taken for granted because the input does not say it. */
  readonly assumptions: readonly string[];
}
