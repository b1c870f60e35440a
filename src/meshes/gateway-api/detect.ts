import type { Evidence, Inventory } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import { experimentalGroup, gatewayGroup } from '../../native/gateway-api/kinds.ts';
import { groupOf, metadataOf, type NativeObject, type Snapshot } from '../../native/snapshot.ts';
import { meshOf } from './mesh.ts';

const groups = [gatewayGroup, experimentalGroup];

/** The release channel and version of the installed CRDs, as their annotations say. */
export interface Installed {
  readonly channel?: 'standard' | 'experimental';
  readonly version?: string;
  readonly source: NativeObject;
}

/** The first CRD of the group that says what it belongs to. */
export const installedCrds = (snapshot: Snapshot): Installed | undefined => {
  for (const crd of snapshot.of('apiextensions.k8s.io', 'CustomResourceDefinition')) {
    if (!crd.ref.name.endsWith(`.${gatewayGroup}`)) continue;
    const { annotations } = metadataOf(crd);
    const channel = annotations[`${gatewayGroup}/channel`];
    const version = annotations[`${gatewayGroup}/bundle-version`];
    return {
      source: crd,
      ...(channel === 'standard' || channel === 'experimental' ? { channel } : {}),
      ...(version === undefined ? {} : { version }),
    };
  }
  return undefined;
};

/**
 * Objects of the group are the sign that Gateway API is in use. CRDs alone are none: many installations bring them
 * along and use nothing.
 */
export const detect = (snapshot: Snapshot, _inventory: Inventory): readonly Mesh[] => {
  const key = snapshot.kindsPresent().find(kind => groups.some(group => kind.startsWith(`${group}/`)));
  const [group = '', kind = ''] = key?.split('/') ?? [];
  const [object] = snapshot.of(group, kind);
  if (!object) return [];
  const crds = installedCrds(snapshot);
  const evidence: Evidence[] = [
    { says: `objects of ${groupOf(object.ref)}`, source: { object: object.ref, path: '' } },
    ...(crds
      ? [{ says: `CRDs of the ${crds.channel ?? 'unknown'} channel`, source: { object: crds.source.ref, path: '' } }]
      : []),
  ];
  return [meshOf(evidence, crds?.version)];
};
