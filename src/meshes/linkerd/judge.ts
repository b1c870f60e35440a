import { harmlessInDeadRules, harmlessInUnusedActions } from '../../adapter/harmless.ts';
import type { Judge } from '../../adapter/judge.ts';
import { actionJudge } from './write/judge-action.ts';
import { destinationJudge } from './write/judge-destination.ts';
import { frontendJudge } from './write/judge-frontend.ts';
import { matchJudge } from './write/judge-match.ts';
import { type Planned, securityJudge } from './write/judge-security.ts';
import type { Judging } from './write/judging.ts';
import { machineVerdict } from './write/machines.ts';

/** What Linkerd makes of each leaf. */
export const judgeFor = (judging: Judging, planned: Planned): Judge => ({
  defaults: judging.target.defaults,
  ...frontendJudge(judging),
  ...harmlessInDeadRules(matchJudge(judging), judging.isDead),
  ...harmlessInUnusedActions(actionJudge(judging), judging.isDead),
  ...destinationJudge(judging),
  ...securityJudge(judging, planned),
  machine: machine => machineVerdict(machine, judging),
});
