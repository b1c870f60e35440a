/** Routes at an API gateway: each configuration has a listener of its own, and comes from outside of the mesh. */
import { requestOf } from '../../../src/verify/request.ts';
import { edge, gatePort } from '../../consul/scene.ts';
import type { KubernetesObject } from '../../kubernetes/api.ts';
import type { Slot } from '../configuration.ts';
import { type Ask, type Case, type ConsulConfiguration, each, paths, router, splitter } from './families.ts';

const host = 'a.example';

const route = (gate: string, rules: readonly object[], more: object = {}): KubernetesObject => ({
  apiVersion: 'consul.hashicorp.com/v1alpha1',
  kind: 'HTTPRoute',
  metadata: { namespace: 'shop', name: gate },
  spec: { parents: [{ kind: 'api-gateway', name: edge.name, sectionName: gate }], rules, ...more },
});

const back = { services: [{ name: 'back' }] };
const other = { services: [{ name: 'other' }] };
const path = (match: string, value: string): object => ({ path: { match, value } });
const header = (match: string, value?: string): object => ({
  headers: [{ name: 'x-one', match, ...(value ? { value } : {}) }],
});
const query = (match: string, value?: string): object => ({
  query: [{ name: 'q', match, ...(value ? { value } : {}) }],
});

const matches = (all: readonly (readonly object[])[]) => [
  ...each(all, (some, gate) => [route(gate, [{ matches: some, ...other }, back])]),
  ...each(all, (some, gate) => [route(gate, [{ matches: some, ...other }])]).map(one => ({
    ...one,
    name: `only ${one.name}`,
  })),
];

const conditions = matches([
  [path('prefix', '/foo')],
  [path('prefix', '/foo/')],
  [path('exact', '/foo')],
  [path('regex', '/fo+')],
  [path('prefix', '/foo'), path('exact', '/bar')],
  [{ method: 'GET' }],
  [{ ...path('prefix', '/foo'), method: 'POST' }],
  [header('exact', 'a')],
  [header('prefix', 'ab')],
  [header('suffix', 'yz')],
  [header('present')],
  [header('regex', 'a+b')],
  [query('exact', '1')],
  [query('present')],
  [query('regex', '[0-9]+')],
  [{ ...path('prefix', '/foo'), ...header('exact', 'a'), ...query('exact', '1') }],
]);

const order: readonly Case[] = each(
  [
    [path('prefix', '/foo'), path('prefix', '/foo/x')],
    [path('prefix', '/foo'), path('exact', '/foo')],
    [path('regex', '/foo.*'), path('prefix', '/foo/x')],
    [path('prefix', '/foo'), { ...path('prefix', '/foo'), ...header('exact', 'a') }],
    [path('prefix', '/foo'), { ...path('prefix', '/foo'), method: 'POST' }],
    [header('present'), query('present')],
    [{ method: 'GET' }, header('present')],
  ],
  ([first = {}, second = {}], gate) => [
    route(gate, [
      { matches: [first], ...other },
      { matches: [second], services: [{ name: 'back' }] },
    ]),
  ],
);

const single = (rules: readonly object[]): readonly Case[] =>
  each(rules, (rule, gate) => [route(gate, [{ ...back, ...rule }])]);

const filters = single([
  { filters: { headers: [{ set: { 'x-one': 'set' } }] } },
  { filters: { headers: [{ add: { 'x-one': 'added' } }] } },
  { filters: { headers: [{ remove: ['x-one'] }] } },
  { filters: { headers: [{ set: { 'x-one': 'set' }, add: { 'x-one': 'added' } }] } },
  { responseFilters: { headers: [{ set: { 'x-one': 'set' } }] } },
  { responseFilters: { headers: [{ add: { 'x-one': 'added' } }] } },
  { responseFilters: { headers: [{ remove: ['x-one'] }] } },
  { services: [{ name: 'back', filters: { headers: [{ set: { 'x-one': 'service' } }] } }] },
  {
    filters: { headers: [{ set: { 'x-one': 'rule' } }] },
    services: [{ name: 'back', filters: { headers: [{ set: { 'x-one': 'service' } }] } }],
  },
]);

const rewrites: readonly Case[] = each(
  [
    [path('prefix', '/foo'), '/new'],
    [path('prefix', '/foo'), '/'],
    [path('prefix', '/foo/'), '/'],
    [path('exact', '/foo'), '/new'],
  ] as const,
  ([match, value], gate) => [
    route(gate, [{ matches: [match], filters: { urlRewrite: { path: value } }, ...back }, other]),
  ],
);

