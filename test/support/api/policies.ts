/** Random policies that are valid and mean something in the world of the laws. */
import fc, { type Arbitrary } from 'fast-check';
import { apiVersion } from '../../../src/api/kind.ts';
import type { NativeObject } from '../../../src/native/snapshot.ts';
import { oneOf, parts, someParts } from '../arbitrary/parts.ts';

type Spec = Readonly<Record<string, unknown>>;

const serviceTarget = fc.oneof(
  oneOf(
    { kind: 'Service', name: 'reviews' },
    { kind: 'Service', name: 'ratings' },
    { kind: 'Service', name: 'ledger' },
  ),
  oneOf(
    { kind: 'Service', name: 'reviews', sectionName: 'http' },
    { kind: 'Service', name: 'reviews', sectionName: 'http-admin' },
    { kind: 'Service', name: 'reviews', sectionName: '9090' },
    { kind: 'Service', name: 'ledger', sectionName: 'tcp' },
  ),
);

/** Where a policy is, and what it is for there. */
const place = (mesh: string): Arbitrary<{ namespace: string; targetRefs: readonly Spec[] }> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .uniqueArray(serviceTarget, { minLength: 1, maxLength: 2, selector: one => JSON.stringify(one) })
        .map(targetRefs => ({ namespace: 'shop', targetRefs })),
    },
    {
      weight: 2,
      arbitrary: oneOf('shop', 'outside').map(namespace => ({
        namespace,
        targetRefs: [{ kind: 'Namespace', name: namespace }],
      })),
    },
    {
      weight: 1,
      arbitrary: fc.constant({ namespace: 'supergloo-system', targetRefs: [{ kind: 'Mesh', name: mesh }] }),
    },
  );

const duration = oneOf('100ms', '1s', '1m30s', '0s');
const percent = oneOf(0, 5, 50, 100);
const header = oneOf('x-user', 'X-Version');
const backendRef = oneOf({ name: 'ratings', port: 9080 }, { name: 'reviews', port: 9080 }, { name: 'web', port: 80 });
const values = fc.uniqueArray(fc.record({ name: oneOf('x-one', 'x-two'), value: oneOf('a', '', 'b c') }), {
  maxLength: 2,
  selector: ({ name }) => name,
});

const headerEdits = someParts<{ set: unknown; add: unknown; remove: unknown }>({
  set: [60, values],
  add: [40, values],
  remove: [40, fc.uniqueArray(oneOf('x-three', 'x-four'), { minLength: 1, maxLength: 2 })],
});

const share = (name: string) =>
  fc.record({ name: fc.constant(name), weight: oneOf(1, 10, 90) }).chain(one =>
    fc.oneof(
      // Of every Service there is a first version.
      fc.constant({ ...one, labels: { version: 'v1' } }),
      backendRef.map(ref => ({ ...one, backendRef: ref })),
      fc.constant(one),
    ),
  );

