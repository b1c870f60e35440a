/** Limits and ejection as requests meet them: each client says of its own upstreams what holds for them. */
import { requestOf } from '../../../src/verify/request.ts';
import type { Together } from '../../together/together.ts';
import { type ConsulConfiguration, defaults, hostOf, router } from './families.ts';

const question = (service: string) => ({
  caller: 'shop/client',
  service: `shop/${service}`,
  port: 80,
  request: requestOf({ authority: hostOf(service) }),
});

const trying = (
  family: string,
  upstream: string,
  name: string,
  more: object,
  asked: Together,
): ConsulConfiguration => ({
  id: `${family}: ${name}`,
  family,
  kind: 'site',
  alone: true,
  sendsNothing: true,
  objects: () => [defaults('client', { upstreamConfig: { overrides: [{ name: upstream, ...more }] } })],
  together: () => [asked],
});

/** One server alone is behind this name. */
const single = 'guard-1';

const limited = (name: string, limits: object, count: number, lead = 0): ConsulConfiguration =>
  trying('limits met', single, name, { limits }, { kind: 'crowd', question: question(single), count, lead });

const crowds = [
  limited('two requests', { maxConcurrentRequests: 2 }, 10),
  limited('five requests', { maxConcurrentRequests: 5 }, 12),
  limited('one connection, one waits', { maxConnections: 1, maxPendingRequests: 1 }, 8, 1),
  limited('two connections, three wait', { maxConnections: 2, maxPendingRequests: 3 }, 12, 2),
  limited('one connection, and many may wait', { maxConnections: 1, maxPendingRequests: 100 }, 4, 1),
];

const ejecting = (name: string, passiveHealthCheck: object, failing: readonly string[], pauseMs?: number) =>
  trying(
    'ejection met',
    'back',
    name,
    { passiveHealthCheck },
    {
      kind: 'row',
      question: question('back'),
      count: 44,
      failing,
      status: 503,
      ...(pauseMs === undefined ? {} : { pauseMs }),
    },
  );

const one = ['back-v1'];
const both = ['back-v1', 'back-v2'];

const rows = [
  ejecting('nothing said', {}, one),
  ejecting('three in a row', { maxFailures: 3 }, one),
  ejecting('three in a row, and all may go', { maxFailures: 3, maxEjectionPercent: 100 }, both),
  ejecting('three in a row, and half may go', { maxFailures: 3, maxEjectionPercent: 50 }, both),
  ejecting('four in a row, and fewer than half may go', { maxFailures: 4, maxEjectionPercent: 49 }, one),
  ejecting(
    'back after a while',
    { maxFailures: 2, interval: '500ms', baseEjectionTime: '2s', maxEjectionPercent: 100 },
    one,
    5000,
  ),
  ejecting(
    'not back yet',
    { maxFailures: 2, interval: '500ms', baseEjectionTime: '60s', maxEjectionPercent: 100 },
    one,
    4000,
  ),
];

/** Another name leads to the same servers, and proxies have one set of numbers for servers, or one for each name. */
const shared = (name: string, other: string, overrides: readonly object[]): ConsulConfiguration => ({
  ...ejecting(name, {}, one),
  objects: () => [
    defaults('client', { upstreamConfig: { overrides } }),
    router(other, [{ match: { http: { pathPrefix: '/' } }, destination: { service: 'back' } }]),
  ],
});

const three = { passiveHealthCheck: { maxFailures: 3, maxEjectionPercent: 100 } };

const names = [
  shared('two names, and the same is said of both', 'site-1', [
    { name: 'site-1', ...three },
    { name: 'back', ...three },
  ]),
  // What holds by the other name has no place in a model, which tells so (CONSUL113); nobody asks by it.
  shared('two names, and one has a time to connect of its own', 'site-2', [
    { name: 'back', connectTimeoutMs: 7000, ...three },
  ]),
];

export const togetherFamilies: readonly ConsulConfiguration[] = [...crowds, ...rows, ...names];
