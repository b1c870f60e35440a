import type { Judge } from '../../adapter/judge.ts';
import { actionJudge } from './judge-action.ts';
import { destinationJudge } from './judge-destination.ts';
import { frontendJudge } from './judge-frontend.ts';
import { gatewayJudge } from './judge-gateway.ts';
import { matchJudge } from './judge-match.ts';
import { securityJudge } from './judge-security.ts';
import type { Judging } from './judging.ts';
import { assumedMesh } from './mesh.ts';

/** What an Envoy makes of each leaf. */
export const judgeFor = (judging: Judging): Judge => ({
  defaults: assumedMesh().defaults,
  ...frontendJudge(judging),
  ...matchJudge(judging),
  ...actionJudge(judging),
  ...destinationJudge(judging),
  ...securityJudge(judging),
  ...gatewayJudge(judging),
});
