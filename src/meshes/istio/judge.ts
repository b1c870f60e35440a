import type { WriteTarget } from '../../adapter/adapter.ts';
import { refused } from '../../adapter/disposition.ts';
import type { Judge } from '../../adapter/judge.ts';
import type { Model } from '../../model/model.ts';
import { destinationJudge } from './destination-rule/judge.ts';
import { meshDefaultVerdict } from './mesh-defaults.ts';
import { securityWriting } from './security/writing/emit.ts';
import { securityJudge } from './security/writing/judge.ts';
import { entryJudge } from './service-entry/judge.ts';
import { actionJudge } from './virtual-service/judge-action.ts';
import { matchJudge } from './virtual-service/judge-match.ts';
import { tableJudge } from './virtual-service/judge-table.ts';

/** Everything that is not a route. */
const otherJudge: Omit<
  Judge,
  | keyof ReturnType<typeof routeJudge>
  | keyof ReturnType<typeof destinationJudge>
  | keyof ReturnType<typeof entryJudge>
  | keyof ReturnType<typeof securityJudge>
  | 'meshDefault'
  | 'defaults'
> = {
  rateLimit: () => refused('rate-limit', 'there is no object for a local rate limit'),
  visibility: () => 'applied',
  egress: () => 'applied',
  gateway: () => 'applied',
  listener: () => 'applied',
  telemetry: () => 'applied',
};

const routeJudge = (model: Model) => ({ ...tableJudge(model), ...matchJudge, ...actionJudge });

/** What Istio makes of each leaf. Nearly everything has a form; the rest says what differs. */
export const judgeFor = (model: Model, target: WriteTarget): Judge => ({
  defaults: target.mesh.defaults,
  meshDefault: meshDefaultVerdict,
  ...routeJudge(model),
  ...destinationJudge(model),
  ...entryJudge(target),
  ...otherJudge,
  ...securityJudge(securityWriting(model, target)),
});
