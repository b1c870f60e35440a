import { statusesAfter } from '../../engine/apply/status.ts';
import type { Planned } from './planned.ts';

/**
 * Does what a plan says: what the user named first, then what follows from it, and last what became of it. Whoever is
 * stopped on the way begins again, and what is done is not done twice.
 */
export const carryOut = async ({ decision, plan, inputs }: Planned): Promise<void> => {
  const { target, snapshot } = inputs;
  for (const taken of target.taken) await target.takeUp(taken);
  for (const step of decision.steps) await target.carryOut(step);
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  for (const { object, status } of statusesAfter(plan, snapshot.objects, now)) await target.writeStatus(object, status);
};
