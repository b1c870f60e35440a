/** Random configuration over whole ways: gateways with two listeners, tokens, waypoints, settings, ways out, joined meshes. */
import fc from 'fast-check';
import { written } from '../../../src/base/source.ts';
import type { DestinationSettings } from '../../../src/model/capabilities/destination.ts';
import type { Visibility } from '../../../src/model/capabilities/visibility.ts';
import type { Action, Frontend, Rule } from '../../../src/model/frontend.ts';
import type { Service } from '../../../src/model/inventory.ts';
import type { Match } from '../../../src/model/match.ts';
import type { Model, ModelPart } from '../../../src/model/model.ts';
import {
  backendTo,
  bareWorkload,
  encryption,
  exact,
  forward,
  gateway,
  header,
  memberOf,
  mesh,
  modelOf,
  present,
  rule,
  service,
  table,
  workload,
} from '../../../src/verify/testing/model-builder.ts';
import { toVersion } from '../../../src/verify/testing/shop.ts';
import { joinedWith, wayIn } from './joined.ts';
import { authentications, policies } from './whole-ways-guards.ts';

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const trimmed = <T extends object>(record: T): T =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;

const match = fc
  .record({
    path: maybe(
      fc.constantFrom<NonNullable<Match['path']>>(
        { kind: 'exact', value: '/a' },
        { kind: 'prefix', value: '/a' },
        { kind: 'segmentPrefix', value: '/b' },
      ),
    ),
    method: maybe(fc.constantFrom(exact('GET'), exact('PUT'))),
    headers: maybe(fc.constantFrom([header('x', exact('1'))], [header('x', present, { inverted: true })])),
    claims: maybe(fc.constant([{ path: ['role'], match: exact('x'), inverted: false }])),
  })
  .map(trimmed) as fc.Arbitrary<Match>;

const action: fc.Arbitrary<Partial<Action>> = fc
  .record({
    rewrite: maybe(
      fc.constantFrom<NonNullable<Action['rewrite']>>(
        { path: { kind: 'full', value: '/a' } },
        { path: { kind: 'full', value: '/b' } },
        { path: { kind: 'prefix', value: '/b' } },
        { host: 'web.shop.svc.cluster.local' },
      ),
    ),
    requestHeaders: maybe(fc.constantFrom({ set: { x: '1' } }, { add: { x: '2' } }, { remove: ['x'] })),
    timeouts: maybe(fc.constantFrom(500, 1000).map(ms => ({ request: written(ms) }))),
    mirrors: maybe(
      fc.constant([{ backend: { kind: 'service' as const, service: 'shop/log' }, percent: written(100) }]),
    ),
  })
  .map(trimmed) as fc.Arbitrary<Partial<Action>>;

const target = fc.oneof(
  fc.constantFrom(
    forward(toVersion(1, 'v1')),
    forward(toVersion(1, 'v1'), toVersion(1, 'v2')),
    forward(toVersion(1, 'v1'), toVersion(3, 'v2')),
    forward(backendTo('shop/web')),
    forward(backendTo('shop/api')),
    forward(backendTo('shop/web'), toVersion(1, 'v1')),
    forward(backendTo('shop/far')),
  ),
  fc.constantFrom<Action['target']>(
    { kind: 'respond', response: { status: 404 } },
    { kind: 'redirect', redirect: { status: written(302), hostname: 'elsewhere.example' } },
  ),
);

const rules: fc.Arbitrary<Rule[]> = fc
  .array(fc.tuple(match, target, action), { maxLength: 3 })
  .map(list =>
    list.map(([taken, goal, more], index) => rule(`${index} ${JSON.stringify([taken, more])}`, taken, goal, more)),
  );

const noMatch = fc.constantFrom<Frontend['noMatch']>(
  { kind: 'passToService' },
  { kind: 'respond', status: 404 },
  { kind: 'next' },
);

const behind = (listener: string, host: string): fc.Arbitrary<Frontend> =>
  fc.tuple(rules, noMatch).map(([list, rest]) =>
    table('shop/web', list, {
      id: `behind ${listener} ${host}`,
      listens: { kind: 'listener', gateway: 'edge/gate', listener, hosts: host === '' ? [] : [host] },
      noMatch: rest,
    }),
  );

const before = (id: string): fc.Arbitrary<Frontend> =>
  fc
    .tuple(rules, noMatch, fc.constantFrom<Frontend['clients']>({}, { namespaces: ['other'] }, { gateway: wayIn }))
    .map(([list, rest, clients]) => table(id, list, { noMatch: rest, clients }));

const tables = fc
  .tuple(
    maybe(behind('http', '')),
    maybe(behind('https', 'a.example')),
    maybe(before('shop/web')),
    maybe(before('shop/api')),
  )
  .map(list => list.filter(each => each !== undefined));

