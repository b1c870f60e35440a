import type { CapabilityId } from '../../../src/model/capability.ts';
import { backend, type Fixture, retrying, settingsFor, tableDoing, written } from './fixture.ts';

/** What happens to requests on their way. */
export const treatment = {
  'timeout-request': tableDoing({ timeouts: { request: written(3000) } }),
  'timeout-per-try': tableDoing({ timeouts: { request: written(3000), perTry: written(1000) }, retries: retrying }),
  'timeout-idle': tableDoing({ timeouts: { idle: written(60_000) } }),
  'retry-count': tableDoing({ retries: retrying }),
  'retry-conditions': tableDoing({ retries: { ...retrying, on: written(['5xx'] as const) } }),
  'retry-backoff': tableDoing({ retries: { ...retrying, backoff: written({ baseMs: 50 }) } }),
  'retry-budget': settingsFor({ retryBudget: written({ percent: 20, minConcurrent: 3 }) }),
  'fault-delay': tableDoing({ fault: { delay: { ms: 2000, percent: written(10) } } }),
  'fault-abort': tableDoing({ fault: { abort: { status: 503, percent: written(10) } } }),
  mirror: tableDoing({ mirrors: [{ backend: backend('shop/ratings').backend, percent: written(5) }] }),
  cors: tableDoing({
    cors: { allowOrigins: [{ kind: 'exact', value: 'https://a.example' }], allowMethods: ['GET'] },
  }),
  'header-edits': tableDoing({ requestHeaders: { set: { 'x-a': 'one' }, add: { 'x-b': 'two' }, remove: ['x-c'] } }),
  'rewrite-path': tableDoing(
    { rewrite: { path: { kind: 'segmentPrefix', value: '/new' } } },
    { path: { kind: 'segmentPrefix', value: '/old' } },
  ),
  'rewrite-path-regex': tableDoing({
    rewrite: { path: { kind: 'regex', pattern: '^/v[0-9]+/', substitution: '/' } },
  }),
  'rewrite-host': tableDoing({ rewrite: { host: 'inside.example' } }),
  redirect: tableDoing({
    target: {
      kind: 'redirect',
      redirect: { status: written(302), scheme: 'https', portFrom: 'scheme', hostname: 'there.example' },
    },
  }),
  'direct-response': tableDoing({ target: { kind: 'respond', response: { status: 410 } } }),
  'outlier-consecutive': settingsFor({ outlierDetection: { consecutive5xx: written(7) } }),
  'outlier-limits': settingsFor({
    outlierDetection: { consecutive5xx: written(7), baseEjectionMs: written(30_000), maxEjectionPercent: written(50) },
  }),
  'connection-limits': settingsFor({ connectionLimits: { maxConnections: written(100) } }),
  'load-balancing': settingsFor({ loadBalancing: { algorithm: written({ kind: 'roundRobin' } as const) } }),
  'consistent-hash': settingsFor({
    loadBalancing: {
      algorithm: written({ kind: 'consistentHash', on: { kind: 'header', name: 'x-user' }, table: { kind: 'ring' } }),
    },
  }),
  locality: settingsFor({
    locality: { enabled: true, failover: [{ from: 'eu', to: 'us' }] },
    outlierDetection: { consecutive5xx: written(7) },
  }),
} as const satisfies Partial<Record<CapabilityId, Fixture>>;
