/**
 * From a list where the first match wins to a set of matches where the most specific wins. The order that a user wrote
 * is kept by saying more: where a later match would be preferred to an earlier one, the requests that both take are
 * added to the earlier rule as a match of their own, at least as specific as the later one.
 */

import type { PathRewrite } from '../../model/capabilities/rewrite.ts';
import type { Action, Rule } from '../../model/frontend.ts';
import type { Match, PathMatch } from '../../model/match.ts';
import { covers, intersect } from './intersect.ts';
import { isUnspecified, preferred, type Ranking, rankRules } from './ranking.ts';

/** Two rules whose order the target will not keep, or leaves open, for requests that both take. */
export interface OrderConflict {
  readonly earlier: Rule;
  readonly later: Rule;
  /** `reversed`: the later one wins. `unspecified`: implementations differ, and the usual one keeps the order. */
  readonly kind: 'reversed' | 'unspecified';
}

export interface CompletedOrder {
  /** The matches to write, in this order; the ids of added ones are `<earlier>+<later>`. */
  readonly rules: readonly Rule[];
  /**
   * Rules that no request reaches, because an earlier one takes all of theirs; they are not written. One whose place is
   * left to the implementation is: where it stands higher, it is reached.
   */
  readonly shadowed: readonly Rule[];
  readonly conflicts: readonly OrderConflict[];
}

/** More added matches than any route can carry are not worth computing. */
const mostRules = 1024;

interface Entry {
  readonly rule: Rule;
  /** The place in the user's order of the rule that this match belongs to. */
  readonly place: number;
}

/** Says how to write a first-match list for a ranking. Quadratic in the number of rules. */
export const completeOrder = (rules: readonly Rule[], ranking: Ranking): CompletedOrder => {
  const shadowed = shadowedRules(rules, (earlier, rule) => !isUnspecified(earlier.match, rule.match, ranking));
  const live = rules.filter(rule => !shadowed.has(rule));
  return { shadowed: [...shadowed], ...new Completion(live, ranking).run() };
};

/** The rules of a first-match list that no request reaches, because one earlier rule takes all of theirs. */
export const shadowedRules = (
  rules: readonly Rule[],
  counts: (earlier: Rule, rule: Rule) => boolean = () => true,
): ReadonlySet<Rule> =>
  new Set(
    rules.filter((rule, at) =>
      rules.slice(0, at).some(earlier => covers(earlier.match, rule.match) && counts(earlier, rule)),
    ),
  );

/** What the target will do with a completed order: the list as its ranking reads it. */
export const rankedOrder = (completed: CompletedOrder, ranking: Ranking): readonly Rule[] =>
  rankRules(completed.rules, ranking);

/**
 * INVARIANT: without a `reversed` conflict, ranking the result decides every request as the given list does. An entry
 * takes only requests that its rule takes, so a wrong winner can only belong to a later rule; but then the requests of
 * both are an entry of the earlier rule that the winner does not outrank. (order-completion.test.ts)
 */
class Completion {
  private readonly source: readonly Rule[];
  private readonly entries: Entry[];
  private readonly ranking: Ranking;
  private readonly conflicts = new Map<string, OrderConflict>();

  constructor(rules: readonly Rule[], ranking: Ranking) {
    this.source = rules;
    this.entries = rules.map((rule, place) => ({ rule, place }));
    this.ranking = ranking;
  }

  run(): Pick<CompletedOrder, 'rules' | 'conflicts'> {
    // Added entries are appended and so meet every other entry in turn.
    for (let at = 1; at < this.entries.length; at++) {
      for (let before = 0; before < at; before++) this.settle(this.entries[before]!, this.entries[at]!);
    }
    const isComplete = this.entries.length === this.source.length;
    const rules = isComplete ? this.source : this.entries.toSorted((a, b) => a.place - b.place).map(({ rule }) => rule);
    return { rules, conflicts: [...this.conflicts.values()] };
  }

