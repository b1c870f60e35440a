/** Which requests a route takes. */
import { to, toSubset, versions, virtualService } from '../../istio/native.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { ask, each, type IstioConfiguration, paths, routing } from './families.ts';

/** What matches goes to `api`; `open`: the rest goes on to the service itself. */
const taken = (match: object | readonly object[], service: string, open: boolean): readonly KubernetesObject[] => [
  virtualService(service, [
    { match: Array.isArray(match) ? match : [match], route: [to('api')] },
    ...(open ? [{ route: [to(service)] }] : []),
  ]),
];

const both = (matches: readonly object[]) => [
  ...each(matches, (match, service) => taken(match, service, true)),
  ...each(matches, (match, service) => taken(match, service, false)).map(one => ({ ...one, name: `only ${one.name}` })),
];

const untidy = [
  '/./foo',
  '/x/../foo',
  '/fo%6f',
  '//foo',
  '/foo;p=1',
  '/foo?x=1',
  '/foo/',
  '/foobar',
  '/FOO',
  '/foo%2f',
  '/bar//x',
];

const uris = both([
  { uri: { prefix: '/foo' } },
  { uri: { prefix: '/bar/' } },
  { uri: { prefix: '/' } },
  { uri: { exact: '/foo' } },
  { uri: { exact: '/foo/' } },
  { uri: { regex: '/fo+' } },
  { uri: { regex: '^/foo$' } },
  { uri: { regex: '/foo.bar' } },
  { uri: { regex: '(?i)/FOO' } },
  { uri: { regex: '/foo(/.*)?' } },
  { uri: { regex: '/foo|/bar' } },
  { uri: { exact: '/Foo' }, ignoreUriCase: true },
  { uri: { prefix: '/Foo' }, ignoreUriCase: true },
  { uri: { regex: '/Foo' }, ignoreUriCase: true },
  { uri: { prefix: '/foo%20bar' } },
]);

const headers = both([
  { headers: { 'x-one': { exact: 'a' } } },
  { headers: { 'x-one': { prefix: 'ab' } } },
  { headers: { 'x-one': { regex: 'a+b' } } },
  { headers: { 'x-one': {} } },
  { headers: { 'x-one': { exact: '' } } },
  { headers: { 'x-one': { regex: '.*' } } },
  { headers: { 'x-one': { exact: 'a' }, 'x-two': { exact: 'b' } } },
  { withoutHeaders: { 'x-one': { exact: 'a' } } },
  { withoutHeaders: { 'x-one': {} } },
  { withoutHeaders: { 'x-one': { exact: '' } } },
  { withoutHeaders: { 'x-one': { prefix: 'a' } } },
  { withoutHeaders: { 'x-one': { regex: '.*' } } },
  { headers: { 'x-two': {} }, withoutHeaders: { 'x-one': { exact: 'a' } } },
]);

const lines = (...values: readonly string[]) => ({ headers: values.map(value => ['x-one', value] as const) });
const headerAsks = [
  ...[lines(), lines('a'), lines('A'), lines('ab'), lines('abc'), lines('aab'), lines('xaab'), lines(''), lines('b')],
  ...[lines('a', 'b'), lines('b', 'a'), lines('a,b'), lines(' a')],
  {
    headers: [
      ['x-one', 'a'],
      ['x-two', 'b'],
    ] as const,
  },
  { headers: [['x-two', 'b']] as const },
];

const parameters = both([
  { queryParams: { q: { exact: '1' } } },
  { queryParams: { q: {} } },
  { queryParams: { q: { regex: '[0-9]+' } } },
  { queryParams: { q: { exact: '' } } },
  { queryParams: { q: { prefix: 'ab' } } },
  { queryParams: { q: { exact: 'a b' } } },
  { queryParams: { q: { exact: '1' }, r: { exact: '2' } } },
]);

const queries = paths(
  '/?q=1',
  '/?q=2&q=1',
  '/?q=1&q=2',
  '/?q',
  '/?q=',
  '/?Q=1',
  '/?q=%31',
  '/?q=a%20b',
  '/?q=a+b',
  '/?%71=1',
  '/?q=12',
  '/?q=1x',
  '/?q=abc',
  '/?r=2&q=1',
  '/?q=1;r=2',
);

