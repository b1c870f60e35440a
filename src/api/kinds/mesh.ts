import type { Static } from '@sinclair/typebox';
import { type ApiKind, accepted, age, apiVersion, applied } from '../kind.ts';
import { choice, flag, object, objectName, optional, percent, text } from '../schema.ts';

const spec = object('What holds in the whole mesh.', {
  type: text('Which mesh it is: the name of its adapter, `istio`.', { pattern: '^[a-z][a-z0-9-]*$', maxLength: 63 }),
  mtls: optional(
    object('What proxies accept.', {
      mode: choice('Strict: mesh mTLS only. Permissive: also plaintext, which proves nothing.', [
        'Strict',
        'Permissive',
      ]),
    }),
  ),
  access: optional(
    object('Who gets in where no AccessPolicy says.', {
      default: choice('Everybody, or nobody.', ['Allow', 'Deny']),
    }),
  ),
  egress: optional(
    object('Traffic to hosts that the mesh does not know.', {
      unknownHosts: choice('It goes out, or it does not.', ['Allow', 'Deny']),
    }),
  ),
  telemetry: optional(
    object('What proxies tell of the traffic.', {
      accessLog: optional(flag('Whether every request is written down.')),
      tracingPercent: optional(percent('How many requests are traced.')),
    }),
  ),
});

export type MeshSpec = Static<typeof spec>;

export const mesh: ApiKind<typeof spec> = {
  kind: 'Mesh',
  plural: 'meshes',
  shortNames: ['sgm'],
  scope: 'Cluster',
  meaning:
    'A mesh, by the id under which `discover` shows it, and what is to hold in all of it. What is left out stays as the mesh has it.',
  spec,
  columns: [
    { name: 'Type', type: 'string', jsonPath: '.spec.type' },
    { name: 'mTLS', type: 'string', jsonPath: '.spec.mtls.mode' },
    accepted,
    applied,
    age,
  ],
  example: {
    apiVersion,
    kind: 'Mesh',
    metadata: { name: 'istio' },
    spec: { type: 'istio', mtls: { mode: 'Strict' }, access: { default: 'Deny' } },
  },
};

const installation = object('How a mesh is installed.', {
  type: text('Which mesh: the name of its adapter.', { pattern: '^[a-z][a-z0-9-]*$', maxLength: 63 }),
  version: text('Which version.', { maxLength: 63 }),
  namespace: optional(objectName('Where its control plane runs; by default where the mesh usually does.')),
  trustDomain: optional(text('The trust domain of the identities it gives out.')),
  mode: optional(choice('How workloads take part, where the mesh has several ways.', ['Sidecar', 'Ambient'])),
});

export type MeshInstallationSpec = Static<typeof installation>;

export const meshInstallation: ApiKind<typeof installation> = {
  kind: 'MeshInstallation',
  plural: 'meshinstallations',
  shortNames: ['smi'],
  scope: 'Cluster',
  meaning: 'A mesh that is to be installed, upgraded or taken away.',
  spec: installation,
  columns: [
    { name: 'Type', type: 'string', jsonPath: '.spec.type' },
    { name: 'Version', type: 'string', jsonPath: '.spec.version' },
    accepted,
    age,
  ],
  isLater: 'nothing is installed by it yet',
  example: {
    apiVersion,
    kind: 'MeshInstallation',
    metadata: { name: 'linkerd' },
    spec: { type: 'linkerd', version: '2.18', trustDomain: 'cluster.local' },
  },
};
