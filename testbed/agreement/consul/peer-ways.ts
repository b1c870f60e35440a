/** Ways through mesh gateways: to a peer, from it, and none. */
import { requestOf } from '../../../src/verify/request.ts';
import { emptySite, farServices, keptGuard } from '../../consul/peer.ts';
import { namespace } from '../../consul/scene.ts';
import type { Question } from '../../probe/question.ts';
import { familyBy } from '../cases.ts';
import { asks as chainAsks } from './chains.ts';
import {
  type Ask,
  ask,
  type Case,
  type ConsulConfiguration,
  defaults,
  each,
  entry,
  guarding,
  hostOf,
  intentions,
  paths,
  resolver,
  router,
  splitter,
} from './families.ts';
import { allow, callers, client, deny, everyone, peer, there } from './peer-callers.ts';
import { share } from './routes.ts';

const alone = (all: readonly ConsulConfiguration[]): readonly ConsulConfiguration[] =>
  all.map(one => ({ ...one, alone: true }));

const leading = familyBy(ask)('away');
const away = { service: 'far', peer };
const awayBack = { service: 'back', peer };
const next = (service: string): string => `${service}-next`;
/** A name that stands for a service of the peer. */
const alias = (name: string, to: object): readonly ReturnType<typeof defaults>[] => [
  defaults(name, {}),
  resolver(name, { redirect: to }),
];

const redirects: readonly Case[] = [
  { name: 'redirected', write: s => [resolver(s, { redirect: away })] },
  { name: 'redirected to a name that is here too', write: s => [resolver(s, { redirect: awayBack })] },
  { name: 'redirected, and a wait', write: s => [resolver(s, { redirect: away, requestTimeout: '500ms' })] },
  { name: 'redirected twice', write: s => [resolver(s, { redirect: { service: next(s) } }), ...alias(next(s), away)] },
];

/** What there is at the other end of a peering is not in the input. */
const untold = leading('to a peer: redirects', [
  { name: 'no such service there', write: s => [resolver(s, { redirect: { service: 'nobody', peer } })] },
  { name: 'no such peer', write: s => [resolver(s, { redirect: { service: 'far', peer: 'nowhere' } })] },
]).map(one => ({ ...one, untold: 'what a peer exports, and whether it is there, is not in the input' }));

const routes: readonly Case[] = [
  {
    name: 'one path to the peer',
    write: s => [
      router(s, [
        { match: { http: { pathPrefix: '/foo' } }, destination: { service: next(s) } },
        { destination: { service: 'back' } },
      ]),
      ...alias(next(s), away),
    ],
  },
  {
    name: 'with a path and headers changed',
    write: s => [
      router(s, [
        {
          match: { http: { pathPrefix: '/foo' } },
          destination: {
            service: next(s),
            prefixRewrite: '/bar',
            requestHeaders: { set: { 'x-one': 'set' } },
            responseHeaders: { add: { 'x-one': 'added' } },
          },
        },
        { destination: { service: 'back' } },
      ]),
      ...alias(next(s), away),
    ],
  },
  {
    name: 'with a wait and tries',
    write: s => [
      router(s, [
        { destination: { service: next(s), requestTimeout: '1s', numRetries: 2, retryOnStatusCodes: [503] } },
      ]),
      ...alias(next(s), away),
    ],
  },
];

const splits: readonly Case[] = [
  ...[10, 50, 99].map(
    (weight): Case => ({
      name: `${weight} percent to the peer`,
      write: s => [splitter(s, [share(weight, next(s)), share(100 - weight, 'back')]), ...alias(next(s), away)],
    }),
  ),
  {
    name: 'between two services of the peer',
    write: s => [
      splitter(s, [share(70, next(s)), share(30, `${s}-last`)]),
      ...alias(next(s), away),
      ...alias(`${s}-last`, awayBack),
    ],
  },
  {
    name: 'with headers',
    write: s => [
      splitter(s, [
        { weight: 50, service: next(s), requestHeaders: { set: { 'x-one': 'away' } } },
        { weight: 50, service: 'other', requestHeaders: { set: { 'x-one': 'here' } } },
      ]),
      ...alias(next(s), away),
    ],
  },
];

const failovers: readonly Case[] = each(
  [
    { '*': { targets: [away] } },
    { '*': { targets: [awayBack, { service: 'other' }] } },
    { '*': { targets: [{ service: 'other' }, away] } },
  ],
  (failover, s) => [resolver(s, { failover })],
);

/** Callers of the peer do not come back to it: a gateway has no way to another peer. */
const thereAndBack: readonly Case[] = [
  {
    name: 'routed to a name for which the peer stands in',
    write: s => [
      router(s, [{ match: { http: { pathPrefix: '/foo' } }, destination: { service: next(s) } }]),
      defaults(next(s), {}),
      resolver(next(s), { failover: { '*': { targets: [away] } } }),
    ],
  },
  {
    name: 'routed to a name for which the peer stands in after one that is here',
    write: s => [
      router(s, [{ match: { http: { pathPrefix: '/foo' } }, destination: { service: next(s) } }]),
      defaults(next(s), {}),
      resolver(next(s), { failover: { '*': { targets: [{ service: 'other' }, away] } } }),
    ],
  },
];

/** A gateway is the only endpoint at the peer, and is not to be taken out for what an application answers. */
const patient = { upstreamConfig: { defaults: { passiveHealthCheck: { enforcingConsecutive5xx: 0 } } } };

