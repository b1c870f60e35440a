/** Routers, splitters and resolvers. */
import { type ConsulConfiguration, defaults, each, paths, resolver, router, routing, splitter } from './families.ts';

const rest = { destination: { service: 'back' } };
const there = { destination: { service: 'other' } };

/** What matches goes to `other`; the rest to `back`, or nowhere. */
const both = (matches: readonly object[]) => [
  ...each(matches, (http, service) => [router(service, [{ match: { http }, ...there }, rest])]),
  ...each(matches, (http, service) => [router(service, [{ match: { http }, ...there }])]).map(one => ({
    ...one,
    name: `only ${one.name}`,
  })),
];

const uris = both([
  { pathPrefix: '/foo' },
  { pathPrefix: '/bar/' },
  { pathPrefix: '/' },
  { pathExact: '/foo' },
  { pathExact: '/foo/' },
  { pathRegex: '/fo+' },
  { pathRegex: '/foo|/bar' },
  { pathRegex: '/foo.bar' },
  { pathRegex: '/foo(/.*)?' },
  { pathRegex: '/foo/[a-z]' },
  { pathRegex: '.*/x' },
  { pathRegex: '/[^/]+' },
  { pathPrefix: '/Foo', caseInsensitive: true },
  { pathExact: '/Foo', caseInsensitive: true },
  { pathRegex: '/Foo', caseInsensitive: true },
  { pathPrefix: '/FOO/', caseInsensitive: true },
  { pathExact: '/BAR/x', caseInsensitive: true },
]);
const uriAsks = paths(
  '/foo',
  '/foo/',
  '/foo/x',
  '/foobar',
  '/FOO',
  '/foo?x=1',
  '/bar',
  '/bar/',
  '/bar/x',
  '/',
  '/fooo',
  '/foo.bar',
  '/./foo',
  '/x/../foo',
  '/%66oo',
  '//foo',
  '/foo;p',
  '/foo%2f',
);

const header = (match: object): object => ({ header: [{ name: 'x-one', ...match }] });
const headers = both([
  header({ exact: 'a' }),
  header({ exact: 'a', invert: true }),
  header({ prefix: 'ab' }),
  header({ prefix: 'ab', invert: true }),
  header({ suffix: 'yz' }),
  header({ suffix: 'yz', invert: true }),
  header({ regex: 'a+b' }),
  header({ regex: 'a+b', invert: true }),
  header({ regex: 'a|ab' }),
  header({ regex: 'b?' }),
  header({ regex: '[ab]{2}', invert: true }),
  header({ present: true }),
  header({ present: true, invert: true }),
  {
    header: [
      { name: 'x-one', exact: 'a' },
      { name: 'x-two', present: true },
    ],
  },
  { header: [{ name: 'X-One', exact: 'a' }] },
  {
    header: [
      { name: 'x-one', regex: 'a.' },
      { name: 'x-two', present: true, invert: true },
    ],
  },
  { header: [{ name: 'x-two', present: true, invert: true }], pathPrefix: '/' },
]);
const headerAsks = [
  [],
  ['a'],
  ['A'],
  ['ab'],
  ['abc'],
  ['aab'],
  ['xaab'],
  ['xyz'],
  [''],
  ['b'],
  ['a', 'b'],
  ['b', 'a'],
  ['a,b'],
].map(values => ({
  headers: values.map(value => ['x-one', value] as const),
}));
const twoHeaders = {
  headers: [
    ['x-one', 'a'],
    ['x-two', 'b'],
  ] as const,
};

const parameters = both([
  { queryParam: [{ name: 'q', exact: '1' }] },
  { queryParam: [{ name: 'q', present: true }] },
  { queryParam: [{ name: 'q', regex: '[0-9]+' }] },
  { queryParam: [{ name: 'q', regex: '1|12' }] },
  { queryParam: [{ name: 'q', exact: '2' }] },
  {
    queryParam: [
      { name: 'q', exact: '1' },
      { name: 'r', present: true },
    ],
  },
]);
const queries = paths(
  '/?q=1',
  '/?q=2&q=1',
  '/?q=1&q=2',
  '/?q',
  '/?q=',
  '/?Q=1',
  '/?q=%31',
  '/?q=12',
  '/?q=1x',
  '/?r=2&q=1',
  '/?x=1',
);

