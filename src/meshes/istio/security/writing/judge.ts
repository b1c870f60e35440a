import { approximated, refused, type Verdict } from '../../../../adapter/disposition.ts';
import type { Judge } from '../../../../adapter/judge.ts';
import type { AccessCondition, AccessPolicy, AccessRule } from '../../../../model/capabilities/access.ts';
import type { Widened } from './closed-ports.ts';
import { encryptionVerdicts } from './peers.ts';
import { isRunElsewhere, placementsOf, tellApart, unselectable, type Writing } from './placement.ts';
import { AccessPlan, portCondition, type RulePlan } from './plan.ts';
import { mayOverlap } from './scopes.ts';
import { issuerVerdict } from './tokens.ts';

/** The status of every denial. */
const usualStatus = 403;

/**
 * What Istio makes of encryption and access. What it cannot say exactly is written more strictly or refused; a refusal
 * that would let more in than before is a loss of security.
 */
export const securityJudge = (
  writing: Writing,
): Pick<Judge, 'encryption' | 'accessPolicy' | 'accessRule' | 'tokenIssuer'> => {
  const { model, mesh } = writing;
  const plan = new AccessPlan(model, mesh);
  const encryption = encryptionVerdicts(model);
  return {
    encryption: item => encryption.get(item) ?? 'applied',
    accessPolicy: policy => policyVerdict(policy, writing, plan),
    accessRule: (rule, policy) => ruleVerdict(rule, policy, plan),
    tokenIssuer: (issuer, at) => issuerVerdict(issuer, at, writing),
  };
};

const restricts = ({ otherwise, rules }: AccessPolicy): boolean =>
  otherwise === 'deny' || rules.some(({ effect }) => effect === 'deny' || effect === 'ask');

const policyVerdict = (policy: AccessPolicy, writing: Writing, plan: AccessPlan): Verdict<AccessPolicy> => {
  const { model } = writing;
  if (isRunElsewhere(policy.scope.gateway, model)) {
    const message = `\`${policy.scope.gateway}\` is run by pods outside its namespace, and a policy for them is one for every gateway there`;
    return refused('access-gateway', message, {
      severity: restricts(policy) ? 'security' : 'behaviour',
      workaround: 'write an AuthorizationPolicy that selects those pods, in their namespace',
    });
  }
  if (!placementsOf(policy.scope, writing)) {
    return refused('access', 'a policy cannot be attached to a host outside', {
      severity: restricts(policy) ? 'security' : 'behaviour',
      workaround: 'attach it to a ServiceEntry by its name',
    });
  }
  const stranger = unselectable(policy.scope, writing);
  if (stranger !== undefined) {
    return refused('access-scope', stranger, {
      severity: restricts(policy) ? 'security' : 'behaviour',
      workaround: tellApart,
    });
  }
  const { deniedStatus, ...rest } = policy;
  if (deniedStatus !== undefined && deniedStatus !== usualStatus) {
    return approximated(rest, 'access-status', `a denial is answered with 403 instead of ${deniedStatus}`);
  }
  const wide = widened(policy, plan);
  if (wide) {
    const { scope, because } = wide;
    const ports = scope.ports ? `ports ${scope.ports.join(', ')}` : 'all ports';
    const message = `${ports} are closed at all of its servers, because \`${because.id}\` closes them at some`;
    return approximated({ ...policy, scope }, 'access', message);
  }
  const opens = policy.otherwise === 'allow' && plan.deniesByDefault;
  const overruling =
    opens && model.access.find(other => other.otherwise === 'deny' && mayOverlap(other.scope, policy.scope));
  if (overruling) {
    const message = `its servers are not opened, because \`${overruling.id}\` closes some of them`;
    return approximated({ ...policy, otherwise: 'nothing' }, 'access', message);
  }
  return 'applied';
};

/** Where the mesh denies by default nothing has to be let through beside a policy. */
const widened = (policy: AccessPolicy, plan: AccessPlan): Widened | undefined =>
  policy.otherwise === 'deny' && !plan.deniesByDefault ? plan.ports.widened(policy) : undefined;

const ruleVerdict = (rule: AccessRule, policy: AccessPolicy, plan: AccessPlan): Verdict<AccessRule> => {
  const found = plan.planOf(policy, rule);
  const loosens = rule.effect === 'deny' || rule.effect === 'ask';
  const severity = loosens ? 'security' : 'behaviour';
  if (rule.effect === 'ask' && rule.authoriser === undefined) {
    return refused('access-external', 'an authoriser needs a name', { severity });
  }
  const wide = widened(policy, plan);
  if (found.kind === 'implied') {
    if (found.narrowed !== undefined) return refused('access', `the permission is left out: ${found.narrowed}`);
    return wide ? portsInside(withPorts(rule, policy)) : 'applied';
  }
  const [problem] = found.problems;
  if (problem !== undefined && found.clauses.length === 0) {
    return refused('access', `the rule cannot be written: ${problem}`, { severity });
  }
  const written = rewritten(rule, found, wide ? portCondition(policy) : []);
  if (problem !== undefined) {
    return approximated(written, 'access', `a part of the rule cannot be written: ${problem}`, { severity });
  }
  if (found.narrowed !== undefined) return approximated(written, 'access', found.narrowed);
  const { status, ...usual } = rule;
  if (status !== undefined && status !== usualStatus) {
    return approximated(usual, 'access-status', `a denial is answered with 403 instead of ${status}`);
  }
  if (wide) {
    return portsInside(written);
  }
  if (!found.differsOnTcp) return 'applied';
  const message = `the rule ${onTcpDoes[rule.effect]} connections that are not HTTP`;
  return approximated(written, 'access-tcp', message);
};

/** What a rule that asks for HTTP does on a TCP port. */
const onTcpDoes: Readonly<Record<AccessRule['effect'], string>> = {
  allow: 'does not allow',
  deny: 'closes',
  ask: 'has the authoriser asked about',
  audit: 'has audited',
};

/** The policy holds for more ports than it did; its rules do not. */
const portsInside = (rule: AccessRule): Verdict<AccessRule> =>
  approximated(rule, 'access', 'its ports are written into the rule', { effect: 'none' });

const withPorts = (rule: AccessRule, policy: AccessPolicy): AccessRule => ({
  ...rule,
  clauses: rule.clauses.map(clause => ({ ...clause, conditions: [...portCondition(policy), ...clause.conditions] })),
});

/** The rule as it will be read back. */
const rewritten = (
  { status: _, ...rule }: AccessRule,
  { ways }: RulePlan,
  ports: readonly AccessCondition[],
): AccessRule => ({
  ...rule,
  clauses: ways.map(conditions => ({
    conditions: [...ports, ...conditions],
    ...(rule.source ? { source: rule.source } : {}),
  })),
});
