import { plain } from './plain.ts';
import type { Question } from './question.ts';

/** Who takes part in which mesh, how, under which identity, and by which addresses, if they are known. */
export const memberships: Question = {
  id: 'memberships',
  title: 'Who takes part in a mesh?',
  ask: ({ inventory, meshes }) => ({
    ...Object.fromEntries(
      inventory.workloads.map(({ id, pods, ...workload }) => {
        const { namespace, labels, serviceAccount, identity, isMachine, ports, memberships } = workload;
        const addresses = pods?.flatMap(pod => pod.addresses);
        return [id, plain({ namespace, labels, serviceAccount, identity, isMachine, ports, addresses, memberships })];
      }),
    ),
    ...Object.fromEntries(meshes.map(mesh => [`mesh ${mesh.id}`, plain(mesh)])),
  }),
};
