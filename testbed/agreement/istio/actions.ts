/** What a route does to the requests that it takes. */
import { to, toSubset, versions, virtualService } from '../../istio/native.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { each, type IstioConfiguration, paths, routing } from './families.ts';

/** One route for everything, with more said about it. */
const routed = (more: object, service: string): readonly KubernetesObject[] => [
  virtualService(service, [{ route: [to(service)], ...more }]),
];

const split = (shares: readonly (readonly [where: string, weight?: number])[], service: string) => [
  versions(service),
  virtualService(service, [
    {
      route: shares.map(([where, weight]) => {
        const share = weight === undefined ? {} : { weight };
        return where === 'api' ? to('api', share) : toSubset(service, where, share);
      }),
    },
  ]),
];

const splits = each<readonly (readonly [string, number?])[]>(
  [
    [
      ['v1', 80],
      ['v2', 20],
    ],
    [
      ['v1', 50],
      ['v2', 50],
    ],
    [
      ['v1', 20],
      ['v2', 30],
    ],
    [
      ['v1', 1],
      ['v2', 1],
      ['api', 1],
    ],
    [
      ['v1', 0],
      ['v2', 100],
    ],
    [['v1', 100], ['v2']],
    [
      ['v1', 100_000],
      ['v2', 300_000],
    ],
    [
      ['v1', 5],
      ['api', 95],
    ],
    [
      ['v1', 50],
      ['ghost', 50],
    ],
    [['ghost']],
    [['v1', 0]],
    [
      ['v1', 90],
      ['v2', 5],
      ['api', 5],
    ],
  ],
  split,
);

const retries = each(
  [
    { attempts: 3, retryOn: '5xx' },
    { attempts: 1, retryOn: '5xx' },
    { attempts: 0 },
    {},
    { attempts: 3 },
    { attempts: 2, retryOn: 'gateway-error' },
    { attempts: 2, retryOn: '429,gateway-error' },
    { attempts: 2, retryOn: '503' },
    { attempts: 2, retryOn: '500' },
    { attempts: 2, retryOn: 'retriable-4xx' },
    { attempts: 2, retryOn: 'reset,connect-failure' },
    { attempts: 2, retryOn: '5xx', perTryTimeout: '300ms' },
    { attempts: 2, retryOn: '503', perTryTimeout: '300ms' },
    { attempts: 5, retryOn: '5xx', backoff: '10ms' },
  ].map(value => ({ retries: value })),
  routed,
);
const failing = [500, 502, 503, 504, 429, 409, 404].map(status => ({ plan: { status } }));
const retryAsks = [
  ...failing,
  { plan: { status: 503, times: 1 } },
  { plan: { status: 503, times: 2 } },
  { plan: { reset: true as const } },
  { method: 'POST', plan: { status: 503 } },
];

const timeouts = each(
  [
    { timeout: '500ms' },
    { timeout: '1.5s' },
    { timeout: '500ms', retries: { attempts: 0 } },
    { timeout: '1s', retries: { attempts: 3, retryOn: '5xx', perTryTimeout: '400ms' } },
    { timeout: '300ms', retries: { attempts: 3, retryOn: '5xx', perTryTimeout: '900ms' } },
    { timeout: '300ms', retries: { attempts: 3, retryOn: '5xx' } },
  ],
  routed,
);

const endless = [
  { name: 'none, and 16 s', write: (service: string) => routed({}, service), asks: [{ plan: { delayMs: 16_000 } }] },
];

