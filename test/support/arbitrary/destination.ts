import fc, { type Arbitrary } from 'fast-check';
import { type Setting, written } from '../../../src/base/source.ts';
import type { ConnectionLimits } from '../../../src/model/capabilities/connection-limits.ts';
import type { DestinationSettings } from '../../../src/model/capabilities/destination.ts';
import type { BalancingAlgorithm, LoadBalancing } from '../../../src/model/capabilities/load-balancing.ts';
import type { Locality } from '../../../src/model/capabilities/locality.ts';
import type { OutlierDetection } from '../../../src/model/capabilities/outlier-detection.ts';
import type { UpstreamTls } from '../../../src/model/capabilities/upstream-tls.ts';
import type { Given } from '../../laws/world.ts';
import { oneOf, parts, someParts } from './parts.ts';

const setting = <T>(...values: readonly T[]): Arbitrary<Setting<T>> => fc.constantFrom(...values).map(v => written(v));

const loadBalancing: Arbitrary<LoadBalancing> = setting<BalancingAlgorithm>(
  { kind: 'roundRobin' },
  { kind: 'random' },
  { kind: 'leastRequest' },
  { kind: 'consistentHash', on: { kind: 'header', name: 'x-user' }, table: { kind: 'ring' } },
  { kind: 'consistentHash', on: { kind: 'sourceAddress' }, table: { kind: 'maglev' } },
  { kind: 'consistentHash', on: { kind: 'cookie', name: 'user', ttlMs: 60_000 }, table: { kind: 'ring' } },
).map(algorithm => ({ algorithm }));

const connectionLimits: Arbitrary<ConnectionLimits> = someParts<ConnectionLimits>({
  maxConnections: [40, setting(10, 100)],
  maxPendingRequests: [30, setting(10)],
  maxRequests: [30, setting(50)],
  connectTimeoutMs: [30, setting(500, 3000)],
  httpIdleMs: [20, setting(60_000)],
  maxConcurrentRetries: [20, setting(3)],
});

const outlierDetection: Arbitrary<OutlierDetection> = someParts<OutlierDetection>({
  consecutive5xx: [60, setting(3, 7)],
  consecutiveGatewayErrors: [30, setting(4)],
  intervalMs: [30, setting(20_000)],
  baseEjectionMs: [30, setting(40_000)],
  maxEjectionPercent: [30, setting(50)],
  minHealthPercent: [20, setting(30)],
});

const locality: Arbitrary<Locality> = oneOf<Locality>(
  { enabled: true, failover: [{ from: 'eu', to: 'us' }] },
  { enabled: true, distribute: [{ from: 'eu/a/*', to: { 'eu/a/*': 80, 'eu/b/*': 20 } }] },
  { enabled: false },
);

const tls: Arbitrary<UpstreamTls> = oneOf<UpstreamTls>(
  { mode: written('tls'), serverName: 'reviews.example', authorities: ['system'] },
  { mode: written('mesh') },
  { mode: written('none') },
);

const settings = (given: Given): Arbitrary<Omit<DestinationSettings, 'id'>> =>
  fc
    .tuple(
      oneOf('shop/reviews', 'shop/ratings', 'shop/ledger'),
      oneOf<readonly string[] | undefined>(undefined, undefined, undefined, ['shop']),
      parts<DestinationSettings['target']>({
        subset: [20, oneOf('v1', 'v2').map(version => ({ name: version, labels: { version } }))],
      }),
      parts<DestinationSettings>({
        loadBalancing: [40, loadBalancing],
        locality: [20, locality],
        connectionLimits: [40, connectionLimits],
        outlierDetection: [40, outlierDetection],
        tls: [20, tls],
        retryBudget: [20, setting({ percent: 20 }, { percent: 30, minConcurrent: 5 })],
      }),
    )
    .map(([service, namespaces, target, rest]) => ({
      clients: { mesh: given.mesh, ...(namespaces ? { namespaces } : {}) },
      target: { service, ...(service === 'shop/ratings' ? {} : target) },
      ...rest,
    }));

/** How clients treat services; the first that fits is the whole answer. */
export const destinations = (given: Given): Arbitrary<DestinationSettings[]> =>
  fc.array(settings(given), { maxLength: 3 }).map(all => all.map((one, index) => ({ id: `settings${index}`, ...one })));