export const trafficFields = {
  split: fc.oneof(
    share('v1').map(one => [one]),
    fc.tuple(share('v1'), share('v2')),
  ),
  timeouts: someParts<{ request: unknown; backendRequest: unknown; idle: unknown }>({
    request: [70, duration],
    backendRequest: [40, duration],
    idle: [30, duration],
  }),
  retries: fc
    .tuple(
      fc.record({ attempts: oneOf(0, 1, 3) }),
      parts<{ conditions: unknown; codes: unknown; backoff: unknown; budget: unknown }>({
        conditions: [50, fc.uniqueArray(oneOf('5xx', 'gateway-error', 'connect-failure', 'reset'), { minLength: 1 })],
        codes: [30, fc.uniqueArray(oneOf(409, 503), { minLength: 1 })],
        backoff: [30, oneOf<Spec>({ base: '25ms' }, { base: '25ms', max: '1s' })],
        budget: [20, oneOf<Spec>({ percent: 20 }, { percent: 50, minPerSecond: 5, interval: '10s' })],
      }),
    )
    .map(([needed, more]) => ({ ...needed, ...more })),
  fault: someParts<{ delay: unknown; abort: unknown }>({
    delay: [60, fc.record({ fixed: oneOf('100ms', '2s'), percent })],
    abort: [60, fc.record({ status: oneOf(400, 503), percent })],
  }),
  mirrors: fc.record({ backendRef, percent }).map(one => [one]),
  cors: fc
    .tuple(
      fc.record({ allowOrigins: oneOf(['https://shop.example'], ['*'], ['https://a.example', 'https://b.example']) }),
      parts<{ allowMethods: unknown; allowHeaders: unknown; maxAge: unknown; allowCredentials: unknown }>({
        allowMethods: [50, oneOf(['GET'], ['GET', 'PUT'])],
        allowHeaders: [30, fc.constant(['x-user'])],
        maxAge: [30, oneOf('1s', '24h')],
        allowCredentials: [30, fc.boolean()],
      }),
    )
    .map(([needed, more]) => ({ ...needed, ...more })),
  requestHeaders: headerEdits,
  responseHeaders: headerEdits,
  outlierDetection: someParts<Spec>({
    consecutive5xx: [60, oneOf(0, 5)],
    consecutiveGatewayErrors: [30, oneOf(3)],
    interval: [40, oneOf('5s', '10s')],
    baseEjectionTime: [40, oneOf('30s')],
    maxEjectionPercent: [30, oneOf(10, 100)],
    minHealthPercent: [20, oneOf(0, 50)],
  }),
  connections: someParts<Spec>({
    maxConnections: [50, oneOf(1, 100)],
    maxPendingRequests: [40, oneOf(1, 10)],
    maxRequests: [40, oneOf(100)],
    maxRequestsPerConnection: [20, oneOf(0, 1)],
    connectTimeout: [40, oneOf('1s', '5s')],
    idleTimeout: [20, oneOf('1m')],
  }),
  loadBalancing: fc.oneof(
    fc.record({ algorithm: oneOf('RoundRobin', 'LeastRequest', 'Random') }),
    fc.record({
      algorithm: fc.constant('ConsistentHash'),
      consistentHash: oneOf<Spec>(
        { header: 'X-User' },
        { query: 'user' },
        { cookie: { name: 'user', ttl: '1h' } },
        { sourceAddress: true },
      ),
    }),
    fc.constant({ algorithm: 'RoundRobin', warmup: '30s' }),
  ),
  locality: oneOf<Spec>({ failover: [{ from: 'eu', to: 'us' }] }, { fallbacks: [{ name: 'ratings' }] }),
  rateLimit: oneOf<Spec>({ requestsPerSecond: 10 }, { perIdentity: 5 }, { requestsPerSecond: 10, perIdentity: 5 }),
} as const satisfies Readonly<Record<string, Arbitrary<unknown>>>;

const trafficSaid = someParts<Record<keyof typeof trafficFields, unknown>>(
  Object.fromEntries(Object.entries(trafficFields).map(([name, arbitrary]) => [name, [18, arbitrary]])),
);

const caller: Arbitrary<Spec> = fc.oneof(
  oneOf('web', 'crawler', 'reviews').map(name => ({ serviceAccount: { name } })),
  fc.constant({ serviceAccount: { name: 'crawler', namespace: 'outside' } }),
  oneOf('shop', 'outside').map(namespace => ({ namespace })),
  oneOf(
    'spiffe://cluster.local/ns/shop/sa/web',
    'spiffe://other.example/ns/shop/sa/web',
    'spiffe://other.example/x',
  ).map(identity => ({ identity })),
  fc.constant({ authenticated: true }),
  oneOf(['10.0.0.0/8'], ['10.0.0.0/8', '0.0.0.0/0'], ['fd00::/8']).map(addresses => ({ addresses })),
);

