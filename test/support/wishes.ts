/** Random estates and wishes over a few namespaces, in which names meet often. */
import fc from 'fast-check';
import type { NativeObject } from '../../src/native/snapshot.ts';

type Body = Record<string, unknown>;

export const namespaces = ['shop', 'bank', 'supergloo-system'] as const;
const names = ['web', 'reviews', 'ratings'] as const;

export const objectOf = (body: Body): NativeObject => {
  const { apiVersion, kind, metadata } = body as { apiVersion: string; kind: string; metadata: Record<string, string> };
  const { name = '', namespace } = metadata;
  return { ref: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) }, body };
};

const namespace = fc.constantFrom(...namespaces);
const name = fc.constantFrom(...names);

const service = fc.record({ namespace, name, tcp: fc.boolean(), version: fc.boolean() }).map(
  ({ namespace: where, name: what, tcp, version }): Body => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: what, namespace: where },
    spec: {
      selector: { app: what, ...(version ? { version: 'v1' } : {}) },
      ports: [
        { name: 'http', port: 80, targetPort: 8080 },
        ...(tcp ? [{ name: 'tcp-db', port: 5432, targetPort: 5432 }] : []),
      ],
    },
  }),
);

const deployment = fc.record({ namespace, name, replicas: fc.integer({ min: 0, max: 2 }) }).map(
  ({ namespace: where, name: what, replicas }): Body => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: what, namespace: where },
    spec: {
      replicas,
      selector: { matchLabels: { app: what, version: 'v1' } },
      template: {
        metadata: { labels: { app: what, version: 'v1' } },
        spec: {
          serviceAccountName: what,
          containers: [{ name: 'app', image: 'app', ports: [{ containerPort: 8080 }, { containerPort: 5432 }] }],
        },
      },
    },
  }),
);

const targets = (home: string): fc.Arbitrary<Body[]> =>
  fc.oneof(
    { weight: 5, arbitrary: name.map(what => [{ kind: 'Service', name: what }]) },
    { weight: 1, arbitrary: name.map(what => [{ kind: 'Service', name: what, sectionName: 'http' }]) },
    { weight: 2, arbitrary: fc.constant<Body[]>([{ kind: 'Namespace', name: home }]) },
    { weight: 2, arbitrary: fc.constantFrom('istio', 'linkerd', 'consul').map(what => [{ kind: 'Mesh', name: what }]) },
  );

const backendRef = fc.record({ name, namespace }, { requiredKeys: ['name'] });

const policyOf =
  (kind: string) =>
  (home: string, spec: fc.Arbitrary<Body>): fc.Arbitrary<Body> =>
    fc.record({ name, targetRefs: targets(home), spec }).map(({ name: what, targetRefs, spec: rest }) => ({
      apiVersion: 'supergloo.dev/v1alpha1',
      kind,
      metadata: { name: what, namespace: home },
      spec: { targetRefs, ...rest },
    }));

const trafficSpec = fc.record(
  {
    timeouts: fc.constantFrom('1s', '2s').map(request => ({ request })),
    retries: fc.integer({ min: 0, max: 3 }).map(attempts => ({ attempts, conditions: ['5xx'] })),
    outlierDetection: fc.constant({ consecutive5xx: 5 }),
    mirrors: backendRef.map(ref => [{ backendRef: ref, percent: 100 }]),
    split: fc.record({ weight: fc.integer({ min: 0, max: 9 }), backendRef }).map(({ weight, backendRef: ref }) => [
      { name: 'v1', labels: { version: 'v1' }, weight: 10 },
      { name: 'other', backendRef: ref, weight },
    ]),
    requestHeaders: fc.constant({ set: [{ name: 'x-team', value: 'us' }] }),
  },
  { requiredKeys: [] },
);

const caller = fc.oneof(
  fc.record({ name, namespace }, { requiredKeys: ['name'] }).map(serviceAccount => ({ serviceAccount })),
  namespace.map(where => ({ namespace: where })),
  fc.constant({ authenticated: true }),
);

const accessSpec = fc.record(
  {
    action: fc.constantFrom('Allow', 'Deny'),
    rules: fc.array(
      fc.record(
        {
          from: fc.array(caller, { minLength: 1, maxLength: 2 }),
          to: fc.constantFrom<Body[]>([{ methods: ['GET'] }], [{ paths: [{ value: '/a' }] }], [{ ports: [8080] }]),
        },
        { requiredKeys: [] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
  },
  { requiredKeys: ['rules'] },
);

const traffic = namespace.chain(home => policyOf('TrafficPolicy')(home, trafficSpec));
const access = namespace.chain(home => policyOf('AccessPolicy')(home, accessSpec));

const route = fc.record({ namespace, name, parent: fc.record({ name, namespace }), backend: backendRef }).map(
  ({ namespace: where, name: what, parent, backend }): Body => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: what, namespace: where },
    spec: {
      parentRefs: [{ group: '', kind: 'Service', ...parent }],
      rules: [
        { matches: [{ path: { type: 'PathPrefix', value: '/a' } }], backendRefs: [{ ...backend, port: 80 }] },
        { backendRefs: [{ ...parent, port: 80 }] },
      ],
    },
  }),
);

const mesh = fc
  .record({ type: fc.constantFrom('istio', 'linkerd', 'consul'), deny: fc.boolean(), strict: fc.boolean() })
  .map(
    ({ type, deny, strict }): Body => ({
      apiVersion: 'supergloo.dev/v1alpha1',
      kind: 'Mesh',
      metadata: { name: type },
      spec: {
        type,
        ...(deny ? { access: { default: 'Deny' } } : {}),
        ...(strict ? { mtls: { mode: 'Strict' } } : {}),
      },
    }),
  );

/** What a mesh is told of all of it, here of Istio: that it is there, and where its root namespace is. */
const meshConfig = fc.constantFrom('istio-system', 'bank').map(
  (root): Body => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'istio', namespace: 'istio-system' },
    data: { mesh: `rootNamespace: ${root}\n` },
  }),
);

/** Valid by its type and without a meaning: nobody may fall over it. */
const invalid = fc.record({ name, namespace }).map(
  ({ name: what, namespace: where }): Body => ({
    apiVersion: 'supergloo.dev/v1alpha1',
    kind: 'TrafficPolicy',
    metadata: { name: what, namespace: where },
    spec: { targetRefs: [{ kind: 'Service', name: what }], timeout: '1s' },
  }),
);

/** One object of any kind that a plan is made of. */
export const anObject: fc.Arbitrary<NativeObject> = fc
  .oneof(
    { weight: 6, arbitrary: service },
    { weight: 6, arbitrary: deployment },
    { weight: 6, arbitrary: traffic },
    { weight: 6, arbitrary: access },
    { weight: 4, arbitrary: route },
    { weight: 1, arbitrary: mesh },
    { weight: 1, arbitrary: meshConfig },
    { weight: 1, arbitrary: invalid },
  )
  .map(objectOf);

export interface Edit {
  readonly put?: NativeObject;
  /** Which of the objects that are there is taken away. */
  readonly remove?: number;
}

export const anEdit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: anObject.map(put => ({ put })) },
  { weight: 1, arbitrary: fc.nat().map(remove => ({ remove })) },
);
