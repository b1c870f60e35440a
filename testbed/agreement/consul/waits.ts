/** How long a route waits, how often it tries again, and both together. */
import { type ConsulConfiguration, each, router, routing, splitter } from './families.ts';
import { share } from './routes.ts';

const to = (more: object): object => ({ destination: { service: 'back', ...more } });

const conditions: readonly object[] = [
  { retryOn: ['5xx'] },
  { retryOn: ['gateway-error', 'connect-failure'] },
  { retryOn: ['retriable-4xx', 'gateway-error'] },
  { retryOn: ['reset', 'gateway-error'] },
  { retryOn: ['unavailable'] },
  { retryOn: ['cancelled', 'deadline-exceeded'] },
  { retryOnStatusCodes: [502, 504] },
  { retryOnStatusCodes: [404] },
  { retryOnStatusCodes: [429], retryOn: ['5xx'] },
  { retryOnStatusCodes: [500, 503], retryOnConnectFailure: true },
];
const counts: readonly object[] = [{ numRetries: 1 }, { numRetries: 3 }, {}];
const retries = counts.flatMap(count => conditions.map(condition => ({ ...count, ...condition })));

const answers = [500, 502, 503, 504, 429, 409, 404, 400].map(status => ({ plan: { status } }));
const failures = [...answers, { plan: { reset: true as const } }, { method: 'PUT', plan: { status: 503 } }];

const waits: readonly object[] = [
  { requestTimeout: '300ms' },
  { requestTimeout: '1s' },
  { requestTimeout: '2500ms' },
  { requestTimeout: '0s' },
  { requestTimeout: '-1s' },
  { idleTimeout: '300ms' },
  { idleTimeout: '1500ms' },
  { idleTimeout: '2s', requestTimeout: '800ms' },
  { idleTimeout: '800ms', requestTimeout: '2s' },
  { idleTimeout: '0s', requestTimeout: '1s' },
  { requestTimeout: '1s', numRetries: 2, retryOn: ['5xx'] },
  { requestTimeout: '600ms', numRetries: 1, retryOn: ['gateway-error'] },
  { idleTimeout: '600ms', numRetries: 1, retryOn: ['5xx'] },
];
/** None is as long as some wait. */
const delays = [100, 450, 900, 1200, 1800, 2800].map(delayMs => ({ plan: { delayMs } }));

/** Different waits on different routes of one name. */
const several = each(
  [
    ['300ms', '1s'],
    ['1s', '300ms'],
    [undefined, '500ms'],
  ] as const,
  ([first, second], service) => [
    router(service, [
      { match: { http: { pathPrefix: '/foo' } }, ...to({ ...(first ? { requestTimeout: first } : {}) }) },
      to({ requestTimeout: second }),
    ]),
  ],
);

const overSplits = each(['400ms', '1500ms'], (requestTimeout, service) => [
  router(service, [{ destination: { requestTimeout } }]),
  splitter(service, [share(50, 'back', 'v1'), share(50, 'other')]),
]);

const alone = (specs: readonly object[]) => each(specs, (spec, service) => [router(service, [to(spec)])]);

export const waitFamilies: readonly ConsulConfiguration[] = [
  ...routing('conditions of retries', alone(retries), failures),
  ...routing('waits', alone(waits), [...delays, { plan: { status: 503 } }]),
  ...routing('waits of several routes', several, [...delays, ...delays.map(delay => ({ ...delay, path: '/foo' }))]),
  ...routing('waits over splits', overSplits, delays),
];
