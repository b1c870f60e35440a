import { describe, expect, it } from 'vitest';
import type { Workload } from '../../model/inventory.ts';
import { type NativeObject, Snapshot } from '../snapshot.ts';
import { readKubernetes } from './read-kubernetes.ts';

type Body = Record<string, unknown>;

const object = (apiVersion: string, kind: string, name: string, rest: Body = {}, metadata: Body = {}): NativeObject => {
  const namespace = metadata.namespace as string | undefined;
  const ref = { apiVersion, kind, name, file: 'all.yaml', ...(namespace === undefined ? {} : { namespace }) };
  return { ref, body: { apiVersion, kind, metadata: { name, ...metadata }, ...rest } };
};
const read = (objects: NativeObject[], extent: 'whole' | 'partial' = 'partial') =>
  readKubernetes(new Snapshot(objects, extent));
const inventoryOf = (objects: NativeObject[], extent?: 'whole' | 'partial') => read(objects, extent).inventory;
const codes = (objects: NativeObject[], extent?: 'whole' | 'partial') =>
  read(objects, extent).findings.map(({ code }) => code);

const template = (app: string, more: Body = {}): Body => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'main', ports: [{ name: 'web', containerPort: 8080 }] }], ...more },
});
const deployment = (name: string, metadata: Body = { namespace: 'shop' }, more: Body = {}) =>
  object('apps/v1', 'Deployment', name, { spec: { template: template(name, more) } }, metadata);
const service = (name: string, spec: Body, metadata: Body = { namespace: 'shop' }) =>
  object('v1', 'Service', name, { spec }, metadata);
const owned = (kind: string, name: string, labels: Body = {}) => ({
  namespace: 'shop',
  labels: { app: 'web', ...labels },
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name, controller: true }],
});
const pod = (name: string, metadata: Body, containers = ['main', 'proxy'], status: Body = { phase: 'Running' }) =>
  object(
    'v1',
    'Pod',
    name,
    { spec: { serviceAccountName: 'web', containers: containers.map(c => ({ name: c })) }, status },
    metadata,
  );
const summary = ({ id, kind, labels, containers, pods }: Workload) => ({
  id,
  kind,
  labels,
  containers,
  pods: pods?.map(({ name }) => name),
});

describe('services', () => {
  it('has the full host name, the virtual addresses and the ports', () => {
    const [web] = inventoryOf([
      service('web', {
        clusterIP: '10.0.0.1',
        clusterIPs: ['10.0.0.1', 'fd00::1'],
        selector: { app: 'web' },
        ports: [
          { name: 'http-main', port: 80, targetPort: 'web' },
          { port: 443, appProtocol: 'https', targetPort: 8443 },
        ],
      }),
    ]).services;
    expect(web).toMatchObject({
      id: 'shop/web',
      hosts: ['web.shop.svc.cluster.local'],
      addresses: ['10.0.0.1', 'fd00::1'],
      ports: [
        { port: 80, name: 'http-main', protocol: 'http', targetPort: 'web' },
        { port: 443, protocol: 'https', appProtocol: 'https', targetPort: 8443 },
      ],
      endpoints: { kind: 'pods', namespace: 'shop', labels: { app: 'web' } },
      external: false,
      headless: false,
      evidence: 'object',
    });
  });

  it('is in namespace default when it names none', () => {
    const { services } = inventoryOf([service('web', { selector: { app: 'web' } }, {})]);
    expect(services[0]).toMatchObject({ id: 'default/web', endpoints: { namespace: 'default' } });
  });

  it('has no virtual address when it is headless', () => {
    const { services } = inventoryOf([service('db', { clusterIP: 'None', selector: { app: 'db' } })]);
    expect(services[0]).toMatchObject({ headless: true, addresses: [] });
  });

  it('leads outside by an external name', () => {
    const { services } = inventoryOf([service('pay', { type: 'ExternalName', externalName: 'API.pay.example.' })]);
    expect(services[0]).toMatchObject({
      external: true,
      endpoints: { kind: 'addresses', addresses: ['api.pay.example'] },
    });
  });

  it('follows an external name that names a service of the cluster, over several steps', () => {
    const alias = (name: string, externalName: string) => service(name, { type: 'ExternalName', externalName });
    const { services } = inventoryOf([
      alias('a', 'b.shop.svc.cluster.local'),
      alias('b', 'web.shop.svc.cluster.local'),
      alias('unknown', 'x.other.svc.cluster.local'),
      service('web', { selector: { app: 'web' } }),
    ]);
    const pods = { kind: 'pods', namespace: 'shop', labels: { app: 'web' } };
    expect(services.map(({ id, external, endpoints }) => ({ id, external, endpoints }))).toEqual([
      { id: 'shop/a', external: false, endpoints: pods },
      { id: 'shop/b', external: false, endpoints: pods },
      { id: 'shop/unknown', external: false, endpoints: { kind: 'named', name: 'other/x', labels: {} } },
      { id: 'shop/web', external: false, endpoints: pods },
    ]);
  });

  it('ends when external names go round in a circle', () => {
    const alias = (name: string, to: string) =>
      service(name, { type: 'ExternalName', externalName: `${to}.shop.svc.cluster.local` });
    expect(inventoryOf([alias('a', 'b'), alias('b', 'a')]).services).toHaveLength(2);
  });

  it('takes the ready addresses of Endpoints and EndpointSlices when it has no selector', () => {
    const slice = object(
      'discovery.k8s.io/v1',
      'EndpointSlice',
      'db-x7',
      { endpoints: [{ addresses: ['10.1.0.2'] }, { addresses: ['10.1.0.9'], conditions: { ready: false } }] },
      { namespace: 'shop', labels: { 'kubernetes.io/service-name': 'db' } },
    );
    const endpoints = object(
      'v1',
      'Endpoints',
      'db',
      { subsets: [{ addresses: [{ ip: '10.1.0.1' }], notReadyAddresses: [{ ip: '10.1.0.8' }] }] },
      { namespace: 'shop' },
    );
    const { services } = inventoryOf([service('db', { ports: [{ port: 5432 }] }), slice, endpoints]);
    expect(services[0]?.endpoints).toEqual({ kind: 'addresses', addresses: ['10.1.0.1', '10.1.0.2'] });
  });

  it('has unknown endpoints without selector and addresses in files, and none in a cluster', () => {
    const objects = [service('db', { ports: [{ port: 5432 }] })];
    expect(inventoryOf(objects).services[0]?.endpoints).toEqual({ kind: 'named', name: 'shop/db', labels: {} });
    expect(inventoryOf(objects, 'whole').services[0]?.endpoints).toEqual({ kind: 'addresses', addresses: [] });
  });
});

