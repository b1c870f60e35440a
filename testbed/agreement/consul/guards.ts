/** Intentions. */
import { type ConsulConfiguration, defaults, each, guarding, intentions, paths } from './families.ts';

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

export const permissions: readonly (readonly object[])[] = [
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
  [deny(header({ prefix: 'AB', ignoreCase: true }))],
  [deny(header({ suffix: 'YZ', ignoreCase: true }))],
  [deny(header({ contains: 'BC', ignoreCase: true }))],
  [deny(header({ contains: 'bc', invert: true }))],
  [deny(header({ regex: 'a+b', invert: true }))],
  [deny({ pathPrefix: '/', methods: ['GET', 'HEAD'] })],
  [deny({ pathRegex: '/(ok|admin)' })],
  [deny({ pathExact: '/admin', header: [{ name: 'x-one', exact: 'a' }] })],
  [
    deny({
      pathPrefix: '/',
      header: [
        { name: 'x-one', present: true },
        { name: 'x-two', exact: 'b' },
      ],
    }),
  ],
  [deny({ pathPrefix: '/', header: [{ name: 'x-one', present: true }], methods: ['POST'] })],
  [allow({ pathPrefix: '/ok' }), deny({ pathPrefix: '/o' }), allow({ pathPrefix: '/' })],
  [allow({ pathExact: '/ok' }), allow({ pathExact: '/admin' }), deny({ pathPrefix: '/' })],
  [deny({ pathPrefix: '/admin' }), deny({ pathPrefix: '/ok', methods: ['POST'] })],
  [allow({ pathPrefix: '/', methods: ['GET'] }), deny({ pathPrefix: '/' })],
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

export const asks = [
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

const mixed = each(
  [
    [
      client({ permissions: [allow({ pathPrefix: '/ok' }), deny({ pathPrefix: '/' })] }),
      { name: 'client2', action: 'deny' },
    ],
    [
      client({ permissions: [deny({ pathPrefix: '/admin' })] }),
      { name: 'client2', permissions: [deny({ pathPrefix: '/ok' })] },
    ],
    [client({ action: 'deny' }), everyone({ permissions: [deny({ pathPrefix: '/admin' })] })],
    [client({ action: 'allow' }), everyone({ permissions: [deny({ pathPrefix: '/admin' })] })],
    [
      client({ permissions: [allow({ pathPrefix: '/admin' })] }),
      everyone({ permissions: [deny({ pathPrefix: '/admin' })] }),
    ],
    [
      client({ permissions: [allow({ pathExact: '/admin' }), deny({ pathPrefix: '/' })] }),
      { name: 'client2', permissions: [allow({ pathPrefix: '/ok' }), deny({ pathPrefix: '/' })] },
      everyone({ action: 'deny' }),
    ],
  ],
  (sources, service) => [intentions(service, sources)],
);

/** What a server waits for, whoever it lets in. */
const servers = each(
  [{ localRequestTimeoutMs: 700 }, { localRequestTimeoutMs: 0 }, { localConnectTimeoutMs: 100 }],
  (spec, service) => [
    defaults(service, spec),
    intentions(service, [client({ permissions: [deny({ pathPrefix: '/admin' })] })]),
  ],
);

export const guardFamilies: readonly ConsulConfiguration[] = [
  ...guarding('intentions', simple, callers),
  ...guarding('permissions of several callers', mixed, [
    ...callers.flatMap(({ caller }) => paths('/', '/ok', '/admin', '/admin/x').map(one => ({ ...one, caller }))),
  ]),
  ...guarding('waits of servers', servers, [
    ...callers,
    { plan: { delayMs: 1200 } },
    { path: '/admin', plan: { delayMs: 1200 } },
  ]),
  ...guarding('permissions', [...toClient, ...toEveryone, ...toClientAlone], [...callers, ...asks]),
];
