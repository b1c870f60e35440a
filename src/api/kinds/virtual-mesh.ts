import type { Static } from '@sinclair/typebox';
import { type ApiKind, accepted, age, apiVersion } from '../kind.ts';
import {
  choice,
  count,
  duration,
  list,
  listByKey,
  namespaceName,
  object,
  objectName,
  optional,
  text,
} from '../schema.ts';

const member = object('A mesh that takes part.', {
  name: objectName('The name of its Mesh.'),
  cluster: optional(text('The cluster it is in; by default the one where this object is.')),
});

const spec = object('Meshes that work as one.', {
  meshes: list('Those that take part.', member, { min: 1 }),
  trust: object('How they believe each other.', {
    mode: choice(
      'Bundles: each keeps its root and trusts those of the others. SharedRoot: all get an intermediate of one root.',
      ['Bundles', 'SharedRoot'],
      { default: 'Bundles' },
    ),
    rootSecret: optional(objectName('For SharedRoot: the Secret with the root certificate; no key is shared.')),
  }),
  exports: optional(
    listByKey(
      'Services that the other meshes may see; without it none.',
      ['namespace', 'service'],
      object('A Service.', {
        namespace: namespaceName('Its namespace.'),
        service: objectName('Its name.'),
        to: optional(list('Only to these meshes.', objectName('The name of a Mesh.'), { min: 1 })),
      }),
    ),
  ),
  failover: optional(
    object('Where a Service that runs in several meshes is asked when it fails in one.', {
      order: list('Meshes in the order in which they are tried.', objectName('The name of a Mesh.'), { min: 1 }),
    }),
  ),
});

export type VirtualMeshSpec = Static<typeof spec>;

export const virtualMesh: ApiKind<typeof spec> = {
  kind: 'VirtualMesh',
  plural: 'virtualmeshes',
  shortNames: ['vm'],
  scope: 'Cluster',
  meaning: 'Several meshes joined: who trusts whom, which services are shared, and what happens when one fails.',
  spec,
  columns: [{ name: 'Trust', type: 'string', jsonPath: '.spec.trust.mode' }, accepted, age],
  isLater: 'meshes are not joined by it yet',
  example: {
    apiVersion,
    kind: 'VirtualMesh',
    metadata: { name: 'everywhere' },
    spec: {
      meshes: [{ name: 'istio' }, { name: 'linkerd', cluster: 'east' }],
      trust: { mode: 'Bundles' },
      exports: [{ namespace: 'shop', service: 'reviews' }],
    },
  },
};

const gate = object('What has to hold before the next wave.', {
  soak: optional(duration('How long a wave has to run.')),
  maxErrorPercent: optional(count('At most so many requests of a wave may fail.', { maximum: 100 })),
  approval: optional(choice('Whether somebody has to say so.', ['Manual', 'Automatic'], { default: 'Manual' })),
});

const migration = object('Workloads that move from one mesh to another.', {
  from: objectName('The name of the Mesh that they leave.'),
  to: objectName('The name of the Mesh that they join.'),
  waves: listByKey(
    'What moves together, in order.',
    ['name'],
    object('A wave.', {
      name: objectName('Its name.'),
      namespaces: optional(list('All workloads of these namespaces.', namespaceName('A namespace.'), { min: 1 })),
      services: optional(
        list(
          'The workloads behind these Services.',
          object('A Service.', { namespace: namespaceName('Its namespace.'), name: objectName('Its name.') }),
          { min: 1 },
        ),
      ),
    }),
    { min: 1 },
  ),
  gates: optional(gate),
  accept: optional(list('Losses that are accepted, by code.', text('A code of `convert`.'), { min: 1 })),
});

export type MigrationSpec = Static<typeof migration>;

export const migrationKind: ApiKind<typeof migration> = {
  kind: 'Migration',
  plural: 'migrations',
  shortNames: ['mig'],
  scope: 'Cluster',
  meaning: 'A staged move of workloads between meshes, in waves, with what has to hold between them.',
  spec: migration,
  columns: [
    { name: 'From', type: 'string', jsonPath: '.spec.from' },
    { name: 'To', type: 'string', jsonPath: '.spec.to' },
    accepted,
    age,
  ],
  isLater: 'nothing is moved by it yet',
  example: {
    apiVersion,
    kind: 'Migration',
    metadata: { name: 'to-linkerd' },
    spec: {
      from: 'istio',
      to: 'linkerd',
      waves: [{ name: 'first', namespaces: ['shop'] }],
      gates: { soak: '24h', maxErrorPercent: 1, approval: 'Manual' },
    },
  },
};
