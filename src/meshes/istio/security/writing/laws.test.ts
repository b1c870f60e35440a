import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observedCluster } from '../../../../../test/support/istio-bed.ts';
import { objectsFrom } from '../../../../../test/support/snapshot.ts';
import type { Manifest } from '../../../../adapter/adapter.ts';
import { proxyDefault, written } from '../../../../base/source.ts';
import type {
  AccessClause,
  AccessCondition,
  AccessPolicy,
  AccessRule,
  AccessValue,
} from '../../../../model/capabilities/access.ts';
import type { EncryptionMode, PeerEncryption } from '../../../../model/capabilities/encryption.ts';
import type { Match } from '../../../../model/match.ts';
import { assemble, type Model } from '../../../../model/model.ts';
import type { ServerScope } from '../../../../model/scope.ts';
import { readKubernetes } from '../../../../native/kubernetes/read-kubernetes.ts';
import { type NativeObject, Snapshot } from '../../../../native/snapshot.ts';
import { type Ask, requestOf, worldOf } from '../../../../verify/request.ts';
import { simulate } from '../../../../verify/simulate.ts';
import { adapter } from '../../adapter.ts';

const cluster = objectsFrom(observedCluster);

const readBack = (manifests: readonly Record<string, unknown>[]): { model: Model; snapshot: Snapshot } => {
  const objects = manifests.map((body): NativeObject => {
    const { apiVersion, kind, metadata } = body as { apiVersion: string; kind: string; metadata: NativeObject['ref'] };
    return {
      ref: { apiVersion, kind, name: metadata.name, ...(metadata.namespace ? { namespace: metadata.namespace } : {}) },
      body,
    };
  });
  const snapshot = new Snapshot([...cluster, ...objects], 'whole');
  const { inventory } = readKubernetes(snapshot);
  const read = adapter.read({ snapshot, inventory, meshes: adapter.detect(snapshot, inventory), others: [] });
  return { model: assemble(read.inventory, [read.part]), snapshot };
};

const base = readBack([]);
const mesh = base.model.meshes[0]!;

const callers = base.model.inventory.workloads.filter(({ name }) => ['client', 'client2', 'plain'].includes(name));
const targets = [
  { service: 'shop/web', port: 80 },
  { service: 'shop/web', port: 9000 },
  { service: 'shop/api', port: 80 },
];
const requests = ['/', '/a', '/a/b', '/ab', '/b'].flatMap(path =>
  ['GET', 'POST'].flatMap(method =>
    [[], [['x', 'one']], [['x', 'two']]].map(headers =>
      requestOf({ path, method, headers: headers as [string, string][], sourceAddress: '10.1.2.3' }),
    ),
  ),
);

const asks: Ask[] = callers.flatMap(({ namespace, name, labels, serviceAccount, memberships }) =>
  targets.flatMap(to =>
    (to.port === 9000 ? [requestOf({ protocol: 'tcp', sourceAddress: '10.1.2.3' })] : requests).map(
      (request): Ask => ({
        caller: { kind: 'workload', namespace, name, labels, serviceAccount, memberships },
        to,
        request,
      }),
    ),
  ),
);

/** What becomes of every ask, as a text each: how it ends and how it travels. */
const behaviour = (model: Model): string[] =>
  asks.map(ask => {
    const { decision, status, encrypted } = simulate(worldOf(model), ask).outcome;
    return `${decision} ${status ?? ''} ${encrypted}`;
  });

const text = (values: readonly string[]) => fc.constantFrom(...values);

