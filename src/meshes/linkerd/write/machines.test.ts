import { describe, expect, it } from 'vitest';
import { objectsFrom } from '../../../../test/support/snapshot.ts';
import type { Manifest } from '../../../adapter/adapter.ts';
import { written } from '../../../base/source.ts';
import type { AccessCondition, AccessPolicy } from '../../../model/capabilities/access.ts';
import type { Workload } from '../../../model/inventory.ts';
import { assemble, type Model } from '../../../model/model.ts';
import type { ServerScope } from '../../../model/scope.ts';
import { readKubernetes } from '../../../native/kubernetes/read-kubernetes.ts';
import { type NativeObject, Snapshot } from '../../../native/snapshot.ts';
import { adapter } from '../adapter.ts';

const mesh = adapter.assume();

const ground = objectsFrom(`
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: cart, namespace: shop }
spec:
  selector: { matchLabels: { app: cart } }
  template:
    metadata: { labels: { app: cart }, annotations: { linkerd.io/inject: enabled } }
    spec: { containers: [{ name: app, image: app, ports: [{ containerPort: 8080 }] }] }
`);

const read = (objects: readonly NativeObject[]): Model => {
  const snapshot = new Snapshot(objects);
  const { inventory } = readKubernetes(snapshot);
  const result = adapter.read({ snapshot, inventory, meshes: [mesh], others: [] });
  return assemble(result.inventory, [result.part]);
};

const machine = (parts: Partial<Workload> = {}): Workload => ({
  id: 'shop/vm',
  kind: 'WorkloadEntry',
  namespace: 'shop',
  name: 'vm',
  labels: { app: 'cart' },
  annotations: {},
  serviceAccount: 'cart',
  isMachine: true,
  ports: [],
  containers: [],
  pods: [{ name: 'vm', addresses: ['192.0.2.1'], labels: { app: 'cart' }, annotations: {}, containers: [] }],
  memberships: [{ mesh: mesh.id, mode: 'sidecar', certainty: 'requested', evidence: [] }],
  ...parts,
});

const closed = (scope: Partial<ServerScope>): AccessPolicy => ({
  id: 'closed',
  scope: { mesh: mesh.id, namespaces: ['shop'], labels: { app: 'cart' }, ports: [8080], ...scope },
  tier: 0,
  rules: [],
  otherwise: 'deny',
});

/** The shop with a machine, written for Linkerd. */
const write = (
  one: Workload,
  access: readonly AccessPolicy[] = [],
  beside: readonly NativeObject[] = ground,
  more: Partial<Model> = {},
) => {
  const { inventory, ...model } = read(ground);
  const wished = { ...model, ...more, access, inventory: { ...inventory, workloads: [...inventory.workloads, one] } };
  const { objects, dispositions, findings } = adapter.write(wished, { mesh, snapshot: new Snapshot(beside) });
  const of = (kind: string): readonly Manifest[] => objects.filter(object => object.kind === kind);
  const [fate] = dispositions.filter(({ capability }) => capability === 'machine');
  return { of, fate, codes: findings.map(({ code }) => code), losses: dispositions.flatMap(({ loss }) => loss ?? []) };
};

describe('a machine of another mesh', () => {
  it('becomes an ExternalWorkload with its address, the ports that Services lead to, and a SPIFFE id for its account', () => {
    const { of, fate, codes } = write(machine());
    expect(of('ExternalWorkload')).toMatchObject([
      {
        apiVersion: 'workload.linkerd.io/v1beta1',
        metadata: { name: 'vm', namespace: 'shop', labels: { app: 'cart' } },
        spec: {
          meshTLS: { identity: 'spiffe://cluster.local/ns/shop/sa/cart', serverName: 'vm.shop.cluster.local' },
          ports: [{ port: 8080 }],
          workloadIPs: [{ ip: '192.0.2.1' }],
        },
      },
    ]);
    expect(fate).toMatchObject({ subject: 'shop/vm', result: 'approximated', loss: { severity: 'behaviour' } });
    expect(codes).toContain('LINKERD303');
  });

  it('keeps the names of its ports', () => {
    const { of } = write(machine({ ports: [{ port: 9090, name: 'admin' }] }));
    expect(of('ExternalWorkload')).toMatchObject([
      { spec: { ports: [{ port: 8080 }, { port: 9090, name: 'admin' }] } },
    ]);
  });

  it.each<[string, Partial<Workload>, RegExp]>([
    ['on which no proxy runs', { memberships: [] }, /no proxy runs on it/],
    ['without an address', { pods: [] }, /its address is not known/],
    [
      'known by a name only',
      { pods: [{ name: 'vm', addresses: ['vm.example'], labels: {}, annotations: {}, containers: [] }] },
      /`vm.example` is no address/,
    ],
    ['without a port', { labels: { app: 'lonely' } }, /none of its ports is known/],
    ['without an identity', { serviceAccount: '' }, /under which identity/],
  ])('%s is refused, and nothing is written for it', (_, parts, why) => {
    const { of, fate } = write(machine(parts));
    expect(of('ExternalWorkload')).toEqual([]);
    expect(fate).toMatchObject({ result: 'refused', loss: { message: expect.stringMatching(why) } });
  });

  it('that is refused is told; a Server for machines is written all the same, for those that come later', () => {
    const { of, losses } = write(machine({ memberships: [], labels: { app: 'rack' } }), [
      closed({ labels: { app: 'rack' }, only: 'machines' }),
    ]);
    expect(of('ExternalWorkload')).toEqual([]);
    expect(of('Server')).toMatchObject([{ spec: { externalWorkloadSelector: { matchLabels: { app: 'rack' } } } }]);
    expect(losses.map(({ code }) => code)).toContain('machine');
  });
});

