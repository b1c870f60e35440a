import type { DestinationSettings } from '../../model/capabilities/destination.ts';
import type { UpstreamTls } from '../../model/capabilities/upstream-tls.ts';
import { type Backend, narrow } from '../../model/frontend.ts';
import type { Service, ServicePort } from '../../model/inventory.ts';
import { duration, type Node, said } from './text.ts';

/** Practically no limit: what is absent from the model is none, and Envoy has some of its own (1024, 3 for retries). */
const unlimited = 4_294_967_295;

/** The cluster of what leads nowhere: no endpoint, which is answered with 503. */
export const nowhere: Node = { name: 'nowhere', type: 'STATIC', load_assignment: { cluster_name: 'nowhere' } };

/** Where the connections of a cluster go. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** The endpoints of a backend on a port of its service: the Service's own name, the pods' port where it has none. */
export const endpointsOf = (
  { subset }: Extract<Backend, { kind: 'service' }>,
  service: Service,
  port: number,
  host: string,
): readonly Endpoint[] => {
  const known = service.ports.find(candidate => candidate.port === port);
  const target = typeof known?.targetPort === 'number' ? known.targetPort : port;
  const endpoints = narrow(service.endpoints, subset);
  if (endpoints.kind !== 'addresses') return [{ address: host, port: service.headless ? target : port }];
  return endpoints.addresses.map((address, index) => ({
    address,
    port: endpoints.details?.[index]?.ports?.[known?.name ?? ''] ?? target,
  }));
};

const isAddress = (text: string): boolean => /^[\d.]+$/.test(text) || text.includes(':');

/** One backend as Envoy knows it. */
export const clusterNode = (
  name: string,
  endpoints: readonly Endpoint[],
  port: ServicePort | undefined,
  settings: DestinationSettings | undefined,
): Node => {
  const limits = settings?.connectionLimits ?? {};
  const { keepalive } = limits;
  return said({
    name,
    type: endpoints.every(({ address }) => isAddress(address)) ? 'STATIC' : 'STRICT_DNS',
    connect_timeout: limits.connectTimeoutMs && duration(limits.connectTimeoutMs.value),
    lb_policy: policies.get(settings?.loadBalancing?.algorithm.value.kind),
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: endpoints.map(endpointNode) }],
    },
    circuit_breakers: { thresholds: [thresholds(settings)] },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': protocolOptions(port, settings),
    },
    outlier_detection: settings?.outlierDetection && outlierNode(settings.outlierDetection),
    upstream_connection_options: keepalive && {
      tcp_keepalive: said({
        keepalive_probes: keepalive.value.probes,
        keepalive_time: keepalive.value.timeMs && Math.round(keepalive.value.timeMs / 1000),
        keepalive_interval: keepalive.value.intervalMs && Math.round(keepalive.value.intervalMs / 1000),
      }),
    },
    transport_socket: settings?.tls && settings.tls.mode.value !== 'none' ? tlsNode(settings.tls) : undefined,
  });
};

const policies: ReadonlyMap<string | undefined, string> = new Map([
  ['leastRequest', 'LEAST_REQUEST'],
  ['roundRobin', 'ROUND_ROBIN'],
  ['random', 'RANDOM'],
]);

const endpointNode = ({ address, port }: Endpoint): Node => ({
  endpoint: { address: { socket_address: { address, port_value: port } } },
});

const thresholds = (settings: DestinationSettings | undefined): Node => {
  const limits = settings?.connectionLimits ?? {};
  const budget = settings?.retryBudget?.value;
  return said({
    max_connections: limits.maxConnections?.value ?? unlimited,
    max_pending_requests: limits.maxPendingRequests?.value ?? unlimited,
    max_requests: limits.maxRequests?.value ?? unlimited,
    max_retries: limits.maxConcurrentRetries?.value ?? unlimited,
    retry_budget:
      budget && said({ budget_percent: { value: budget.percent }, min_retry_concurrency: budget.minConcurrent }),
  });
};

/** HTTP/2 where the port says so; else what the client of the proxy speaks. */
const protocolOptions = (port: ServicePort | undefined, settings: DestinationSettings | undefined): Node => {
  const limits = settings?.connectionLimits ?? {};
  const isHttp2 = port?.protocol === 'http2' || port?.protocol === 'grpc' || limits.upgradeToHttp2?.value === 'upgrade';
  const http2 = said({ max_concurrent_streams: limits.maxConcurrentStreams?.value });
  const common = said({
    max_requests_per_connection: limits.maxRequestsPerConnection?.value,
    idle_timeout: limits.httpIdleMs && duration(limits.httpIdleMs.value),
    max_connection_duration: limits.maxConnectionDurationMs && duration(limits.maxConnectionDurationMs.value),
  });
  return {
    '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
    ...(Object.keys(common).length > 0 ? { common_http_protocol_options: common } : {}),
    ...(isHttp2
      ? { explicit_http_config: { http2_protocol_options: http2 } }
      : { use_downstream_protocol_config: { http_protocol_options: {}, http2_protocol_options: http2 } }),
  };
};

/** Counters that nobody set are off, as Envoy would count five failures by itself. */
const outlierNode = (outlier: NonNullable<DestinationSettings['outlierDetection']>): Node => {
  const millis = (setting: { readonly value: number } | undefined): string | undefined =>
    setting && duration(setting.value);
  return said({
    consecutive_5xx: outlier.consecutive5xx?.value ?? 0,
    enforcing_consecutive_5xx: outlier.consecutive5xx?.value ? 100 : 0,
    consecutive_gateway_failure: outlier.consecutiveGatewayErrors?.value,
    enforcing_consecutive_gateway_failure: outlier.consecutiveGatewayErrors?.value ? 100 : 0,
    split_external_local_origin_errors: outlier.splitLocalErrors?.value,
    consecutive_local_origin_failure: outlier.consecutiveLocalFailures?.value,
    enforcing_consecutive_local_origin_failure: outlier.consecutiveLocalFailures?.value ? 100 : 0,
    enforcing_success_rate: 0,
    interval: millis(outlier.intervalMs),
    base_ejection_time: millis(outlier.baseEjectionMs),
    max_ejection_time: millis(outlier.maxEjectionMs),
    max_ejection_percent: outlier.maxEjectionPercent?.value,
    max_ejection_time_jitter: undefined,
  });
};

const systemAuthorities = '/etc/ssl/certs/ca-certificates.crt';

/** TLS towards a server, whose certificate has to be signed by the authority and to have one of the names. */
const tlsNode = ({
  mode,
  serverName,
  subjectNames,
  authorities = [],
  clientCertificate,
  clientKey,
}: UpstreamTls): Node => {
  const names = subjectNames?.length ? subjectNames : serverName ? [serverName] : [];
  const [authority = 'system'] = authorities;
  const shown = mode.value === 'mutual' && clientCertificate && clientKey;
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
      ...(serverName ? { sni: serverName } : {}),
      common_tls_context: {
        ...(shown
          ? {
              tls_certificates: [
                { certificate_chain: { filename: clientCertificate }, private_key: { filename: clientKey } },
              ],
            }
          : {}),
        validation_context: {
          trusted_ca: { filename: authority === 'system' ? systemAuthorities : authority },
          match_typed_subject_alt_names: names.map(name => ({
            san_type: name.includes('://') ? 'URI' : 'DNS',
            matcher: { exact: name },
          })),
        },
      },
    },
  };
};
