import { byKey } from '../../base/order.ts';
import type { Evidence, Inventory } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import { groupOf, metadataOf, type NativeObject, namespaceOf, type Snapshot } from '../../native/snapshot.ts';
import { configObject, defaultControlPlane, readControlPlane } from './control-plane.ts';
import { meshOf } from './mesh.ts';

const ownGroups = new Set(['policy.linkerd.io', 'linkerd.io', 'workload.linkerd.io', 'multicluster.linkerd.io']);

const components = new Set(['linkerd-destination', 'linkerd-identity', 'linkerd-proxy-injector']);

/**
 * A control plane is ConfigMap `linkerd-config` or one of its Deployments. Without either, objects of Linkerd's kinds, a
 * proxy in a pod, or a wish for injection are signs that it runs elsewhere: a default installation is assumed. CRDs alone
 * are no sign (they survive an uninstall).
 */
export const detect = (snapshot: Snapshot, inventory: Inventory): readonly Mesh[] => {
  const config = configObject(snapshot);
  const parts = snapshot
    .of('apps', 'Deployment')
    .filter(({ ref, body }) => components.has(ref.name) && isControlPlane(body));
  const [part] = parts;
  if (config ?? part) {
    const evidence = [...(config ? [config] : []), ...parts].map(
      ({ ref }): Evidence => ({
        says: `${ref.kind} ${namespaceOf(ref)}/${ref.name}`,
        source: { object: ref, path: '' },
      }),
    );
    const plane = readControlPlane(snapshot);
    return [meshOf(config || !part ? plane : { ...plane, namespace: namespaceOf(part.ref) }, evidence)];
  }
  const sign = signOf(snapshot, inventory);
  return sign ? [meshOf(defaultControlPlane, [sign])] : [];
};

/** Every pod of the control plane carries this label (chart 2.20). */
const isControlPlane = (body: unknown): boolean => JSON.stringify(body).includes('linkerd.io/control-plane-component');

/** One order for objects, whatever the order of the input. */
const identity = ({ ref }: NativeObject): string => [groupOf(ref), ref.kind, ref.namespace, ref.name].join('/');

const signOf = (snapshot: Snapshot, inventory: Inventory): Evidence | undefined => {
  const [own] = snapshot.objects.filter(({ ref }) => ownGroups.has(groupOf(ref))).sort(byKey(identity));
  if (own) {
    const says = `objects of ${groupOf(own.ref)}, and no control plane in the input`;
    return { says, source: { object: own.ref, path: '' } };
  }
  const meshed = inventory.workloads.find(({ containers }) => containers.includes('linkerd-proxy'));
  if (meshed) return { says: `container linkerd-proxy in ${meshed.id}`, ...at(meshed) };
  const asks = (annotations: Readonly<Record<string, string>>): boolean =>
    ['enabled', 'ingress'].includes(annotations['linkerd.io/inject'] ?? '');
  const workload = inventory.workloads.find(({ annotations }) => asks(annotations));
  if (workload) return { says: `annotation linkerd.io/inject of ${workload.id}`, ...at(workload) };
  const namespace = snapshot.of('', 'Namespace').find(object => asks(metadataOf(object).annotations));
  return (
    namespace && {
      says: `annotation linkerd.io/inject of namespace ${namespace.ref.name}`,
      source: { object: namespace.ref, path: '' },
    }
  );
};

const at = (item: Pick<Evidence, 'source'>): Pick<Evidence, 'source'> => (item.source ? { source: item.source } : {});