const abort = (httpStatus: number, percentage?: number): object => ({
  abort: { httpStatus, ...(percentage === undefined ? {} : { percentage: { value: percentage } }) },
});
const delay = (fixedDelay: string, percentage?: number): object => ({
  delay: { fixedDelay, ...(percentage === undefined ? {} : { percentage: { value: percentage } }) },
});
const faults = each(
  [
    { fault: abort(503, 100) },
    { fault: abort(418, 100) },
    { fault: abort(503, 30) },
    { fault: abort(503, 0) },
    { fault: abort(503) },
    { fault: abort(599, 100) },
    { fault: delay('400ms', 100) },
    { fault: delay('1.6s', 100) },
    { fault: delay('400ms', 0) },
    { fault: { ...delay('300ms', 100), ...abort(503, 100) } },
    { fault: abort(503, 100), retries: { attempts: 3, retryOn: '5xx' } },
    { fault: abort(503, 50), retries: { attempts: 3, retryOn: '5xx' } },
    { fault: delay('600ms', 100), timeout: '300ms' },
  ],
  routed,
);

const percentage = (value: number): object => ({ percentage: { value } });
const mirrored = { host: 'api.shop.svc.cluster.local' };
const mirrors = each(
  [
    { mirror: mirrored },
    { mirror: mirrored, mirrorPercentage: { value: 50 } },
    { mirror: mirrored, mirrorPercentage: { value: 0 } },
    { mirrors: [{ destination: mirrored, ...percentage(30) }] },
    { mirrors: [{ destination: mirrored }] },
    { mirror: mirrored, rewrite: { uri: '/rewritten' } },
    { mirror: mirrored, headers: { request: { set: { 'x-one': 'set' } } } },
  ],
  routed,
);

const origin = (exact: string): object => ({ allowOrigins: [{ exact }] });
const one = 'https://one.example';
const cors = each(
  [
    origin(one),
    { ...origin(one), allowMethods: ['GET', 'POST'], allowHeaders: ['x-one'], maxAge: '60s' },
    { ...origin(one), allowCredentials: true, exposeHeaders: ['x-two'] },
    { allowOrigins: [{ prefix: 'https://' }] },
    { allowOrigins: [{ regex: 'https://(one|two)\\.example' }] },
    { ...origin('*') },
    { ...origin(one), unmatchedPreflights: 'IGNORE', allowMethods: ['GET'] },
    { ...origin(one), unmatchedPreflights: 'FORWARD' },
  ].map(corsPolicy => ({ corsPolicy })),
  routed,
);
const preflight = (from: string): readonly (readonly [string, string])[] => [
  ['origin', from],
  ['access-control-request-method', 'PUT'],
];
const corsAsks = [one, 'https://ONE.example', 'https://two.example', 'http://one.example'].flatMap(from => [
  { method: 'OPTIONS', headers: preflight(from) },
  { headers: [['origin', from]] as const },
  { method: 'OPTIONS', headers: [['origin', from]] as const },
]);

const edits = each(
  [
    { request: { set: { 'x-one': 'set' } } },
    { request: { add: { 'x-one': 'added' } } },
    { request: { remove: ['x-one'] } },
    { request: { set: { 'x-one': 'set' }, add: { 'x-one': 'added' } } },
    { request: { set: { 'x-one': 'set' }, remove: ['x-one'] } },
    { request: { add: { 'x-one': 'added' }, remove: ['x-one', 'x-two'] } },
    { response: { set: { 'x-one': 'set' } } },
    { response: { add: { 'x-one': 'added' } } },
    { response: { remove: ['x-one'] } },
    { request: { set: { host: 'other.example' } } },
    { request: { set: { ':authority': 'other.example' } } },
  ].map(headers => ({ headers })),
  routed,
);
const editAsks = [
  {},
  { headers: [['x-one', 'mine']] as const },
  {
    headers: [
      ['x-one', 'mine'],
      ['x-two', 'mine'],
    ] as const,
    plan: { headers: { 'x-one': 'theirs' } },
  },
];

