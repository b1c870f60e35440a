import type { Evidence, Inventory, Membership, Namespace, Workload } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';

/**
 * Adds this mesh to the workloads that are in it (meshes.md A.1.1). What was seen running counts first; then what
 * labels ask for; and if the input says nothing of a namespace, and the mesh itself is only assumed, its workloads are
 * taken to be in it.
 */
export const joinMembers = (inventory: Inventory, mesh: Mesh): Inventory => {
  const namespaces = new Map(inventory.namespaces.map(namespace => [namespace.name, namespace]));
  return {
    ...inventory,
    workloads: inventory.workloads.map(workload => {
      const membership = membershipOf(workload, namespaces.get(workload.namespace), mesh);
      return membership ? { ...workload, memberships: [...workload.memberships, membership] } : workload;
    }),
  };
};

const membershipOf = (workload: Workload, namespace: Namespace | undefined, mesh: Mesh): Membership | undefined => {
  const found = (mode: string, certainty: Membership['certainty'], ...evidence: Evidence[]): Membership => ({
    mesh: mesh.id,
    mode,
    certainty,
    evidence,
  });
  if (workload.containers.includes('istio-proxy'))
    return found('sidecar', 'running', { says: 'container istio-proxy' });
  if (workload.annotations['ambient.istio.io/redirection'] === 'enabled') {
    return found('ambient', 'running', { says: 'annotation ambient.istio.io/redirection: enabled' });
  }
  const inject = workload.labels['sidecar.istio.io/inject'] ?? workload.annotations['sidecar.istio.io/inject'];
  if (inject === 'false' || namespace?.labels['istio-injection'] === 'disabled') return undefined;
  if (inject === 'true') return found('sidecar', 'requested', { says: 'label sidecar.istio.io/inject: true' });
  if (namespace?.labels['istio-injection'] === 'enabled') {
    return found('sidecar', 'requested', { says: `namespace ${namespace.name} has label istio-injection: enabled` });
  }
  const mode = workload.labels['istio.io/dataplane-mode'] ?? namespace?.labels['istio.io/dataplane-mode'];
  if (mode === 'none') return undefined;
  if (mode === 'ambient') return found('ambient', 'requested', { says: 'label istio.io/dataplane-mode: ambient' });
  if (namespace?.labels['istio.io/rev'] ?? workload.labels['istio.io/rev']) {
    return found('sidecar', 'requested', { says: 'label istio.io/rev' });
  }
  // A namespace that is in the input without a label is not in the mesh; one that is not in the input may well be.
  if (namespace?.source || mesh.namespace === workload.namespace) return undefined;
  return found('sidecar', 'assumed', { says: `the input does not hold namespace ${workload.namespace}` });
};
