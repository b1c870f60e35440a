import type { CapabilityTable, Support } from '../../adapter/adapter.ts';

const page = 'docs/meshes/linkerd.md';
const full: Support = { level: 'full' };
const partial = (limits: string): Support => ({ level: 'partial', limits, source: page });
const none = (reason: string): Support => ({ level: 'none', reason, source: page });

const regexLimits =
  'in the dialect of Rust, for the whole value; what another engine reads otherwise is translated, or refused';

/** What Linkerd 2 can do. Each limit stands with its source in the page named. */
export const capabilities: CapabilityTable = {
  'path-exact': full,
  'path-prefix': partial('written as a regular expression, which then outranks every shorter match'),
  'path-segment-prefix': full,
  'path-regex': partial(regexLimits),
  'path-ignore-case': partial('written as a regular expression'),
  'header-exact': full,
  'header-prefix': partial('written as a regular expression'),
  'header-present': partial('written as the regular expression `.*`'),
  'header-absent': none('a header that is absent is never matched'),
  'header-regex': partial(regexLimits),
  'header-negation': none('no match can be inverted'),
  'query-match': partial('any of several values of a parameter is enough, and values are decoded'),
  'method-match': partial('the nine methods that HTTPRoute knows, one for each match'),
  'scheme-match': none('routes do not look at the scheme'),
  'authority-match': partial(
    'host names of a route on a Service, whatever the port; a name without a Service has no route',
  ),
  'grpc-match': full,
  'caller-match': partial('a namespace of clients has routes of its own, which are joined with those for everyone'),
  'claim-match': none('tokens are not looked at'),
  'tls-route': full,
  'tcp-route': full,
  'first-match-order': partial('the most specific match wins; overlaps are spelled out as matches of their own'),
  subset: partial('a subset becomes a Service with a selector of its own'),
  'weighted-split': full,
  'timeout-request': full,
  'timeout-per-try': partial('only together with retries'),
  'timeout-idle': full,
  'retry-count': full,
  'retry-conditions': partial('statuses of the answer, or gRPC statuses; refused streams always'),
  'retry-backoff': partial('always 25 to 250 ms'),
  'retry-budget': partial('only in a ServiceProfile, which is read and never written'),
  'fault-delay': none('no delays are injected'),
  'fault-abort': none('no failures are injected; a backend that fails can take a share'),
  mirror: none('a route with a mirror is not taken over'),
  cors: none('cross-origin answers are left to the application'),
  'header-edits': partial('not on the answers of a GRPCRoute'),
  'rewrite-path': none('a route with a rewrite is not taken over'),
  'rewrite-path-regex': none('a route with a rewrite is not taken over'),
  'rewrite-host': none('a route with a rewrite is not taken over'),
  redirect: partial('301, 302, 303, 307 and 308; a new path drops the query'),
  'direct-response': none('a proxy makes up no answer of its own'),
  'outlier-consecutive': partial('all failures alike, by annotations of the Service that is dialled'),
  'outlier-limits': partial('times only; all endpoints may be taken out'),
  'connection-limits': none('connections and requests are not limited for a destination'),
  'load-balancing': partial('always by peak latency between two endpoints at random'),
  'consistent-hash': none('no sticky balancing'),
  locality: none('only what Service topology hints give'),
  'rate-limit': full,
  'encryption-mode': partial(
    'strict by authorization for a port, a workload, a namespace or the mesh; never switched off',
  ),
  'upstream-tls': none('mesh mTLS happens by itself; no other TLS is opened'),
  'access-identity': full,
  'access-deny': none('authorizations only allow'),
  'access-request': full,
  'access-header': partial('headers that are there, by value or expression'),
  'access-address': partial('the address of the other end of the connection'),
  'access-token': none('tokens are not looked at'),
  'access-external': none('no external authoriser can be asked'),
  'access-audit': partial('everything on a port is let in and noted, or nothing is'),
  'egress-default': none('EgressNetwork is read for the account and not told'),
  'egress-hosts': none('EgressNetwork is read for the account and not told'),
  visibility: none('every client knows every service'),
  gateway: none('Linkerd has no ingress of its own'),
  telemetry: none('set at installation'),
};