const value = (attribute: string): fc.Arbitrary<AccessValue> => {
  switch (attribute) {
    case 'peer.identity':
      return fc.oneof(
        fc.constantFrom<AccessValue>(
          { kind: 'serviceAccount', namespace: 'shop', name: 'client' },
          { kind: 'serviceAccount', namespace: 'other', name: 'client2', trustDomains: ['*'] },
          { kind: 'serviceAccount', namespace: 'other', name: 'client2', trustDomains: ['elsewhere'] },
          { kind: 'present' },
          { kind: 'prefix', value: 'cluster.local/ns/shop/' },
          { kind: 'suffix', value: '/sa/client2' },
          { kind: 'regex', regex: { pattern: '.*client', dialect: 're2', anchoring: 'full' } },
        ),
      );
    case 'peer.namespace':
      return fc.constantFrom<AccessValue>(
        { kind: 'exact', value: 'shop' },
        { kind: 'prefix', value: 'oth' },
        { kind: 'present' },
      );
    case 'peer.address':
      return fc.constantFrom<AccessValue>(
        { kind: 'addresses', cidr: '10.1.0.0/16' },
        { kind: 'addresses', cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] },
        { kind: 'addresses', cidr: '10.2.0.0/16' },
      );
    case 'request.path':
      return fc.constantFrom<AccessValue>(
        { kind: 'exact', value: '/a' },
        { kind: 'prefix', value: '/a' },
        { kind: 'suffix', value: 'b' },
        { kind: 'exact', value: '/a*' },
        { kind: 'present' },
        { kind: 'pathTemplate', template: '/a/{*}' },
      );
    case 'request.method':
      return fc.constantFrom<AccessValue>({ kind: 'exact', value: 'GET' }, { kind: 'exact', value: 'POST' });
    case 'destination.port':
      return fc.constantFrom<AccessValue>({ kind: 'port', port: 8080 }, { kind: 'port', port: 9000 });
    default:
      return fc.constantFrom<AccessValue>(
        { kind: 'exact', value: 'one' },
        { kind: 'present' },
        { kind: 'prefix', value: 't' },
      );
  }
};

const result = fc.constantFrom<'holds' | 'fails'>('holds', 'fails');

const condition: fc.Arbitrary<AccessCondition> = text([
  'peer.identity',
  'peer.namespace',
  'peer.address',
  'request.path',
  'request.method',
  'destination.port',
  'request.header:x',
]).chain(attribute =>
  fc.record({
    attribute: fc.constant(attribute as AccessCondition['attribute']),
    values: fc.array(value(attribute), { minLength: 1, maxLength: 2 }),
    negated: fc.boolean(),
    whenAbsent: result,
    whenNotHttp: result,
  }),
);

const request: fc.Arbitrary<Match> = fc.record(
  {
    path: fc.constantFrom<NonNullable<Match['path']>>(
      { kind: 'segmentPrefix', value: '/a' },
      { kind: 'segmentPrefix', value: '' },
      { kind: 'exact', value: '/b' },
      { kind: 'regex', regex: { pattern: '/a.*', dialect: 're2', anchoring: 'full' } },
    ),
    method: fc.constant({ kind: 'exact' as const, value: 'GET' }),
    headers: fc.constant([
      {
        name: 'x',
        match: { kind: 'exact' as const, value: 'one' },
        inverted: false,
        missing: 'noMatch' as const,
        repeated: 'any' as const,
      },
    ]),
  },
  { requiredKeys: ['path'] },
);

const clause: fc.Arbitrary<AccessClause> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ conditions: fc.array(condition, { maxLength: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ conditions: fc.array(condition, { maxLength: 1 }), request }) },
);

const scope: fc.Arbitrary<ServerScope> = fc
  .record({
    namespaces: fc.constantFrom(undefined, ['shop'], ['shop'], ['shop', 'other']),
    labels: fc.constantFrom(undefined, { app: 'web' }, { app: 'web', version: 'v1' }, { app: 'api' }),
    ports: fc.constantFrom(undefined, undefined, [8080], [9000]),
  })
  .map(({ namespaces, labels, ports }) => ({
    mesh: mesh.id,
    ...(namespaces ? { namespaces } : {}),
    ...(labels ? { labels } : {}),
    ...(ports ? { ports } : {}),
  }));

const rule: fc.Arbitrary<Omit<AccessRule, 'id'>> = fc.record({
  effect: fc.constantFrom<AccessRule['effect']>('allow', 'allow', 'deny', 'audit'),
  clauses: fc.array(clause, { minLength: 1, maxLength: 2 }),
});

