import { type ApiKind, apiVersion } from '../kind.ts';
import { accessPolicy } from './access-policy.ts';
import { mesh, meshInstallation } from './mesh.ts';
import { trafficPolicy } from './traffic-policy.ts';
import { migrationKind, virtualMesh } from './virtual-mesh.ts';

/** Every kind of `supergloo.dev`. */
export const apiKinds: readonly ApiKind[] = [
  mesh,
  meshInstallation,
  trafficPolicy,
  accessPolicy,
  virtualMesh,
  migrationKind,
];

/** The kind of an object, if it is one of ours. */
export const kindOf = (object: { readonly apiVersion: string; readonly kind: string }): ApiKind | undefined =>
  object.apiVersion === apiVersion ? apiKinds.find(({ kind }) => kind === object.kind) : undefined;
