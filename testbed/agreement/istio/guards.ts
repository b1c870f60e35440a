/** Who gets in, and over what kind of connection. */
import { authorizationPolicy, destinationRule, peerAuthentication, to, virtualService } from '../../istio/native.ts';
import { node } from '../../kubernetes/cluster.ts';
import { type Case, each, guarding, type IstioConfiguration, paths } from './families.ts';

const callers = ['shop/client', 'other/client2', 'bare/plain'].map(caller => ({ caller }));

const client = 'cluster.local/ns/shop/sa/client';

const policies = (specs: readonly object[]): readonly Case[] =>
  each(specs, (spec, app) => [authorizationPolicy(app, spec)]);

/** Where all pods of the bed are, and where nothing is. */
const pods = `${node.address}/${node.network}`;
const nowhere = '192.0.2.0/24';

const from = (action: string, source: object): object => ({ action, rules: [{ from: [{ source }] }] });
const sources = [
  { principals: [client] },
  { principals: ['*'] },
  { principals: ['*/sa/client'] },
  { principals: ['cluster.local/ns/shop/*'] },
  { principals: [`spiffe://${client}`] },
  { namespaces: ['shop'] },
  { namespaces: ['sh*'] },
  { serviceAccounts: ['shop/client'] },
  { notPrincipals: [client] },
  { notPrincipals: ['*'] },
  { notNamespaces: ['shop'] },
  { principals: [client], namespaces: ['other'] },
  { principals: ['*'], notNamespaces: ['other'] },
  { ipBlocks: [pods] },
  { ipBlocks: [nowhere] },
  { notIpBlocks: [nowhere] },
  { remoteIpBlocks: [nowhere] },
];

const identities = policies(['ALLOW', 'DENY'].flatMap(action => sources.map(source => from(action, source))));

const operation = (action: string, what: object): object => ({ action, rules: [{ to: [{ operation: what }] }] });
const operations = [
  { paths: ['/admin'] },
  { paths: ['/admin*'] },
  { paths: ['*.txt'] },
  { paths: ['/a/{*}/b'] },
  { paths: ['/a/{**}'] },
  { notPaths: ['/admin'] },
  { methods: ['GET'] },
  { methods: ['G*'] },
  { notMethods: ['GET'] },
  { methods: ['POST'], paths: ['/admin'] },
  { ports: ['8080'] },
  { ports: ['80'] },
  { notPorts: ['8080'] },
  { hosts: ['guard.example'] },
];
const operating = policies(['ALLOW', 'DENY'].flatMap(action => operations.map(what => operation(action, what))));

const asked = [
  ...paths(
    '/admin',
    '/admin/',
    '/admin?x=1',
    '/./admin',
    '/x/../admin',
    '/%61dmin',
    '//admin',
    '/ADMIN',
    '/admin;x',
    '/admin%2f',
  ),
  ...paths('/adminx', '/a.txt', '/a/x/b', '/a/x/y/b', '/a/', '/a', '/a/x', '/x'),
  { method: 'POST' },
  { method: 'HEAD' },
  { path: '/admin', method: 'POST' },
  { authority: 'guard.example' },
  { authority: 'GUARD.example' },
  { authority: 'guard.example:80' },
];

const condition = (action: string, when: object): object => ({ action, rules: [{ when: [when] }] });
const conditions = policies(
  ['ALLOW', 'DENY'].flatMap(action => [
    condition(action, { key: 'request.headers[x-one]', values: ['a'] }),
    condition(action, { key: 'request.headers[x-one]', notValues: ['a'] }),
    condition(action, { key: 'request.headers[x-one]', values: ['*'] }),
    condition(action, { key: 'request.headers[x-one]', values: ['ab*'] }),
    condition(action, { key: 'source.namespace', values: ['shop'] }),
    condition(action, { key: 'source.principal', notValues: [client] }),
    condition(action, { key: 'destination.port', values: ['8080'] }),
  ]),
);
const conditionAsks = [[], ['a'], ['b'], ['a', 'b'], ['b', 'a'], ['a,b'], ['abc'], ['']].map(values => ({
  headers: values.map(value => ['x-one', value] as const),
}));

const shapes = policies([
  {},
  { rules: [] },
  { rules: [{}] },
  { action: 'DENY', rules: [{}] },
  { action: 'AUDIT', rules: [{}] },
  {
    action: 'ALLOW',
    rules: [{ from: [{ source: { principals: [client] } }], to: [{ operation: { paths: ['/admin'] } }] }],
  },
  {
    action: 'ALLOW',
    rules: [{ from: [{ source: { namespaces: ['shop'] } }] }, { to: [{ operation: { paths: ['/admin'] } }] }],
  },
  {
    action: 'DENY',
    rules: [{ from: [{ source: { namespaces: ['shop'] } }], to: [{ operation: { methods: ['POST'] } }] }],
  },
]);

const allow = (app: string, source: object, suffix: string) => authorizationPolicy(app, from('ALLOW', source), suffix);
const deny = (app: string, source: object, suffix: string) => authorizationPolicy(app, from('DENY', source), suffix);