const methods = both([
  { methods: ['GET'] },
  { methods: ['GET', 'POST'] },
  { methods: ['PUT'], pathPrefix: '/foo' },
  { methods: ['get'] },
]);
const verbs = ['GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS'].flatMap(method => [
  { method },
  { method, path: '/foo' },
]);

const order = each(
  [
    [{ pathPrefix: '/x' }, { pathExact: '/x/y' }],
    [{ pathExact: '/x/y' }, { pathPrefix: '/x' }],
    [{ pathRegex: '/x.*' }, { pathExact: '/x/y' }],
    [{ header: [{ name: 'x-one', present: true }] }, { pathPrefix: '/x' }],
    [undefined, { pathPrefix: '/x' }],
  ],
  ([first, second], service) => [
    router(service, [
      { ...(first ? { match: { http: first } } : {}), ...there },
      { match: { http: second }, destination: { service: 'back', serviceSubset: 'v1' } },
      { destination: { service: 'back', serviceSubset: 'v2' } },
    ]),
  ],
);

export const share = (weight: number, service: string, serviceSubset?: string): object => ({
  weight,
  service,
  ...(serviceSubset ? { serviceSubset } : {}),
});
const splits = each(
  [
    [share(80, 'back', 'v1'), share(20, 'back', 'v2')],
    [share(50, 'back', 'v1'), share(50, 'other')],
    [share(100, 'back', 'v1'), share(0, 'other')],
    [share(33.33, 'back', 'v1'), share(33.33, 'back', 'v2'), share(33.34, 'other')],
    [share(5, 'back'), share(95, 'other')],
    [share(99.5, 'back', 'v2'), share(0.5, 'other')],
    [{ ...share(50, 'back', 'v1'), requestHeaders: { set: { 'x-one': 'set' } } }, share(50, 'other')],
    [
      { ...share(50, 'back', 'v1'), responseHeaders: { add: { 'x-one': 'added' } } },
      { ...share(50, 'other'), responseHeaders: { remove: ['x-one'] } },
    ],
    [share(50, 'back'), share(49, 'other')],
  ],
  (shares, service) => [splitter(service, shares)],
);

const routedSplits = each([80, 50, 10], (weight, service) => [
  router(service, [{ match: { http: { pathPrefix: '/foo' } }, ...there }]),
  splitter(service, [share(weight, 'back', 'v1'), share(100 - weight, 'back', 'v2')]),
]);

const resolvers = each(
  [
    { redirect: { service: 'back' } },
    { redirect: { service: 'back', serviceSubset: 'v2' } },
    { redirect: { service: 'other' } },
    { redirect: { service: 'back' }, requestTimeout: '500ms' },
  ],
  (spec, service) => [resolver(service, spec)],
);

const sent = (more: object) => (service: string) => [router(service, [{ destination: { service: 'back', ...more } }])];
const destinations = (specs: readonly object[]) => each(specs, (spec, service) => sent(spec)(service));

const retries = destinations([
  { numRetries: 3 },
  { numRetries: 2, retryOn: ['5xx'] },
  { numRetries: 2, retryOn: ['gateway-error'] },
  { numRetries: 2, retryOn: ['retriable-4xx'] },
  { numRetries: 2, retryOn: ['reset'] },
  { numRetries: 2, retryOn: ['connect-failure', 'refused-stream'] },
  { numRetries: 2, retryOnStatusCodes: [500] },
  { numRetries: 1, retryOnStatusCodes: [503, 429] },
  { retryOnStatusCodes: [503] },
  { retryOnConnectFailure: true },
  { numRetries: 2, retryOnConnectFailure: true, retryOnStatusCodes: [503] },
  { numRetries: 1, retryOn: ['5xx'], requestTimeout: '400ms' },
]);
const failing = [500, 502, 503, 504, 429, 409, 404].map(status => ({ plan: { status } }));
const retryAsks = [...failing, { plan: { reset: true as const } }, { method: 'POST', plan: { status: 503 } }];