describe('workloads', () => {
  it('has the pod template`s labels, account, ports and containers', () => {
    const workload = inventoryOf([
      deployment('web', { namespace: 'shop', labels: { team: 'a' } }, { initContainers: [{ name: 'setup' }] }),
    ]).workloads[0];
    expect(workload).toMatchObject({
      id: 'shop/web',
      kind: 'Deployment',
      labels: { app: 'web' },
      serviceAccount: 'default',
      ports: [{ port: 8080, name: 'web' }],
      containers: ['setup', 'main'],
      memberships: [],
      source: { object: { name: 'web' }, path: '' },
    });
    expect(workload).not.toHaveProperty('pods');
  });

  it.each([
    ['apps/v1', 'StatefulSet'],
    ['apps/v1', 'DaemonSet'],
    ['apps/v1', 'ReplicaSet'],
    ['extensions/v1beta1', 'Deployment'],
    ['v1', 'ReplicationController'],
    ['batch/v1', 'Job'],
    ['argoproj.io/v1alpha1', 'Rollout'],
    ['apps.openshift.io/v1', 'DeploymentConfig'],
    ['v1', 'DeploymentConfig'],
  ])('reads %s %s', (apiVersion, kind) => {
    const { workloads } = inventoryOf([object(apiVersion, kind, 'web', { spec: { template: template('web') } })]);
    expect(workloads).toMatchObject([{ id: 'default/web', kind, labels: { app: 'web' } }]);
  });

  it('reads the template of a CronJob and of a lone Pod', () => {
    const spec = { jobTemplate: { spec: { template: template('nightly') } } };
    const { workloads } = inventoryOf([
      object('batch/v1', 'CronJob', 'nightly', { spec }),
      object('v1', 'Pod', 'debug', { spec: { serviceAccount: 'old-name' } }, { labels: { app: 'debug' } }),
    ]);
    expect(workloads).toMatchObject([
      { id: 'default/debug', kind: 'Pod', labels: { app: 'debug' }, serviceAccount: 'old-name' },
      { id: 'default/nightly', kind: 'CronJob', labels: { app: 'nightly' } },
    ]);
    expect(workloads[0]).not.toHaveProperty('pods');
  });

  it('leaves a Rollout that points to a Deployment to that Deployment', () => {
    const rollout = object('argoproj.io/v1alpha1', 'Rollout', 'web', { spec: { workloadRef: { name: 'web' } } });
    expect(inventoryOf([rollout, deployment('web', {})]).workloads.map(({ kind }) => kind)).toEqual(['Deployment']);
  });

  it('folds ReplicaSets and pods into the Deployment, with the containers that run in them', () => {
    const { workloads } = inventoryOf([
      deployment('web'),
      object('apps/v1', 'ReplicaSet', 'web-7d', { spec: { template: template('web') } }, owned('Deployment', 'web')),
      pod('web-7d-abc', owned('ReplicaSet', 'web-7d', { 'pod-template-hash': '7d' }), ['main', 'proxy'], {
        phase: 'Running',
        podIP: '10.2.0.1',
        podIPs: [{ ip: '10.2.0.1' }, { ip: 'fd00::2' }],
      }),
      pod('web-7d-old', owned('ReplicaSet', 'web-7d'), ['main', 'other'], { phase: 'Succeeded' }),
    ]);
    expect(workloads.map(summary)).toEqual([
      {
        id: 'shop/web',
        kind: 'Deployment',
        labels: { app: 'web' },
        containers: ['main', 'proxy'],
        pods: ['web-7d-abc'],
      },
    ]);
    expect(workloads[0]?.pods?.[0]?.addresses).toEqual(['10.2.0.1', 'fd00::2']);
  });

  it('names the Deployment from its pods when only the pods were read', () => {
    const { workloads } = inventoryOf([
      pod('web-7d-abc', owned('ReplicaSet', 'web-7d', { 'pod-template-hash': '7d' })),
      pod('web-7d-def', owned('ReplicaSet', 'web-7d', { 'pod-template-hash': '7d' })),
    ]);
    expect(workloads.map(summary)).toEqual([
      {
        id: 'shop/web',
        kind: 'Deployment',
        labels: { app: 'web' },
        containers: ['main', 'proxy'],
        pods: ['web-7d-abc', 'web-7d-def'],
      },
    ]);
  });

  it('takes what an operator made for a workload of its own', () => {
    const { workloads } = inventoryOf([
      object('apps/v1', 'StatefulSet', 'db', { spec: { template: template('db') } }, owned('Postgres', 'db')),
    ]);
    expect(workloads.map(({ id, kind }) => [id, kind])).toEqual([['shop/db', 'StatefulSet']]);
  });

  it('tells two kinds with one name apart', () => {
    const job = object('batch/v1', 'Job', 'web', { spec: { template: template('web') } }, { namespace: 'shop' });
    expect(inventoryOf([job, deployment('web')]).workloads.map(({ id }) => id)).toEqual(['shop/job/web', 'shop/web']);
  });

  it('ends when owners go round in a circle', () => {
    const { workloads } = inventoryOf([
      object('apps/v1', 'ReplicaSet', 'a', { spec: { template: template('a') } }, owned('ReplicaSet', 'b')),
      object('apps/v1', 'ReplicaSet', 'b', { spec: { template: template('b') } }, owned('ReplicaSet', 'a')),
    ]);
    expect(workloads.length).toBeGreaterThan(0);
  });
});

