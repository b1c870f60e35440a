import type { Setting, Source } from '../../base/source.ts';

/** Limits and timers on connections and requests to one destination; absent is practically unlimited. */
export interface ConnectionLimits {
  readonly maxConnections?: Setting<number>;
  readonly maxPendingRequests?: Setting<number>;
  readonly maxRequests?: Setting<number>;
  readonly maxRequestsPerConnection?: Setting<number>;
  readonly maxConcurrentRetries?: Setting<number>;
  readonly maxConcurrentStreams?: Setting<number>;
  readonly connectTimeoutMs?: Setting<number>;
  readonly tcpIdleMs?: Setting<number>;
  readonly httpIdleMs?: Setting<number>;
  readonly maxConnectionDurationMs?: Setting<number>;
  readonly keepalive?: Setting<{ readonly probes?: number; readonly timeMs?: number; readonly intervalMs?: number }>;
  readonly http2Keepalive?: Setting<{ readonly intervalMs?: number; readonly timeoutMs?: number }>;
  /** Whether HTTP/1 to the application is carried in HTTP/2. */
  readonly upgradeToHttp2?: Setting<'default' | 'upgrade' | 'doNotUpgrade'>;
  readonly useClientProtocol?: Setting<boolean>;
  readonly source?: Source;
}
