import { expect, test } from 'vitest';
import { objectsFrom } from '../../../test/support/snapshot.ts';
import { toYamlStream } from '../../base/yaml.ts';
import type { Backend, Frontend } from '../../model/frontend.ts';
import type { Listener } from '../../model/inventory.ts';
import { assemble, emptyModel, type Model } from '../../model/model.ts';
import { readKubernetes } from '../../native/kubernetes/read-kubernetes.ts';
import { Snapshot } from '../../native/snapshot.ts';
import { adapter } from './adapter.ts';

const mesh = adapter.assume();

const vault: Listener = {
  name: 'vault',
  port: 8443,
  protocol: 'https',
  hosts: ['vault.shop.example'],
  tls: { mode: 'passthrough', certificates: [] },
};

const byServerName = (backend: Backend): Frontend => ({
  id: 'shop/edge:vault',
  listens: { kind: 'listener', gateway: 'shop/edge', listener: 'vault', hosts: [] },
  protocol: 'tls',
  clients: { gateway: 'shop/edge' },
  rules: [
    {
      id: 'tls[0]',
      match: { sni: ['vault.shop.example'] },
      action: {
        id: 'tls[0]',
        target: { kind: 'forward', backends: [{ backend, weight: { value: 1, origin: 'proxyDefault' } }] },
      },
    },
  ],
  noMatch: { kind: 'respond', status: 404 },
});

const written = (backend: Backend) => {
  const model: Model = {
    ...emptyModel,
    meshes: [mesh],
    inventory: {
      ...emptyModel.inventory,
      gateways: [
        { id: 'shop/edge', namespace: 'shop', name: 'edge', purpose: 'ingress', labels: {}, listeners: [vault] },
      ],
    },
    frontends: [byServerName(backend)],
  };
  const { objects, dispositions } = adapter.write(model, { mesh, snapshot: new Snapshot([]) });
  const snapshot = new Snapshot(objectsFrom(toYamlStream(objects)));
  const { inventory } = readKubernetes(snapshot);
  const { part } = adapter.read({ snapshot, inventory, meshes: [mesh], others: [] });
  const { frontends } = assemble(inventory, [part]);
  const losses = dispositions.flatMap(({ loss }) => (loss ? [`${loss.code} ${loss.effect}`] : []));
  return { snapshot, losses, frontends, backendOf: backendOf(frontends) };
};

const backendOf = ([table]: readonly Frontend[]): Backend | undefined => {
  const target = table?.rules[0]?.action.target;
  return target?.kind === 'forward' ? target.backends[0]?.backend : undefined;
};

test('a listener that passes TLS on has protocol TLS, which is what routes by server name bind to', async () => {
  const { snapshot, losses, frontends, backendOf } = written({ kind: 'service', service: 'shop/vault', port: 8200 });
  expect(losses).toEqual(['listener-protocol none']);
  expect(frontends.map(({ listens, protocol }) => [listens.kind, protocol])).toEqual([['listener', 'tls']]);
  expect(backendOf).toEqual({ kind: 'service', service: 'shop/vault', port: 8200 });
  expect(await adapter.validate?.(snapshot)).toEqual([]);
});

test('connections that lead nowhere keep a route that leads nowhere, since a rule without a backend is refused', async () => {
  const gone: Backend = { kind: 'nowhere', status: 500, why: 'no port 8443', named: 'shop/vault' };
  const { snapshot, backendOf } = written(gone);
  expect(backendOf).toMatchObject({ kind: 'nowhere', status: 500 });
  expect(await adapter.validate?.(snapshot)).toEqual([]);
});

test('a gateway without a listener that can be written is none', () => {
  const model: Model = {
    ...emptyModel,
    inventory: {
      ...emptyModel.inventory,
      gateways: [{ id: 'shop/edge', namespace: 'shop', name: 'edge', purpose: 'ingress', labels: {}, listeners: [] }],
    },
  };
  const { objects, dispositions } = adapter.write(model, { mesh, snapshot: new Snapshot([]) });
  expect(objects).toEqual([]);
  expect(dispositions.map(({ loss }) => loss?.code)).toEqual(['gateway-listeners']);
});
