import { byKey } from '../../../../base/order.ts';
import type { AccessRule } from '../../../../model/capabilities/access.ts';
import type { Match } from '../../../../model/match.ts';
import { covers, intersect } from '../../../../native/gateway-api/intersect.ts';
import type { DecidedRoute } from './decision.ts';
import type { Grant, WrittenClause } from './grants.ts';

interface Requested {
  readonly match: Match;
  readonly grant: Grant;
}

const every: Match = { path: { kind: 'segmentPrefix', value: '' } };

/** More matches than this are not worth spelling out: where they overlap, fewer callers get in. */
const most = 256;

/**
 * Allowances for requests as routes. Allowances add up, while of routes only the most specific counts: so each route lets
 * in whom any allowance lets in that takes all of its requests, and where two overlap the requests of both are a route of
 * their own. The last route takes every other request and lets nobody in.
 */
export const routesFor = (requested: readonly Requested[]): readonly DecidedRoute[] => {
  if (requested.length === 0) return [];
  const matches = distinct(requested.map(({ match }) => match));
  for (let at = 1; at < matches.length && matches.length < most; at++) {
    for (let before = 0; before < at; before++) {
      const both = intersect(matches[before]!, matches[at]!);
      if (typeof both === 'object' && !matches.some(match => isSame(match, both))) matches.push(both);
    }
  }
  const routes = matches.map((match): DecidedRoute => {
    const grants = requested.filter(one => covers(one.match, match)).map(({ grant }) => grant);
    return {
      match,
      grants: [...new Map(grants.map(grant => [JSON.stringify(grant), grant])).entries()]
        .sort(byKey(([key]) => key))
        .map(([, grant]) => grant),
    };
  });
  const ordered = narrowFirst(routes);
  return ordered.some(({ match }) => isSame(match, every)) ? ordered : [...ordered, { match: every, grants: [] }];
};

/**
 * Rules that let others in for requests that an earlier rule lets callers in for too, where no match says which requests
 * those are: there only one of the two would count.
 */
export const unclearRules = (clauses: readonly WrittenClause[]): readonly AccessRule[] => {
  const all = clauses.flatMap(({ rule, grant, requests }) => requests.map(match => ({ rule, grant, match })));
  return all
    .filter(({ grant, match }, at) =>
      all
        .slice(0, at)
        .some(
          earlier =>
            JSON.stringify(earlier.grant) !== JSON.stringify(grant) &&
            intersect(earlier.match, match) === 'inexpressible',
        ),
    )
    .map(({ rule }) => rule);
};

const text = (match: Match): string => JSON.stringify(match, (key, value) => (key === 'source' ? undefined : value));

const isSame = (a: Match, b: Match): boolean => text(a) === text(b) || (covers(a, b) && covers(b, a));

const distinct = (matches: readonly Match[]): Match[] => {
  const found: Match[] = [];
  for (const match of [...matches].sort(byKey(text))) if (!found.some(other => isSame(other, match))) found.push(match);
  return found;
};

/** A match stands before every match that covers it. */
const narrowFirst = (routes: readonly DecidedRoute[]): readonly DecidedRoute[] => {
  const left = [...routes];
  const ordered: DecidedRoute[] = [];
  while (left.length > 0) {
    const at = left.findIndex(({ match }) => !left.some(other => other.match !== match && covers(match, other.match)));
    ordered.push(...left.splice(Math.max(at, 0), 1));
  }
  return ordered;
};