const others = both([
  { method: { exact: 'PUT' } },
  { method: { exact: 'put' } },
  { method: { regex: 'P.*' } },
  { method: { prefix: 'P' } },
  { authority: { prefix: 'site' } },
  { authority: { exact: 'special.example' } },
  { authority: { regex: '.*:80' } },
  { scheme: { exact: 'http' } },
  { scheme: { exact: 'https' } },
  { port: 80 },
  { port: 81 },
  { port: 8080 },
  { sourceLabels: { app: 'client' } },
  { sourceLabels: { app: 'client', tier: 'back' } },
  { sourceNamespace: 'other' },
  { sourceNamespace: 'shop', uri: { prefix: '/foo' } },
  { gateways: ['mesh'], sourceLabels: { app: 'nobody' } },
]);

const otherAsks = [
  ...['GET', 'PUT', 'POST', 'PATCH', 'HEAD', 'DELETE'].map(method => ({ method })),
  { port: 81 },
  { caller: 'other/client2' },
  { caller: 'other/client2', path: '/foo' },
  { headers: [['x-forwarded-proto', 'https']] as const },
];

/** Rules by the letter that marks them, each to another version or service. */
const ordered = (rules: readonly [match: object | undefined, where: 'api' | 'v1' | 'v2'][], service: string) => [
  versions(service),
  virtualService(
    service,
    rules.map(([match, where]) => ({
      ...(match ? { match: [match] } : {}),
      route: [where === 'api' ? to('api') : toSubset(service, where)],
    })),
  ),
];

const order = each<readonly [match: object | undefined, where: 'api' | 'v1' | 'v2'][]>(
  [
    [
      [undefined, 'api'],
      [{ uri: { prefix: '/x' } }, 'v1'],
    ],
    [
      [{ uri: { prefix: '/' } }, 'api'],
      [{ uri: { prefix: '/x' } }, 'v1'],
    ],
    [
      [{ uri: { prefix: '/x' } }, 'api'],
      [{ uri: { exact: '/x/y' } }, 'v1'],
      [undefined, 'v2'],
    ],
    [
      [{ uri: { exact: '/x/y' } }, 'api'],
      [{ uri: { prefix: '/x' } }, 'v1'],
      [undefined, 'v2'],
    ],
    [
      [{ uri: { regex: '/x.*' } }, 'api'],
      [{ uri: { exact: '/x/y' } }, 'v1'],
      [undefined, 'v2'],
    ],
    [
      [{ uri: { prefix: '/x' }, headers: { 'x-one': { exact: 'a' } } }, 'api'],
      [{ uri: { prefix: '/x' } }, 'v1'],
      [undefined, 'v2'],
    ],
    [
      [{ headers: { 'x-one': {} } }, 'api'],
      [{ headers: { 'x-two': {} } }, 'v1'],
      [undefined, 'v2'],
    ],
    [
      [{ method: { exact: 'POST' } }, 'api'],
      [{ uri: { prefix: '/x' } }, 'v1'],
    ],
    [
      [{}, 'api'],
      [{ uri: { prefix: '/x' } }, 'v1'],
    ],
  ],
  ordered,
);

const orderAsks = [
  ...paths('/x', '/x/y', '/x/z', '/', '/xy'),
  { path: '/x', method: 'POST' },
  {
    headers: [
      ['x-one', 'a'],
      ['x-two', 'b'],
    ] as const,
  },
];

/** The spellings of a Host that all mean one Service. */
const hosts = (service: string): readonly string[] => [
  service,
  service.toUpperCase(),
  `${service}:80`,
  `${service}:8080`,
  `${service}.shop`,
  `${service}.shop.svc`,
  `${service}.shop.svc.cluster.local`,
  `${service}.shop.svc.cluster.local:80`,
];

const authorities: readonly IstioConfiguration[] = routing('hosts', [
  { name: 'any rule', write: service => taken({ uri: { prefix: '/' } }, service, false) },
  { name: 'exact authority', write: service => taken({ authority: { exact: service } }, service, true) },
  { name: 'authority with a port', write: service => taken({ authority: { exact: `${service}:80` } }, service, true) },
]).map(one => ({ ...one, questions: slot => hosts(slot.name).map(authority => ask(slot, { authority })) }));

export const matchFamilies: readonly IstioConfiguration[] = [
  ...routing(
    'paths',
    uris,
    paths(
      ...untidy,
      '/foo',
      '/bar',
      '/bar/',
      '/bar/x',
      '/',
      '/fo',
      '/fooo',
      '/foo.bar',
      '/foo/bar',
      '/foo%20bar',
      '/Foo',
    ),
  ),
  ...routing('headers', headers, headerAsks),
  ...routing('query parameters', parameters, queries),
  ...routing('methods, ports and callers', others, otherAsks),
  ...routing('order of rules', order, orderAsks),
  ...authorities,
];