const policies: fc.Arbitrary<AccessPolicy[]> = fc
  .array(
    fc.record({
      scope,
      tier: fc.integer({ min: 0, max: 2 }),
      rules: fc.array(rule, { maxLength: 3 }),
      otherwise: fc.constantFrom<AccessPolicy['otherwise']>('nothing', 'deny', 'deny', 'allow'),
    }),
    { maxLength: 3 },
  )
  .map(all =>
    all.map((policy, index) => ({
      ...policy,
      id: `shop/policy-${index}`,
      rules: policy.rules.map((one, place) => ({ ...one, id: `rules[${place}]` })),
    })),
  );

const encryption: fc.Arbitrary<PeerEncryption[]> = fc
  .array(fc.record({ scope, mode: fc.constantFrom<EncryptionMode>('strict', 'permissive', 'disabled') }), {
    maxLength: 3,
  })
  .map(all =>
    all.map(({ scope: where, mode }, index) => ({ id: `shop/mode-${index}`, scope: where, mode: written(mode) })),
  );

interface Parts {
  readonly access: AccessPolicy[];
  readonly encryption: PeerEncryption[];
  readonly stance: 'allow' | 'deny';
}

const parts: fc.Arbitrary<Parts> = fc.record({
  access: policies,
  encryption,
  stance: fc.constantFrom<'allow' | 'deny'>('allow', 'allow', 'deny'),
});

const modelOf = ({ access, encryption: peers, stance }: Parts): Model => ({
  ...base.model,
  meshes: [{ ...mesh, defaults: { ...mesh.defaults, access: proxyDefault(stance) } }],
  access,
  encryption: peers,
});

/** Runs a check on many models; what it prints on failure is only what was drawn. */
const forModels = (check: (model: Model) => void): void =>
  fc.assert(
    fc.property(parts, drawn => check(modelOf(drawn))),
    seeded,
  );

const inOrder = (objects: readonly Manifest[]): string[] => objects.map(object => JSON.stringify(object)).sort();
const seeded = { seed: 20260827, numRuns: 60 };
const write = (model: Model) => adapter.write(model, { mesh, snapshot: base.snapshot });

describe('security written to Istio', () => {
  it('behaves, read back, as the writer expects', () => {
    forModels(model => {
      const { objects, expected } = write(model);
      expect(behaviour(readBack(objects).model)).toEqual(behaviour(expected));
    });
  });

  it('lets nothing in that was kept out, and encrypts nothing less, unless a loss of security says so', () => {
    let compared = 0;
    forModels(model => {
      const { objects, dispositions } = write(model);
      if (dispositions.some(({ loss }) => loss?.severity === 'security')) return;
      compared += 1;
      const after = behaviour(readBack(objects).model);
      for (const [index, before] of behaviour(model).entries()) {
        const wasIn = before.startsWith('forwarded');
        const isIn = after[index]!.startsWith('forwarded');
        expect(isIn && !wasIn, `${JSON.stringify(asks[index])}: ${before} became ${after[index]}`).toBe(false);
        if (isIn && before.endsWith('mtls')) expect(after[index]).toMatch(/mtls$/);
      }
    });
    expect(compared).toBeGreaterThan(seeded.numRuns / 10);
  });

  it('changes nothing where every leaf is applied', () => {
    let compared = 0;
    forModels(model => {
      const { objects, dispositions } = write(model);
      if (dispositions.some(({ result: verdict, loss }) => verdict !== 'applied' && loss?.effect !== 'none')) return;
      compared += 1;
      expect(behaviour(readBack(objects).model)).toEqual(behaviour(model));
    });
    expect(compared).toBeGreaterThan(seeded.numRuns / 20);
  });

  it('is the same when read and written once more', () => {
    forModels(model => {
      const once = write(model).objects;
      const twice = write(readBack(once).model).objects;
      expect(inOrder(twice)).toEqual(inOrder(once));
    });
  });
});
