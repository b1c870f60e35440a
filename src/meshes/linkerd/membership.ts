import { type Finding, findingOf } from '../../base/finding.ts';
import type { Evidence, Inventory, Membership, Namespace, Workload } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import { linkerdFindings } from './findings.ts';

const proxyContainer = 'linkerd-proxy';
const injectAnnotation = 'linkerd.io/inject';

/** Namespaces that the injector's webhook passes over (chart values `proxyInjector.namespaceSelector`, 2.20). */
const isPassedOver = (namespace: string, known: Namespace | undefined): boolean =>
  namespace === 'kube-system' ||
  namespace === 'cert-manager' ||
  known?.labels['config.linkerd.io/admission-webhooks'] === 'disabled';

/**
 * Adds this mesh to the workloads that are in it. A proxy that was seen counts first; then the annotation
 * `linkerd.io/inject`, of the workload before that of its namespace, as the injector decides (linkerd2 pkg/inject
 * report.go, 2.20); and if the input says nothing of a namespace, and the mesh itself is only assumed, its workloads are
 * taken to be in it. Machines are never injected: those that are in it say so themselves (`addMachines`).
 */
export const joinMembers = (
  inventory: Inventory,
  mesh: Mesh,
): { readonly inventory: Inventory; readonly findings: readonly Finding[] } => {
  const namespaces = new Map(inventory.namespaces.map(namespace => [namespace.name, namespace]));
  const findings: Finding[] = [];
  const workloads = inventory.workloads.map(workload => {
    const { membership, finding } = membershipOf(workload, namespaces.get(workload.namespace), mesh);
    if (finding) findings.push(finding);
    return membership ? { ...workload, memberships: [...workload.memberships, membership] } : workload;
  });
  return { inventory: { ...inventory, workloads }, findings };
};

interface Found {
  readonly membership?: Membership;
  readonly finding?: Finding;
}

const membershipOf = (workload: Workload, namespace: Namespace | undefined, mesh: Mesh): Found => {
  if (workload.isMachine) return {};
  const wish = wishOf(workload, namespace);
  const mode = wish?.value === 'ingress' ? 'ingress' : 'sidecar';
  const join = (certainty: Membership['certainty'], ...evidence: Evidence[]): Found => ({
    membership: { mesh: mesh.id, mode, certainty, evidence },
  });
  if (workload.containers.includes(proxyContainer)) return join('running', { says: `container ${proxyContainer}` });
  if (wish) {
    const obstacle = obstacleOf(workload, namespace);
    if (obstacle) return refusal('LINKERD002', workload, `\`${workload.id}\` asks for a proxy: ${obstacle}`);
    if (workload.pods) return refusal('LINKERD003', workload, `no pod of \`${workload.id}\` has a proxy`);
    return join('requested', wish.evidence);
  }
  // A namespace that is in the input without a wish is not in the mesh; one that is not in the input may well be.
  const isRefused = workload.annotations[injectAnnotation] !== undefined;
  if (namespace?.source || isRefused || workload.pods || isPassedOver(workload.namespace, namespace)) return {};
  if (mesh.namespace === workload.namespace) return {};
  return join('assumed', { says: `the input does not hold namespace ${workload.namespace}` });
};

/** The annotation that asks for a proxy; a value that the injector does not know switches injection off. */
const wishOf = (
  workload: Workload,
  namespace: Namespace | undefined,
): { readonly value: 'enabled' | 'ingress'; readonly evidence: Evidence } | undefined => {
  const own = workload.annotations[injectAnnotation];
  const inherited = namespace?.annotations[injectAnnotation];
  if (!isKnown(own) || !isKnown(inherited)) return undefined;
  const value = own || inherited;
  if (value !== 'enabled' && value !== 'ingress') return undefined;
  const where = own ? workload : namespace;
  const says = `annotation ${injectAnnotation}: ${value}${own ? '' : ` of namespace ${workload.namespace}`}`;
  return { value, evidence: { says, ...(where?.source ? { source: where.source } : {}) } };
};

const isKnown = (value: string | undefined): boolean =>
  value === undefined || ['', 'enabled', 'disabled', 'ingress'].includes(value);

/** Why the injector leaves a pod alone that asks for a proxy. */
const obstacleOf = (workload: Workload, namespace: Namespace | undefined): string | undefined => {
  if (workload.hostNetwork) return 'it uses the network of the node';
  if (workload.containers.includes('istio-proxy')) return 'it has the proxy of another mesh';
  if (isPassedOver(workload.namespace, namespace)) return 'the injector passes over its namespace';
  return undefined;
};

const refusal = (code: 'LINKERD002' | 'LINKERD003', workload: Workload, message: string): Found => ({
  finding: findingOf(linkerdFindings, code, workload.source, message),
});
