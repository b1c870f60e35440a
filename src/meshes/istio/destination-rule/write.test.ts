import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bare } from '../../../../test/support/bare.ts';
import { runs, seed } from '../../../../test/support/runs.ts';
import { snapshotFrom } from '../../../../test/support/snapshot.ts';
import { writtenObject } from '../../../adapter/written-object.ts';
import { assemble, type Model } from '../../../model/model.ts';
import { readKubernetes } from '../../../native/kubernetes/read-kubernetes.ts';
import type { NativeObject } from '../../../native/snapshot.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { Lookup } from '../../../verify/lookup/lookup.ts';
import { requestOf, worldOf } from '../../../verify/request.ts';
import { simulate } from '../../../verify/simulate.ts';
import { adapter } from '../adapter.ts';

const services = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, name: http }, { port: 81, name: http-more }] }
---
apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop }
spec: { selector: { app: api }, ports: [{ port: 80, name: http }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  hosts: [web]
  http: [{ route: [{ destination: { host: web, subset: v1 }, weight: 1 }, { destination: { host: web, subset: v2 }, weight: 1 }] }]
`;

const modelOf = (snapshot: Snapshot): Model => {
  const { inventory } = readKubernetes(snapshot);
  const read = adapter.read({ snapshot, inventory, meshes: [adapter.assume()], others: [] });
  return assemble(read.inventory, [read.part]);
};

const ofKubernetes = (objects: readonly NativeObject[]) => objects.filter(({ ref }) => ref.apiVersion === 'v1');

/** The objects written for a model, as read back beside the same Services. */
const roundTrip = (snapshot: Snapshot) => {
  const model = modelOf(snapshot);
  const written = adapter.write(model, { mesh: adapter.assume(), snapshot });
  const objects = written.objects.map(writtenObject);
  const again = modelOf(new Snapshot([...ofKubernetes(snapshot.objects), ...objects], snapshot.extent));
  return { model, written, again };
};

/** Everything that any client of the bed could be told about its destinations. */
const answers = (model: Model): string[] => {
  const lookup = Lookup.of(model);
  const mesh = model.meshes[0]!.id;
  return ['shop', 'other', 'third', 'istio-system'].flatMap(namespace =>
    [{}, { app: 'client' }].flatMap(labels =>
      ['shop/web', 'shop/api'].flatMap(id =>
        (id === 'shop/web' ? [80, 81] : [80]).flatMap(port =>
          ['', 'v1', 'v2'].map(subset => {
            const service = lookup.services.find(id)!;
            const found = lookup.destinations.settingsFor(
              { host: service.hosts[0]!, service, port, ...(subset ? { subset: { name: subset } } : {}) },
              { mesh, namespace, labels },
            );
            const { id: _id, clients: _clients, target: _target, source: _source, ...parts } = found ?? ({} as never);
            return `${namespace} ${JSON.stringify(labels)} ${id}:${port} ${subset}: ${bare(parts)}`;
          }),
        ),
      ),
    ),
  );
};

/** Where a request to `web` goes, from each namespace. */
const ends = (model: Model): string[] =>
  ['shop', 'other', 'third', 'istio-system'].map(namespace => {
    const caller = { kind: 'workload', namespace, name: 'client', labels: {}, serviceAccount: 'client' } as const;
    const { outcome } = simulate(worldOf(model), { caller, to: { service: 'shop/web' }, request: requestOf() });
    return `${namespace}: ${outcome.backends.map(({ endpoints, weight }) => `${weight} to ${endpoints || 'nothing'}`)}`;
  });

const policy = fc.record(
  {
    loadBalancer: fc.oneof(
      fc.record({ simple: fc.constantFrom('LEAST_REQUEST', 'ROUND_ROBIN', 'RANDOM', 'PASSTHROUGH') }),
      fc.constant({ simple: 'ROUND_ROBIN', warmup: { duration: '1m', minimumPercent: 5, aggression: 1.5 } }),
      fc.constant({ consistentHash: { httpHeaderName: 'x-user', ringHash: { minimumRingSize: 9 } } }),
      fc.constant({ consistentHash: { httpCookie: { name: 'sid', path: '/', ttl: '0s' }, maglev: { tableSize: 7 } } }),
      fc.constant({ localityLbSetting: { distribute: [{ from: 'a/b/*', to: { 'a/b/*': 80, 'a/c/*': 20 } }] } }),
      fc.constant({ simple: 'RANDOM', localityLbSetting: { failover: [{ from: 'east', to: 'west' }] } }),
    ),
    connectionPool: fc.record(
      {
        tcp: fc.record(
          { maxConnections: fc.integer({ min: 0, max: 9 }), connectTimeout: fc.constant('3s') },
          { requiredKeys: [] },
        ),
        http: fc.record(
          {
            http2MaxRequests: fc.integer({ min: 0, max: 9 }),
            idleTimeout: fc.constant('90s'),
            h2UpgradePolicy: fc.constant('UPGRADE'),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    ),
    outlierDetection: fc.record(
      {
        consecutive5xxErrors: fc.integer({ min: 0, max: 9 }),
        consecutiveGatewayErrors: fc.integer({ min: 0, max: 9 }),
        interval: fc.constant('5s'),
        maxEjectionPercent: fc.constantFrom(0, 10, 100),
      },
      { requiredKeys: [] },
    ),
    tls: fc.constantFrom<object>(
      { mode: 'DISABLE' },
      { mode: 'ISTIO_MUTUAL' },
      { mode: 'SIMPLE', sni: 'web.example', caCertificates: '/etc/ca.pem' },
      { mode: 'MUTUAL', credentialName: 'web-cert', subjectAltNames: ['web.example'] },
    ),
  },
  { requiredKeys: [] },
);

const withPorts = fc
  .tuple(policy, fc.option(policy, { nil: undefined }))
  .map(([own, port]) => ({ ...own, ...(port ? { portLevelSettings: [{ port: { number: 80 }, ...port }] } : {}) }));

const rule = fc.record({
  namespace: fc.constantFrom('shop', 'other', 'istio-system'),
  spec: fc
    .record({
      host: fc.constantFrom(
        'web.shop.svc.cluster.local',
        'api.shop.svc.cluster.local',
        '*.shop.svc.cluster.local',
        '*.local',
      ),
      exportTo: fc.option(fc.constantFrom(['.'], ['*'], ['other', 'third']), { nil: undefined }),
      workloadSelector: fc.option(fc.constant({ matchLabels: { app: 'client' } }), { nil: undefined }),
      trafficPolicy: fc.option(withPorts, { nil: undefined }),
      v1: fc.option(withPorts, { nil: undefined }),
      hasSubsets: fc.boolean(),
    })
    .map(({ v1, hasSubsets, exportTo, ...rest }) => ({
      ...rest,
      ...(rest.workloadSelector || !exportTo ? {} : { exportTo }),
      ...(hasSubsets
        ? {
            subsets: [
              { name: 'v1', labels: { version: 'v1' }, ...(v1 ? { trafficPolicy: v1 } : {}) },
              { name: 'v2', labels: { version: 'v2' } },
            ],
          }
        : {}),
    })),
});

const ruleObjects = (rules: readonly { namespace: string; spec: object }[]): NativeObject[] =>
  rules.map(({ namespace, spec }, index) => {
    const metadata = { name: `rule-${index}`, namespace };
    const ref = { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', ...metadata };
    return { ref, body: { apiVersion: ref.apiVersion, kind: ref.kind, metadata, spec } };
  });

const around = snapshotFrom(services).objects;

test('what is written for DestinationRules is read back with the same meaning', () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), rules => {
      const { written, again } = roundTrip(new Snapshot([...around, ...ruleObjects(rules)], 'whole'));
      expect(answers(again)).toEqual(answers(written.expected));
    }),
    { numRuns: runs(300), seed: seed(20) },
  );
});

/** Some pods beside the service, the root namespace and everyone else are each told something else. */
const threeAudiences = [
  {
    namespace: 'shop',
    spec: { host: 'web.shop.svc.cluster.local', workloadSelector: { matchLabels: { app: 'client' } } },
  },
  { namespace: 'istio-system', spec: { host: 'web.shop.svc.cluster.local' } },
  {
    namespace: 'shop',
    spec: {
      host: '*.shop.svc.cluster.local',
      subsets: ['v1', 'v2'].map(version => ({ name: version, labels: { version } })),
    },
  },
];

test('the subsets that clients know are those that they know afterwards, also where some are not in the input', () => {
  fc.assert(
    fc.property(
      fc.array(rule, { minLength: 1, maxLength: 4 }),
      fc.constantFrom<Snapshot['extent']>('whole', 'partial'),
      (rules, extent) => {
        const { written, again } = roundTrip(new Snapshot([...around, ...ruleObjects(rules)], extent));
        expect(ends(again)).toEqual(ends(written.expected));
      },
    ),
    { numRuns: runs(300), seed: seed(20) },
  );
});

// A pattern for some pods of a namespace is written with more words than needed the first time.
const ruleForNamespaces = rule.filter(({ spec }) => !(spec.workloadSelector && spec.host.startsWith('*')));

test('of two rules in the root namespace its own clients get the one for them, everyone else the other', () => {
  const { written, again } = roundTrip(new Snapshot([...around, ...ruleObjects(threeAudiences)], 'partial'));
  expect(ends(again)).toEqual(ends(written.expected));
});

test('the order of the objects does not matter, and writing again writes the same', () => {
  fc.assert(
    fc.property(fc.array(ruleForNamespaces, { minLength: 1, maxLength: 4 }), rules => {
      const objects = [...around, ...ruleObjects(rules)];
      const { model, again, written } = roundTrip(new Snapshot(objects, 'whole'));
      const turned = modelOf(new Snapshot(objects.toReversed(), 'whole'));
      expect(bare(turned.destinations)).toBe(bare(model.destinations));
      const snapshot = new Snapshot(around, 'whole');
      expect(adapter.write(again, { mesh: adapter.assume(), snapshot }).objects).toEqual(written.objects);
    }),
    { numRuns: runs(100), seed: seed(20) },
  );
});
