import type { Setting, Source } from '../../base/source.ts';
import type { ClientScope, Labels } from '../scope.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import type { LoadBalancing } from './load-balancing.ts';
import type { Locality } from './locality.ts';
import type { OutlierDetection } from './outlier-detection.ts';
import type { RetryBudget } from './retries.ts';
import type { UpstreamTls } from './upstream-tls.ts';

/**
 * How clients treat a destination, as against where they send. Ordered: the first one whose scope and target fit is
 * the whole answer; nothing is inherited from a later one (adapters resolve inheritance when they read).
 */
export interface DestinationSettings {
  readonly id: string;
  readonly clients: ClientScope;
  readonly target: DestinationTarget;
  readonly loadBalancing?: LoadBalancing;
  readonly locality?: Locality;
  readonly connectionLimits?: ConnectionLimits;
  readonly outlierDetection?: OutlierDetection;
  readonly tls?: UpstreamTls;
  readonly retryBudget?: Setting<RetryBudget>;
  /** Traffic is carried inside a CONNECT or POST tunnel to this address. */
  readonly tunnel?: { readonly protocol: string; readonly host: string; readonly port: number };
  readonly proxyProtocol?: string;
  readonly source?: Source;
}

/**
 * Host patterns are for destinations that are known only by name; `servicesOnly`: they take only hosts of known services.
 * `subset` narrows, absent means all endpoints.
 */
export interface DestinationTarget {
  readonly service?: string;
  readonly hosts?: readonly string[];
  readonly servicesOnly?: boolean;
  readonly port?: number;
  readonly subset?: { readonly name: string; readonly labels?: Labels };
}
