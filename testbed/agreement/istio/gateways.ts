/** What a gateway does for those who come in through it, without a sidecar of their own. */
import {
  backend,
  door,
  doorRoute,
  gatewayRoutes,
  outsideName,
  to,
  toSubset,
  versions,
  virtualService,
} from '../../istio/native.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { type Case, each, entering, type IstioConfiguration, paths } from './families.ts';

const port80 = { port: { number: 80 } };
const there = (service: string, more: object = {}): object => ({
  destination: { ...(to(service) as { destination: object }).destination, ...port80 },
  ...more,
});

const matches = each(
  [
    { uri: { prefix: '/foo' } },
    { uri: { exact: '/foo' } },
    { uri: { regex: '/fo+' } },
    { uri: { exact: '/Foo' }, ignoreUriCase: true },
    { headers: { 'x-one': { exact: 'a' } } },
    { withoutHeaders: { 'x-one': { exact: 'a' } } },
    { queryParams: { q: { exact: '1' } } },
    { method: { exact: 'POST' } },
    { authority: { prefix: 'site' } },
    { scheme: { exact: 'http' } },
    { port: 8080 },
    { port: 80 },
    { sourceLabels: { istio: 'front' } },
    { sourceNamespace: 'edge' },
    { gateways: ['mesh'] },
    { gateways: ['edge/front'], uri: { prefix: '/foo' } },
  ],
  (match, service) => [
    gatewayRoutes(service, [{ match: [match], route: [there('api')] }, { route: [there(service)] }]),
  ],
);

const treatments = each(
  [
    { timeout: '500ms' },
    { retries: { attempts: 2, retryOn: '5xx' } },
    { retries: { attempts: 0 } },
    { fault: { abort: { httpStatus: 503, percentage: { value: 100 } } } },
    { fault: { delay: { fixedDelay: '400ms', percentage: { value: 100 } } } },
    { rewrite: { uri: '/new' } },
    { rewrite: { authority: 'other.example' } },
    { headers: { request: { set: { 'x-one': 'set' } }, response: { add: { 'x-two': 'added' } } } },
    { mirror: { host: 'api.shop.svc.cluster.local', ...port80 } },
    { corsPolicy: { allowOrigins: [{ exact: 'https://one.example' }], allowMethods: ['GET'] } },
  ],
  (more, service) => [gatewayRoutes(service, [{ route: [there(service)], ...more }])],
);

const answers = each(
  [
    { redirect: { scheme: 'https' } },
    { redirect: { uri: '/there', redirectCode: 302 } },
    { redirect: { scheme: 'https', derivePort: 'FROM_PROTOCOL_DEFAULT' } },
    { directResponse: { status: 410, body: { string: 'gone' } } },
  ],
  (action, service) => [
    gatewayRoutes(service, [{ match: [{ uri: { prefix: '/foo' } }], ...action }, { route: [there(service)] }]),
  ],
);

const split = (service: string): KubernetesObject =>
  gatewayRoutes(service, [
    {
      route: ['v1', 'v2'].map((name, index) => ({
        destination: { ...(toSubset(service, name) as { destination: object }).destination, ...port80 },
        weight: index === 0 ? 70 : 30,
      })),
    },
  ]);

const shapes: readonly Case[] = [
  { name: 'nobody routes', write: () => [] },
  { name: 'no port for a service of many', write: service => [gatewayRoutes(service, [{ route: [to(service)] }])] },
  { name: 'a split', write: service => [versions(service), split(service)] },
  {
    name: 'a route for the mesh alone',
    write: service => [virtualService(service, [{ route: [there('api')] }], { hosts: [outsideName(service)] })],
  },
  {
    name: 'routes of the service itself do not act',
    write: service => [
      gatewayRoutes(service, [{ route: [there(service)] }]),
      {
        ...virtualService(service, [{ route: [there('api')] }]),
        metadata: { namespace: 'shop', name: `${service}-mesh` },
      },
    ],
  },
  {
    name: 'a wider host beside it',
    write: service => [
      gatewayRoutes(service, [{ match: [{ uri: { prefix: '/foo' } }], route: [there('api')] }]),
      {
        ...gatewayRoutes(service, [{ route: [there(service)] }], { hosts: [`*.${service}.example`] }),
        metadata: { namespace: 'shop', name: `${service}-wide` },
      },
    ],
    asks: [{ authority: 'a.nobody.example' }],
  },
  {
    name: 'two objects for one host',
    write: service => [
      gatewayRoutes(service, [
        { match: [{ uri: { prefix: '/foo' } }], route: [there('api')] },
        { route: [there(service)] },
      ]),
      {
        ...gatewayRoutes(service, [{ match: [{ uri: { prefix: '/bar' } }], route: [there('api')] }]),
        metadata: { namespace: 'shop', name: `${service}-more` },
      },
    ],
  },
];

