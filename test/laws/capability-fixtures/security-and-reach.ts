import type { AccessValue } from '../../../src/model/capabilities/access.ts';
import type { CapabilityId } from '../../../src/model/capability.ts';
import { machineIn } from '../../support/machine.ts';
import { allowing, condition, type Fixture, settingsFor, written } from './fixture.ts';

const web: AccessValue = { kind: 'serviceAccount', namespace: 'shop', name: 'web' };
const byWeb = condition('peer.identity', web);

const onA = condition('request.path', { kind: 'prefix', value: '/a' });

const issuers: Fixture = ({ mesh }) => ({
  requestAuthentication: [
    {
      id: 'shop/reviews',
      scope: { mesh, namespaces: ['shop'], labels: { app: 'reviews' } },
      issuers: [{ issuer: 'https://id.example', keys: { kind: 'url', url: 'https://id.example/keys' } }],
    },
  ],
});

/** Who may, and how connections are protected. */
export const security = {
  'rate-limit': ({ mesh }) => ({
    rateLimits: [
      {
        id: 'shop/reviews',
        scope: { mesh, namespaces: ['shop'], labels: { app: 'reviews' }, ports: [8080] },
        total: 100,
        status: 429,
      },
    ],
  }),
  'encryption-mode': ({ mesh }) => ({
    encryption: [
      {
        id: 'shop/reviews',
        scope: { mesh, namespaces: ['shop'], labels: { app: 'reviews' } },
        mode: written('strict'),
      },
    ],
  }),
  'upstream-tls': settingsFor({
    tls: { mode: written('tls'), serverName: 'reviews.example', authorities: ['system'] },
  }),
  'access-identity': allowing({}, byWeb),
  'access-deny': allowing({ effect: 'deny' }, byWeb),
  'access-request': allowing(
    {},
    byWeb,
    condition('request.method', { kind: 'exact', value: 'GET' }),
    condition('request.path', { kind: 'exact', value: '/a' }),
  ),
  'access-header': allowing({}, byWeb, condition('request.header:x-user', { kind: 'exact', value: 'ada' })),
  'access-address': allowing({}, condition('peer.address', { kind: 'addresses', cidr: '10.0.0.0/8' })),
  'access-token': issuers,
  // Of a connection that is not HTTP nobody can say which path it asks for, so the authoriser is asked of it too.
  'access-external': allowing({ effect: 'ask', authoriser: 'guard' }, { ...onA, whenNotHttp: 'holds' }),
  'access-audit': allowing({ effect: 'audit' }, byWeb),
} as const satisfies Partial<Record<CapabilityId, Fixture>>;

const outside = {
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
} as const;

/** What is reachable, and from where. */
export const reach = {
  'egress-default': ({ mesh }) => ({
    egress: [{ id: 'shop', clients: { mesh, namespaces: ['shop'] }, mode: written('deny'), deniedStatus: 502 }],
  }),
  machine: ({ mesh }) => ({ inventory: { workloads: [machineIn(mesh)] } }),
  'egress-hosts': () => ({ inventory: { services: [outside] } }),
  visibility: ({ mesh }) => ({
    visibility: [{ id: 'shop', clients: { mesh, namespaces: ['shop'] }, exposes: [{ namespace: '.', host: '*' }] }],
  }),
  gateway: ({ mesh }) => ({
    inventory: {
      gateways: [
        {
          id: 'shop/edge',
          namespace: 'shop',
          name: 'edge',
          purpose: 'ingress',
          mesh,
          labels: { app: 'edge' },
          listeners: [{ name: 'http', port: 80, protocol: 'http', hosts: ['shop.example'] }],
        },
      ],
    },
  }),
  'not-understood': () => ({
    opaque: [
      {
        id: 'patch',
        what: 'raw proxy configuration',
        source: { object: { apiVersion: 'v1', kind: 'Patch', name: 'patch' }, path: '' },
      },
    ],
  }),
  telemetry: ({ mesh }) => ({
    telemetry: [{ id: 'shop', scope: { mesh, namespaces: ['shop'] }, accessLog: { enabled: true } }],
  }),
} as const satisfies Partial<Record<CapabilityId, Fixture>>;