/** The same header at the route and at its destinations. */
const levels = each(
  [
    [{ request: { set: { 'x-one': 'route' } } }, { request: { set: { 'x-one': 'destination' } } }],
    [{ request: { add: { 'x-one': 'route' } } }, { request: { add: { 'x-one': 'destination' } } }],
    [{ request: { remove: ['x-one'] } }, { request: { set: { 'x-one': 'destination' } } }],
    [{ request: { set: { 'x-one': 'route' } } }, { request: { remove: ['x-one'] } }],
    [{ response: { set: { 'x-one': 'route' } } }, { response: { set: { 'x-one': 'destination' } } }],
  ].flatMap(pair => [
    { pair, count: 1 },
    { pair, count: 2 },
  ]),
  ({ pair: [headers, own], count }, service) => [
    versions(service),
    virtualService(service, [
      {
        headers,
        route: ['v1', 'v2'].slice(0, count).map(name => toSubset(service, name, { weight: 100 / count, headers: own })),
      },
    ]),
  ],
);

/** A rewrite behind a match. */
const rewrites = each(
  [
    [{ uri: { prefix: '/p' } }, { uri: '/q' }],
    [{ uri: { prefix: '/p' } }, { uri: '/' }],
    [{ uri: { prefix: '/p/' } }, { uri: '/' }],
    [{ uri: { prefix: '/p' } }, { uri: '/q/' }],
    [{ uri: { exact: '/p' } }, { uri: '/q' }],
    [{ uri: { regex: '/p.*' } }, { uri: '/q' }],
    [{ uri: { prefix: '/P' }, ignoreUriCase: true }, { uri: '/q' }],
    [{ headers: { 'x-one': {} } }, { uri: '/q' }],
    [{ uri: { prefix: '/p' } }, { authority: 'other.example' }],
    [{ uri: { prefix: '/p' } }, { uri: '/q', authority: 'other.example' }],
    [{ uri: { prefix: '/p' } }, { uriRegexRewrite: { match: '/p/([^/]+)', rewrite: '/\\1' } }],
  ] as const,
  ([match, rewrite], service) => [
    virtualService(service, [{ match: [match], rewrite, route: [to(service)] }, { route: [to('api')] }]),
  ],
);
const rewriteAsks = [
  ...paths('/p', '/p/', '/p/x', '/pp', '/p?a=1', '/P/x', '/q', '/p/x/y'),
  { headers: [['x-one', 'a']] as const, path: '/other' },
];

const answers = each(
  [
    { redirect: { uri: '/there' } },
    { redirect: { uri: '/there', redirectCode: 302 } },
    { redirect: { authority: 'there.example' } },
    { redirect: { scheme: 'https' } },
    { redirect: { scheme: 'https', authority: 'there.example' } },
    { redirect: { port: 8443 } },
    { redirect: { derivePort: 'FROM_REQUEST_PORT', authority: 'there.example' } },
    { redirect: { derivePort: 'FROM_PROTOCOL_DEFAULT', scheme: 'https' } },
    { redirect: { authority: 'there.example', port: 8443, scheme: 'https', redirectCode: 308 } },
    { directResponse: { status: 200, body: { string: 'hello' } } },
    { directResponse: { status: 410 } },
    { directResponse: { status: 503, body: { string: 'closed' } }, headers: { response: { set: { 'x-one': 'set' } } } },
  ],
  (action, service) => [
    virtualService(service, [{ match: [{ uri: { prefix: '/p' } }], ...action }, { route: [to(service)] }]),
  ],
);

export const actionFamilies: readonly IstioConfiguration[] = [
  ...routing('splits', splits),
  ...routing('retries', retries, retryAsks),
  ...routing('timeouts', [...timeouts, ...endless], [{ plan: { delayMs: 250 } }, { plan: { delayMs: 2000 } }]),
  ...routing('faults', faults, [{ plan: { delayMs: 600 } }]),
  ...routing('mirrors', mirrors, [...paths('/a?b=c'), { method: 'POST' }]),
  ...routing('cross-origin rules', cors, corsAsks),
  ...routing('header edits', edits, editAsks),
  ...routing('header edits at two levels', levels, editAsks),
  ...routing('rewrites', rewrites, rewriteAsks),
  ...routing(
    'redirects and answers',
    answers,
    [...paths('/p', '/p/x?a=1', '/pp', '/'), { path: '/p', authority: 'a.example:80' }].slice(0, 4),
  ),
];
