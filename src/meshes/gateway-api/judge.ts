import { harmlessInDeadRules, harmlessInUnusedActions } from '../../adapter/harmless.ts';
import type { Judge } from '../../adapter/judge.ts';
import type { MeshDefaults } from '../../model/mesh.ts';
import { actionJudge } from './judge-action.ts';
import { destinationJudge } from './judge-destination.ts';
import { frontendJudge } from './judge-frontend.ts';
import { gatewayJudge } from './judge-gateway.ts';
import { matchJudge } from './judge-match.ts';
import { securityJudge } from './judge-security.ts';
import type { Judging } from './judging.ts';

/** What Gateway API makes of each leaf. */
export const judgeFor = (judging: Judging, defaults: MeshDefaults): Judge => ({
  defaults,
  ...frontendJudge(judging),
  ...harmlessInDeadRules(matchJudge(judging), judging.isDead),
  ...harmlessInUnusedActions(actionJudge(judging), judging.isDead),
  ...destinationJudge(judging),
  ...securityJudge,
  ...gatewayJudge(judging),
});
