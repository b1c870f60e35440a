import { byKey } from '../../../../base/order.ts';
import type { RateLimit } from '../../../../model/capabilities/rate-limit.ts';
import type { DefaultPolicyName } from '../../default-policy.ts';
import type { CallerPattern } from './callers.ts';
import type { DecidedRoute, Decision } from './decision.ts';
import type { Grant } from './grants.ts';
import { routesFor } from './requests.ts';

/** What is wanted of one port: who may come in, beside what the Server itself lets in. */
export interface Demand {
  readonly accessPolicy: DefaultPolicyName;
  readonly grants: readonly Grant[];
  readonly routes: readonly DecidedRoute[];
  readonly rateLimit?: RateLimit;
}

/** The decisions that are asked, lower tiers first, up to one that takes every request. */
export const asked = (covering: readonly Decision[]): readonly Decision[] => {
  const ordered = covering.toSorted((a, b) => a.policy.tier - b.policy.tier);
  const last = ordered.findIndex(({ takesAll }) => takesAll !== undefined);
  return last < 0 ? ordered : ordered.slice(0, last + 1);
};

/** What holds where no rule decides: `all` are the decisions that are asked. */
export const stanceOf = (
  all: readonly Decision[],
  isStrict: boolean,
  meshStance: 'allow' | 'deny',
): DefaultPolicyName => {
  const takesProven = all.some(decision => decision.takesProven) && all.every(({ routes }) => !routes);
  if (isClosed(all, meshStance)) return isStrict && takesProven ? 'all-authenticated' : 'deny';
  if (isStrict) return 'all-authenticated';
  return all.some(({ audits }) => audits) ? 'audit' : 'all-unauthenticated';
};

/** Whether whom no rule takes is kept out. */
const isClosed = (all: readonly Decision[], meshStance: 'allow' | 'deny'): boolean => {
  const decides = all.at(-1)?.takesAll;
  if (decides === 'allow') return false;
  return decides === 'deny' || all.some(({ closes }) => closes) || meshStance === 'deny';
};

export const demandOf = (
  covering: readonly Decision[],
  port: number,
  how: {
    readonly isStrict: boolean;
    readonly meshStance: 'allow' | 'deny';
    readonly rateLimit?: RateLimit | undefined;
    /** The SPIFFE ids of machines, which have to be named: no pattern takes them. */
    readonly machines: readonly string[];
  },
): Demand => {
  const all = asked(covering);
  const accessPolicy = stanceOf(all, how.isStrict, how.meshStance);
  const rateLimit = how.rateLimit ? { rateLimit: how.rateLimit } : {};
  const everyone: readonly CallerPattern[] = [
    { kind: 'any' },
    ...how.machines.map(text => ({ kind: 'identity', text }) as const),
  ];
  if (accessPolicy === 'all-authenticated' && how.machines.length > 0 && !isClosed(all, how.meshStance)) {
    return { accessPolicy: 'deny', grants: [{ callers: everyone }], routes: [], ...rateLimit };
  }
  if (accessPolicy !== 'deny') return { accessPolicy, grants: [], routes: [], ...rateLimit };
  // Plaintext is kept out by asking everyone for an identity.
  const proven = (grant: Grant): Grant => (how.isStrict && !grant.callers ? { ...grant, callers: everyone } : grant);
  const clauses = all.flatMap(({ allowed }) => allowed).filter(({ takesPort }) => takesPort(port));
  const own = all.flatMap(({ routes }) => routes ?? []);
  const requested = clauses.flatMap(({ requests, grant }) => requests.map(match => ({ match, grant: proven(grant) })));
  const grants = distinctGrants(
    clauses.filter(({ requests }) => requests.length === 0).map(({ grant }) => proven(grant)),
  );
  if (own.length > 0) {
    const routes = own.map(route => ({ ...route, grants: distinctGrants(route.grants.map(proven)) }));
    return { accessPolicy, grants, routes: beside(grants, routes), ...rateLimit };
  }
  const open = openedBy(
    grants,
    requested.map(({ grant }) => grant),
  );
  if (open) return { accessPolicy: open, grants: [], routes: [], ...rateLimit };
  return { accessPolicy, grants, routes: beside(grants, routesFor(requested)), ...rateLimit };
};

/** Whom the Server lets in, it lets in on every route. */
const beside = (grants: readonly Grant[], routes: readonly DecidedRoute[]): readonly DecidedRoute[] => {
  const known = new Set(grants.map(grant => JSON.stringify(grant)));
  return routes.map(route => ({ ...route, grants: route.grants.filter(grant => !known.has(JSON.stringify(grant))) }));
};

/**
 * The word of the Server that says the same as its grants: everyone gets in, or everyone with an identity and no other.
 * Whoever has a SPIFFE id is let in by name only.
 */
const openedBy = (grants: readonly Grant[], ofRequests: readonly Grant[]): DefaultPolicyName | undefined => {
  const takesAll = (grant: Grant): boolean => !grant.networks && (!grant.callers || grant.callers.some(isAny));
  if (grants.some(grant => !grant.callers && takesAll(grant))) return 'all-unauthenticated';
  const saysMore = [...grants, ...ofRequests].some(({ callers }) => !callers || callers.some(isByName));
  return !saysMore && grants.some(takesAll) ? 'all-authenticated' : undefined;
};

const isByName = (caller: CallerPattern): boolean => caller.kind === 'identity' && caller.text.startsWith('spiffe://');

const isAny = ({ kind }: CallerPattern): boolean => kind === 'any';

/** Each once, in one order whatever the order of the policies. */
export const distinctGrants = (grants: readonly Grant[]): readonly Grant[] =>
  [...new Map(grants.map(grant => [JSON.stringify(grant), grant])).entries()]
    .sort(byKey(([key]) => key))
    .map(([, grant]) => grant);

/** Equal for demands that one Server can meet. */
export const demandText = ({ accessPolicy, grants, routes, rateLimit }: Demand): string =>
  JSON.stringify([accessPolicy, grants, routes, rateLimit?.id], (key, value) => (key === 'source' ? undefined : value));
