import type { AccessCondition, AccessPolicy, AccessRule } from '../../../../model/capabilities/access.ts';
import type { Mesh } from '../../../../model/mesh.ts';
import type { Model } from '../../../../model/model.ts';
import type { ServerScope } from '../../../../model/scope.ts';
import { isHttpAttribute } from '../access-clauses.ts';
import { type ClauseResult, type WrittenClause, writeClause } from './clause.ts';
import { ClosedPorts } from './closed-ports.ts';
import { areDisjoint, asConditions, inverse, isProblem, onTcp } from './conditions.ts';
import { byNamespace } from './near.ts';
import { unselectable } from './placement.ts';
import { contains, mayOverlap, withoutPorts } from './scopes.ts';

/** What becomes of one rule. */
export interface RulePlan {
  /** `implied`: nothing has to be written, because what is written anyway says it. */
  readonly kind: 'written' | 'implied';
  readonly clauses: readonly WrittenClause[];
  /** What the clauses say, as conditions. */
  readonly ways: readonly (readonly AccessCondition[])[];
  /** On a TCP port the rule does something else than it did. */
  readonly differsOnTcp: boolean;
  /** Ways into the rule that have no form, and why. */
  readonly problems: readonly string[];
  /** The rule takes less than it did, since Istio cannot say it more exactly. */
  readonly narrowed?: string;
}

interface Place {
  readonly policy: AccessPolicy;
  readonly rule: AccessRule;
}

/**
 * Istio asks authorisers, then denies, then allows, whatever the order; a model is a list in which the first match
 * decides. Where a denial stands behind a permission that it would undo, the denial is not written: where everything
 * else is denied anyway, it is enough that later permissions leave out what it takes.
 */
export class AccessPlan {
  private readonly model: Model;
  private readonly mesh: Mesh;
  private readonly order = new Map<AccessRule, number>();
  private readonly rulesNear: (scope: ServerScope) => readonly Place[];
  private readonly policiesNear: (scope: ServerScope) => readonly AccessPolicy[];
  readonly ports: ClosedPorts;
  private readonly known = new Map<AccessRule, RulePlan>();

  constructor(model: Model, mesh: Mesh) {
    // What is refused as a whole closes nothing.
    const access = model.access.filter(({ scope }) => unselectable(scope, { model }) === undefined);
    this.model = model;
    this.mesh = mesh;
    this.ports = new ClosedPorts({ access });
    this.policiesNear = byNamespace(access, ({ scope }) => scope);
    const list = access
      .map((policy, place) => ({ policy, place }))
      .sort((a, b) => a.policy.tier - b.policy.tier || a.place - b.place)
      .flatMap(({ policy }) => policy.rules.map(rule => ({ policy, rule })));
    for (const [index, { rule }] of list.entries()) this.order.set(rule, index);
    this.rulesNear = byNamespace(list, ({ policy }) => policy.scope);
  }

  /** Whether whatever no rule takes is denied at every server of a scope. */
  isClosed({ scope }: Pick<AccessPolicy, 'scope'>): boolean {
    if (this.deniesByDefault)
      return !this.policiesNear(scope).some(policy => policy.otherwise === 'allow' && mayOverlap(policy.scope, scope));
    return this.policiesNear(scope).some(policy => policy.otherwise === 'deny' && contains(policy.scope, scope));
  }

  get deniesByDefault(): boolean {
    return this.model.meshes.some(({ id, defaults }) => id === this.mesh.id && defaults.access.value === 'deny');
  }

  planOf(policy: AccessPolicy, rule: AccessRule): RulePlan {
    const known = this.known.get(rule);
    if (known) return known;
    const plan = this.make(policy, rule);
    this.known.set(rule, plan);
    return plan;
  }

  private make(policy: AccessPolicy, rule: AccessRule): RulePlan {
    if (rule.effect === 'deny' && this.undoes(policy, rule)) {
      if (this.isClosed(policy)) return implied;
      return { ...implied, kind: 'written', problems: ['it would undo a permission that comes before it'] };
    }
    if (rule.effect === 'allow' && !this.deniesByDefault && !this.isClosed(policy)) return this.unneeded(policy);
    return rule.effect === 'allow' ? this.allowing(policy, rule) : this.written(policy, rule, []);
  }

  /** Where nothing is closed a permission says nothing; where only some servers are, it would close the others. */
  private unneeded({ scope }: AccessPolicy): RulePlan {
    const closing = this.policiesNear(scope).find(
      policy => policy.otherwise === 'deny' && mayOverlap(policy.scope, scope),
    );
    if (!closing) return implied;
    return {
      ...implied,
      narrowed: `some of its servers are closed by \`${closing.id}\`, and writing it would close the others`,
    };
  }

  /** Rules before one that may speak of the same requests at the same servers. */
  private before(policy: AccessPolicy, rule: AccessRule, effect: AccessRule['effect']): readonly Place[] {
    const end = this.order.get(rule) ?? 0;
    return this.rulesNear(policy.scope)
      .filter(
        place =>
          this.order.get(place.rule)! < end &&
          place.rule.effect === effect &&
          mayOverlap(place.policy.scope, policy.scope),
      )
      .sort((a, b) => this.order.get(a.rule)! - this.order.get(b.rule)!);
  }

  private undoes(policy: AccessPolicy, denial: AccessRule): boolean {
    return this.before(policy, denial, 'allow').some(place => overlap(place, { policy, rule: denial }));
  }

