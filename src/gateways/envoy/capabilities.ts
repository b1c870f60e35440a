import type { CapabilityTable, Support } from '../../adapter/adapter.ts';

const full: Support = { level: 'full' };
const page = 'docs/meshes/envoy.md';
const partial = (limits: string, source = page): Support => ({ level: 'partial', limits, source });
const none = (reason: string, source = page): Support => ({ level: 'none', reason, source });
const oneAddress = 'only where the Service is headless or outside: others are one address to the proxy';
const notBeside = 'no proxy stands beside the servers, and the one before them does not know its callers';
const atEdge = 'at gateways, by method, host, path, header and address; nobody stands beside the servers';
const onlyHttp = 'connections that are not HTTP are not carried';
const oneProxy = 'one proxy serves all clients, and does not know who they are';

/** What is written of Envoy (1.40), as a static bootstrap without a control plane. */
export const capabilities: CapabilityTable = {
  'path-exact': full,
  'path-prefix': full,
  'path-segment-prefix': full,
  'path-regex': partial('what RE2 has words for', 'RouteMatch.safe_regex'),
  'path-ignore-case': full,
  'header-exact': partial('any of several lines is enough', 'HeaderMatcher'),
  'header-prefix': partial('any of several lines is enough', 'HeaderMatcher'),
  'header-present': full,
  'header-absent': full,
  'header-regex': partial('any of several lines is enough; what RE2 has words for', 'HeaderMatcher'),
  'header-negation': partial('any of several lines is enough', 'HeaderMatcher'),
  'query-match': partial('the first of several values, as it was sent', 'QueryParameterMatcher'),
  'method-match': full,
  'scheme-match': full,
  'authority-match': full,
  'grpc-match': full,
  'caller-match': none(oneProxy),
  'claim-match': none('no token is verified before the route is chosen'),
  'tls-route': none(onlyHttp),
  'tcp-route': none(onlyHttp),
  'first-match-order': full,
  subset: partial('as a Service of its own, where the selector of the whole Service is known'),
  'weighted-split': full,
  'timeout-request': full,
  'timeout-per-try': full,
  'timeout-idle': full,
  'retry-count': full,
  'retry-conditions': partial('the words of RetryPolicy.retry_on and status codes', 'RetryPolicy'),
  'retry-backoff': full,
  'retry-budget': partial('of a destination, as a share of the requests of the moment', 'CircuitBreakers'),
  'fault-delay': full,
  'fault-abort': full,
  mirror: full,
  cors: full,
  'header-edits': full,
  'rewrite-path': full,
  'rewrite-path-regex': full,
  'rewrite-host': full,
  redirect: full,
  'direct-response': full,
  'outlier-consecutive': partial(oneAddress, 'OutlierDetection'),
  'outlier-limits': partial(oneAddress, 'OutlierDetection'),
  'connection-limits': full,
  'load-balancing': partial(oneAddress, 'Cluster.lb_policy'),
  'consistent-hash': none('the key of a hash belongs to each route, and is not written'),
  locality: none('no locality of an endpoint is known to the proxy'),
  'rate-limit': none('requests are not counted where they arrive'),
  'encryption-mode': none(notBeside),
  'upstream-tls': partial('with an authority and a certificate that are files', 'UpstreamTlsContext'),
  'access-identity': none(notBeside),
  'access-deny': partial(atEdge, 'RBAC'),
  'access-request': partial(atEdge, 'RBAC'),
  'access-header': partial(atEdge, 'RBAC'),
  'access-address': partial(atEdge, 'RBAC'),
  'access-token': none(notBeside),
  'access-external': none(notBeside),
  'access-audit': none(notBeside),
  'egress-default': partial('unknown hosts are answered with a status, for all clients'),
  'egress-hosts': partial('hosts with a list, and HTTP'),
  machine: none('no Service leads to a machine outside the cluster'),
  visibility: none(oneProxy),
  gateway: partial('listeners for HTTP'),
  'not-understood': none('nothing that is not understood is written'),
  telemetry: none('logs, traces and metrics are settings of the process'),
};
