import type { Retries } from '../../model/capabilities/retries.ts';
import type { PathNormalization } from '../../model/mesh.ts';
import type { Snapshot } from '../../native/snapshot.ts';
import { defaultRetries } from './defaults.ts';

/**
 * What MeshConfig says mesh-wide (ConfigMap `istio`, key `mesh`, in the control plane's namespace), with Istio's
 * defaults where it is silent (meshes.md A.1.1, A.1.3).
 */
export interface MeshConfig {
  readonly rootNamespace: string;
  readonly trustDomain: string;
  readonly trustDomainAliases: readonly string[];
  readonly clusterDomain: string;
  /** What a route without `retries` does. */
  readonly defaultRetries: Retries;
  readonly defaultVirtualServiceExportTo: readonly string[];
  readonly pathNormalization: PathNormalization;
}

export const defaultMeshConfig: MeshConfig = {
  rootNamespace: 'istio-system',
  trustDomain: 'cluster.local',
  trustDomainAliases: [],
  clusterDomain: 'cluster.local',
  defaultRetries,
  defaultVirtualServiceExportTo: ['*'],
  pathNormalization: 'base',
};

export const readMeshConfig = (_snapshot: Snapshot): MeshConfig => defaultMeshConfig;
