import { groupOf } from '../../native/snapshot.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../plan/steps.ts';
import { loadAdapters } from '../read.ts';

/**
 * Takes nothing away that was written for a mesh that is not planned for this time: that nothing shows the mesh, and that
 * nobody named it, is no wish to be without what it was told.
 */
export const keepOrphans = async (plan: Plan): Promise<Plan> => {
  const adapters = await loadAdapters(plan.meshes.map(({ mesh }) => mesh.type));
  const isWritten = ({ object }: Step): boolean =>
    adapters.some(({ resources }) =>
      resources.some(({ group, kind, writes }) => writes && kind === object.kind && group === groupOf(object)),
    );
  return {
    ...plan,
    steps: plan.steps.map(step =>
      step.action !== 'delete' || isWritten(step)
        ? step
        : { ...step, refused: 'no mesh that it could be for is seen or named', because: 'held' },
    ),
  };
};
