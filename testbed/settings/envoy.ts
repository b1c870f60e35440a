/** What stands in the configuration dump of an Envoy, as numbers. */
import { type Numbers, numbers, positive } from './numbers.ts';

type Duration = string;

interface TlsContext {
  readonly sni?: string;
  readonly common_tls_context?: {
    readonly alpn_protocols?: readonly string[];
    readonly tls_certificate_sds_secret_configs?: readonly { readonly name?: string }[];
    readonly tls_certificates?: readonly object[];
  };
}

interface TransportSocket {
  readonly typed_config?: TlsContext & {
    /** What goes inside, where a waypoint opens a tunnel. */
    readonly transport_socket?: TransportSocket;
  };
}

interface HttpOptions {
  readonly common_http_protocol_options?: {
    readonly idle_timeout?: Duration;
    readonly max_requests_per_connection?: number;
    readonly max_connection_duration?: Duration;
  };
  readonly explicit_http_config?: { readonly http2_protocol_options?: { readonly max_concurrent_streams?: number } };
}

interface Threshold {
  readonly max_connections?: number;
  readonly max_pending_requests?: number;
  readonly max_requests?: number;
  readonly max_retries?: number;
  readonly retry_budget?: { readonly budget_percent?: { readonly value?: number } };
}

export interface Cluster {
  readonly name: string;
  readonly connect_timeout?: Duration;
  readonly lb_policy?: string;
  readonly least_request_lb_config?: { readonly slow_start_config?: { readonly slow_start_window?: Duration } };
  readonly round_robin_lb_config?: { readonly slow_start_config?: { readonly slow_start_window?: Duration } };
  readonly ring_hash_lb_config?: { readonly minimum_ring_size?: string };
  readonly maglev_lb_config?: { readonly table_size?: string };
  readonly circuit_breakers?: { readonly thresholds?: readonly Threshold[] };
  readonly outlier_detection?: {
    readonly consecutive_5xx?: number;
    readonly enforcing_consecutive_5xx?: number;
    readonly consecutive_gateway_failure?: number;
    readonly enforcing_consecutive_gateway_failure?: number;
    readonly consecutive_local_origin_failure?: number;
    readonly enforcing_consecutive_local_origin_failure?: number;
    readonly split_external_local_origin_errors?: boolean;
    readonly interval?: Duration;
    readonly base_ejection_time?: Duration;
    readonly max_ejection_percent?: number;
  };
  readonly common_lb_config?: { readonly healthy_panic_threshold?: { readonly value?: number } };
  readonly typed_extension_protocol_options?: Readonly<Record<string, HttpOptions>>;
  readonly transport_socket?: TransportSocket;
  readonly transport_socket_matches?: readonly object[];
  readonly upstream_connection_options?: {
    readonly tcp_keepalive?: {
      readonly keepalive_probes?: number;
      readonly keepalive_time?: number;
      readonly keepalive_interval?: number;
    };
  };
}

interface HashPolicy {
  readonly header?: { readonly header_name: string };
  readonly query_parameter?: { readonly name: string };
  readonly cookie?: { readonly name: string };
  readonly connection_properties?: { readonly source_ip?: boolean };
}

export interface EnvoyRoute {
  readonly route?: {
    /** Where it leads, if that is one place. */
    readonly cluster?: string;
    readonly timeout?: Duration;
    readonly hash_policy?: readonly HashPolicy[];
    readonly retry_policy?: {
      readonly retry_on?: string;
      readonly num_retries?: number;
      readonly retriable_status_codes?: readonly number[];
      readonly per_try_timeout?: Duration;
      readonly retry_back_off?: { readonly base_interval?: Duration; readonly max_interval?: Duration };
    };
  };
}

const ms = (duration: Duration | undefined): number | undefined =>
  duration === undefined ? undefined : positive(Math.round(Number.parseFloat(duration) * 1000));

/** Envoy's largest number stands for no limit. */
const limit = (value: number | undefined): number | undefined =>
  value === undefined || value >= 2 ** 31 - 1 ? undefined : value;

const policies: Readonly<Record<string, string>> = {
  LEAST_REQUEST: 'leastRequest',
  ROUND_ROBIN: 'roundRobin',
  RANDOM: 'random',
  RING_HASH: 'ring',
  MAGLEV: 'maglev',
  CLUSTER_PROVIDED: 'passthrough',
};

/** Mutual TLS of the mesh where the endpoint takes it, as in the tunnels of waypoints; else one kind for all. */
const tlsOf = ({ name, transport_socket_matches: matches, transport_socket: socket }: Cluster): Numbers => {
  if (matches) return { tls: 'automatic' };
  const inside = socket?.typed_config?.transport_socket;
  if (inside)
    return inside.typed_config?.common_tls_context ? tlsOf({ name, transport_socket: inside }) : { tls: 'automatic' };
  const { common_tls_context: common = {}, sni } = socket?.typed_config ?? {};
  if (!socket?.typed_config?.common_tls_context) return { tls: 'none' };
  if (common.tls_certificate_sds_secret_configs?.some(secret => secret.name === 'default')) return { tls: 'mesh' };
  const isMutual = (common.tls_certificate_sds_secret_configs ?? common.tls_certificates ?? []).length > 0;
  return numbers({ tls: isMutual ? 'mutual' : 'tls', 'server name': sni });
};

