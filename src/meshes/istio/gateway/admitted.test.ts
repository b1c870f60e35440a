/** What Istio's API server refuses of gateways is not written. */
import { expect, test } from 'vitest';
import { applied, asObjects, readWith } from '../../../../test/laws/reading.ts';
import { worldObjects, worldWith } from '../../../../test/laws/world.ts';
import type { Frontend } from '../../../model/frontend.ts';
import type { Gateway, Listener } from '../../../model/inventory.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { compare } from '../../../verify/compare/compare.ts';
import { worldOf } from '../../../verify/request.ts';
import { adapter } from '../adapter.ts';

const mesh = adapter.assume();

const edge = (...listeners: readonly Listener[]): Gateway => ({
  id: 'shop/door',
  namespace: 'shop',
  name: 'door',
  purpose: 'ingress',
  labels: { app: 'door' },
  listeners,
});

const written = async (gateway: Gateway, frontends: readonly Frontend[] = []) => {
  const model = worldWith(adapter, { frontends, inventory: { gateways: [gateway] } });
  const { objects, expected, dispositions } = adapter.write(model, { mesh, snapshot: new Snapshot(worldObjects) });
  expect(await adapter.validate?.(new Snapshot(asObjects(objects)))).toEqual([]);
  const again = readWith(adapter, applied(worldObjects, objects)).model;
  const { services } = compare(worldOf(expected), worldOf(again), { perTarget: 400 });
  expect(services.filter(({ verdict }) => verdict !== 'equal')).toEqual([]);
  const isOurs = (id: string): boolean => id === gateway.id || frontends.some(table => table.id === id);
  return {
    kinds: objects.map(({ kind }) => kind),
    losses: dispositions.flatMap(({ subject, loss }) =>
      loss && isOurs(subject) ? [`${loss.code} ${loss.effect}`] : [],
    ),
  };
};

test('a gateway without a listener that can be written is none', async () => {
  expect(await written(edge())).toMatchObject({ kinds: [], losses: ['gateway-listeners none'] });
  const datagrams = edge({ name: 'dns', port: 53, protocol: 'udp', hosts: [] });
  expect((await written(datagrams)).losses).toEqual(['gateway-listeners none', 'listener-udp differs']);
});

test('a gateway with a name that no Gateway may have is told', async () => {
  const plain: Listener = { name: 'http', port: 80, protocol: 'http', hosts: [] };
  const { kinds, losses } = await written({ ...edge(plain), id: 'shop/front.door', name: 'front.door' });
  expect({ kinds, losses }).toEqual({ kinds: [], losses: ['gateway-listeners none', 'gateway-name differs'] });
});

test('a listener for a host without a dot is told, since a server takes full names only', async () => {
  const plain: Listener = { name: 'http', port: 80, protocol: 'http', hosts: [] };
  const { kinds, losses } = await written(edge(plain, { ...plain, name: 'intranet', hosts: ['intranet'] }));
  expect({ kinds, losses }).toEqual({ kinds: ['Gateway'], losses: ['listener-host differs'] });
});

test('connections that are passed on by any server name are, at a gateway', async () => {
  const ledger: Listener = {
    name: 'tls',
    port: 443,
    protocol: 'tls',
    hosts: [],
    tls: { mode: 'passthrough', certificates: [] },
  };
  const any: Frontend = {
    id: 'any',
    listens: { kind: 'listener', gateway: 'shop/door', listener: 'tls', hosts: [] },
    protocol: 'tls',
    clients: { gateway: 'shop/door' },
    rules: [
      {
        id: 'any',
        match: {},
        action: {
          id: 'any',
          target: {
            kind: 'forward',
            backends: [
              {
                backend: { kind: 'service', service: 'shop/ledger', port: 443 },
                weight: { value: 1, origin: 'written' },
              },
            ],
          },
        },
      },
    ],
    noMatch: { kind: 'respond', status: 404 },
  };
  expect(await written(edge(ledger), [any])).toEqual({
    kinds: ['Gateway', 'VirtualService'],
    losses: [],
  });
});
