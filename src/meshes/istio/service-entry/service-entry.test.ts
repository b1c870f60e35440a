import { describe, expect, it } from 'vitest';
import { snapshotFrom } from '../../../../test/support/snapshot.ts';
import { assemble } from '../../../model/model.ts';
import { readKubernetes } from '../../../native/kubernetes/read-kubernetes.ts';
import type { Snapshot } from '../../../native/snapshot.ts';
import { worldOf } from '../../../verify/request.ts';
import { simulate } from '../../../verify/simulate.ts';
import { adapter } from '../adapter.ts';

const readAll = (snapshot: Snapshot) => {
  const { inventory } = readKubernetes(snapshot);
  const read = adapter.read({ snapshot, inventory, meshes: [adapter.assume()], others: [] });
  return { ...read, model: assemble(read.inventory, [read.part]) };
};

const read = (yaml: string) => readAll(snapshotFrom(yaml));

const entry = (spec: string, name = 'entry', namespace = 'shop'): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;

const http = 'ports: [{ number: 80, name: http, protocol: HTTP }]';

describe('a ServiceEntry', () => {
  it('is one service for each host, outside unless told otherwise', () => {
    const { model } = read(entry(`{ hosts: [a.example, "*.b.example"], resolution: DNS, ${http} }`));
    expect(model.inventory.services).toMatchObject([
      { id: 'a.example', namespace: 'shop', external: true, endpoints: { addresses: ['a.example'] } },
      { id: '*.b.example', namespace: 'shop', external: true },
    ]);
    const inside = read(entry(`{ hosts: [a.example], location: MESH_INTERNAL, ${http} }`)).model;
    expect(inside.inventory.services[0]).toMatchObject({ external: false, endpoints: { kind: 'named' } });
  });

  it('of the same host and namespace adds to the older one; of another namespace it is ignored, which is said', () => {
    const first = entry(
      `{ hosts: [a.example], resolution: STATIC, endpoints: [{ address: 192.0.2.1 }], ${http} }`,
      'a',
    );
    const more =
      '{ hosts: [a.example], ports: [{ number: 443, name: tls, protocol: TLS }], endpoints: [{ address: 192.0.2.2 }] }';
    const same = read(`${first}---${entry(more, 'b')}`);
    expect(same.model.inventory.services).toMatchObject([
      { ports: [{ port: 80 }, { port: 443 }], endpoints: { addresses: ['192.0.2.1', '192.0.2.2'] } },
    ]);
    expect(same.findings).toEqual([]);
    const other = read(`${first}---${entry(more, 'b', 'other')}`);
    expect(other.model.inventory.services).toMatchObject([{ ports: [{ port: 80 }] }]);
    expect(other.findings.map(({ code }) => code)).toEqual(['ISTIO105']);
  });

  it('gives the names to check where a DestinationRule originates TLS', () => {
    const names = entry(`{ hosts: [a.example], subjectAltNames: [a.example, b.example], resolution: DNS, ${http} }`);
    const rule = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: a, namespace: shop }
spec: { host: a.example, trafficPolicy: { tls: { mode: SIMPLE } } }
`;
    expect(read(`${names}---${rule}`).model.destinations[0]?.tls).toMatchObject({
      mode: { value: 'tls' },
      authorities: ['system'],
      subjectNames: ['a.example', 'b.example'],
    });
  });

  it.each([
    `{ hosts: [a.example], resolution: DNS, ${http} }`,
    `{ hosts: [a.example], ${http}, exportTo: ["."] }`,
    `{ hosts: [a.example], location: MESH_INTERNAL, resolution: STATIC, workloadSelector: { labels: { app: vm } }, ${http} }`,
    `{ hosts: ["*.a.example"], resolution: NONE, addresses: [192.0.2.9], ports: [{ number: 443, name: tls, protocol: TLS, targetPort: 8443 }] }`,
    `{ hosts: [a.example], resolution: STATIC, endpoints: [{ address: 192.0.2.1 }, { address: 192.0.2.2 }], exportTo: [~], ${http} }`.replace(
      '[~]',
      '["~"]',
    ),
    `{ hosts: [a.example], resolution: DNS, endpoints: [{ address: east.example }, { address: west.example }], ${http} }`,
    `{ hosts: [a.example], resolution: STATIC, endpoints: [{ address: 192.0.2.1, weight: 3, locality: eu/a, network: vm, serviceAccount: db, labels: { version: v1 }, ports: { http: 8080 } }, { address: 192.0.2.2 }], ${http} }`,
  ])('%s is written as it is read', spec => {
    const { model } = read(entry(spec));
    const target = { mesh: adapter.assume(), snapshot: snapshotFrom('') };
    const { objects, dispositions } = adapter.write(model, target);
    expect(dispositions.filter(({ result }) => result !== 'applied')).toEqual([]);
    const written = objects.map(object => JSON.stringify(object)).join('\n---\n');
    const again = read(written).model;
    const bare = ({ services }: typeof model.inventory) =>
      services.map(({ source: _source, labels: _labels, ...service }) => service);
    expect(bare(again.inventory)).toEqual(bare(model.inventory));
    expect(again.exposures.map(({ namespaces }) => namespaces)).toEqual(model.exposures.map(e => e.namespaces));
  });
});

describe('endpoints of a ServiceEntry', () => {
  const listed = entry(`{ hosts: [db.example], resolution: STATIC, ${http}, endpoints: [
    { address: 192.0.2.1, labels: { version: v1 }, weight: 3, ports: { http: 8080 } },
    { address: 192.0.2.2, labels: { version: v2 }, locality: eu/a }, { address: 192.0.2.3 }] }`);
  const resolved = entry(`{ hosts: [db.example], resolution: DNS, ${http} }`);
  const versions = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: db, namespace: shop }
spec:
  host: db.example
  subsets: [{ name: v1, labels: { version: v1 } }, { name: v3, labels: { version: v3 } }, { name: all }]
`;
  const memberships = [{ mesh: adapter.assume().id, mode: 'sidecar', certainty: 'running', evidence: [] }] as const;
  const endsAt = (documents: readonly string[], subset?: string) => {
    const route = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: db, namespace: shop }
spec: { hosts: [db.example], http: [{ route: [{ destination: { host: db.example${subset ? `, subset: ${subset}` : ''} } }] }] }
`;
    const { model } = read([...documents, versions, route].join('---'));
    const { outcome } = simulate(worldOf(model), {
      caller: { kind: 'workload', namespace: 'shop', name: 'web', labels: {}, serviceAccount: 'web', memberships },
      to: { host: 'db.example', port: 80 },
      request: { protocol: 'http', method: 'GET', scheme: 'http', path: '/', headers: [] },
    });
    return outcome.backends[0]?.endpoints || outcome.status;
  };

  it('are told with what is known of each', () => {
    expect(endsAt([listed])).toBe(
      '192.0.2.1{version=v1;weight:3;port http:8080},192.0.2.2{version=v2;locality:eu/a},192.0.2.3',
    );
  });

  it('are in the subsets that ask for labels which they have', () => {
    expect(endsAt([listed], 'v1')).toBe('192.0.2.1{version=v1;weight:3;port http:8080}');
    expect(endsAt([listed], 'all')).toBe(endsAt([listed]));
  });

  it('of which none has the labels are no subset: 503', () => {
    expect(endsAt([listed], 'v3')).toBe(503);
    expect(endsAt([resolved], 'v1')).toBe(503);
    expect(endsAt([resolved], 'all')).toBe('db.example');
  });
});

describe('machines', () => {
  it('are workloads with their addresses; those of a group are its members', () => {
    const { model } = read(`
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: { name: ledger, namespace: shop }
spec: { metadata: { labels: { app: ledger } }, template: { serviceAccount: ledger, ports: { http: 8080 } } }
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: ledger-1, namespace: shop, annotations: { istio.io/autoRegistrationGroup: ledger } }
spec: { address: 192.0.2.1, labels: { app: ledger, security.istio.io/tlsMode: istio } }
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: old, namespace: shop }
spec: { address: 192.0.2.2, labels: { app: old }, serviceAccount: old }
`);
    expect(model.inventory.workloads).toMatchObject([
      {
        id: 'shop/ledger',
        serviceAccount: 'ledger',
        ports: [{ port: 8080, name: 'http' }],
        memberships: [{ mode: 'sidecar', certainty: 'requested' }],
        pods: [{ addresses: ['192.0.2.1'] }],
      },
      { id: 'shop/old', serviceAccount: 'old', memberships: [], pods: [{ addresses: ['192.0.2.2'] }] },
    ]);
  });
});