describe('the rest of the inventory', () => {
  it('has one cluster of the extent of the snapshot', () => {
    expect(inventoryOf([], 'whole').clusters).toEqual([{ id: 'cluster', extent: 'whole' }]);
  });

  it('gives namespaces the label that the API server gives them', () => {
    const { namespaces } = inventoryOf([object('v1', 'Namespace', 'shop', {}, { labels: { mesh: 'on' } })]);
    expect(namespaces[0]?.labels).toEqual({ mesh: 'on', 'kubernetes.io/metadata.name': 'shop' });
  });

  it('does not depend on the order of the input', () => {
    const objects = [
      deployment('web'),
      deployment('api'),
      service('web', { selector: { app: 'web' } }),
      service('api', { selector: { app: 'api' } }),
      object('v1', 'ServiceAccount', 'web', {}, { namespace: 'shop' }),
      pod('web-7d-abc', owned('Deployment', 'web')),
      pod('web-7d-def', owned('Deployment', 'web')),
      ...['b.yaml', 'a.yaml'].map(file => {
        const copy = service('web', { selector: { app: file } });
        return { ...copy, ref: { ...copy.ref, file } };
      }),
    ];
    expect(codes(objects)).toContain('KUBE002');
    expect(read(objects.toReversed())).toEqual(read(objects));
  });
});

