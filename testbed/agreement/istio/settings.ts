/** How clients are told to treat a destination: what of it no single request shows is read from the proxies. */
import fc from 'fast-check';
import { destinationRule, to, toSubset, virtualService } from '../../istio/native.ts';
import { type Case, each, type IstioConfiguration, routing } from './families.ts';

const tcp = (what: object): object => ({ connectionPool: { tcp: what } });
const http = (what: object): object => ({ connectionPool: { http: what } });
const limits = [
  tcp({ maxConnections: 5 }),
  tcp({ connectTimeout: '2s' }),
  tcp({ tcpKeepalive: {} }),
  tcp({ tcpKeepalive: { probes: 3, time: '60s', interval: '10s' } }),
  tcp({ maxConnectionDuration: '30s' }),
  tcp({ idleTimeout: '45s' }),
  http({ http1MaxPendingRequests: 3 }),
  http({ http2MaxRequests: 7 }),
  http({ maxRequestsPerConnection: 2 }),
  http({ maxRetries: 4 }),
  http({ idleTimeout: '30s' }),
  http({ maxConcurrentStreams: 8 }),
  http({ h2UpgradePolicy: 'UPGRADE', maxConcurrentStreams: 8 }),
  http({ maxRequestsPerConnection: 0, http1MaxPendingRequests: 0 }),
  { connectionPool: { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1, maxRetries: 0 } } },
];

const outliers = [
  {},
  { consecutive5xxErrors: 2 },
  { consecutive5xxErrors: 0 },
  { consecutive5xxErrors: 0, consecutiveGatewayErrors: 3 },
  { consecutiveGatewayErrors: 3 },
  { consecutiveErrors: 4 },
  { interval: '1s', baseEjectionTime: '5s' },
  { maxEjectionPercent: 100 },
  { minHealthPercent: 50 },
  { splitExternalLocalOriginErrors: true },
  { splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 3 },
].map(outlierDetection => ({ outlierDetection }));

const balancers = [
  ...['LEAST_REQUEST', 'ROUND_ROBIN', 'RANDOM', 'LEAST_CONN', 'UNSPECIFIED'].map(simple => ({ simple })),
  { consistentHash: { httpHeaderName: 'x-user' } },
  { consistentHash: { httpQueryParameterName: 'user' } },
  { consistentHash: { useSourceIp: true } },
  { consistentHash: { httpCookie: { name: 'user', ttl: '0s' } } },
  { consistentHash: { httpHeaderName: 'x-user', minimumRingSize: 64 } },
  { consistentHash: { httpHeaderName: 'x-user', ringHash: { minimumRingSize: 128 } } },
  { consistentHash: { httpHeaderName: 'x-user', maglev: {} } },
  { consistentHash: { httpHeaderName: 'x-user', maglev: { tableSize: 251 } } },
  { simple: 'ROUND_ROBIN', warmup: { duration: '20s' } },
  { simple: 'LEAST_REQUEST', warmupDurationSecs: '20s' },
].map(loadBalancer => ({ loadBalancer }));

const tls = [
  ...['DISABLE', 'ISTIO_MUTUAL', 'SIMPLE'].map(mode => ({ mode })),
  { mode: 'SIMPLE', sni: 'names.example' },
].map(mode => ({ tls: mode }));

const budgets = [
  { retryBudget: { percent: 30 } },
  { retryBudget: {} },
  { retryBudget: { percent: 10, minRetryConcurrency: 5 } },
];

