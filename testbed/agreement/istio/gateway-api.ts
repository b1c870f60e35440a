/** Routes of the Gateway API in front of a Service. */
import { backend, byteRoutes, httpRoute, to, toSubset, versions, virtualService } from '../../istio/native.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { type Case, each, type IstioConfiguration, paths, routing } from './families.ts';

const matched = each(
  [
    { path: { type: 'PathPrefix', value: '/foo' } },
    { path: { type: 'PathPrefix', value: '/foo/' } },
    { path: { type: 'PathPrefix', value: '/' } },
    { path: { type: 'Exact', value: '/foo' } },
    { path: { type: 'Exact', value: '/foo/' } },
    { path: { type: 'RegularExpression', value: '/fo+' } },
    { headers: [{ name: 'x-one', value: 'a' }] },
    { headers: [{ name: 'x-one', type: 'RegularExpression', value: 'a+' }] },
    { queryParams: [{ name: 'q', value: '1' }] },
    { queryParams: [{ name: 'q', type: 'RegularExpression', value: '[0-9]+' }] },
    { method: 'POST' },
    { path: { type: 'PathPrefix', value: '/foo' }, headers: [{ name: 'x-one', value: 'a' }], method: 'POST' },
  ],
  (match, service) => [httpRoute(service, [{ matches: [match], backendRefs: [backend('api')] }])],
);

const prefix = (value: string): object => ({ path: { type: 'PathPrefix', value } });
const exact = (value: string): object => ({ path: { type: 'Exact', value } });
const regex = (value: string): object => ({ path: { type: 'RegularExpression', value } });
const header = { headers: [{ name: 'x-one', value: 'a' }] };

/** The first rule goes to `api`, the second to the service itself. */
const preceding = each(
  [
    [prefix('/'), prefix('/foo')],
    [prefix('/foo'), exact('/foo')],
    [prefix('/foo'), { ...prefix('/foo'), ...header }],
    [prefix('/foo'), { ...prefix('/'), ...header }],
    [regex('/fo.*'), prefix('/')],
    [header, prefix('/foo')],
    [{ method: 'POST' }, header],
    [regex('/a.*'), regex('/a.*b')],
  ] as const,
  ([first, second], service) => [
    httpRoute(service, [
      { matches: [first], backendRefs: [backend('api')] },
      { matches: [second], backendRefs: [backend(service)] },
    ]),
  ],
);

const weighted = each<readonly (readonly [string, number?])[]>(
  [
    [
      ['api', 80],
      ['web', 20],
    ],
    [['api'], ['web']],
    [['api'], ['web', 9]],
    [
      ['api', 0],
      ['web', 1],
    ],
    [
      ['api', 0],
      ['web', 0],
    ],
    [['api', 0]],
    [],
    [
      ['api', 50],
      ['ghost', 50],
    ],
    [['ghost']],
  ],
  (shares, service) => [
    httpRoute(service, [
      { backendRefs: shares.map(([name, weight]) => backend(name, weight === undefined ? {} : { weight })) },
    ]),
  ],
);

const rewritten = (replacePrefixMatch: string): object => ({
  type: 'URLRewrite',
  urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch } },
});
const redirected = (requestRedirect: object): object => ({ type: 'RequestRedirect', requestRedirect });
const filtered = each(
  [
    { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-one', value: 'set' }] } },
    {
      type: 'RequestHeaderModifier',
      requestHeaderModifier: { add: [{ name: 'x-one', value: 'added' }], remove: ['x-two'] },
    },
    { type: 'ResponseHeaderModifier', responseHeaderModifier: { set: [{ name: 'x-one', value: 'set' }] } },
    { type: 'ResponseHeaderModifier', responseHeaderModifier: { add: [{ name: 'x-one', value: 'added' }] } },
    rewritten('/'),
    rewritten('/new'),
    rewritten('/new/'),
    { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplaceFullPath', replaceFullPath: '/full' } } },
    { type: 'URLRewrite', urlRewrite: { hostname: 'other.example' } },
    { type: 'RequestMirror', requestMirror: { backendRef: { name: 'api', port: 80 } } },
    { type: 'RequestMirror', requestMirror: { backendRef: { name: 'api', port: 80 }, percent: 50 } },
  ],
  (filter, service) => [
    httpRoute(service, [{ matches: [prefix('/p')], filters: [filter], backendRefs: [backend(service)] }]),
  ],
);

const redirects = each(
  [
    { hostname: 'there.example' },
    { scheme: 'https' },
    { scheme: 'https', statusCode: 301 },
    { port: 8443 },
    { path: { type: 'ReplaceFullPath', replaceFullPath: '/there' } },
    { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/there' } },
    { scheme: 'https', hostname: 'there.example', port: 443 },
  ],
  (redirect, service) => [httpRoute(service, [{ matches: [prefix('/p')], filters: [redirected(redirect)] }])],
);

const timeouts = each(
  [{ request: '500ms' }, { backendRequest: '300ms' }, { request: '900ms', backendRequest: '300ms' }, { request: '0s' }],
  (value, service) => [httpRoute(service, [{ timeouts: value, backendRefs: [backend(service)] }])],
);

const named = (object: KubernetesObject, name: string, namespace = 'shop'): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, name, namespace },
});