const several: readonly Case[] = [
  {
    name: 'allow all, deny one',
    write: app => [authorizationPolicy(app, { rules: [{}] }, '-a'), deny(app, { principals: [client] }, '-b')],
  },
  {
    name: 'two allow',
    write: app => [allow(app, { namespaces: ['shop'] }, '-a'), allow(app, { namespaces: ['other'] }, '-b')],
  },
  {
    name: 'nothing, and allow one',
    write: app => [authorizationPolicy(app, {}, '-a'), allow(app, { principals: [client] }, '-b')],
  },
  {
    name: 'allow and deny the same',
    write: app => [allow(app, { principals: [client] }, '-a'), deny(app, { principals: [client] }, '-b')],
  },
  {
    name: 'deny a path of the allowed',
    write: app => [
      allow(app, { namespaces: ['shop'] }, '-a'),
      authorizationPolicy(app, operation('DENY', { paths: ['/admin'] }), '-b'),
    ],
  },
];

const mode = (name: string): object => ({ mtls: { mode: name } });
/** With a connection for each request, as guards have it where nobody says anything. */
const tls = (app: string, name: string) =>
  destinationRule(app, {
    trafficPolicy: { tls: { mode: name }, connectionPool: { http: { maxRequestsPerConnection: 1 } } },
  });
const encryption: readonly Case[] = [
  ...each(
    [
      mode('STRICT'),
      mode('PERMISSIVE'),
      mode('DISABLE'),
      mode('UNSET'),
      { ...mode('STRICT'), portLevelMtls: { 8080: { mode: 'PERMISSIVE' } } },
      { ...mode('PERMISSIVE'), portLevelMtls: { 8080: { mode: 'STRICT' } } },
      { ...mode('STRICT'), portLevelMtls: { 9000: { mode: 'DISABLE' } } },
      { ...mode('STRICT'), portLevelMtls: { 8080: { mode: 'DISABLE' } } },
    ],
    (spec, app) => [peerAuthentication(app, spec)],
  ),
  {
    name: 'strict, and who may',
    write: app => [peerAuthentication(app, mode('STRICT')), allow(app, { principals: [client] }, '')],
  },
  {
    name: 'disabled, and who may',
    write: app => [peerAuthentication(app, mode('DISABLE')), allow(app, { principals: [client] }, '')],
  },
];

/** Rules of the sender of how to connect, against rules of the receiver. */
const senders: readonly Case[] = ['DISABLE', 'ISTIO_MUTUAL', 'SIMPLE'].flatMap(sender =>
  ['STRICT', 'PERMISSIVE', 'DISABLE'].map(receiver => ({
    name: `${sender} to ${receiver}`,
    write: (app: string) => [tls(app, sender), peerAuthentication(app, mode(receiver))],
  })),
);

/** Routes before a guard: what is asked there is what the route made of the request. */
const routedThere: readonly Case[] = [
  {
    name: 'rewritten path',
    write: app => [
      virtualService(app, [
        { match: [{ uri: { prefix: '/p' } }], rewrite: { uri: '/admin' }, route: [to(app)] },
        { route: [to(app)] },
      ]),
      authorizationPolicy(app, operation('DENY', { paths: ['/admin'] })),
    ],
  },
  {
    name: 'header that the route sets',
    write: app => [
      virtualService(app, [{ headers: { request: { set: { 'x-one': 'a' } } }, route: [to(app)] }]),
      authorizationPolicy(app, condition('ALLOW', { key: 'request.headers[x-one]', values: ['a'] })),
    ],
  },
  {
    name: 'retries of what is denied',
    write: app => [
      virtualService(app, [{ retries: { attempts: 3, retryOn: '5xx' }, route: [to(app)] }]),
      authorizationPolicy(app, operation('DENY', { methods: ['POST'] })),
    ],
  },
  {
    name: 'two guards behind one route',
    write: app => [
      virtualService(app, [{ route: [to(app, { weight: 50 }), to('web', { weight: 50 })] }]),
      authorizationPolicy(app, operation('DENY', { paths: ['/admin'] })),
    ],
  },
];

/** Bytes at a guard: conditions on requests cannot be asked there. */
const bytes: readonly Case[] = each(
  [
    operation('DENY', { methods: ['POST'] }),
    operation('DENY', { paths: ['/admin'] }),
    operation('DENY', { paths: ['/admin'], ports: ['8080'] }),
    operation('ALLOW', { methods: ['GET'] }),
    from('ALLOW', { namespaces: ['shop'] }),
    from('DENY', { namespaces: ['shop'] }),
    {
      action: 'ALLOW',
      rules: [{ to: [{ operation: { methods: ['GET'] } }] }, { from: [{ source: { namespaces: ['shop'] } }] }],
    },
    operation('ALLOW', { ports: ['9000'] }),
  ],
  (spec, app) => [authorizationPolicy(app, spec)],
);

/** Said to come from elsewhere, which proxies of workloads believe. */
const forwarded = callers.map(caller => ({ ...caller, headers: [['x-forwarded-for', '192.0.2.7']] as const }));

const byteAsks = callers.map(caller => ({ ...caller, port: 9000, protocol: 'tcp' as const }));

export const guardFamilies: readonly IstioConfiguration[] = [
  ...guarding('identities', identities, [...callers, ...byteAsks, ...forwarded]),
  ...guarding('operations', operating, asked),
  ...guarding('conditions', conditions, [...conditionAsks, ...callers]),
  ...guarding('shapes of policies', shapes, [...callers, ...paths('/admin'), { method: 'POST' }]),
  ...guarding('several policies', several, [...callers, ...callers.map(one => ({ ...one, path: '/admin' }))]),
  ...guarding('encryption', encryption, [...callers, ...byteAsks]),
  ...guarding('encryption at both ends', senders, callers),
  ...guarding('routes before guards', routedThere, [...callers, ...paths('/p', '/px', '/admin'), { method: 'POST' }]),
  ...guarding('policies on bytes', bytes, [...byteAsks, ...callers]),
];
