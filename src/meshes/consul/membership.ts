import { type Finding, findingOf } from '../../base/finding.ts';
import type { Inventory, Membership, Workload } from '../../model/inventory.ts';
import type { Mesh } from '../../model/mesh.ts';
import { consulFindings } from './findings.ts';
import { injectAnnotation, passedOver, sidecarContainers } from './sidecar.ts';

/**
 * Adds this mesh to the workloads that are in it. A sidecar that was seen counts first, then the annotation
 * `connect-inject`. Where nothing is said the chart's `connectInject.default` decides, which no object shows: in a part
 * of what there is, a workload is taken to be in the mesh; in a whole cluster its pods tell.
 */
export const joinMembers = (
  inventory: Inventory,
  mesh: Mesh,
): { readonly inventory: Inventory; readonly findings: readonly Finding[] } => {
  const isWhole = inventory.clusters.length > 0 && inventory.clusters.every(({ extent }) => extent === 'whole');
  const findings: Finding[] = [];
  const workloads = inventory.workloads.map(workload => {
    const membership = membershipOf(workload, mesh, isWhole);
    if (membership) return { ...workload, memberships: [...workload.memberships, membership] };
    if (asks(workload) && workload.pods) {
      const message = `no pod of \`${workload.id}\` has a sidecar`;
      findings.push(findingOf(consulFindings, 'CONSUL002', workload.source, message));
    }
    return workload;
  });
  return { inventory: { ...inventory, workloads }, findings };
};

const asks = ({ annotations }: Workload): boolean => annotations[injectAnnotation] === 'true';

const membershipOf = (workload: Workload, mesh: Mesh, isWhole: boolean): Membership | undefined => {
  if (workload.isMachine || workload.hostNetwork) return undefined;
  const join = (certainty: Membership['certainty'], says: string): Membership => ({
    mesh: mesh.id,
    mode: 'sidecar',
    certainty,
    evidence: [{ says }],
  });
  const container = workload.containers.find(name => sidecarContainers.has(name));
  if (container) return join('running', `container ${container}`);
  if (workload.pods || passedOver.has(workload.namespace) || workload.namespace === mesh.namespace) return undefined;
  if (asks(workload)) return join('requested', `annotation ${injectAnnotation}: true`);
  if (isWhole || workload.annotations[injectAnnotation] !== undefined) return undefined;
  return join('assumed', `nothing says whether sidecars are injected without ${injectAnnotation}`);
};
