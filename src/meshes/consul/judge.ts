import { harmlessInDeadRules, harmlessInUnusedActions } from '../../adapter/harmless.ts';
import type { Judge } from '../../adapter/judge.ts';
import { actionJudge } from './write/judge-action.ts';
import { destinationJudge } from './write/judge-destination.ts';
import { frontendJudge } from './write/judge-frontend.ts';
import { matchJudge } from './write/judge-match.ts';
import { securityJudge } from './write/judge-security.ts';
import type { Judging } from './write/judging.ts';

/** What Consul makes of each leaf. */
export const judgeFor = (judging: Judging): Judge => ({
  defaults: judging.target.defaults,
  ...frontendJudge(judging),
  ...harmlessInDeadRules(matchJudge(judging), judging.isDead),
  ...harmlessInUnusedActions(actionJudge(judging), judging.isDead),
  ...destinationJudge(judging),
  ...securityJudge(judging),
});
