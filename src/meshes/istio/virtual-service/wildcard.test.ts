/** A wildcard takes services on the ports that they have, and on port 80 any host where no service is. */
import { expect, test } from 'vitest';
import { applied, readWith } from '../../../../test/laws/reading.ts';
import { givenOf, worldObjects, worldWith } from '../../../../test/laws/world.ts';
import { objectsFrom } from '../../../../test/support/snapshot.ts';
import type { Frontend, Listens } from '../../../model/frontend.ts';
import type { Protocol, Service } from '../../../model/inventory.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { compare } from '../../../verify/compare/compare.ts';
import { worldOf } from '../../../verify/request.ts';
import { adapter } from '../adapter.ts';

const entry = (port: number, protocol: string) => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: api, namespace: shop }
spec: { hosts: [api.example], resolution: DNS, location: MESH_EXTERNAL, ports: [{ number: ${port}, name: p, protocol: ${protocol} }] }
`;

const everyExample = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: examples, namespace: shop }
spec: { hosts: ['*.example'], http: [{ route: [{ destination: { host: reviews, port: { number: 9080 } } }] }] }
`;

const tablesOf = (...documents: string[]): readonly Listens[] =>
  readWith(adapter, [...worldObjects, ...objectsFrom(documents.join('---'))]).model.frontends.map(
    ({ listens }) => listens,
  );

test.each<[string, string[], Partial<Listens>[]]>([
  ['no service', [], [{ port: 80 }]],
  ['a service on port 80', [entry(80, 'HTTP')], [{ servicesOnly: true }]],
  ['a service on another port', [entry(443, 'TLS')], [{ servicesOnly: true }, { port: 80 }]],
])('read beside %s', (_, services, expected) => {
  const listens = expected.map(more => ({ kind: 'hosts', hosts: ['*.example'], ...more }));
  expect(tablesOf(everyExample, ...services)).toEqual(listens);
});

const api = (port: number, protocol: Protocol): Service => ({
  id: 'api.example',
  namespace: 'shop',
  name: 'api.example',
  hosts: ['api.example'],
  addresses: [],
  ports: [{ port, name: 'p', protocol }],
  endpoints: { kind: 'addresses', addresses: ['api.example'] },
  external: true,
  headless: false,
  evidence: 'object',
  labels: {},
  annotations: {},
});

const table = (...hosts: string[]): Frontend => ({
  id: 'examples',
  listens: { kind: 'hosts', hosts, port: 80 },
  protocol: 'http',
  clients: { mesh: givenOf(adapter).mesh },
  rules: [
    {
      id: 'all',
      match: {},
      action: {
        id: 'all',
        target: {
          kind: 'forward',
          backends: [
            {
              backend: { kind: 'service', service: 'shop/reviews', port: 9080 },
              weight: { value: 1, origin: 'written' },
            },
          ],
        },
      },
    },
  ],
  noMatch: { kind: 'respond', status: 404 },
});

test.each<[string, string[], Service, string[]]>([
  ['a service on port 80', ['*.example'], api(80, 'http'), ['wildcard-host']],
  ['a service on port 80, and a host beside it', ['a.example', '*.example'], api(80, 'http'), ['wildcard-host']],
  ['a service on another port for requests', ['*.example'], api(8080, 'http'), []],
  ['a service on a port for bytes', ['*.example'], api(443, 'tls'), []],
])('written beside %s', (_, hosts, service, losses) => {
  const model = worldWith(adapter, { frontends: [table(...hosts)], inventory: { services: [service] } });
  const target = { mesh: adapter.assume(), snapshot: new Snapshot(worldObjects) };
  const { objects, expected, dispositions } = adapter.write(model, target);
  const ofTable = dispositions.filter(({ subject }) => subject === 'examples');
  expect(ofTable.flatMap(({ loss }) => loss?.code ?? [])).toEqual(losses);
  const again = readWith(adapter, applied(worldObjects, objects)).model;
  const { services } = compare(worldOf(expected), worldOf(again), { perTarget: 300 });
  expect(services.filter(({ verdict }) => verdict !== 'equal')).toEqual([]);
});
