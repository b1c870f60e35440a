import fc, { type Arbitrary } from 'fast-check';
import { written } from '../../../src/base/source.ts';
import type { Telemetry } from '../../../src/model/capabilities/telemetry.ts';
import type { EgressDefault, ServiceExposure, Visibility } from '../../../src/model/capabilities/visibility.ts';
import type { Frontend } from '../../../src/model/frontend.ts';
import type { Gateway, Service, Workload } from '../../../src/model/inventory.ts';
import type { Model, ModelPart, Opaque } from '../../../src/model/model.ts';
import type { Given } from '../../laws/world.ts';
import { machineIn } from '../machine.ts';
import { destinations } from './destination.ts';
import { edge, frontends } from './frontend.ts';
import { type JoinedWish, joinedWith, wayIn } from './joined.ts';
import { oneOf, sometimes } from './parts.ts';
import { access, accessOfJoined, encryption, rateLimits, requestAuthentication } from './security.ts';

/** Wishes over the world of the laws: what is added to a model that nobody has wished anything of. */
export type Wishes = ModelPart & {
  readonly inventory?: Partial<Model['inventory']>;
  /** A mesh that the one of the world is joined with. */
  readonly joined?: JoinedWish;
};

const api: Service = {
  id: 'api.example',
  namespace: 'shop',
  name: 'api.example',
  hosts: ['api.example'],
  addresses: [],
  ports: [{ port: 443, name: 'tls', protocol: 'tls' }],
  endpoints: { kind: 'addresses', addresses: ['api.example'] },
  external: true,
  headless: false,
  evidence: 'object',
  labels: {},
  annotations: {},
};

const gateway = (mesh: string): Gateway => ({
  id: edge,
  namespace: 'shop',
  name: 'edge',
  purpose: 'ingress',
  mesh,
  labels: { app: 'edge' },
  listeners: [
    { name: 'http', port: 80, protocol: 'http', hosts: [] },
    {
      name: 'https',
      port: 443,
      protocol: 'https',
      hosts: ['shop.example'],
      tls: { mode: 'terminate', certificates: ['shop-tls'] },
    },
    { name: 'tls', port: 8443, protocol: 'tls', hosts: [], tls: { mode: 'passthrough', certificates: [] } },
  ],
});

const visibility = ({ mesh }: Given): Arbitrary<Visibility[]> =>
  oneOf<readonly Visibility['exposes'][number][]>(
    [{ namespace: '.', host: '*' }],
    [
      { namespace: '.', host: '*' },
      { namespace: 'outside', host: '*' },
    ],
  ).map(exposes => [{ id: 'visible', clients: { mesh, namespaces: ['shop'] }, exposes }]);

const exposures: Arbitrary<ServiceExposure[]> = oneOf(['shop'], ['shop', 'outside']).map(namespaces => [
  { service: 'shop/ratings', namespaces },
]);

const egress = ({ mesh }: Given): Arbitrary<EgressDefault[]> =>
  oneOf('deny' as const, 'allow' as const).map(mode => [
    { id: 'egress', clients: { mesh, namespaces: ['shop'] }, mode: written(mode), deniedStatus: 502 },
  ]);

const telemetry = ({ mesh }: Given): Arbitrary<Telemetry[]> =>
  fc.boolean().map(enabled => [{ id: 'logs', scope: { mesh, namespaces: ['shop'] }, accessLog: { enabled } }]);

const opaque: Arbitrary<Opaque[]> = oneOf(['shop'], ['outside']).map(namespaces => [
  {
    id: 'patch',
    what: 'raw proxy configuration',
    namespaces,
    source: { object: { apiVersion: 'v1', kind: 'Patch', name: 'patch' }, path: '' },
  },
]);

/** Beside pods with the same labels, or with a label that no pod has; by its account, or by an id of its own. */
const machine = ({ mesh }: Given): Arbitrary<Workload> =>
  fc
    .record({
      labels: oneOf({ app: 'reviews', version: 'v1' }, { app: 'reviews', place: 'rack' }),
      identity: oneOf<Partial<Workload>>(
        { serviceAccount: 'vm' },
        { serviceAccount: '', identity: { kind: 'spiffe', id: 'spiffe://vms.example/vm' } },
      ),
    })
    .map(({ labels, identity }) => machineIn(mesh, { labels, ...identity }));

/** The same host, which a proxy of a joined mesh stands before. */
const apiOf = (mesh: string | undefined): Service => (mesh === undefined ? api : { ...api, joinedWith: mesh });

/** Some of the tables again, for those who come in from the joined mesh, as readers make them. */
const behindWayIn = (tables: readonly Frontend[]): readonly Frontend[] =>
  tables
    .filter(({ listens }) => listens.kind === 'service')
    .slice(0, 1)
    .map(table => ({ ...table, id: `${table.id} for joined`, clients: { ...table.clients, gateway: wayIn } }));

/** Random wishes of every kind, in the terms of the mesh that they are wished for in. */
export const wishes = (given: Given): Arbitrary<Wishes> =>
  fc
    .record({
      frontends: frontends(given),
      destinations: sometimes(60, destinations(given)),
      encryption: sometimes(40, encryption(given)),
      access: sometimes(60, access(given)),
      requestAuthentication: sometimes(15, requestAuthentication(given)),
      rateLimits: sometimes(15, rateLimits(given)),
      visibility: sometimes(15, visibility(given)),
      exposures: sometimes(15, exposures),
      egress: sometimes(15, egress(given)),
      telemetry: sometimes(10, telemetry(given)),
      opaque: sometimes(10, opaque),
      external: sometimes(20, oneOf<string | undefined>(undefined, undefined, given.mesh).map(apiOf)),
      joined: sometimes(20, joinedWith('shop/reviews', 'shop/ratings', 'shop/ledger')),
      coming: fc.boolean(),
      named: sometimes(50, accessOfJoined(given)),
      machine: sometimes(20, machine(given)),
    })
    .map(({ external, machine, joined, coming, named, ...all }) => {
      const part = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as ModelPart;
      const behindGateway = all.frontends.some(({ listens }) => listens.kind === 'listener');
      return {
        ...part,
        ...(joined ? { joined } : {}),
        ...(joined && named ? { access: [...(all.access ?? []), named] } : {}),
        ...(joined && coming ? { frontends: [...behindWayIn(all.frontends), ...all.frontends] } : {}),
        inventory: {
          ...(external ? { services: [external] } : {}),
          ...(machine ? { workloads: [machine] } : {}),
          ...(behindGateway ? { gateways: [gateway(given.mesh)] } : {}),
        },
      };
    });
