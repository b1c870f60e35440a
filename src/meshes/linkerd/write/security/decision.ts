import type { AccessPolicy, AccessRule, AccessValue } from '../../../../model/capabilities/access.ts';
import type { Match } from '../../../../model/match.ts';
import { clausesOf, type Grant, type Words, type WrittenClause } from './grants.ts';

/** What a policy says, in the form that a Server and its routes have. */
export interface Decision {
  readonly policy: AccessPolicy;
  /** Nobody gets in who is not let in by some policy. */
  readonly closes: boolean;
  /** One of the rules takes everything, so that later tiers are not asked. */
  readonly takesAll?: 'allow' | 'deny';
  /** Everyone with an identity is let in, whatever else is said. */
  readonly takesProven: boolean;
  /** Everyone is let in, and noted. */
  readonly audits: boolean;
  readonly allowed: readonly WrittenClause[];
  /** Requests in the order in which they are looked at; what none takes has no way in. */
  readonly routes?: readonly DecidedRoute[];
}

export interface DecidedRoute {
  readonly match: Match;
  readonly grants: readonly Grant[];
}

const isEverything = ({ clauses }: AccessRule): boolean =>
  clauses.some(({ conditions, request }) => conditions.length === 0 && !request);

const isForAllProven = ({ effect, clauses }: AccessRule): boolean =>
  effect === 'allow' &&
  clauses.some(({ conditions: [only, ...more], request }) => {
    const isBare = more.length === 0 && !request;
    return isBare && only?.attribute === 'peer.identity' && !only.negated && only.values.some(isPresent);
  });

const isPresent = ({ kind }: AccessValue): boolean => kind === 'present';

const requestOf = ({ clauses: [only, ...more] }: AccessRule): Match | undefined =>
  more.length === 0 ? only?.request : undefined;

const sameMatch = (a: Match | undefined, b: Match | undefined): boolean => {
  const text = (match: Match | undefined): string =>
    JSON.stringify(match, (key, value) => (key === 'source' ? undefined : value)) ?? '';
  return text(a) === text(b);
};

const isRefusal = ({ effect, clauses: [only, ...more] }: AccessRule): boolean =>
  effect === 'deny' && more.length === 0 && only?.conditions.length === 0;

/** The list that routes on a Server make: for each match who may use it and a refusal of all others. */
interface RouteList {
  readonly routes: readonly { readonly match: Match; readonly rules: readonly AccessRule[] }[];
  readonly behind: readonly AccessRule[];
}

const routeList = (rules: readonly AccessRule[]): RouteList | undefined => {
  const routes: { match: Match; rules: readonly AccessRule[] }[] = [];
  let open: AccessRule[] = [];
  for (const [at, rule] of rules.entries()) {
    if (rule.effect === 'allow' && requestOf(rule)) {
      open.push(rule);
      continue;
    }
    const match = isRefusal(rule) ? requestOf(rule) : undefined;
    if (!match || open.some(allow => !sameMatch(requestOf(allow), match))) return undefined;
    if (rule.status === 404) return open.length === 0 ? { routes, behind: rules.slice(at + 1) } : undefined;
    routes.push({ match, rules: open });
    open = [];
  }
  return undefined;
};

/** The rules up to one that takes everything. */
const heard = (rules: readonly AccessRule[]): { rules: readonly AccessRule[]; takesAll?: 'allow' | 'deny' } => {
  const at = rules.findIndex(rule => (rule.effect === 'allow' || rule.effect === 'deny') && isEverything(rule));
  if (at < 0) return { rules };
  return { rules: rules.slice(0, at), takesAll: rules[at]?.effect === 'allow' ? 'allow' : 'deny' };
};

/** Rules of a policy that have no words in Linkerd's own form are left out here; the judge has refused them. */
export const decisionOf = (policy: AccessPolicy, words: Words): Decision => {
  const { rules, takesAll } = heard(policy.rules);
  const list = routeList(rules);
  const allowed = (from: readonly AccessRule[]): readonly WrittenClause[] =>
    from.flatMap(rule => {
      const clauses = rule.effect === 'allow' ? clausesOf(rule, words) : [];
      return 'code' in clauses ? [] : clauses;
    });
  return {
    policy,
    closes: policy.otherwise === 'deny',
    ...(takesAll ? { takesAll } : {}),
    takesProven: !list && rules.some(isForAllProven),
    audits: policy.rules.some(rule => rule.effect === 'audit' && isEverything(rule)),
    allowed: allowed(list ? list.behind : rules),
    ...(list
      ? {
          routes: list.routes.map(({ match, rules: own }) => ({
            match,
            grants: allowed(own).map(({ grant }) => grant),
          })),
        }
      : {}),
  };
};

/** Whether a rule is part of a form that Linkerd has, although it does more than allow. */
export const isOwnForm = (rule: AccessRule, policy: AccessPolicy): boolean => {
  const { rules, takesAll } = heard(policy.rules);
  if (rule.effect === 'audit') return isEverything(rule) && takesAll === 'allow';
  if (!isRefusal(rule)) return false;
  return isEverything(rule) ? rule === policy.rules[rules.length] : routeList(rules) !== undefined;
};
