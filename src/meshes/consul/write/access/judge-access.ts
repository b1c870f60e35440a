import { approximated, refused, type Verdict } from '../../../../adapter/disposition.ts';
import type { AccessClause, AccessPolicy, AccessRule } from '../../../../model/capabilities/access.ts';
import type { Judging } from '../judging.ts';
import { callersNamedBy, holdsFor, isOfCaller, isOpenSet } from './callers.ts';
import { unsayable } from './permissions.ts';
import { isOpen, reachOf } from './scopes.ts';

/** Whether a policy keeps anyone out. */
const restricts = ({ rules, otherwise }: AccessPolicy): boolean =>
  otherwise === 'deny' || rules.some(({ effect }) => effect === 'deny' || effect === 'ask');

export const policyVerdict = (policy: AccessPolicy, judging: Judging): Verdict<AccessPolicy> => {
  const severity = restricts(policy) ? 'security' : 'behaviour';
  const { missed } = reachOf(policy.scope, judging);
  if (missed) {
    return refused('access-scope', missed, {
      severity,
      workaround: 'give the pods that are meant a Service of their own',
    });
  }
  const shared = reachOf(policy.scope, judging).names.find(name => judging.names.named(name).length > 1);
  if (shared !== undefined) {
    return refused('access-scope', `\`${shared}\` is more than one Service, and one service to Consul`, { severity });
  }
  if (policy.deniedStatus !== undefined && policy.deniedStatus !== 403) {
    return approximated({ ...policy, deniedStatus: 403 }, 'access-status', 'whoever is denied gets 403');
  }
  if (!isOpen(policy.scope)) return 'applied';
  return approximated(
    policy,
    'access-scope',
    'intentions are for the services of the input; one that comes later has none',
    {
      effect: 'none',
      severity,
      workaround: 'write an intention for the destination `*` beside them',
    },
  );
};

export const ruleVerdict = (rule: AccessRule, judging: Judging): Verdict<AccessRule> => {
  const severity = rule.effect === 'deny' || rule.effect === 'ask' ? 'security' : 'behaviour';
  if (rule.effect === 'ask') {
    return refused('access-external', `nobody is asked: \`${rule.authoriser ?? 'the authoriser'}\` has no say`, {
      severity,
      workaround: 'write an envoyExtension `builtin/ext-authz`, which lets everyone in while it is down',
    });
  }
  if (rule.effect === 'audit') return refused('access-audit', 'an intention lets in or keeps out, and notes nothing');
  const kept: AccessClause[] = [];
  let why: string | undefined;
  for (const clause of rule.clauses) {
    const reason = unsayable(clause, rule.effect, judging) ?? unnamed(clause, judging);
    if (reason === undefined) kept.push(clause);
    else why = reason;
  }
  if (why !== undefined) {
    const message = `an intention has no words for ${why}`;
    const options = { severity, workaround: 'decide this in the application' } as const;
    return kept.length === 0
      ? refused('access-condition', message, options)
      : approximated({ ...rule, clauses: kept }, 'access-condition', message, options);
  }
  const open = rule.clauses.some(({ conditions }) =>
    conditions.some(one => isOfCaller(one) && isOpenSet(one) && !takesAllCallers(one, judging)),
  );
  if (open) {
    return approximated(
      rule,
      'access-callers',
      'callers are named one by one; a service that comes later is not among them',
      {
        severity,
        workaround: 'write the intentions again when a service is added',
      },
    );
  }
  if (rule.status !== undefined && rule.status !== 403) {
    const { status: _, ...usual } = rule;
    return approximated(usual, 'access-status', 'whoever is denied gets 403');
  }
  return 'applied';
};

const takesAllCallers = (condition: AccessClause['conditions'][number], judging: Judging): boolean =>
  holdsFor({ ...condition, negated: false }, { name: '*', instances: [] }, judging) === true;

/** Somebody is named whom no service of the input is, or only some instances of one. */
const unnamed = ({ conditions }: AccessClause, judging: Judging): string | undefined => {
  for (const condition of conditions.filter(isOfCaller)) {
    const callers = callersNamedBy([condition], judging);
    const answers = callers.map(caller => holdsFor({ ...condition, negated: false }, caller, judging));
    if (answers.includes(undefined)) return 'an account that only some pods of a service have';
    for (const value of condition.values) {
      const one = { ...condition, negated: false, values: [value] };
      if (isOpenSet(one) || value.kind === 'present') continue;
      if (!callers.some(caller => holdsFor(one, caller, judging))) return 'a caller that is no service of the input';
    }
  }
  return undefined;
};
