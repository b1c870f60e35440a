import type { Loss, Verdict } from './disposition.ts';
import type { ActionContext, Judge, RuleContext } from './judge.ts';

type Methods<At> = Readonly<Record<string, (value: never, at: At) => Verdict<unknown>>>;

/** Nothing changes for any request when what none reaches loses something: such losses are without effect. */
const harmlessWhere = <At, J extends object>(judge: J, isHarmless: (at: At) => boolean): J =>
  Object.fromEntries(
    Object.entries(judge as unknown as Methods<At>).map(([name, ask]) => [
      name,
      (value: never, at: At) => harmless(ask(value, at), () => isHarmless(at)),
    ]),
  ) as unknown as J;

const harmless = <T>(verdict: Verdict<T>, isHarmless: () => boolean): Verdict<T> => {
  if (verdict === 'applied' || verdict.loss.effect === 'none' || !isHarmless()) return verdict;
  const loss: Loss = { ...verdict.loss, effect: 'none', message: `${verdict.loss.message}; no request gets that far` };
  return { ...verdict, loss };
};

/** A judge of parts of matches, whose losses do not count in rules that no request reaches. */
export const harmlessInDeadRules = <J extends Partial<Judge>>(
  judge: J,
  isDead: (rule: RuleContext['rule'], frontend: RuleContext['frontend']) => boolean,
): J => harmlessWhere<RuleContext, J>(judge, ({ rule, frontend }) => isDead(rule, frontend));

/** A judge of parts of actions, whose losses do not count where no request reaches a rule with that action. */
export const harmlessInUnusedActions = <J extends Partial<Judge>>(
  judge: J,
  isDead: (rule: RuleContext['rule'], frontend: RuleContext['frontend']) => boolean,
): J =>
  harmlessWhere<ActionContext, J>(judge, ({ action, frontend }) =>
    frontend.rules.filter(rule => rule.action === action).every(rule => isDead(rule, frontend)),
  );
