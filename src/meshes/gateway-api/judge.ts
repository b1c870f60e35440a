import type { Loss, Verdict } from '../../adapter/disposition.ts';
import type { ActionContext, Judge, RuleContext } from '../../adapter/judge.ts';
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
  ...harmlessWhereDead(matchJudge(judging), judging),
  ...harmlessWhereUnused(actionJudge(judging), judging),
  ...destinationJudge(judging),
  ...securityJudge,
  ...gatewayJudge(judging),
});

/** Nothing changes for any request when a rule that none reaches loses something. */
const harmless = <T>(verdict: Verdict<T>, isHarmless: () => boolean): Verdict<T> => {
  if (verdict === 'applied' || verdict.loss.effect === 'none' || !isHarmless()) return verdict;
  const loss: Loss = { ...verdict.loss, effect: 'none', message: `${verdict.loss.message}; no request gets that far` };
  return { ...verdict, loss };
};

type Methods<At> = Readonly<Record<string, (value: never, at: At) => Verdict<unknown>>>;

const wrapped = <At, J extends Methods<At>>(judge: J, isHarmless: (at: At) => boolean): J =>
  Object.fromEntries(
    Object.entries(judge).map(([name, ask]) => [
      name,
      (value: never, at: At) => harmless(ask(value, at), () => isHarmless(at)),
    ]),
  ) as J;

const harmlessWhereDead = (judge: ReturnType<typeof matchJudge>, judging: Judging): ReturnType<typeof matchJudge> =>
  wrapped<RuleContext, typeof judge & Methods<RuleContext>>(
    judge as typeof judge & Methods<RuleContext>,
    ({ rule, frontend }) => judging.isDead(rule, frontend),
  );

const harmlessWhereUnused = (judge: ReturnType<typeof actionJudge>, judging: Judging): ReturnType<typeof actionJudge> =>
  wrapped<ActionContext, typeof judge & Methods<ActionContext>>(
    judge as typeof judge & Methods<ActionContext>,
    ({ action, frontend }) =>
      frontend.rules.filter(rule => rule.action === action).every(rule => judging.isDead(rule, frontend)),
  );