describe('a machine that has an ExternalWorkload', () => {
  const there = objectsFrom(`
apiVersion: workload.linkerd.io/v1beta1
kind: ExternalWorkload
metadata: { name: vm, namespace: shop, labels: { app: cart } }
spec:
  meshTLS: { identity: "spiffe://vms.example/vm", serverName: vm.example }
  ports: [{ port: 8080 }]
  workloadIPs: [{ ip: 192.0.2.1 }]
`);

  it('keeps it', () => {
    const [vm] = read(there).inventory.workloads;
    const { of, fate } = write(vm!, [], [...ground, ...there]);
    expect(of('ExternalWorkload')).toEqual([]);
    expect(fate).toMatchObject({ result: 'applied' });
  });
});

describe('strict encryption', () => {
  const strict = { id: 'strict', scope: { mesh: mesh.id, namespaces: ['shop'] }, mode: written('strict' as const) };

  it('lets a machine in by name, which `*` does not take', () => {
    const { of } = write(machine(), [], ground, { encryption: [strict] });
    expect(of('Server')).toMatchObject([{ spec: { accessPolicy: 'deny' } }, { spec: { accessPolicy: 'deny' } }]);
    expect(of('MeshTLSAuthentication')).toMatchObject([
      { spec: { identities: ['*', 'spiffe://cluster.local/ns/shop/sa/cart'] } },
    ]);
  });

  it('needs no names where there are no machines', () => {
    const { of } = write(machine({ isMachine: false }), [], ground, { encryption: [strict] });
    expect(of('MeshTLSAuthentication')).toEqual([]);
  });
});

describe('a policy for pods and machines', () => {
  it('that looks at requests becomes Servers with routes of both kinds', () => {
    const path: AccessCondition = {
      attribute: 'request.path',
      values: [{ kind: 'exact', value: '/a' }],
      negated: false,
      whenAbsent: 'fails',
      whenNotHttp: 'fails',
    };
    const rules: AccessPolicy['rules'] = [{ id: 'a', effect: 'allow', clauses: [{ conditions: [path] }] }];
    const { of } = write(machine(), [{ ...closed({}), rules }]);
    const parents = of('HTTPRoute').map(({ spec }) => (spec as { parentRefs: { name: string }[] }).parentRefs[0]?.name);
    expect([...new Set(parents)]).toEqual(['cart-8080', 'cart-machines-8080']);
  });

  it('becomes two Servers, one of each kind', () => {
    const { of } = write(machine(), [closed({})]);
    expect(of('Server').map(({ metadata, spec }) => [metadata.name, spec])).toMatchObject([
      ['cart-8080', { podSelector: { matchLabels: { app: 'cart' } }, port: 8080 }],
      ['cart-machines-8080', { externalWorkloadSelector: { matchLabels: { app: 'cart' } }, port: 8080 }],
    ]);
  });

  it.each([
    ['pods', 'podSelector'],
    ['machines', 'externalWorkloadSelector'],
  ] as const)('becomes one Server if it is for %s only', (only, selector) => {
    const { of } = write(machine(), [closed({ only })]);
    expect(of('Server')).toMatchObject([{ spec: { [selector]: { matchLabels: { app: 'cart' } } } }]);
  });

  it('stands for pods that nobody knows as well, where only a machine is known', () => {
    const { of } = write(machine({ labels: { app: 'rack' }, ports: [{ port: 8080 }] }), [
      closed({ labels: { app: 'rack' } }),
    ]);
    expect(
      of('Server')
        .flatMap(({ spec }) => Object.keys(spec as object)[0])
        .sort(),
    ).toEqual(['externalWorkloadSelector', 'podSelector']);
  });
});
