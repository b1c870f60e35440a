import type { Source } from '../base/source.ts';
import type { AccessPolicy, AccessRule } from '../model/capabilities/access.ts';
import { type Identity, identityTitle } from '../model/identity.ts';
import { clauseHolds } from './conditions/clause.ts';
import type { AccessSubject } from './conditions/subject.ts';
import type { Notes } from './findings.ts';

export interface AccessVerdict {
  readonly allowed: boolean;
  readonly status: number;
  /** A sentence for people. */
  readonly why: string;
  readonly rule?: string;
  readonly source?: Source;
}

const usualDenial = 403;

interface Rung {
  readonly policy: AccessPolicy;
  readonly rule: AccessRule;
}

const lists = new WeakMap<readonly AccessPolicy[], readonly Rung[]>();

/** The one decision list of a server: all rules of the covering policies, lower tiers first, else in their order. */
const decisionList = (policies: readonly AccessPolicy[]): readonly Rung[] => {
  const known = lists.get(policies);
  if (known) return known;
  const inTiers = policies.toSorted((a, b) => a.tier - b.tier);
  const list = inTiers.flatMap(policy => policy.rules.map(rule => ({ policy, rule })));
  lists.set(policies, list);
  return list;
};

/** Who the caller is to the server, for sentences. */
export const callerTitle = (identity: Identity): string =>
  identity.kind === 'unauthenticated' ? 'a caller without an identity' : `\`${identityTitle(identity)}\``;

const verdictOf = (rung: Rung, subject: AccessSubject): AccessVerdict => {
  const { rule, policy } = rung;
  const allowed = rule.effect === 'allow';
  const source = rule.source ?? policy.source;
  return {
    allowed,
    status: rule.status ?? usualDenial,
    why: `${callerTitle(subject.identity)} is ${allowed ? 'allowed' : 'denied'} by \`${rule.id}\` of \`${policy.id}\``,
    rule: `${policy.id} ${rule.id}`,
    ...(source ? { source } : {}),
  };
};

/** What holds when no rule takes the request: a policy that closes the server, one that opens it, the mesh's stance. */
const otherwise = (policies: readonly AccessPolicy[], { mesh }: AccessSubject): AccessVerdict => {
  const decides =
    policies.find(policy => policy.otherwise === 'deny') ?? policies.find(policy => policy.otherwise === 'allow');
  if (decides) {
    const allowed = decides.otherwise === 'allow';
    return {
      allowed,
      status: decides.deniedStatus ?? usualDenial,
      why: `no rule takes it, and \`${decides.id}\` ${allowed ? 'allows' : 'denies'} the rest`,
      rule: decides.id,
      ...(decides.source ? { source: decides.source } : {}),
    };
  }
  const stance = mesh.defaults.access;
  const allowed = stance.value === 'allow';
  return {
    allowed,
    status: usualDenial,
    why: `no rule takes it, and the mesh ${allowed ? 'allows' : 'denies'} what nobody speaks of`,
    ...(stance.source ? { source: stance.source } : {}),
  };
};

/**
 * Decides over the policies that cover one server. Audit rules only record. An external authoriser is taken to let the
 * request pass, which the caveats say.
 */
export const decideAccess = (
  policies: readonly AccessPolicy[],
  subject: AccessSubject,
  notes: Notes,
): AccessVerdict => {
  for (const rung of decisionList(policies)) {
    const { rule, policy } = rung;
    if (!rule.clauses.some(clause => clauseHolds(clause, subject, notes))) continue;
    if (rule.effect === 'audit') continue;
    if (rule.effect === 'ask') {
      const who = rule.authoriser === undefined ? 'an external authoriser' : `the authoriser \`${rule.authoriser}\``;
      notes.askedToAgree(rule.authoriser ?? 'unnamed');
      notes.caveat('VERIFY005', `${who} is asked by \`${policy.id}\``, rule.source ?? policy.source);
      continue;
    }
    return verdictOf(rung, subject);
  }
  return otherwise(policies, subject);
};
