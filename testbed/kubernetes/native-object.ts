import type { NativeObject } from '../../src/native/snapshot.ts';
import type { KubernetesObject } from './api.ts';

/** An object of the API server as `supergloo` has it when it reads a cluster. */
export const native = ({ apiVersion, kind, metadata, ...rest }: KubernetesObject): NativeObject => {
  const { managedFields: _, ...kept } = metadata as KubernetesObject['metadata'] & { managedFields?: unknown };
  const { name, namespace } = metadata;
  return {
    ref: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) },
    body: { apiVersion, kind, metadata: kept, ...rest },
  };
};