const waits = single([
  { filters: { timeoutFilter: { requestTimeout: '500ms' } } },
  { filters: { timeoutFilter: { idleTimeout: '500ms' } } },
  { filters: { timeoutFilter: { requestTimeout: '2s', idleTimeout: '700ms' } } },
  { filters: { retryFilter: { numRetries: 2, retryOn: ['5xx'] } } },
  { filters: { retryFilter: { numRetries: 2 } } },
  { filters: { retryFilter: { numRetries: 1, retryOnStatusCodes: [503, 429] } } },
  { filters: { retryFilter: { numRetries: 1, retryOn: ['gateway-error'] }, timeoutFilter: { requestTimeout: '1s' } } },
]);

const shares: readonly Case[] = [
  ...single([
    {
      services: [
        { name: 'back', weight: 3 },
        { name: 'other', weight: 1 },
      ],
    },
    { services: [{ name: 'back', weight: 1 }, { name: 'other' }] },
    {
      services: [
        { name: 'back', weight: 99 },
        { name: 'other', weight: 1 },
      ],
    },
    {
      services: [
        { name: 'back', weight: 1, filters: { headers: [{ set: { 'x-one': 'back' } }] } },
        { name: 'other', weight: 1, filters: { headers: [{ set: { 'x-one': 'other' } }] } },
      ],
    },
  ]),
  {
    name: 'a service that splits',
    write: gate => [
      route(gate, [{ services: [{ name: gate.replace('gate', 'site') }] }]),
      splitter(gate.replace('gate', 'site'), [
        { weight: 80, service: 'back', serviceSubset: 'v1' },
        { weight: 20, service: 'other' },
      ]),
    ],
  },
  {
    name: 'the routes of the service are none of the gateway',
    write: gate => [
      route(gate, [{ services: [{ name: gate.replace('gate', 'site') }] }]),
      router(gate.replace('gate', 'site'), [{ destination: { service: 'other' } }]),
    ],
  },
];

const hosts: readonly Case[] = each(
  [['a.example'], ['*.example'], ['b.example'], ['a.example', 'b.example'], []],
  (hostnames, gate) => [route(gate, [back], hostnames.length > 0 ? { hostnames } : {})],
);

const asksOf = (name: string, cases: readonly Case[], asks: readonly Ask[]): readonly ConsulConfiguration[] =>
  cases.map(one => ({
    id: `${name}: ${one.name}`,
    family: name,
    kind: 'gate',
    objects: ({ name: gate }: Slot) => one.write(gate),
    questions: ({ name: gate }: Slot) =>
      asks.map(({ caller = 'shop/plain', plan, times, ...request }) => ({
        caller,
        service: host,
        via: `shop/${edge.name}`,
        port: gatePort(gate),
        request: requestOf({ authority: host, ...request }),
        ...(plan ? { plan } : {}),
        ...(times === undefined ? {} : { times }),
      })),
  }));

const everywhere = paths('/', '/foo', '/foo/', '/foo/x', '/foobar', '/bar', '/x/../foo', '//foo', '/FOO', '/fooo');
const values = [['a'], ['A'], ['abc'], ['xyz'], ['aab'], [''], ['b', 'a']].map(list => ({
  headers: list.map(value => ['x-one', value] as const),
}));
const parameters = paths('/?q=1', '/?q=12', '/?q', '/?q=2&q=1', '/foo?q=1');
const verbs = ['POST', 'HEAD', 'PUT'].flatMap(method => [{ method }, { method, path: '/foo' }]);
const both = { path: '/foo?q=1', headers: [['x-one', 'a']] as const };
const failing = [500, 503, 429].map(status => ({ plan: { status } }));
const slow = [300, 900, 1500].map(delayMs => ({ plan: { delayMs } }));

export const gateFamilies: readonly ConsulConfiguration[] = [
  ...asksOf('API gateway: matches', conditions, [...everywhere, ...values, ...parameters, ...verbs, both]),
  ...asksOf('API gateway: precedence', order, [...everywhere, ...values, ...parameters, ...verbs, both]),
  ...asksOf('API gateway: header edits', filters, [
    {},
    { headers: [['x-one', 'mine']], plan: { headers: { 'x-one': 'theirs' } } },
  ]),
  ...asksOf('API gateway: rewrites', rewrites, everywhere),
  ...asksOf('API gateway: waits and retries', waits, [{}, ...failing, ...slow]),
  ...asksOf('API gateway: shares', shares, [{}, { path: '/foo' }]),
  ...asksOf('API gateway: hosts', hosts, [
    {},
    ...['b.example', 'A.example', 'c.example', 'example', 'x.a.example', 'a.example:9', 'c.example:9'].map(
      authority => ({
        authority,
      }),
    ),
  ]),
];
