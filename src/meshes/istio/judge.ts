import type { WriteTarget } from '../../adapter/adapter.ts';
import { refused } from '../../adapter/disposition.ts';
import type { Judge } from '../../adapter/judge.ts';
import type { Model } from '../../model/model.ts';
import { destinationJudge } from './destination-rule/judge.ts';
import { gatewayJudge } from './gateway/judge.ts';
import { meshDefaultVerdict } from './mesh-defaults.ts';
import { securityWriting } from './security/writing/emit.ts';
import { securityJudge } from './security/writing/judge.ts';
import { entryJudge } from './service-entry/judge.ts';
import { sidecarJudge } from './sidecar/judge.ts';
import { telemetryJudge } from './telemetry/judge.ts';
import { actionJudge } from './virtual-service/judge-action.ts';
import { matchJudge } from './virtual-service/judge-match.ts';
import { tableJudge } from './virtual-service/judge-table.ts';
import { machineJudge } from './workload-entry/judge.ts';

/** Everything that is not a route. */
const otherJudge: Omit<
  Judge,
  | keyof ReturnType<typeof routeJudge>
  | keyof ReturnType<typeof destinationJudge>
  | keyof ReturnType<typeof entryJudge>
  | keyof ReturnType<typeof securityJudge>
  | keyof ReturnType<typeof machineJudge>
  | 'gateway'
  | 'listener'
  | 'telemetry'
  | keyof typeof sidecarJudge
  | 'meshDefault'
  | 'defaults'
> = {
  rateLimit: () => refused('rate-limit', 'there is no object for a local rate limit'),
};

const routeJudge = (model: Model) => ({ ...tableJudge(model), ...matchJudge(model), ...actionJudge });

/** A table behind a gateway is judged as such, one for the clients of the mesh as another. */
const judgeOfTables = (
  model: Model,
  target: WriteTarget,
): Pick<Judge, 'frontend' | 'noMatch' | 'gateway' | 'listener'> => {
  const mesh = tableJudge(model);
  const { frontend, noMatch, ...gateways } = gatewayJudge(model, target);
  return {
    ...gateways,
    frontend: table => (table.listens.kind === 'listener' ? frontend(table) : mesh.frontend(table)),
    noMatch: (what, table) => (table.listens.kind === 'listener' ? noMatch(what, table) : mesh.noMatch(what, table)),
  };
};

/** What Istio makes of each leaf. Nearly everything has a form; the rest says what differs. */
export const judgeFor = (model: Model, target: WriteTarget): Judge => ({
  defaults: target.mesh.defaults,
  meshDefault: meshDefaultVerdict,
  ...routeJudge(model),
  ...judgeOfTables(model, target),
  ...sidecarJudge,
  ...telemetryJudge,
  ...destinationJudge(model, target),
  ...entryJudge(target),
  ...machineJudge(model, target),
  ...otherJudge,
  ...securityJudge(securityWriting(model, target)),
});