/** Of each kind one or none, at each of the places where a rule may speak of a port: the same for the same seed. */
export const settingsAtRandom = (count: number, seed: number): readonly IstioConfiguration[] => {
  const one = <T>(items: readonly T[]): fc.Arbitrary<T | object> =>
    fc.oneof(fc.constant({}), fc.constantFrom<T | object>(...items));
  const ofPort = fc
    .tuple(one(limits), one(limits), one(outliers), one(balancers), one(tls))
    .map(([first, second, ...others]) => Object.assign({}, pooled(first, second), ...others) as object);
  const policy = fc.tuple(ofPort, fc.option(ofPort), one(budgets)).map(([own, port, budget]) => ({
    ...own,
    ...(port ? { portLevelSettings: [{ port: { number: 80 }, ...port }] } : {}),
    ...budget,
  }));
  const rule = fc.tuple(policy, fc.option(policy)).map(([trafficPolicy, subset]) => ({
    trafficPolicy,
    ...(subset ? { subsets: [{ name: 'v1', labels: { version: 'v1' }, trafficPolicy: subset }] } : {}),
  }));
  const cases = fc.sample(rule, { numRuns: count, seed }).map(
    (spec, index): Case => ({
      name: `${seed}.${index}`,
      write: service => [
        destinationRule(service, spec),
        virtualService(service, [{ route: [spec.subsets ? toSubset(service, 'v1') : to(service)] }]),
      ],
    }),
  );
  return onlyRead(routing('random settings', cases));
};

/** Two kinds of limits as one. */
const pooled = (...all: readonly { readonly connectionPool?: { readonly tcp?: object; readonly http?: object } }[]) => {
  const parts = (name: 'tcp' | 'http'): object =>
    Object.assign({}, ...all.map(one => one.connectionPool?.[name] ?? {}));
  const pools = all.map(one => one.connectionPool).filter(pool => pool !== undefined);
  return pools.length === 0 ? {} : { connectionPool: { tcp: parts('tcp'), http: parts('http') } };
};

/** Several levels of one rule: what holds for a subset and for a port. */
const pool = (maxConnections: number): object => tcp({ maxConnections });
const levels = [
  {
    trafficPolicy: http({ http2MaxRequests: 7 }),
    subsets: [{ name: 'v1', labels: { version: 'v1' }, trafficPolicy: pool(9) }],
  },
  { trafficPolicy: pool(5), subsets: [{ name: 'v1', labels: { version: 'v1' } }] },
  {
    trafficPolicy: { ...pool(5), outlierDetection: {} },
    subsets: [{ name: 'v1', labels: { version: 'v1' }, trafficPolicy: pool(9) }],
  },
  {
    trafficPolicy: { ...pool(5), loadBalancer: { simple: 'RANDOM' } },
    subsets: [{ name: 'v1', labels: { version: 'v1' }, trafficPolicy: http({ maxRetries: 2 }) }],
  },
  { trafficPolicy: { ...pool(5), portLevelSettings: [{ port: { number: 80 }, loadBalancer: { simple: 'RANDOM' } }] } },
  {
    trafficPolicy: pool(5),
    subsets: [
      {
        name: 'v1',
        labels: { version: 'v1' },
        trafficPolicy: { ...http({ maxRetries: 3 }), portLevelSettings: [{ port: { number: 80 }, ...pool(2) }] },
      },
    ],
  },
];

const told = [
  { retries: { attempts: 3, retryOn: '5xx', backoff: '40ms' } },
  { retries: { attempts: 2, perTryTimeout: '20s' } },
  { retries: { attempts: 2, retryOn: 'gateway-error,503,429' } },
  { retries: { attempts: 2, retryOn: 'unavailable,reset', retryIgnorePreviousHosts: false } },
  { timeout: '3600s' },
  { timeout: '90s', retries: { attempts: 1, retryOn: 'connect-failure' } },
];

/** Limits hold back what is sent at once, and failing servers are taken out: so requests show nothing here. */
const onlyRead = (all: readonly IstioConfiguration[]): readonly IstioConfiguration[] =>
  all.map(one => ({ ...one, sendsNothing: true as const }));

export const settingsFamilies: readonly IstioConfiguration[] = [
  ...onlyRead(
    routing(
      'limits, outliers, balancing and TLS of destinations',
      each([...limits, ...outliers, ...balancers, ...tls, ...budgets], (trafficPolicy, service) => [
        destinationRule(service, { trafficPolicy }),
        virtualService(service, [{ match: [{ uri: { prefix: '/p' } }], route: [to('api')] }, { route: [to(service)] }]),
      ]),
    ),
  ),
  ...routing(
    'settings at several levels',
    each(levels, (spec, service) => [destinationRule(service, spec)]),
  ),
  ...routing(
    'deadlines and conditions that take long to show',
    each(told, (more, service) => [virtualService(service, [{ route: [to(service)], ...more }])]),
  ),
];