const settings: fc.Arbitrary<DestinationSettings[]> = fc.array(
  fc
    .record({
      clients: fc.constantFrom<DestinationSettings['clients']>(
        {},
        { namespaces: ['other'] },
        { gateway: 'edge/gate' },
        { gateway: wayIn },
      ),
      target: fc.constantFrom<DestinationSettings['target']>(
        { service: 'shop/web' },
        { service: 'shop/web', subset: { name: 'v1', labels: { version: 'v1' } } },
        { service: 'shop/api' },
        { service: 'shop/out' },
        { service: 'shop/far' },
      ),
      tls: fc.constantFrom<'none' | 'mesh' | 'tls' | 'automatic'>('none', 'mesh', 'tls', 'automatic'),
    })
    .map(({ tls, ...rest }) => ({ id: JSON.stringify([rest, tls]), ...rest, tls: { mode: written(tls) } })),
  { maxLength: 2 },
);

const modes = fc.array(
  fc
    .tuple(
      fc.constantFrom<'strict' | 'permissive' | 'disabled'>('strict', 'permissive', 'disabled'),
      fc.constantFrom({}, { labels: { app: 'web' } }, { labels: { version: 'v2' } }, { gateway: 'shop/way' }),
    )
    .map(([mode, at]) => encryption(mode, at)),
  { maxLength: 1 },
);

const visibility = fc.array(
  fc.constantFrom<Visibility>(
    { id: 'own', clients: { namespaces: ['other'] }, exposes: [{ namespace: 'other', host: '*' }] },
    { id: 'all', clients: {}, exposes: [{ namespace: '*', host: '*' }] },
  ),
  { maxLength: 1 },
);

const meshes: fc.Arbitrary<Model['meshes']> = fc
  .tuple(maybe(joinedWith('shop/web', 'shop/api', 'shop/log')), fc.constantFrom('gateway', 'node'))
  .map(([joined, mode]) => [mesh(joined ? { joined: [{ ...joined, mode }] } : {})]);

/** Beside what a model says: whether what is far away runs in a joined mesh. */
export type Said = ModelPart & { readonly far: Pick<Service, 'joinedWith'> };

/** What is said, of everything that has a word in what becomes of a request. */
export const part: fc.Arbitrary<Said> = fc.record({
  meshes,
  far: fc.constantFrom({}, { joinedWith: 'mesh/one' }, { joinedWith: 'mesh/other' }),
  frontends: tables,
  access: policies,
  requestAuthentication: authentications,
  destinations: settings,
  encryption: modes,
  visibility,
  exposures: fc.constantFrom([], [{ service: 'shop/log', namespaces: ['shop'] }]),
  egress: fc.constantFrom<NonNullable<ModelPart['egress']>>(
    [],
    [{ id: 'deny', clients: { namespaces: ['other'] }, mode: written('deny'), deniedStatus: 502 }],
    [
      {
        id: 'through',
        clients: {},
        mode: written('allow'),
        deniedStatus: 502,
        through: { host: 'out.shop.svc.cluster.local', port: 80 },
      },
    ],
  ),
});

/** What stays as it is after an edit. */
export interface Ground {
  readonly mode: string;
  readonly waypoint: boolean;
  readonly atIngress: boolean;
}

export const ground: fc.Arbitrary<Ground> = fc.record({
  mode: fc.constantFrom('sidecar', 'node'),
  waypoint: fc.boolean(),
  atIngress: fc.boolean(),
});

/** `shop/web` in two versions, what stands beside it, a gateway before it, callers of every kind. */
export const world = ({ mode, waypoint, atIngress }: Ground, { far, ...parts }: Said): Model => {
  const version = (name: string) =>
    workload(`shop/web-${name}`, {
      labels: { app: 'web', version: name },
      serviceAccount: 'web',
      memberships: memberOf(mode),
    });
  const behindOne = waypoint ? { waypoint: 'shop/way', waypointAtIngress: atIngress } : {};
  const beyond = service('shop/far', {
    external: true,
    endpoints: { kind: 'addresses', addresses: ['far.example'] },
    ...far,
  });
  return modelOf(
    {
      workloads: [
        version('v1'),
        version('v2'),
        workload('shop/api'),
        workload('shop/out'),
        workload('shop/client'),
        workload('other/batch'),
        workload('other/node', { memberships: memberOf('node') }),
        bareWorkload('shop/plain'),
      ],
      services: [service('shop/web', behindOne), service('shop/api'), service('shop/log'), service('shop/out'), beyond],
      gateways: [
        gateway('edge/gate', {
          podNamespace: 'infra',
          labels: { app: 'gate' },
          listeners: [
            { name: 'http', port: 80, protocol: 'http', hosts: [] },
            {
              name: 'https',
              port: 443,
              protocol: 'https',
              hosts: ['a.example'],
              tls: { mode: 'terminate', certificates: [] },
            },
          ],
        }),
        gateway('shop/way', { purpose: 'waypoint' }),
      ],
    },
    parts,
  );
};

/** What an edit changes. */
export const edits: fc.Arbitrary<readonly (keyof Said)[]> = fc.oneof(
  fc.subarray<keyof Said>(['frontends', 'access', 'requestAuthentication', 'destinations', 'encryption'], {
    minLength: 1,
    maxLength: 2,
  }),
  fc.constantFrom<readonly (keyof Said)[]>(
    ['visibility'],
    ['exposures'],
    ['egress'],
    ['meshes'],
    ['meshes', 'access'],
    ['far'],
  ),
);
