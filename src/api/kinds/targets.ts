import type { Static } from '@sinclair/typebox';
import { choice, list, object, objectName, optional, text, withRules } from '../schema.ts';

const groups = { Service: '', Namespace: '', Gateway: 'gateway.networking.k8s.io', Mesh: 'supergloo.dev' } as const;

/** What a policy is attached to (GEP-713, `LocalPolicyTargetReferenceWithSectionName`). */
const targetReference = withRules(
  object('What the policy is for: an object of its own namespace, that namespace as a whole, or a mesh.', {
    group: optional(text('The API group of the kind; by default the one that has it.', { maxLength: 253 })),
    kind: choice('The kind of the target.', ['Service', 'Namespace', 'Gateway', 'Mesh']),
    name: objectName('The name of the target. A Namespace is the one that the policy is in.'),
    sectionName: optional(
      text('Only this port of the Service, by name or number; only this listener of the Gateway.', { maxLength: 253 }),
    ),
  }),
  {
    cel: "!has(self.group) || self.group == (self.kind == 'Gateway' ? 'gateway.networking.k8s.io' : self.kind == 'Mesh' ? 'supergloo.dev' : '')",
    holds: ({ group, kind }) => group === undefined || group === groups[kind],
    message: 'the group is not the one of this kind',
  },
  {
    cel: "!has(self.sectionName) || self.kind == 'Service' || self.kind == 'Gateway'",
    holds: ({ sectionName, kind }) => sectionName === undefined || kind === 'Service' || kind === 'Gateway',
    message: 'only a Service and a Gateway have sections',
  },
);

export type TargetReference = Static<typeof targetReference>;

export const targetRefs = list(
  'What the policy is for. A policy for a Mesh counts only in the namespace `supergloo-system`.',
  targetReference,
  { min: 1 },
);

/** Where policies for whole meshes have to be, so that who may write in a namespace of their own rules no other. */
export const meshPolicyNamespace = 'supergloo-system';