const question = (service: string, caller: string, more: Partial<Question> = {}): Question => ({
  caller,
  service,
  port: 80,
  request: requestOf({ authority: hostOf('far') }),
  ...more,
});

const row = (name: string, more: object, failing: readonly string[]): ConsulConfiguration => ({
  id: `ejection at a peer: ${name}`,
  family: 'ejection at a peer',
  kind: 'away',
  alone: true,
  sendsNothing: true,
  objects: () => [defaults('client', more)],
  together: () => [
    {
      kind: 'row',
      question: question(`far.virtual.${peer}.consul`, 'shop/client'),
      count: 24,
      failing,
      status: 503,
    },
  ],
});

const limits = (passiveHealthCheck: object): object => ({ upstreamConfig: { defaults: { passiveHealthCheck } } });

/** All of a service of a peer is taken out at once. */
const ejected: readonly ConsulConfiguration[] = [
  row('nothing said', {}, [`${peer}/far`]),
  row('three in a row', limits({ maxFailures: 3 }), [`${peer}/far`]),
  row('three in a row, and none may go', limits({ maxFailures: 3, maxEjectionPercent: 0 }), [`${peer}/far`]),
  row('not at all', limits({ enforcingConsecutive5xx: 0 }), [`${peer}/far`]),
  row('three in a row, and nobody fails', limits({ maxFailures: 3 }), []),
];

const modes = ['local', 'remote', 'none'];

/** Every way through gateways, to the peer and from it. */
const gateways: readonly ConsulConfiguration[] = alone([
  ...leading(
    'gateway modes',
    modes.flatMap((mode): readonly Case[] => [
      {
        name: `${mode} for all`,
        write: s => [entry('ProxyDefaults', 'global', { meshGateway: { mode } }), resolver(s, { redirect: away })],
      },
      {
        name: `${mode} for the client`,
        write: s => [defaults('client', { ...patient, meshGateway: { mode } }), resolver(s, { redirect: away })],
      },
      {
        name: `${mode} for the service`,
        write: s => [defaults(s, { meshGateway: { mode } }), resolver(s, { redirect: away })],
      },
    ]),
    [{}, { caller: 'shop/client2' }, { path: '/foo' }, { plan: { status: 503 } }],
  ),
]);

/** What upstreams with a peer lead to, and what no upstream leads to. */
const dialled: readonly ConsulConfiguration[] = [
  {
    id: 'upstreams of a peer',
    family: 'upstreams of a peer',
    kind: 'guard',
    objects: () => [],
    questions: () =>
      farServices.flatMap(name =>
        ['shop/client', 'shop/client2'].flatMap(caller => [
          question(`${name}.virtual.${peer}.consul`, caller),
          question(`${name}.virtual.${peer}.consul`, caller, { plan: { status: 503 } }),
          question(`${name}.virtual.${peer}.consul`, caller, {
            request: requestOf({ authority: 'a.example', path: '/x?y=1', method: 'POST' }),
          }),
        ]),
      ),
  },
  {
    id: 'exported, and nobody is there',
    family: 'not exported',
    kind: 'guard',
    alone: true,
    objects: () => [],
    questions: () => there.map(caller => question(`${namespace}/${emptySite}`, caller)),
  },
  {
    id: 'exported, and led elsewhere by a router',
    family: 'not exported',
    kind: 'guard',
    alone: true,
    objects: () => [router(emptySite, [{ destination: { service: 'back' } }])],
    questions: () => there.map(caller => question(`${namespace}/${emptySite}`, caller)),
  },
  {
    id: 'not exported',
    family: 'not exported',
    kind: 'guard',
    objects: () => [],
    questions: () => there.map(caller => question(`${namespace}/${keptGuard}`, caller)),
  },
  {
    id: 'not exported, and let in by an intention',
    family: 'not exported',
    kind: 'guard',
    objects: () => [intentions(keptGuard, [everyone(allow)])],
    questions: () => there.map(caller => question(`${namespace}/${keptGuard}`, caller)),
  },
];

const exportedTo = (...names: readonly string[]) =>
  entry('ExportedServices', 'default', { services: names.map(name => ({ name, consumers: [{ peer }] })) });

/** Other exports than the usual ones. */
const exports: readonly ConsulConfiguration[] = alone([
  ...guarding(
    'exports',
    [
      { name: 'another one', write: () => [exportedTo('other', 'beacon')] },
      { name: 'everything', write: () => [exportedTo('*')] },
      { name: 'this one', write: s => [exportedTo(s, 'beacon')] },
      { name: 'everything, and an intention', write: s => [exportedTo('*'), intentions(s, [client(deny)])] },
    ],
    callers,
  ),
]);

const thereAsks: readonly Ask[] = callers.flatMap(({ caller }) => paths('/', '/foo').map(one => ({ ...one, caller })));

/** Those on which it makes no difference whom Consul lets in by default. */
export const wayFamilies: readonly ConsulConfiguration[] = [
  ...leading('to a peer: redirects', redirects, chainAsks),
  ...leading('to a peer: routes', routes, chainAsks),
  ...leading('to a peer: splits', splits, chainAsks),
  ...leading('to a peer: failover', failovers, chainAsks),
  ...untold,
  ...guarding('from a peer: to another peer', thereAndBack, thereAsks),
  ...ejected,
  ...gateways,
];

/** What is reached, and what is not. */
export const reachFamilies: readonly ConsulConfiguration[] = [...dialled, ...exports];
