import type { AccessCondition, AccessPolicy, AccessValue } from '../../model/capabilities/access.ts';
import type { Action, Frontend } from '../../model/frontend.ts';
import type { Model } from '../../model/model.ts';
import { asSeen } from './protocols.ts';
import { retryBackoff } from './routing/retry-annotations.ts';
import type { Judging } from './write/judging.ts';
import { wordsFor } from './write/security/server-plan.ts';

/**
 * What is left of the wishes, as it is in Linkerd: its own identities, its reading of ports, its wait between tries.
 * None of this is a loss; it is how the same thing looks there.
 */
export const asInLinkerd = (model: Model, judging: Judging): Model => {
  const { target, plane } = judging;
  return {
    ...model,
    inventory: asSeen(model.inventory, plane),
    meshes: model.meshes.map(mesh => ({ ...mesh, trustDomain: target.trustDomain, trustDomainAliases: [] })),
    frontends: model.frontends.map(waiting),
    access: model.access.map(policy => inRealm(policy, judging)),
  };
};

/** Zeros say nothing here; a retry has a wait before it that cannot be set. */
const waiting = (frontend: Frontend): Frontend => {
  const done = new Map<Action, Action>();
  const rules = frontend.rules.map(rule => {
    const action = done.get(rule.action) ?? waitingAction(rule.action);
    done.set(rule.action, action);
    return action === rule.action ? rule : { ...rule, action };
  });
  return { ...frontend, rules };
};

const waitingAction = (whole: Action): Action => {
  const { id, retries, timeouts, ...action } = whole;
  if (!retries && !timeouts) return whole;
  const lasting = Object.fromEntries(Object.entries(timeouts ?? {}).filter(([, setting]) => setting.value > 0));
  return {
    id,
    ...action,
    ...(Object.keys(lasting).length > 0 ? { timeouts: lasting } : {}),
    ...(retries && retries.max.value > 0 ? { retries: { backoff: retryBackoff, ...retries } } : {}),
  };
};

/** Callers of the mesh itself, by the names that they have in Linkerd. */
const inRealm = (policy: AccessPolicy, judging: Judging): AccessPolicy => {
  const { ownDomains } = wordsFor(judging).realm;
  const { trustDomain } = judging.target;
  const renamed = (value: AccessValue): AccessValue => {
    if (value.kind === 'serviceAccount') {
      const isOwn = (value.trustDomains ?? ['*']).some(domain => domain === '*' || ownDomains.includes(domain));
      return isOwn ? { ...value, trustDomains: [trustDomain] } : value;
    }
    if (value.kind !== 'exact' && value.kind !== 'prefix') return value;
    const own = ownDomains.find(domain => value.value === domain || value.value.startsWith(`${domain}/`));
    return own === undefined ? value : { ...value, value: `${trustDomain}${value.value.slice(own.length)}` };
  };
  const inTerms = (condition: AccessCondition): AccessCondition =>
    condition.attribute === 'peer.identity' || condition.attribute === 'peer.trustDomain'
      ? { ...condition, values: condition.values.map(renamed) }
      : condition;
  return {
    ...policy,
    rules: policy.rules.map(rule => ({
      ...rule,
      clauses: rule.clauses.map(clause => ({ ...clause, conditions: clause.conditions.map(inTerms) })),
    })),
  };
};