  /** A permission, without what denials before it take that are not written as such. */
  private allowing(policy: AccessPolicy, rule: AccessRule): RulePlan {
    const denials = this.before(policy, rule, 'deny').filter(
      place => overlap({ policy, rule }, place) && this.planOf(place.policy, place.rule).kind === 'implied',
    );
    return this.written(policy, rule, denials);
  }

  private written(policy: AccessPolicy, rule: AccessRule, denials: readonly Place[]): RulePlan {
    const problems: string[] = [];
    const clauses: WrittenClause[] = [];
    const kept: (readonly AccessCondition[])[] = [];
    let differsOnTcp = false;
    const note = (way: readonly AccessCondition[], result: ClauseResult): void => {
      if (result.kind === 'problem') problems.push(result.problem);
      if (result.kind !== 'written') return;
      clauses.push(result.clause);
      differsOnTcp ||= changesOnTcp(way, rule.effect);
      kept.push(way.map(condition => onTcp(condition, rule.effect)));
    };
    for (const clause of rule.clauses) {
      const conditions = asConditions(clause);
      if (isProblem(conditions)) {
        problems.push(conditions.problem);
        continue;
      }
      let ways: readonly (readonly AccessCondition[])[] = splitExceptions(conditions);
      for (const denial of denials) ways = without(ways, denial, policy, problems);
      for (const way of ways) note(way, writeClause([...portCondition(policy), ...way], rule.effect, this.mesh));
    }
    const wide = denials.find(denial => !contains(withoutPorts(denial.policy.scope), withoutPorts(policy.scope)));
    const narrowed = wide && `it leaves out what \`${wide.policy.id}\` denies at some of its servers`;
    return { kind: 'written', clauses, ways: kept, differsOnTcp, problems, ...(narrowed ? { narrowed } : {}) };
  }
}

const implied: RulePlan = { kind: 'implied', clauses: [], ways: [], differsOnTcp: false, problems: [] };

const conditionsIn = ({ policy, rule }: Place): readonly (readonly AccessCondition[])[] =>
  rule.clauses.map(clause => {
    const conditions = asConditions(clause);
    return [...portCondition(policy), ...(isProblem(conditions) ? clause.conditions : conditions)];
  });

/** Whether two rules may take one request. */
const overlap = (a: Place, b: Place): boolean =>
  conditionsIn(a).some(one => conditionsIn(b).some(other => !areDisjoint(one, other)));

/** A policy for some ports is written for all of them, with the ports as a condition. */
export const portCondition = ({ scope: { ports } }: AccessPolicy): readonly AccessCondition[] =>
  ports
    ? [
        {
          attribute: 'destination.port',
          values: ports.map(port => ({ kind: 'port', port })),
          negated: false,
          whenAbsent: 'fails',
          whenNotHttp: 'holds',
        },
      ]
    : [];

/** Ranges that have exceptions need a way of their own each. */
const splitExceptions = (conditions: readonly AccessCondition[]): (readonly AccessCondition[])[] => {
  const index = conditions.findIndex(
    ({ values, negated }) =>
      !negated && values.length > 1 && values.some(value => value.kind === 'addresses' && value.except?.length),
  );
  const found = conditions[index];
  if (!found) return [conditions];
  return found.values.flatMap(value => splitExceptions(conditions.with(index, { ...found, values: [value] })));
};

/** The ways into a permission that a denial leaves: each misses one thing that every way into the denial needs. */
const without = (
  ways: readonly (readonly AccessCondition[])[],
  { policy, rule }: Place,
  allowing: AccessPolicy,
  problems: string[],
): readonly (readonly AccessCondition[])[] => {
  let left = ways;
  for (const clause of rule.clauses) {
    const conditions = asConditions(clause);
    if (isProblem(conditions)) {
      problems.push(`the denial before it cannot be left out: ${conditions.problem}`);
      return [];
    }
    const denied = [
      ...(isWithin(allowing.scope.ports, policy.scope.ports) ? [] : portCondition(policy)),
      ...conditions,
    ];
    left = left.flatMap(way => {
      const misses = denied.map(inverse);
      if (areDisjoint(way, denied) || misses.some(miss => way.some(one => isSame(one, miss)))) return [way];
      if (misses.some(isImpossible)) problems.push('connections that are not HTTP cannot be told from requests');
      return misses.filter(miss => !isImpossible(miss)).map(miss => [...way, miss]);
    });
  }
  return left;
};

/**
 * On a TCP port a permission never holds by what only HTTP has, and a denial does not look at it (observed, row 14.13);
 * nor does what asks an authoriser or the log (pilot, Istio 1.31: `authz/model`, `checkError`).
 */
const changesOnTcp = (way: readonly AccessCondition[], effect: AccessRule['effect']): boolean => {
  const http = way.filter(({ attribute }) => isHttpAttribute(attribute));
  if (effect !== 'allow') return http.some(({ whenNotHttp }) => whenNotHttp === 'fails');
  return http.length > 0 && http.every(({ whenNotHttp }) => whenNotHttp === 'holds');
};

/** The same question with the same answer, among requests. */
const isSame = (a: AccessCondition, b: AccessCondition): boolean =>
  a.attribute === b.attribute && a.negated === b.negated && JSON.stringify(a.values) === JSON.stringify(b.values);

const isWithin = (inner: readonly number[] | undefined, outer: readonly number[] | undefined): boolean =>
  outer === undefined || (inner?.every(port => outer.includes(port)) ?? false);

/** Every request has a path, a method and a host. */
const isImpossible = ({ attribute, values, negated }: AccessCondition): boolean =>
  negated && /^request\.(path|method|host)$/.test(attribute) && values.some(({ kind }) => kind === 'present');
