/** Statements that say the same in other words: proofs of equality that need no request. */
import { groupBy } from '../../base/order.ts';
import type { AccessPolicy } from '../../model/capabilities/access.ts';
import type { Action, Frontend, Rule } from '../../model/frontend.ts';
import type { Match, PathMatch, TextMatch } from '../../model/match.ts';
import { keyOf } from '../language/compile.ts';
import { solve } from '../language/solve.ts';
import { meansSame, plainWithout } from '../questions/plain.ts';
import { isEvaluable } from '../regex.ts';

type Test = TextMatch | PathMatch;

const canBeTold = (test: Test): boolean => test.kind !== 'regex' || isEvaluable(test.regex);

/** Whether two tests take the same texts; false also where that is not known. */
const sameTexts = (a: Test, b: Test): boolean => {
  if (keyOf({ test: a }) === keyOf({ test: b })) return true;
  if (!canBeTold(a) || !canBeTold(b)) return false;
  const onlyIn = (one: Test, other: Test) =>
    solve('text', [
      { test: one, holds: true },
      { test: other, holds: false },
    ]);
  return onlyIn(a, b).kind === 'none' && onlyIn(b, a).kind === 'none';
};

const maySame = (a: Test | undefined, b: Test | undefined): boolean => (a && b ? sameTexts(a, b) : a === b);

/** Whether two matches take the same requests: the same parts, each taking the same texts. */
const sameMatch = (a: Match, b: Match): boolean => {
  const { path, method, headers = [], query = [], source: _, ...rest } = a;
  const { path: otherPath, method: otherMethod, headers: otherHeaders = [], query: otherQuery = [], ...others } = b;
  const sameParts = (of: readonly { readonly match: TextMatch }[], as: readonly { readonly match: TextMatch }[]) =>
    of.length === as.length &&
    of.every((part, index) => {
      const other = as[index];
      if (!other || !sameTexts(part.match, other.match)) return false;
      return meansSame({ ...part, match: '' }, { ...other, match: '' });
    });
  return (
    maySame(path, otherPath) &&
    maySame(method, otherMethod) &&
    sameParts(headers, otherHeaders) &&
    sameParts(query, otherQuery) &&
    meansSame(rest, others)
  );
};

const noneTakes = (a: Test | undefined, b: Test | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  canBeTold(a) &&
  canBeTold(b) &&
  solve('text', [
    { test: a, holds: true },
    { test: b, holds: true },
  ]).kind === 'none';

/** Whether no request is taken by both, as far as path and method show it. */
const excludeEachOther = (a: Match, b: Match): boolean => noneTakes(a.path, b.path) || noneTakes(a.method, b.method);

const sameAction = (a: Action, b: Action): boolean =>
  a === b || meansSame({ ...a, id: '', name: '' }, { ...b, id: '', name: '' });

/** Whether what is done to the path depends on how much of it the match took: the rest is kept. */
const keepsRest = ({ rewrite, target }: Action): boolean => {
  const paths = [rewrite?.path, target.kind === 'redirect' ? target.redirect.path : undefined];
  return paths.some(path => path?.kind === 'prefix' || path?.kind === 'segmentPrefix');
};

/** Whether two rules do the same to requests that both of them take. */
const doSame = (a: Rule, b: Rule): boolean =>
  sameAction(a.action, b.action) && (!keepsRest(a.action) || meansSame(a.match.path, b.match.path));

/**
 * Whether two decision lists decide alike: they hold the same rules, and where two of these stand the other way round
 * they exclude each other or do the same.
 */
const sameRules = (a: readonly Rule[], b: readonly Rule[]): boolean => {
  if (a.length !== b.length) return false;
  const free = new Set(b.keys());
  const places: number[] = [];
  for (const rule of a) {
    let place: number | undefined;
    for (const index of free) {
      const other = b[index];
      if (other && sameMatch(rule.match, other.match) && doSame(rule, other)) {
        place = index;
        break;
      }
    }
    if (place === undefined) return false;
    free.delete(place);
    places.push(place);
  }
  return a.every((first, index) =>
    a.slice(index + 1).every((second, more) => {
      const isTurned = (places[index] ?? 0) > (places[index + 1 + more] ?? 0);
      return !isTurned || excludeEachOther(first.match, second.match) || doSame(first, second);
    }),
  );
};

/** Whether two tables stand in front of the same, for the same clients, and decide alike. */
export const sameTable = (a: Frontend, b: Frontend): boolean =>
  a === b || (meansSame({ ...a, rules: [] }, { ...b, rules: [] }) && sameRules(a.rules, b.rules));

const text = (value: object, ...apart: readonly string[]): string => JSON.stringify(plainWithout(value, ...apart));

const texts = new WeakMap<AccessPolicy, readonly string[]>();

/** What a policy adds to the decision list of a server where it holds; the order among allowing rules means nothing. */
const entriesOf = (policy: AccessPolicy): readonly string[] => {
  const known = texts.get(policy);
  if (known) return known;
  const { tier, rules, scope } = policy;
  const where = JSON.stringify([scope.mesh, scope.ports, tier]);
  const entries = rules.flatMap(({ clauses, ...rule }) =>
    clauses.map(clause => `${where} ${text(rule, 'id')} ${text(clause)}`),
  );
  texts.set(policy, entries);
  return entries;
};

/** How a policy leaves what no rule takes. */
const endOf = ({ scope, otherwise, deniedStatus }: AccessPolicy): string =>
  JSON.stringify([scope.mesh, scope.ports, otherwise, deniedStatus]);

/**
 * Whether the policies around a server decide alike: in each tier the same rules in the same order, or in any order
 * where all of them allow; and the same ends.
 */
export const samePolicies = (a: readonly AccessPolicy[], b: readonly AccessPolicy[]): boolean => {
  const ends = (policies: readonly AccessPolicy[]): string => [...new Set(policies.map(endOf))].sort().join();
  const statuses = new Set([...a, ...b].map(({ deniedStatus }) => deniedStatus));
  if (ends(a) !== ends(b) || statuses.size > 1) return false;
  const [before, after] = [groupBy(a, ({ tier }) => tier), groupBy(b, ({ tier }) => tier)];
  return [...new Set([...before.keys(), ...after.keys()])].every(tier => {
    const [own, other] = [before.get(tier) ?? [], after.get(tier) ?? []];
    const onlyAllow = [...own, ...other].every(({ rules }) => rules.every(({ effect }) => effect === 'allow'));
    const [mine, theirs] = [own.flatMap(entriesOf), other.flatMap(entriesOf)];
    const inOrder = (entries: readonly string[]): readonly string[] =>
      onlyAllow ? [...new Set(entries)].sort() : entries;
    return JSON.stringify(inOrder(mine)) === JSON.stringify(inOrder(theirs));
  });
};
