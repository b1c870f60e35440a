import { isSame } from '../../../../base/same.ts';
import type { AccessCondition, AccessPolicy, AccessRule } from '../../../../model/capabilities/access.ts';
import type { Model } from '../../../../model/model.ts';
import { isHttp } from '../../entries/defaults.ts';
import { everyone } from '../../intentions/intention.ts';
import { takesEveryPath } from '../../intentions/policies.ts';
import type { Judging } from '../judging.ts';
import { tokenDemand } from '../tokens.ts';
import { anyoneElse, type Caller, callersNamedBy, holdsFor, isOfCaller } from './callers.ts';
import { everyPath, permissionsFor } from './permissions.ts';
import { reachOf } from './scopes.ts';

type Spec = Readonly<Record<string, unknown>>;
type Effect = 'allow' | 'deny';

/** What one caller may do: nothing but an effect, or permissions before it. */
interface Decision {
  readonly permissions: readonly Spec[];
  readonly effect: Effect;
}

/** The sources of the intentions for each service that some policy is about, by name. */
export const planIntentions = (model: Model, judging: Judging): ReadonlyMap<string, readonly Spec[]> => {
  const policies = new Map<string, AccessPolicy[]>();
  for (const policy of model.access) {
    for (const name of reachOf(policy.scope, judging).names) {
      const list = policies.get(name);
      if (list) list.push(policy);
      else policies.set(name, [policy]);
    }
  }
  const stance = judging.target.defaults.access.value;
  const usual = usualEffect(model, stance);
  const plans = new Map<string, readonly Spec[]>();
  if (usual !== stance) plans.set(everyone, [{ name: everyone, action: usual }]);
  for (const [name, ofName] of [...policies].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const decide = new Decider(name, ofName, usual, judging);
    const rest = decide.for(anyoneElse);
    const named = callersNamedBy(conditionsOf(ofName), judging).flatMap((caller): readonly Spec[] => {
      const decision = decide.for(caller);
      return isSame(decision, rest) ? [] : [sourceSpec(caller.name, decision, stance)];
    });
    const isUsual = rest.permissions.length === 0 && rest.effect === usual;
    const sources = [...named, ...(isUsual ? [] : [sourceSpec(everyone, rest, stance)])];
    if (sources.length > 0) plans.set(name, sources);
  }
  return plans;
};

const conditionsOf = (policies: readonly AccessPolicy[]): readonly AccessCondition[] =>
  policies.flatMap(({ rules }) =>
    rules.flatMap(({ clauses }) => clauses.flatMap(({ conditions }) => conditions.filter(isOfCaller))),
  );

/** What is to become of callers of whom no policy speaks: an intention for all closes what the servers leave open. */
export const usualEffect = ({ meshes }: Model, stance: Effect): Effect =>
  stance === 'allow' && meshes.some(({ defaults }) => defaults.access.value === 'deny') ? 'deny' : stance;

const sourceSpec = (name: string, { permissions, effect }: Decision, stance: Effect): Spec => {
  if (permissions.length === 0) return { name, action: effect };
  const rest = effect === stance ? [] : [{ action: effect, http: everyPath }];
  return { name, permissions: [...permissions, ...rest] };
};

/** Puts the rules of all policies about one service to each caller. */
class Decider {
  private readonly rules: readonly AccessRule[];
  private readonly otherwise: Effect;
  private readonly judging: Judging;
  private readonly seesRequests: boolean;

  constructor(name: string, policies: readonly AccessPolicy[], usual: Effect, judging: Judging) {
    this.judging = judging;
    this.rules = policies.toSorted((a, b) => a.tier - b.tier).flatMap(({ rules }) => rules);
    const closes =
      policies.find(({ otherwise }) => otherwise === 'deny') ?? policies.find(({ otherwise }) => otherwise === 'allow');
    this.otherwise = closes?.otherwise === 'deny' ? 'deny' : closes?.otherwise === 'allow' ? 'allow' : usual;
    const [service] = judging.names.named(name);
    this.seesRequests = service !== undefined && isHttp(judging.protocolOf(service.id));
  }

  for(caller: Caller): Decision {
    const permissions: Spec[] = [];
    for (const { effect, clauses } of this.rules) {
      if (effect !== 'allow' && effect !== 'deny') continue;
      for (const { conditions } of clauses) {
        const asked = this.left(conditions, caller);
        if (!asked) continue;
        if (asked.length === 0) return settled(permissions, effect);
        permissions.push(...this.permitted(asked, effect));
      }
    }
    return settled(permissions, this.otherwise);
  }

  private permitted(asked: readonly AccessCondition[], effect: Effect): readonly Spec[] {
    const demand = tokenDemand(asked, this.judging);
    const jwt = typeof demand === 'object' ? { jwt: demand } : {};
    return permissionsFor(asked).map(http => ({
      action: effect,
      http: Object.keys(http).length > 0 ? http : everyPath,
      ...jwt,
    }));
  }

  /** What a clause still asks of the requests of a caller; undefined if it takes none of them. */
  private left(conditions: readonly AccessCondition[], caller: Caller): readonly AccessCondition[] | undefined {
    const left: AccessCondition[] = [];
    for (const condition of conditions) {
      if (isOfCaller(condition)) {
        if (!holdsFor(condition, caller, this.judging)) return undefined;
      } else if (this.seesRequests) {
        if (!takesEveryPath(condition)) left.push(condition);
      } else if (condition.whenNotHttp === 'fails') return undefined;
    }
    return left;
  }
}

/** Permissions that say at the end what holds for the rest anyway say nothing. */
const settled = (permissions: readonly Spec[], effect: Effect): Decision => {
  let count = permissions.length;
  while (count > 0 && permissions[count - 1]!.action === effect) count -= 1;
  return { permissions: permissions.slice(0, count), effect };
};