  private settle(a: Entry, b: Entry): void {
    if (a.place === b.place) return;
    const [earlier, later] = a.place < b.place ? [a, b] : [b, a];
    const open = isUnspecified(earlier.rule.match, later.rule.match, this.ranking);
    const stronger = preferred(later.rule.match, earlier.rule.match, this.ranking);
    const contested = open ? later.rule.match : stronger;
    if (!contested) return;
    const both = intersect(earlier.rule.match, contested);
    if (both === 'disjoint' || (both !== 'inexpressible' && this.isSettled(both, earlier, later))) return;
    const added = both === 'inexpressible' ? undefined : this.entryFor(both, earlier, later);
    if (added && this.keeps(added.rule.match, later.rule.match) && this.entries.length < mostRules) {
      this.entries.push(added);
      return;
    }
    this.conflict(earlier, later, stronger ? 'reversed' : 'unspecified');
  }

  /** Whether an entry already answers for these requests: of a still earlier rule, or of this one and strong enough. */
  private isSettled(both: Match, earlier: Entry, later: Entry): boolean {
    return this.entries.some(
      ({ rule, place }) =>
        (place < earlier.place || (place === earlier.place && this.keeps(rule.match, later.rule.match))) &&
        covers(rule.match, both),
    );
  }

  private keeps(match: Match, against: Match): boolean {
    return !preferred(against, match, this.ranking) && !isUnspecified(match, against, this.ranking);
  }

  private entryFor(match: Match, earlier: Entry, later: Entry): Entry | undefined {
    const action = actionFor(earlier.rule.action, earlier.rule.match.path, match.path);
    const id = `${earlier.rule.id}+${later.rule.id}`;
    return action && { rule: { id, match, action }, place: earlier.place };
  }

  private conflict(earlier: Entry, later: Entry, kind: OrderConflict['kind']): void {
    const [one, other] = [this.source[earlier.place]!, this.source[later.place]!];
    const key = `${earlier.place} ${later.place}`;
    if (this.conflicts.get(key)?.kind === 'reversed') return;
    this.conflicts.set(key, { earlier: one, later: other, kind });
  }
}

/** The action of a rule for a narrower path: replacing the matched prefix now means replacing more, or all of it. */
const actionFor = (action: Action, from: PathMatch | undefined, to: PathMatch | undefined): Action | undefined => {
  if (from === to) return action;
  const { target, rewrite } = action;
  const redirect = target.kind === 'redirect' ? target.redirect : undefined;
  if (!rewrite?.path && !redirect?.path) return action;
  const rewritten = rewrite?.path ? pathRewriteFor(rewrite.path, from, to) : undefined;
  const redirected = redirect?.path ? pathRewriteFor(redirect.path, from, to) : undefined;
  if ((rewrite?.path && !rewritten) || (redirect?.path && !redirected)) return undefined;
  if (rewritten === rewrite?.path && redirected === redirect?.path) return action;
  return {
    ...action,
    ...(rewritten ? { rewrite: { ...rewrite, path: rewritten } } : {}),
    ...(redirected && redirect ? { target: { kind: 'redirect', redirect: { ...redirect, path: redirected } } } : {}),
  };
};

const pathRewriteFor = (
  rewrite: PathRewrite,
  from: PathMatch | undefined,
  to: PathMatch | undefined,
): PathRewrite | undefined => {
  if (rewrite.kind === 'full' || rewrite.kind === 'regex') return rewrite;
  const prefix = from === undefined ? '' : from.kind === 'segmentPrefix' ? from.value : undefined;
  if (rewrite.kind !== 'segmentPrefix' || prefix === undefined || to === undefined) return undefined;
  if (to.kind !== 'exact' && to.kind !== 'segmentPrefix') return undefined;
  const value = `${rewrite.value.replace(/\/$/, '')}${to.value.slice(prefix.length)}` || '/';
  return { kind: to.kind === 'exact' ? 'full' : 'segmentPrefix', value };
};
