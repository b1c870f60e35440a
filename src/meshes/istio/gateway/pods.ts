import { byText } from '../../../base/order.ts';
import type { Inventory, Workload } from '../../../model/inventory.ts';
import type { Mesh } from '../../../model/mesh.ts';
import { type Labels, selects } from '../../../model/scope.ts';

/** The pods that run a Gateway. */
export interface GatewayPods {
  readonly namespace: string;
  readonly labels: Labels;
  readonly serviceAccount?: string;
  /** Ids; empty if the input does not hold them. */
  readonly workloads: readonly string[];
}

/** What the gateway that Istio installs is labelled; it stands beside the control plane. */
export const usualSelector = { istio: 'ingressgateway' } as const;

/**
 * A Gateway is run by the pods of any namespace that have its labels (meshes.md A.9.3). Where the input does not hold
 * them, the usual gateway is taken to be where Istio puts it, and another one beside its Gateway.
 */
export const podsOf = (inventory: Inventory, selector: Labels, own: string, mesh: Mesh): GatewayPods => {
  const found = inventory.workloads.filter(workload => selects(selector, workload.labels));
  const [first] = found.toSorted(
    (a, b) => Number(b.namespace === own) - Number(a.namespace === own) || byText(a.id, b.id),
  );
  if (!first || Object.keys(selector).length === 0) {
    const isUsual = selector.istio === usualSelector.istio;
    return { namespace: isUsual ? mesh.namespace : own, labels: selector, workloads: [] };
  }
  const together = found.filter(({ namespace }) => namespace === first.namespace);
  const accounts = new Set(together.map(({ serviceAccount }) => serviceAccount));
  return {
    namespace: first.namespace,
    labels: commonLabels(together),
    ...(accounts.size === 1 ? { serviceAccount: first.serviceAccount } : {}),
    workloads: found.map(({ id }) => id),
  };
};

const commonLabels = ([first, ...others]: readonly Workload[]): Labels =>
  Object.fromEntries(
    Object.entries(first?.labels ?? {}).filter(([name, value]) => others.every(({ labels }) => labels[name] === value)),
  );