const timeouts = [
  ...destinations([
    { requestTimeout: '500ms' },
    { requestTimeout: '1500ms' },
    { idleTimeout: '500ms' },
    { idleTimeout: '500ms', requestTimeout: '5s' },
  ]),
  { name: 'none, and 16 s', write: sent({}), asks: [{ plan: { delayMs: 16_000 } }] },
];

const edits = destinations([
  { requestHeaders: { set: { 'x-one': 'set' } } },
  { requestHeaders: { add: { 'x-one': 'added' } } },
  { requestHeaders: { remove: ['x-one'] } },
  { requestHeaders: { set: { 'x-one': 'set' }, add: { 'x-two': 'added' }, remove: ['x-three'] } },
  { responseHeaders: { set: { 'x-one': 'set' } } },
  { responseHeaders: { add: { 'x-one': 'added' } } },
  { responseHeaders: { remove: ['x-one'] } },
  { requestHeaders: { set: { 'x-one': 'a' } }, responseHeaders: { set: { 'x-one': 'b' } } },
  { requestHeaders: { set: { 'x-one': 'set' }, add: { 'x-one': 'added' } } },
  { requestHeaders: { set: { 'x-one': 'set' }, remove: ['x-one'] } },
  { requestHeaders: { add: { 'x-one': 'added' }, remove: ['x-one'] } },
  { responseHeaders: { set: { 'x-one': 'set' }, add: { 'x-one': 'added' } } },
  { responseHeaders: { add: { 'x-one': 'added' }, remove: ['x-one'] } },
]);
const editAsks = [
  {},
  {
    headers: [
      ['x-one', 'mine'],
      ['x-two', 'mine'],
      ['x-three', 'mine'],
    ] as const,
    plan: { headers: { 'x-one': 'theirs' } },
  },
];

const rewrites = each(
  [
    [{ pathPrefix: '/p' }, '/q'],
    [{ pathPrefix: '/p' }, '/'],
    [{ pathPrefix: '/p/' }, '/'],
    [{ pathPrefix: '/p' }, '/q/'],
    [{ pathExact: '/p' }, '/q'],
    [{ pathPrefix: '/P', caseInsensitive: true }, '/q'],
  ] as const,
  ([http, prefixRewrite], service) => [
    router(service, [{ match: { http }, destination: { service: 'back', prefixRewrite } }, there]),
  ],
);
const rewriteAsks = paths('/p', '/p/', '/p/x', '/pp', '/p?a=1', '/P/x', '/q');

/** The service's own entry beside its routes. */
const own = each([{}, { protocol: 'http' }, { localRequestTimeoutMs: 700 }], (spec, service) => [
  defaults(service, spec),
  router(service, [rest]),
]);

export const routeFamilies: readonly ConsulConfiguration[] = [
  ...routing('paths', uris, uriAsks),
  ...routing('headers', headers, [...headerAsks, twoHeaders]),
  ...routing('query parameters', parameters, queries),
  ...routing('methods', methods, verbs),
  ...routing('order of routes', order, [...paths('/x', '/x/y', '/x/z', '/'), { headers: [['x-one', 'a']] as const }]),
  ...routing('splits', splits),
  ...routing('routes and splits', routedSplits, paths('/foo', '/')),
  ...routing('resolvers', resolvers, [{ plan: { delayMs: 1200 } }]),
  ...routing('retries', retries, retryAsks),
  ...routing('timeouts', timeouts, [
    { plan: { delayMs: 200 } },
    { plan: { delayMs: 900 } },
    { plan: { delayMs: 2000 } },
  ]),
  ...routing('header edits', edits, editAsks),
  ...routing('rewrites', rewrites, rewriteAsks),
  ...routing('defaults of a service', own, [{ plan: { delayMs: 1200 } }]),
];
