/** Intentions. */
import { type ConsulConfiguration, each, guarding, intentions, paths } from './families.ts';

const callers = ['shop/client', 'shop/client2', 'shop/plain'].map(caller => ({ caller }));

const client = (rest: object): object => ({ name: 'client', ...rest });
const everyone = (rest: object): object => ({ name: '*', ...rest });

const simple = each(
  [
    [client({ action: 'allow' })],
    [client({ action: 'deny' })],
    [everyone({ action: 'allow' })],
    [everyone({ action: 'deny' })],
    [client({ action: 'allow' }), everyone({ action: 'deny' })],
    [client({ action: 'deny' }), everyone({ action: 'allow' })],
    [client({ action: 'allow' }), { name: 'client2', action: 'deny' }],
    [{ name: 'somebody', action: 'allow' }, everyone({ action: 'deny' })],
    [client({ action: 'allow' }), { name: 'client2', action: 'allow' }, everyone({ action: 'deny' })],
  ],
  (sources, service) => [intentions(service, sources)],
);

const allow = (http: object): object => ({ action: 'allow', http });
const deny = (http: object): object => ({ action: 'deny', http });
const header = (match: object): object => ({ pathPrefix: '/', header: [{ name: 'x-one', ...match }] });

const permissions: readonly (readonly object[])[] = [
  [deny({ pathExact: '/admin' })],
  [deny({ pathPrefix: '/admin' })],
  [deny({ pathRegex: '/adm.*' })],
  [deny({ pathPrefix: '/', methods: ['POST'] })],
  [deny({ pathPrefix: '/admin', methods: ['GET', 'POST'] })],
  [allow({ pathPrefix: '/ok' }), deny({ pathPrefix: '/' })],
  [allow({ pathExact: '/ok', methods: ['GET'] }), deny({ pathPrefix: '/' })],
  [deny({ pathPrefix: '/ok' }), allow({ pathPrefix: '/' })],
  [allow({ pathPrefix: '/ok' })],
  [deny(header({ exact: 'a' }))],
  [deny(header({ exact: 'a', invert: true }))],
  [deny(header({ prefix: 'ab' }))],
  [deny(header({ suffix: 'yz' }))],
  [deny(header({ contains: 'bc' }))],
  [deny(header({ regex: 'a+b' }))],
  [deny(header({ present: true }))],
  [deny(header({ present: true, invert: true }))],
  [deny(header({ exact: 'A', ignoreCase: true }))],
  [allow(header({ exact: 'a' })), deny({ pathPrefix: '/' })],
];

const toClient = each(permissions, (list, service) => [intentions(service, [client({ permissions: list })])]);
const toEveryone = each(permissions, (list, service) => [intentions(service, [everyone({ permissions: list })])]).map(
  one => ({
    ...one,
    name: `everyone ${one.name}`,
  }),
);
const toClientAlone = each(permissions, (list, service) => [
  intentions(service, [client({ permissions: list }), everyone({ action: 'deny' })]),
]).map(one => ({ ...one, name: `others denied ${one.name}` }));

const asks = [
  ...paths(
    '/admin',
    '/admin/',
    '/adminx',
    '/admin?x=1',
    '/./admin',
    '/x/../admin',
    '/%61dmin',
    '//admin',
    '/ADMIN',
    '/admin;x',
    '/ok',
    '/ok/x',
    '/okx',
    '/',
  ),
  { method: 'POST' },
  { method: 'POST', path: '/admin' },
  { method: 'HEAD', path: '/ok' },
  ...[['a'], ['A'], ['b'], ['a', 'b'], ['abc'], ['xyz'], ['aab'], ['']].map(values => ({
    headers: values.map(value => ['x-one', value] as const),
  })),
];

export const guardFamilies: readonly ConsulConfiguration[] = [
  ...guarding('intentions', simple, callers),
  ...guarding('permissions', [...toClient, ...toEveryone, ...toClientAlone], [...callers, ...asks]),
];