const prefix = (value: string): object => ({ path: { type: 'PathPrefix', value } });
const doors = each(
  [
    [{ matches: [prefix('/foo')], backendRefs: [backend('api')] }],
    [{ matches: [prefix('/foo/')], backendRefs: [backend('api')] }],
    [{ matches: [{ path: { type: 'Exact', value: '/foo' } }], backendRefs: [backend('api')] }],
    [{ matches: [{ path: { type: 'RegularExpression', value: '/fo+' } }], backendRefs: [backend('api')] }],
    [{ matches: [{ headers: [{ name: 'x-one', value: 'a' }] }], backendRefs: [backend('api')] }],
    [{ matches: [{ method: 'POST' }], backendRefs: [backend('api')] }],
    [
      { matches: [prefix('/')], backendRefs: [backend('web')] },
      { matches: [prefix('/foo')], backendRefs: [backend('api')] },
    ],
    [{ backendRefs: [backend('api', { weight: 3 }), backend('web', { weight: 1 })] }],
    [{ backendRefs: [backend('ghost')] }],
    [{ timeouts: { request: '500ms' }, backendRefs: [backend('web')] }],
    [
      {
        matches: [prefix('/foo')],
        filters: [
          { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/new' } } },
        ],
        backendRefs: [backend('web')],
      },
    ],
    [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }],
    [
      {
        filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-one', value: 'set' }] } }],
        backendRefs: [backend('web')],
      },
    ],
    [
      {
        filters: [{ type: 'RequestMirror', requestMirror: { backendRef: backend('api') } }],
        backendRefs: [backend('web')],
      },
    ],
  ],
  (rules, service) => [doorRoute(service, rules)],
);

const hostnames: readonly Case[] = [
  {
    name: 'a wildcard beside an exact host',
    write: service => [
      doorRoute(service, [{ matches: [prefix('/foo')], backendRefs: [backend('api')] }]),
      {
        ...doorRoute(service, [{ backendRefs: [backend('web')] }], { hostnames: ['*.example'] }),
        metadata: { namespace: 'shop', name: `${service}-wide` },
      },
    ],
  },
  {
    name: 'a VirtualService behind it',
    write: service => [
      doorRoute(service, [{ backendRefs: [backend('web')] }]),
      {
        ...virtualService('web', [{ route: [there('api')] }]),
        metadata: { namespace: 'shop', name: `${service}-mesh` },
      },
    ],
  },
];

const asks = [
  ...paths('/', '/foo', '/foobar', '/Foo', '/bar', '/foo?q=1', '/./foo', '//foo'),
  { method: 'POST', path: '/foo' },
  { headers: [['x-one', 'a']] as const },
  { headers: [['x-forwarded-for', '192.0.2.7']] as const },
  { headers: [['x-forwarded-proto', 'https']] as const },
  { headers: [['x-forwarded-client-cert', 'By=a;URI=spiffe://cluster.local/ns/shop/sa/client']] as const },
  {
    method: 'OPTIONS',
    headers: [
      ['origin', 'https://one.example'],
      ['access-control-request-method', 'GET'],
    ] as const,
  },
  { authority: 'nobody.example' },
  { plan: { delayMs: 900 } },
];

export const gatewayFamilies: readonly IstioConfiguration[] = [
  ...entering('gateway: matches', matches, asks),
  ...entering('gateway: treatment', treatments, asks),
  ...entering('gateway: redirects and answers', answers, asks),
  ...entering('gateway: hosts and objects', shapes, asks),
  ...entering('gateway: HTTPRoute', [...doors, ...hostnames], asks, door),
];
