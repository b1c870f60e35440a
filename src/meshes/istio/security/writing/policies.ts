import { type Manifest, ownershipLabel } from '../../../../adapter/adapter.ts';
import { groupBy } from '../../../../base/order.ts';
import type { AccessPolicy, AccessRule } from '../../../../model/capabilities/access.ts';
import type { Model } from '../../../../model/model.ts';
import type { WrittenClause } from './clause.ts';
import { Names } from './names.ts';
import { placementsOf, type Writing } from './placement.ts';
import { AccessPlan } from './plan.ts';
import { mayOverlap } from './scopes.ts';

type IstioRule = Readonly<Record<string, unknown>>;

const actions = { allow: undefined, deny: 'DENY', audit: 'AUDIT', ask: 'CUSTOM' } as const;

/** AuthorizationPolicies for what is left of the access rules, and the base that denies where the mesh did not. */
export const emitAuthorizationPolicies = (writing: Writing): Manifest[] => {
  const { model, mesh, rootNamespace } = writing;
  const plan = new AccessPlan(model, mesh);
  const names = new Names();
  const base = plan.deniesByDefault ? [manifest(names.take(rootNamespace, 'deny-by-default'), rootNamespace, {})] : [];
  return [...base, ...model.access.flatMap(policy => emitPolicy(policy, writing, plan, names))];
};

const emitPolicy = (policy: AccessPolicy, writing: Writing, plan: AccessPlan, names: Names): Manifest[] => {
  const placements = placementsOf(policy.scope, writing) ?? [];
  const parts = partsOf(policy, writing.model, plan);
  return placements.flatMap(({ namespace, attachment }) =>
    parts.map(({ effect, authoriser, rules }) => {
      const name = names.take(namespace, names.from(policy.id, parts.length > 1 && effect !== 'allow' ? effect : ''));
      const action = actions[effect];
      return manifest(name, namespace, {
        ...attachment,
        ...(action ? { action } : {}),
        ...(authoriser === undefined ? {} : { provider: { name: authoriser } }),
        ...(rules.length > 0 ? { rules } : {}),
      });
    }),
  );
};

const manifest = (name: string, namespace: string, spec: Readonly<Record<string, unknown>>): Manifest => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
  metadata: { name, namespace, labels: ownershipLabel },
  spec,
});

interface Part {
  readonly effect: AccessRule['effect'];
  readonly authoriser?: string | undefined;
  readonly rules: readonly IstioRule[];
}

/** One object for each action. An ALLOW object without rules closes the servers it covers. */
const partsOf = (policy: AccessPolicy, model: Model, plan: AccessPlan): Part[] => {
  const written = policy.rules.map(rule => ({ rule, rules: asRules(plan.planOf(policy, rule).clauses) }));
  const groups = groupBy(written, ({ rule }) => `${rule.effect} ${rule.authoriser ?? ''}`);
  const parts = [...groups.values()].map(([first, ...more]): Part => {
    const { effect, authoriser } = first!.rule;
    return { effect, authoriser, rules: [first!, ...more].flatMap(({ rules }) => rules) };
  });
  const restricting = parts.filter(({ effect, rules }) => effect !== 'allow' && rules.length > 0);
  const allowed = [
    ...parts.filter(({ effect }) => effect === 'allow').flatMap(({ rules }) => rules),
    ...openings(policy, model, plan),
  ];
  const allowing: Part[] =
    policy.otherwise === 'deny' || allowed.length > 0 ? [{ effect: 'allow', rules: allowed }] : [];
  return [...restricting, ...allowing];
};

/** What stays open beside the rules: other ports than those a policy closes, or all where a policy opens its servers. */
const openings = (policy: AccessPolicy, model: Model, plan: AccessPlan): IstioRule[] => {
  if (policy.otherwise === 'deny') {
    const closed = plan.deniesByDefault ? undefined : plan.ports.notToOpen(policy);
    return closed ? [{ to: [{ operation: { notPorts: closed.map(String) } }] }] : [];
  }
  if (policy.otherwise !== 'allow' || !plan.deniesByDefault) return [];
  if (model.access.some(other => other.otherwise === 'deny' && mayOverlap(other.scope, policy.scope))) return [];
  const { ports } = policy.scope;
  return [ports ? { to: [{ operation: { ports: ports.map(String) } }] } : {}];
};

/**
 * The ways into a rule. Those that need HTTP stand apart: on a TCP port a permission is dropped with all its ways if one
 * of them needs HTTP (observed, row 14.13).
 */
const asRules = (clauses: readonly WrittenClause[]): IstioRule[] => {
  const http = clauses.filter(needsHttp);
  const rest = clauses.filter(clause => !needsHttp(clause));
  return [...factor(http), ...factor(rest)];
};

const needsHttp = ({ source, operation, when }: WrittenClause): boolean =>
  [...Object.keys(source), ...Object.keys(operation)].some(key =>
    /^(requestPrincipals|hosts|methods|paths|not(RequestPrincipals|Hosts|Methods|Paths))$/.test(key),
  ) || when.some(({ key }) => key.startsWith('request.'));

/** The ways into a rule as one rule, if every `from` goes with every `to`; else a rule for each. */
const factor = (clauses: readonly WrittenClause[]): IstioRule[] => {
  if (clauses.length === 0) return [];
  const distinct = uniqueBy(clauses, clause => JSON.stringify(clause));
  const sources = uniqueBy(
    distinct.map(({ source }) => source),
    JSON.stringify,
  );
  const operations = uniqueBy(
    distinct.map(({ operation }) => operation),
    JSON.stringify,
  );
  const whens = uniqueBy(
    distinct.map(({ when }) => when),
    JSON.stringify,
  );
  const isProduct = whens.length === 1 && sources.length * operations.length === distinct.length;
  const groups = isProduct
    ? [{ sources, operations, when: whens[0]! }]
    : distinct.map(({ source, operation, when }) => ({ sources: [source], operations: [operation], when }));
  return groups.map(({ sources, operations, when }) => ({
    ...listOf('from', sources, source => ({ source })),
    ...listOf('to', operations, operation => ({ operation })),
    ...(when.length > 0 ? { when } : {}),
  }));
};

/** One that asks for nothing lets everything through, and with it all of them. */
const listOf = <T extends object>(key: string, items: readonly T[], entry: (item: T) => object): IstioRule =>
  items.some(item => Object.keys(item).length === 0) ? {} : { [key]: items.map(entry) };

const uniqueBy = <T>(items: readonly T[], key: (item: T) => string): T[] => [
  ...new Map(items.map(item => [key(item), item])).values(),
];
