import { destinationSettings } from './destination-settings.ts';
import { listeners } from './listeners.ts';
import { memberships } from './memberships.ts';
import { notUnderstood } from './not-understood.ts';
import type { Question } from './question.ts';
import { rateLimits } from './rate-limits.ts';
import { reachableHosts } from './reachable-hosts.ts';
import { telemetry } from './telemetry.ts';
import { tokenIssuers } from './token-issuers.ts';

/** All named questions. What a field of a native object means shows in one of their answers, or in that to a request. */
export const questions: readonly Question[] = [
  destinationSettings,
  listeners,
  memberships,
  notUnderstood,
  rateLimits,
  reachableHosts,
  telemetry,
  tokenIssuers,
];
