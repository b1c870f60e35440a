import type { Evidence, Inventory } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import { groupOf, namespaceOf, type Snapshot } from '../../native/snapshot.ts';
import { assumedMesh, meshOf } from './mesh.ts';
import { readMeshConfig } from './mesh-config.ts';

const ownGroups = new Set(['networking.istio.io', 'security.istio.io', 'telemetry.istio.io', 'extensions.istio.io']);

/**
 * A control plane is a Deployment `istiod` or `istiod-<revision>` (meshes.md A.1.1). Objects of Istio's kinds without
 * one are a sign that it runs elsewhere: a default installation is assumed. CRDs alone are no sign (they survive an
 * uninstall).
 */
export const detect = (snapshot: Snapshot, _inventory: Inventory): readonly Mesh[] => {
  const istiod = snapshot.of('apps', 'Deployment').filter(({ ref }) => /^istiod(-|$)/.test(ref.name));
  const [first] = istiod;
  const config = readMeshConfig(snapshot);
  if (first) {
    const evidence = istiod.map(
      ({ ref }): Evidence => ({
        says: `Deployment ${namespaceOf(ref)}/${ref.name}`,
        source: { object: ref, path: '' },
      }),
    );
    const version = imageVersion(first.body);
    return [meshOf(config, { namespace: namespaceOf(first.ref), evidence, ...(version ? { version } : {}) })];
  }
  const [object] = snapshot.kindsPresent().flatMap(key => {
    const [group = '', kind = ''] = key.split('/');
    return ownGroups.has(group) ? snapshot.of(group, kind).slice(0, 1) : [];
  });
  if (!object) return [];
  const evidence = [
    {
      says: `objects of ${groupOf(object.ref)}, and no control plane in the input`,
      source: { object: object.ref, path: '' },
    },
  ];
  return [{ ...assumedMesh(config), evidence }];
};

/** The tag of the first image that has one. */
const imageVersion = (body: unknown): string | undefined =>
  /"image":"[^"]*\/pilot:([^"@]+)/.exec(JSON.stringify(body))?.[1];
