import type { AccessClause, AccessCondition, AccessPolicy, AccessRule } from '../../../../model/capabilities/access.ts';
import { report } from '../../reading.ts';
import type { Scene, Server } from './scene.ts';

const isIdentity = ({ attribute }: AccessCondition): boolean =>
  attribute === 'peer.identity' || attribute === 'peer.namespace' || attribute === 'peer.trustDomain';

/** Whether a clause takes only callers that have proved who they are. */
const demandsIdentity = ({ conditions }: AccessClause): boolean =>
  conditions.some(condition => isIdentity(condition) && !condition.negated);

/** Whether every way in that is open at a server asks who the caller is; where nothing is closed, none does. */
const isClosedToStrangers = (scene: Scene, server: Server): boolean => {
  const policies = scene.policiesAt(server);
  if (!policies.some(({ otherwise }) => otherwise === 'deny')) return false;
  const allowing = policies.flatMap(({ rules }) => rules.filter(({ effect }) => effect === 'allow'));
  return allowing.every(({ clauses }) => clauses.every(demandsIdentity));
};

/**
 * A caller without an identity is "not somebody", so a rule that allows all but some callers allows it; and it is
 * nobody, so a rule that denies somebody does not (observed, rows 13b.3, 13b.4). Both only where plaintext gets in.
 */
export const plaintextTraps = (scene: Scene, policy: AccessPolicy, rule: AccessRule): void => {
  const { reading } = scene;
  const open = () => scene.servers(policy.scope).filter(server => scene.takesPlaintext(server));
  if (rule.effect === 'allow') {
    const trap = firstCondition(rule.clauses.filter(clause => !demandsIdentity(clause)));
    if (!trap?.negated || open().length === 0) return;
    report(
      reading,
      'ISTIO205',
      trap.source ?? policy.source!,
      'callers without an identity are allowed, as they are none of these',
    );
  }
  if (rule.effect === 'deny') {
    const trap = firstCondition(rule.clauses.filter(demandsIdentity));
    if (!trap || open().every(server => isClosedToStrangers(scene, server))) return;
    report(
      reading,
      'ISTIO206',
      trap.source ?? policy.source!,
      'callers without an identity are not denied, as they are none of these',
    );
  }
};

const firstCondition = (clauses: readonly AccessClause[]): AccessCondition | undefined =>
  clauses.flatMap(({ conditions }) => conditions).find(isIdentity);

/** Names with `spiffe://` are compared as they stand, with what follows it (observed, row 13b.6). */
export const spiffeTraps = ({ reading }: Scene, rule: AccessRule): void => {
  for (const { attribute, values, source } of conditionsOf(rule)) {
    const [wrong] = values.filter(value => 'value' in value && value.value.startsWith('spiffe://'));
    if (attribute !== 'peer.identity' || !wrong || !('value' in wrong) || !source) continue;
    report(reading, 'ISTIO211', source, `\`${wrong.value}\` is compared without \`spiffe://\` and takes nobody`);
  }
};

/** Each condition once, though several ways into a rule share it. */
export const conditionsOf = (rule: AccessRule): readonly AccessCondition[] => {
  const seen = new Map<unknown, AccessCondition>();
  for (const { conditions } of rule.clauses) {
    for (const condition of conditions) seen.set(condition.source ?? condition, condition);
  }
  return [...seen.values()];
};