describe('findings', () => {
  it('reports a selector that picks nothing, where workloads of that namespace were read', () => {
    const web = service('web', { selector: { app: 'wbe' } });
    expect(codes([web])).toEqual([]);
    expect(codes([web], 'whole')).toEqual(['KUBE001']);
    const { findings } = read([web, deployment('web'), deployment('api')]);
    expect(findings).toMatchObject([
      {
        code: 'KUBE001',
        path: 'spec.selector',
        message: 'selector `app=wbe` picks no workload of namespace `shop` (2 were read)',
      },
    ]);
  });

  it('does not miss workloads where a Service picks machines', () => {
    const web = service('web', { selector: { app: 'vm' } });
    const labels = { app: 'vm' };
    const at = { namespace: 'shop' };
    const machines = [
      object('networking.istio.io/v1', 'WorkloadEntry', 'vm-1', { spec: { address: '10.0.0.1', labels } }, at),
      object(
        'workload.linkerd.io/v1beta1',
        'ExternalWorkload',
        'vm-1',
        { spec: { workloadIPs: [] } },
        { ...at, labels },
      ),
      object('networking.istio.io/v1', 'WorkloadGroup', 'vm', { spec: { metadata: { labels }, template: {} } }, at),
    ];
    for (const machine of machines) expect(codes([web, machine], 'whole')).toEqual([]);
    const route = object('networking.istio.io/v1', 'VirtualService', 'vm', { spec: {} }, { ...at, labels });
    expect(codes([web, route], 'whole')).toEqual(['KUBE001']);
  });

  it('reports an object that is written several times and differently, once, naming the places', () => {
    const one = deployment('web');
    const other = deployment('web', { namespace: 'shop', labels: { changed: 'yes' } });
    const copy = (file: string) => ({ ...other, ref: { ...other.ref, file, document: 2 } });
    const messages = (...files: string[]) => read([one, ...files.map(copy)]).findings.map(({ message }) => message);
    const written = 'Deployment shop/web is written in `all.yaml`';
    const rest = 'too, and not the same; this one is the last, and counts';
    expect(codes([one, deployment('web')])).toEqual([]);
    expect(read([one, copy('b.yaml')]).findings).toMatchObject([{ code: 'KUBE002', subject: { file: 'b.yaml' } }]);
    expect(messages('b.yaml')).toEqual([`${written} ${rest}`]);
    const changed = { ...copy('d.yaml'), body: one.body };
    const among = [one, copy('b.yaml'), copy('c.yaml'), changed];
    expect(read(among).findings.map(({ message }) => message)).toEqual([
      `Deployment shop/web is written in \`b.yaml\` (document 3), \`c.yaml\` (document 3) ${rest}`,
    ]);
  });

  it('keeps the last of several copies, as applying the files in order would', () => {
    const copy = (file: string, app: string) => {
      const web = service('web', { selector: { app } });
      return { ...web, ref: { ...web.ref, file } };
    };
    const { inventory } = read([copy('b.yaml', 'last'), copy('a.yaml', 'first')]);
    expect(inventory.services.map(({ endpoints }) => endpoints)).toMatchObject([{ labels: { app: 'last' } }]);
  });

  it('takes an object without namespace and one in default for the same', () => {
    expect(codes([deployment('web', {}), deployment('web', { namespace: 'default' })])).toEqual(['KUBE002']);
  });

  it('reports a named target port that no container has', () => {
    const ports = (targetPort: string | number) => [{ port: 80, targetPort }];
    const web = (targetPort: string | number) => [
      deployment('web'),
      service('web', { selector: { app: 'web' }, ports: ports(targetPort) }),
    ];
    expect(codes(web('web'))).toEqual([]);
    expect(codes(web(9999))).toEqual([]);
    expect(read(web('wbe')).findings).toMatchObject([
      {
        code: 'KUBE003',
        path: 'spec.ports[0].targetPort',
        message: 'port 80 leads to port `wbe`, which no container of `shop/web` has',
      },
    ]);
  });

  it('reports values of a wrong type', () => {
    const web = service('web', { selector: { version: 1, app: 'web' }, ports: [{ port: '80' }] });
    expect(read([web]).findings.map(({ code, message }) => [code, message])).toEqual([
      ['KUBE004', '`spec.ports[0].port` must be a number, and is a string'],
      ['KUBE004', '`spec.selector.version` must be a string, and is a number'],
    ]);
  });

  it('reports a service account that does not exist, where everything was read', () => {
    const objects = [deployment('web', { namespace: 'shop' }, { serviceAccountName: 'web' }), deployment('api')];
    expect(codes(objects)).toEqual([]);
    expect(codes(objects, 'whole')).toEqual(['KUBE005']);
    const account = object('v1', 'ServiceAccount', 'web', {}, { namespace: 'shop' });
    expect(codes([...objects, account], 'whole')).toEqual([]);
  });

  it('reports an external name that is an address', () => {
    const pay = (externalName: string) => codes([service('pay', { type: 'ExternalName', externalName })]);
    expect(pay('10.0.0.1')).toEqual(['KUBE006']);
    expect(pay('10.pay.example')).toEqual([]);
  });
});