/** A counter that is looked at; Envoy may be told not to act on it. */
const counter = (value: number | undefined, enforced: number | undefined): number | undefined =>
  enforced === 0 ? undefined : positive(value);

const outliersOf = ({ outlier_detection: detection, common_lb_config: balancing }: Cluster): Numbers => {
  if (!detection) return {};
  return numbers({
    'failures in a row': counter(detection.consecutive_5xx ?? 5, detection.enforcing_consecutive_5xx),
    'gateway errors in a row': counter(
      detection.consecutive_gateway_failure,
      detection.enforcing_consecutive_gateway_failure ?? 0,
    ),
    'local errors in a row': detection.split_external_local_origin_errors
      ? counter(detection.consecutive_local_origin_failure ?? 5, detection.enforcing_consecutive_local_origin_failure)
      : undefined,
    'looked at every': ms(detection.interval) ?? 10_000,
    'out for': ms(detection.base_ejection_time) ?? 30_000,
    'percent out at most': detection.max_ejection_percent ?? 10,
    'percent healthy at least': positive(balancing?.healthy_panic_threshold?.value),
  });
};

export const keepaliveText = (parts: readonly (number | undefined)[]): string | undefined =>
  parts.some(part => part !== undefined) ? parts.map(part => part ?? '-').join('/') : undefined;

/** What a proxy was told of a destination. */
export const numbersOfCluster = (cluster: Cluster): Numbers => {
  const threshold = cluster.circuit_breakers?.thresholds?.[0] ?? {};
  const options = Object.values(cluster.typed_extension_protocol_options ?? {})[0] ?? {};
  const common = options.common_http_protocol_options ?? {};
  const alive = cluster.upstream_connection_options?.tcp_keepalive ?? {};
  const slow = cluster.least_request_lb_config?.slow_start_config ?? cluster.round_robin_lb_config?.slow_start_config;
  const ring = cluster.ring_hash_lb_config?.minimum_ring_size ?? cluster.maglev_lb_config?.table_size;
  return numbers({
    balancing: policies[cluster.lb_policy ?? 'ROUND_ROBIN'] ?? cluster.lb_policy,
    'warm up': ms(slow?.slow_start_window),
    'hash table': ring === undefined ? undefined : Number(ring),
    'time to connect': ms(cluster.connect_timeout),
    connections: limit(threshold.max_connections),
    'pending requests': limit(threshold.max_pending_requests),
    requests: limit(threshold.max_requests),
    'retries at once': limit(threshold.max_retries),
    'retry budget': threshold.retry_budget?.budget_percent?.value,
    'requests of a connection': positive(common.max_requests_per_connection),
    'idle connection': ms(common.idle_timeout),
    'age of a connection': ms(common.max_connection_duration),
    streams: limit(options.explicit_http_config?.http2_protocol_options?.max_concurrent_streams),
    keepalive: keepaliveText([alive.keepalive_probes, alive.keepalive_time, alive.keepalive_interval]),
    ...outliersOf(cluster),
    ...tlsOf(cluster),
  });
};

const grpcWords = ['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable'];

/** Conditions in the words of the model: a list of statuses stands for itself, without the word that switches it on. */
const conditionsOf = (on: string, statuses: readonly number[]): string => {
  const words = on.split(',').filter(Boolean);
  const kept = statuses.length > 0 ? words.filter(word => word !== 'retriable-status-codes') : words;
  const all = [
    ...kept.map(word => (grpcWords.includes(word) ? `grpc:${word}` : word)),
    ...statuses.map(status => `status:${status}`),
  ];
  return all.sort().join(',');
};

const stickyOn = ({ header, query_parameter: query, cookie, connection_properties: peer }: HashPolicy): string => {
  if (header) return `header ${header.header_name}`;
  if (query) return `query ${query.name}`;
  if (cookie) return `cookie ${cookie.name}`;
  return peer?.source_ip ? 'sourceAddress' : 'something';
};

/** What to stick to is of no use where endpoints are not found by it. */
const isHashed = ({ lb_policy: policy }: Cluster): boolean => policy === 'RING_HASH' || policy === 'MAGLEV';

/** What a proxy was told of a route that forwards; undefined for another one. */
export const numbersOfRoute = ({ route }: EnvoyRoute, clusters: ReadonlyMap<string, Cluster>): Numbers | undefined => {
  if (!route) return undefined;
  const { retry_on: on = '', num_retries: max = 1, retriable_status_codes: statuses = [] } = route.retry_policy ?? {};
  const tries = route.retry_policy ? max : 0;
  const { base_interval: first, max_interval: longest } = route.retry_policy?.retry_back_off ?? {};
  const cluster = clusters.get(route.cluster ?? '');
  const [sticky] = cluster && !isHashed(cluster) ? [] : (route.hash_policy ?? []);
  return numbers({
    timeout: ms(route.timeout ?? '15s'),
    'timeout of a try': ms(route.retry_policy?.per_try_timeout),
    tries: positive(tries),
    'tries on': tries > 0 ? conditionsOf(on, statuses) : undefined,
    'first wait': ms(first),
    'longest wait': ms(longest),
    'sticks to': sticky && stickyOn(sticky),
  });
};
