import { plain } from './plain.ts';
import type { Question } from './question.ts';

/** Who takes part in which mesh, how, and under which identity. */
export const memberships: Question = {
  id: 'memberships',
  title: 'Who takes part in a mesh?',
  ask: ({ inventory, meshes }) => ({
    ...Object.fromEntries(
      inventory.workloads.map(({ id, namespace, labels, serviceAccount, ports, memberships }) => [
        id,
        plain({ namespace, labels, serviceAccount, ports, memberships }),
      ]),
    ),
    ...Object.fromEntries(meshes.map(mesh => [`mesh ${mesh.id}`, plain(mesh)])),
  }),
};