const operation: Arbitrary<Spec> = someParts<Spec>({
  ports: [30, oneOf([8080], [9090], [8080, 9090])],
  hosts: [15, oneOf(['reviews.shop'], ['*.shop.svc.cluster.local'], ['REVIEWS'])],
  methods: [40, oneOf(['GET'], ['GET', 'POST'])],
  paths: [
    50,
    fc.array(
      fc.oneof(
        oneOf('/admin', '/', '/a/', '/x*').map(value => ({ value })),
        oneOf('/admin', '/a/b', '/*', '/a*').map(value => ({ type: 'Exact', value })),
      ),
      { minLength: 1, maxLength: 2 },
    ),
  ],
  headers: [
    25,
    fc
      .oneof(
        header.map(name => ({ name, type: 'Present' })),
        fc.record({ name: header, type: oneOf('Exact', 'Prefix', 'Suffix'), values: oneOf(['a'], ['a', '*'], ['*x']) }),
      )
      .map(one => [one]),
  ],
});

const claims = oneOf<readonly Spec[]>(
  [{ name: 'role', values: ['admin'] }],
  [{ name: 'realm/roles', values: ['a', 'b'] }],
);

const accessRule = parts<Spec>({
  name: [20, oneOf('first', 'second')],
  from: [70, fc.array(caller, { minLength: 1, maxLength: 2 })],
  to: [60, fc.array(operation, { minLength: 1, maxLength: 2 })],
  claims: [10, claims],
});

const accessSaid: Arbitrary<Spec> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ action: fc.constant('Allow'), rules: fc.array(accessRule, { maxLength: 2 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      action: fc.constant('Deny'),
      rules: fc.array(accessRule, { minLength: 1, maxLength: 2 }),
    }),
  },
);

const tokens = oneOf<readonly Spec[]>(
  [{ issuer: 'https://issuer.example', jwksUri: 'https://issuer.example/keys' }],
  [{ issuer: 'https://issuer.example', audiences: ['shop'], jwksUri: 'https://issuer.example/keys' }],
);

export const apiObject = (
  kind: string,
  name: string,
  namespace: string | undefined,
  spec: Spec,
  day?: number,
): NativeObject => ({
  ref: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) },
  body: {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(day === undefined ? {} : { creationTimestamp: `2026-01-0${day}T00:00:00Z` }),
    },
    spec,
  },
});

const names = oneOf('a', 'b', 'c');
const days = oneOf<number | undefined>(undefined, 1, 2);

export const trafficPolicies = (mesh: string): Arbitrary<NativeObject> =>
  fc
    .record({ name: names, at: place(mesh), said: trafficSaid, day: days })
    .map(({ name, at, said, day }) =>
      apiObject('TrafficPolicy', name, at.namespace, { targetRefs: at.targetRefs, ...said }, day),
    );

export const accessPolicies = (mesh: string): Arbitrary<NativeObject> =>
  fc
    .record({ name: names, at: place(mesh), said: accessSaid, more: parts<Spec>({ tokens: [10, tokens] }), day: days })
    .map(({ name, at, said, more, day }) =>
      apiObject('AccessPolicy', name, at.namespace, { targetRefs: at.targetRefs, ...said, ...more }, day),
    );

const meshSaid = parts<Spec>({
  mtls: [40, oneOf<Spec>({ mode: 'Strict' }, { mode: 'Permissive' })],
  access: [40, oneOf<Spec>({ default: 'Allow' }, { default: 'Deny' })],
  egress: [30, oneOf<Spec>({ unknownHosts: 'Allow' }, { unknownHosts: 'Deny' })],
  telemetry: [30, oneOf<Spec>({ accessLog: true }, { tracingPercent: 5 }, { accessLog: false, tracingPercent: 0 })],
});

export const meshObjects = (type: string): Arbitrary<NativeObject> =>
  fc
    .record({ name: names, said: meshSaid, day: days })
    .map(({ name, said, day }) => apiObject('Mesh', name, undefined, { type, ...said }, day));

/** Some of each; of two with one name the last counts. */
export const policySets = (mesh: string, most = 3): Arbitrary<readonly NativeObject[]> =>
  fc
    .tuple(
      fc.array(trafficPolicies(mesh), { maxLength: most }),
      fc.array(accessPolicies(mesh), { maxLength: most }),
      fc.array(meshObjects(mesh), { maxLength: 1 }),
    )
    .map(lists => [
      ...new Map(
        lists.flat().map(object => [`${object.ref.kind} ${object.ref.namespace}/${object.ref.name}`, object]),
      ).values(),
    ]);
