/** Calls of gRPC, in the routes of both APIs. */
import { authorizationPolicy, backend, hostOf, to, toSubset, versions, virtualService } from '../../istio/native.ts';
import { callPort } from '../../istio/scene.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import { type Ask, type Case, each, guarding, type IstioConfiguration, routing } from './families.ts';

const everywhere = (more: object, service: string): readonly KubernetesObject[] => [
  virtualService(service, [{ route: [to(service)], ...more }]),
];

const taken = (match: object, service: string): readonly KubernetesObject[] => [
  virtualService(service, [{ match: [match], route: [to('api')] }, { route: [to(service)] }]),
];

const routed: readonly Case[] = [
  ...each(
    [
      { uri: { prefix: '/pack.One/' } },
      { uri: { exact: '/pack.One/Get' } },
      { uri: { regex: '/pack\\.(One|Two)/Get' } },
      { headers: { 'x-one': { exact: 'a' } } },
      { headers: { 'content-type': { prefix: 'application/grpc' } } },
      { method: { exact: 'POST' } },
      { method: { exact: 'GET' } },
      { port: callPort },
      { port: 80 },
      { authority: { prefix: 'site' } },
    ],
    taken,
  ),
  {
    name: 'nothing matches',
    write: s => [virtualService(s, [{ match: [{ uri: { exact: '/pack.One/Get' } }], route: [to('api')] }])],
  },
  {
    name: 'shares',
    write: s => [
      versions(s),
      virtualService(s, [{ route: [toSubset(s, 'v1', { weight: 70 }), toSubset(s, 'v2', { weight: 30 })] }]),
    ],
  },
];

const treated = each(
  [
    { retries: { attempts: 2, retryOn: 'unavailable' } },
    { retries: { attempts: 2, retryOn: 'cancelled,deadline-exceeded' } },
    { retries: { attempts: 3, retryOn: 'internal,resource-exhausted' } },
    { retries: { attempts: 2, retryOn: '5xx' } },
    { retries: { attempts: 0 } },
    { timeout: '400ms' },
    { fault: { abort: { httpStatus: 503, percentage: { value: 100 } } } },
    { fault: { abort: { grpcStatus: 'UNAVAILABLE', percentage: { value: 100 } } } },
    { fault: { abort: { grpcStatus: 'NOT_FOUND', percentage: { value: 100 } } } },
    { rewrite: { uri: '/pack.Two/Get' } },
    { headers: { request: { set: { 'x-one': 'set' } }, response: { set: { 'x-two': 'set' } } } },
    { mirror: { host: hostOf('api') } },
  ],
  everywhere,
);

const grpcRoute = (service: string, rules: readonly object[]): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GRPCRoute',
  metadata: { namespace: 'shop', name: service },
  spec: { parentRefs: [{ group: '', kind: 'Service', name: service, port: callPort }], rules },
});

const end = (name: string, more: object = {}): object => backend(name, { port: callPort, ...more });

const matched = each(
  [
    { method: { service: 'pack.One', method: 'Get' } },
    { method: { service: 'pack.One' } },
    { method: { method: 'Get' } },
    { method: { type: 'RegularExpression', service: 'pack\\.(One|Two)', method: 'G.*' } },
    { method: { type: 'RegularExpression', method: 'P.*' } },
    { headers: [{ name: 'x-one', value: 'a' }] },
    { headers: [{ name: 'x-one', value: 'a+', type: 'RegularExpression' }] },
    { method: { service: 'pack.One' }, headers: [{ name: 'x-one', value: 'a' }] },
  ],
  (match, service) => [
    grpcRoute(service, [{ matches: [match], backendRefs: [end('api')] }, { backendRefs: [end(service)] }]),
  ],
);

const ruled: readonly Case[] = [
  {
    name: 'nothing matches',
    write: s => [grpcRoute(s, [{ matches: [{ method: { service: 'pack.One' } }], backendRefs: [end('api')] }])],
  },
  {
    name: 'the longer service first',
    write: s => [
      grpcRoute(s, [
        { matches: [{ method: { service: 'pack.One' } }], backendRefs: [end(s)] },
        { matches: [{ method: { service: 'pack.One', method: 'Get' } }], backendRefs: [end('api')] },
      ]),
    ],
  },
  {
    name: 'shares',
    write: s => [grpcRoute(s, [{ backendRefs: [end('api', { weight: 30 }), end('web', { weight: 70 })] }])],
  },
  { name: 'nobody', write: s => [grpcRoute(s, [{ backendRefs: [end('nobody')] }])] },
  {
    name: 'header edits',
    write: s => [
      grpcRoute(s, [
        {
          filters: [
            { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-one', value: 'set' }] } },
            { type: 'ResponseHeaderModifier', responseHeaderModifier: { set: [{ name: 'x-two', value: 'set' }] } },
          ],
          backendRefs: [end(s)],
        },
      ]),
    ],
  },
  {
    name: 'a copy',
    write: s => [
      grpcRoute(s, [
        {
          filters: [{ type: 'RequestMirror', requestMirror: { backendRef: end('api') } }],
          backendRefs: [end('web')],
        },
      ]),
    ],
  },
];

const operation = (action: string, what: object): object => ({ action, rules: [{ to: [{ operation: what }] }] });

const guarded = each(
  [
    operation('ALLOW', { paths: ['/pack.One/Get'] }),
    operation('DENY', { paths: ['/pack.One/*'] }),
    operation('ALLOW', { methods: ['POST'] }),
    operation('DENY', { ports: [String(callPort)] }),
    { action: 'ALLOW', rules: [{ from: [{ source: { namespaces: ['shop'] } }] }] },
  ],
  (spec, app) => [authorizationPolicy(app, spec)],
);

const call = (path: string, more: Ask = {}): Ask => ({
  protocol: 'grpc',
  method: 'POST',
  port: callPort,
  path,
  ...more,
});

const asks: readonly Ask[] = [
  ...['/pack.One/Get', '/pack.One/Put', '/pack.Two/Get', '/pack.OneMore/Get', '/other.One/Get'].map(path => call(path)),
  call('/pack.One/Get', { headers: [['x-one', 'a']] }),
  call('/pack.One/Get', { headers: [['x-one', 'aa']] }),
  call('/pack.Two/Get', { caller: 'other/client2' }),
];

/** On the port for calls alone, in the way of a call. */
const calling = (all: readonly IstioConfiguration[]): readonly IstioConfiguration[] =>
  all.map(one => ({ ...one, port: callPort }));

export const callFamilies: readonly IstioConfiguration[] = [
  ...calling(routing('calls', routed, asks)),
  ...calling(routing('treatment of calls', treated, asks)),
  ...calling(routing('GRPCRoute: matches', matched, asks)),
  ...calling(routing('GRPCRoute: rules', ruled, asks)),
  ...calling(guarding('policies on calls', guarded, [...asks, call('/pack.One/Get', { caller: 'bare/plain' })])),
];