const beside = {
  route: (service: string) => httpRoute(service, [{ matches: [prefix('/foo')], backendRefs: [backend('api')] }]),
  table: (service: string) =>
    virtualService(service, [{ match: [{ uri: { prefix: '/bar' } }], route: [to('api')] }, { route: [to(service)] }]),
  /** Of another namespace, so that it is for the clients of that alone. */
  consumer: (service: string) =>
    named(
      httpRoute(service, [{ matches: [prefix('/foo')], backendRefs: [backend('api', { namespace: 'shop' })] }], {
        namespace: 'shop',
      }),
      service,
      'other',
    ),
  onEveryPort: (service: string) =>
    named(
      httpRoute(service, [{ matches: [prefix('/bar')], backendRefs: [backend('api')] }], { port: undefined }),
      `${service}-all`,
    ),
};

const besides: readonly Case[] = [
  { name: 'of one age', write: service => [beside.route(service), beside.table(service)] },
  {
    name: 'an older VirtualService',
    earlier: service => [beside.table(service)],
    write: service => [beside.route(service)],
  },
  {
    name: 'an older HTTPRoute',
    earlier: service => [beside.route(service)],
    write: service => [beside.table(service)],
  },
  {
    name: 'an older VirtualService of the namespace of some clients',
    earlier: service => [named(beside.table(service), service, 'other')],
    write: service => [beside.route(service)],
  },
  {
    name: 'a younger VirtualService of the namespace of some clients',
    earlier: service => [beside.route(service)],
    write: service => [named(beside.table(service), service, 'other')],
  },
  {
    name: 'of one age, and the name of the VirtualService is the smaller',
    write: service => [named(beside.table(service), `a.${service}`), beside.route(service)],
  },
  {
    name: 'of one age, and the name of the VirtualService is the greater',
    write: service => [named(beside.table(service), `z.${service}`), beside.route(service)],
  },
  {
    name: 'an older VirtualService and an HTTPRoute of the namespace of some clients',
    earlier: service => [beside.table(service)],
    write: service => [beside.consumer(service)],
  },
  {
    name: 'an older HTTPRoute of another namespace, a producer and a VirtualService',
    earlier: service => [beside.consumer(service)],
    write: service => [beside.table(service), beside.route(service)],
  },
  {
    name: 'an older HTTPRoute on one port, and one on all ports',
    earlier: service => [beside.route(service)],
    write: service => [beside.onEveryPort(service)],
  },
  {
    name: 'an older HTTPRoute on all ports, and one on one port',
    earlier: service => [beside.onEveryPort(service)],
    write: service => [beside.route(service)],
  },
];

const everywhere = ['/foo', '/bar', '/'].flatMap(path =>
  [80, 81].flatMap(port => ['shop/client', 'other/client2'].map(caller => ({ path, port, caller }))),
);

/** Bytes, which have no parts to ask for. */
const bytes = each<readonly (readonly [string, number])[]>(
  [
    [['v1', 100]],
    [
      ['v1', 80],
      ['v2', 20],
    ],
    [
      ['v1', 30],
      ['api', 70],
    ],
  ],
  (shares, service) => [
    versions(service),
    byteRoutes(service, [
      {
        route: shares.map(([where, weight]) =>
          where === 'api' ? to('api', { weight }) : toSubset(service, where, { weight }),
        ),
      },
    ]),
  ],
);

const all = [
  ...paths('/foo', '/foo/', '/foo/x', '/foobar', '/fooo', '/bar', '/', '/ab', '/axb'),
  { method: 'POST' },
  { path: '/foo', method: 'POST', headers: [['x-one', 'a']] as const },
  { headers: [['x-one', 'a']] as const },
  {
    path: '/foo',
    headers: [
      ['x-one', 'b'],
      ['x-one', 'a'],
    ] as const,
  },
  ...paths('/?q=1', '/?q=2&q=1', '/?q=x'),
  { port: 81 },
  { path: '/foo', port: 81 },
];
const behindPrefix = [
  ...paths('/p', '/p/', '/p/x', '/pp', '/p?a=1', '/p/x?a=1'),
  {
    path: '/p',
    headers: [
      ['x-one', 'mine'],
      ['x-two', 'mine'],
    ] as const,
    plan: { headers: { 'x-one': 'theirs' } },
  },
];

export const gatewayApiFamilies: readonly IstioConfiguration[] = [
  ...routing('HTTPRoute: matches', matched, all),
  ...routing('HTTPRoute: precedence', preceding, all),
  ...routing('HTTPRoute: weights', weighted),
  ...routing('HTTPRoute: filters', filtered, behindPrefix),
  ...routing('HTTPRoute: redirects', redirects, behindPrefix),
  ...routing('HTTPRoute: timeouts', timeouts, [
    { plan: { delayMs: 100 } },
    { plan: { delayMs: 400 } },
    { plan: { delayMs: 1200 } },
  ]),
  ...routing('HTTPRoutes beside others', besides, [...all, ...everywhere]),
  ...routing('bytes', bytes, [{ port: 9000, protocol: 'tcp' }]),
];
