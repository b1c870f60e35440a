import type { Manifest, WriteTarget } from '../../../../adapter/adapter.ts';
import { byKey } from '../../../../base/order.ts';
import type { Model } from '../../../../model/model.ts';
import { readMeshConfig } from '../../mesh-config.ts';
import { emitPeerAuthentications } from './peers.ts';
import type { Writing } from './placement.ts';
import { emitAuthorizationPolicies } from './policies.ts';
import { emitRequestAuthentications } from './tokens.ts';

/**
 * The security part of a model that has been judged; nothing is lost here. Those that add up stand in the order in which they
 * will be read, whatever the order of the wishes.
 */
export const emitSecurity = (writing: Writing): Manifest[] => [
  ...emitPeerAuthentications(writing),
  ...emitAuthorizationPolicies(writing).sort(byName),
  ...emitRequestAuthentications(writing).sort(byName),
];

const byName = byKey(({ metadata }: Manifest) => `${metadata.namespace}/${metadata.name}`);

/** What is written, for the mesh as it stands in the model: with the trust domain that identities have. */
export const securityWriting = (model: Model, target: WriteTarget): Writing => ({
  model,
  mesh: model.meshes.find(({ id }) => id === target.mesh.id) ?? target.mesh,
  rootNamespace: readMeshConfig(target.snapshot).rootNamespace,
});
