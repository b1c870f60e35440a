/** For each capability an error that somebody could make in reading or evaluating it. */
import type { CapabilityId } from '../../src/model/capability.ts';
import type { PlantedError, Untried } from './error.ts';
import { protectionErrors } from './protection-errors.ts';
import { routeErrors } from './route-errors.ts';
import { treatmentErrors } from './treatment-errors.ts';

export const plantedErrors: Readonly<Record<CapabilityId, PlantedError | Untried>> = {
  ...routeErrors,
  ...treatmentErrors,
  ...protectionErrors,
};
