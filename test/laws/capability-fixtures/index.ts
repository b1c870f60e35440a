import type { CapabilityId } from '../../../src/model/capability.ts';
import type { Fixture } from './fixture.ts';
import { routing } from './routing.ts';
import { reach, security } from './security-and-reach.ts';
import { treatment } from './treatment.ts';

/** One wish per capability; a capability without one does not compile. */
export const capabilityFixtures: Readonly<Record<CapabilityId, Fixture>> = {
  ...routing,
  ...treatment,
  ...security,
  ...reach,
};
