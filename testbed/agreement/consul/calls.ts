/** Calls of gRPC: routes by what is called, tries after what came back, and who may call what. */
import {
  type Ask,
  ask,
  type Case,
  type ConsulConfiguration,
  defaults,
  each,
  intentions,
  resolver,
  router,
} from './families.ts';

const ofCalls = (service: string) => defaults(service, { protocol: 'grpc' });

const rest = { destination: { service: 'calls' } };
const changed = { ...rest.destination, requestHeaders: { set: { 'x-one': 'taken' } } };

/** What matches is marked. */
const matched = each(
  [
    { pathPrefix: '/pack.One/' },
    { pathExact: '/pack.One/Get' },
    { pathRegex: '/pack\\.(One|Two)/Get' },
    { header: [{ name: 'x-one', exact: 'a' }] },
    { header: [{ name: 'content-type', prefix: 'application/grpc' }] },
    { methods: ['POST'] },
    { methods: ['GET'] },
  ],
  (http, s) => [ofCalls(s), router(s, [{ match: { http }, destination: changed }, rest])],
);

const treated = each(
  [
    { numRetries: 2, retryOn: ['unavailable'] },
    { numRetries: 3, retryOn: ['cancelled', 'deadline-exceeded'] },
    { numRetries: 1, retryOn: ['internal', 'resource-exhausted'] },
    { numRetries: 2, retryOn: ['5xx'] },
    { numRetries: 2, retryOnConnectFailure: true },
    { requestTimeout: '400ms' },
    { prefixRewrite: '/pack.Two/' },
    { responseHeaders: { set: { 'x-two': 'set' } } },
  ],
  (more, s) => [
    ofCalls(s),
    router(s, [{ match: { http: { pathPrefix: '/pack.One/' } }, destination: { service: 'calls', ...more } }, rest]),
  ],
);

const led: readonly Case[] = [
  { name: 'redirected', write: s => [ofCalls(s), resolver(s, { redirect: { service: 'calls' } })] },
  {
    name: 'redirected, and a wait',
    write: s => [ofCalls(s), resolver(s, { redirect: { service: 'calls' }, requestTimeout: '500ms' })],
  },
  { name: 'to nobody', write: s => [ofCalls(s)] },
];

const permitted = (permissions: readonly object[]): readonly object[] => [{ name: 'client', permissions }];

/** The server of calls is one for all, so that each stands alone. */
const guarded = each(
  [
    permitted([{ action: 'allow', http: { pathPrefix: '/pack.One/' } }]),
    permitted([{ action: 'deny', http: { pathExact: '/pack.One/Get' } }]),
    permitted([{ action: 'deny', http: { header: [{ name: 'x-one', exact: 'a' }] } }]),
    [{ name: 'client', action: 'deny' }],
  ],
  (sources, s) => [ofCalls(s), resolver(s, { redirect: { service: 'calls' } }), intentions('calls', sources)],
);

const asks: readonly Ask[] = [
  ...['/pack.One/Get', '/pack.One/Put', '/pack.Two/Get', '/other.One/Get'].map(path => ({ path })),
  { path: '/pack.One/Get', headers: [['x-one', 'a']] as const },
  { path: '/pack.One/Get', caller: 'shop/client2' },
].map((one): Ask => ({ ...one, protocol: 'grpc', method: 'POST' }));

const family = (name: string, cases: readonly Case[], more: Partial<ConsulConfiguration> = {}) =>
  cases.map(
    (one): ConsulConfiguration => ({
      id: `${name}: ${one.name}`,
      family: name,
      kind: 'site',
      port: 80,
      objects: slot => one.write(slot.name),
      questions: slot => asks.map(each => ask(slot, each)),
      ...more,
    }),
  );

export const callFamilies: readonly ConsulConfiguration[] = [
  ...family('calls', matched),
  ...family('treatment of calls', treated),
  ...family('calls to other names', led),
  ...family('permissions of calls', guarded, { alone: true }),
];
