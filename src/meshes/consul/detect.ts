import { byKey } from '../../base/order.ts';
import type { Evidence, Inventory } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import { groupOf, type NativeObject, namespaceOf, type Snapshot } from '../../native/snapshot.ts';
import { controlPlaneObjects, defaultControlPlane, readControlPlane } from './control-plane.ts';
import { meshOf } from './mesh.ts';
import { injectAnnotation, sidecarContainers } from './sidecar.ts';

const ownGroups = new Set(['consul.hashicorp.com', 'auth.consul.hashicorp.com', 'mesh.consul.hashicorp.com']);

/**
 * Servers, the injector or the servers' configuration are a control plane. Without them config entries, a sidecar in a
 * pod, or a wish for one are signs that it runs elsewhere (`externalServers`, or another input): a default installation
 * is assumed. CRDs alone are no sign.
 */
export const detect = (snapshot: Snapshot, inventory: Inventory): readonly Mesh[] => {
  const parts = controlPlaneObjects(snapshot);
  if (parts.length > 0) {
    const evidence = parts.map(
      ({ ref }): Evidence => ({
        says: `${ref.kind} ${namespaceOf(ref)}/${ref.name}`,
        source: { object: ref, path: '' },
      }),
    );
    return [meshOf(readControlPlane(snapshot), evidence)];
  }
  const sign = signOf(snapshot, inventory);
  return sign ? [meshOf(defaultControlPlane, [sign])] : [];
};

/** One order for objects, whatever the order of the input. */
const identity = ({ ref }: NativeObject): string => [groupOf(ref), ref.kind, ref.namespace, ref.name].join('/');

const signOf = (snapshot: Snapshot, inventory: Inventory): Evidence | undefined => {
  const [own] = snapshot.objects.filter(({ ref }) => ownGroups.has(groupOf(ref))).sort(byKey(identity));
  if (own) {
    const says = `objects of ${groupOf(own.ref)}, and no server in the input`;
    return { says, source: { object: own.ref, path: '' } };
  }
  const meshed = inventory.workloads.find(({ containers }) => containers.some(name => sidecarContainers.has(name)));
  if (meshed) return { says: `a sidecar of Consul in ${meshed.id}`, ...at(meshed) };
  const asking = inventory.workloads.find(({ annotations }) => annotations[injectAnnotation] === 'true');
  return asking && { says: `annotation ${injectAnnotation} of ${asking.id}`, ...at(asking) };
};

const at = (item: Pick<Evidence, 'source'>): Pick<Evidence, 'source'> => (item.source ? { source: item.source } : {});
