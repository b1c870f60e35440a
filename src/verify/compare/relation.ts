import { isSame } from '../../base/same.ts';
import type { Explanation, Outcome } from '../outcome.ts';
import {
  admissionValues,
  entranceValue,
  isResilientAlike,
  isRoutedAlike,
  protectionValues,
  resilienceOf,
  routingValue,
} from './aspect-values.ts';
import { type Aspect, together, type Verdict } from './comparison.ts';

/** Whether the second grants more, less, or the same as the first; `grants` counts upwards. */
const byGrant = (a: number | boolean, b: number | boolean): Verdict =>
  Number(a) === Number(b) ? 'equal' : Number(b) > Number(a) ? 'looser' : 'stricter';

/** Where one side says nothing, nothing is different. */
const byValue = (a: string | undefined, b: string | undefined): Verdict =>
  a === undefined || b === undefined || a === b ? 'equal' : 'different';

/** Traffic to the outside that the client's own proxy refuses. */
const isKeptIn = ({ outcome, decidedLast }: Explanation): boolean =>
  outcome.backends.length === 0 && decidedLast === 'egress-default';

/** A listener that takes callers of its own mesh only refuses the connection. */
const isTurnedAway = ({ outcome, decidedLast }: Explanation): boolean =>
  outcome.decision === 'reset' && outcome.backends.length === 0 && decidedLast === 'encryption-mode';

/** Whether the caller gets in at all; undefined where no server and no gateway has to say. */
const getsIn = (side: Explanation): boolean | undefined => {
  const { decision, backends } = side.outcome;
  if (decision === 'forwarded') return true;
  if (decision === 'denied' || isKeptIn(side) || isTurnedAway(side)) return false;
  return decision === 'reset' && backends.length > 0 ? false : undefined;
};

const admissions = (a: ReadonlyMap<string, boolean>, b: ReadonlyMap<string, boolean>): Verdict => {
  const everyone = (side: ReadonlyMap<string, boolean>, name: string): boolean | undefined =>
    side.get(name) ?? side.get('*');
  let verdict: Verdict = 'equal';
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    const [before, after] = [everyone(a, name), everyone(b, name)];
    // A side that speaks of workloads one by one has said all there is about everyone.
    if (before !== undefined && after !== undefined) verdict = together(verdict, byGrant(before, after));
  }
  return verdict;
};

/** Over endpoints that both sides reach; where they reach none in common, whether the caller gets in anywhere. */
const accessRelation = (a: Explanation, b: Explanation): Verdict => {
  const asks = (side: Explanation): readonly string[] => side.outcome.authorisers ?? [];
  const before = admissionValues(a.outcome);
  const after = admissionValues(b.outcome);
  const shared = [...before.keys()].filter(key => after.has(key));
  const [wasIn, isIn] = [getsIn(a), getsIn(b)];
  let verdict: Verdict = 'equal';
  if (shared.length === 0) {
    if (wasIn !== undefined && isIn !== undefined) verdict = byGrant(wasIn, isIn);
  } else {
    for (const key of shared) {
      const [x, y] = [before.get(key), after.get(key)];
      if (x && y) verdict = together(verdict, admissions(x, y));
    }
  }
  if (wasIn !== true || isIn !== true) return verdict;
  // Whoever is asked may refuse: asking fewer grants more.
  const dropped = asks(a).some(name => !asks(b).includes(name));
  const added = asks(b).some(name => !asks(a).includes(name));
  if (dropped) verdict = together(verdict, 'looser');
  if (added) verdict = together(verdict, 'stricter');
  return verdict;
};

const admitsAny = (workloads: ReadonlyMap<string, boolean> | undefined): boolean =>
  [...(workloads?.values() ?? [])].includes(true);

const encryptionRelation = (a: Outcome, b: Outcome): Verdict => {
  const [came, comes] = [entranceValue(a), entranceValue(b)];
  const entrance = came === undefined || comes === undefined ? 'equal' : byGrant(-came, -comes);
  return together(entrance, behindEntrance(a, b));
};

const behindEntrance = (a: Outcome, b: Outcome): Verdict => {
  const before = protectionValues(a);
  const after = protectionValues(b);
  if (before.size === 0 || after.size === 0) return 'equal';
  const shared = [...before.keys()].filter(key => after.has(key));
  if (shared.length === 0) return byGrant(-Math.min(...before.values()), -Math.min(...after.values()));
  // Where nobody gets in on either side it does not matter how they are kept out: by a reset or by an answer.
  const [wasIn, isIn] = [admissionValues(a), admissionValues(b)];
  return shared
    .filter(key => admitsAny(wasIn.get(key)) || admitsAny(isIn.get(key)))
    .map(key => byGrant(-(before.get(key) ?? 0), -(after.get(key) ?? 0)))
    .reduce(together, 'equal');
};

const resilienceRelation = (a: Outcome, b: Outcome): Verdict => {
  if (isResilientAlike(a, b)) return 'equal';
  const [before, after] = [resilienceOf(a), resilienceOf(b)];
  return !before || !after || isSame(before, after) ? 'equal' : 'different';
};

/** How the answers of two sides to one question relate in one aspect. */
export const relation = (aspect: Aspect, a: Explanation, b: Explanation): Verdict => {
  switch (aspect) {
    case 'routing':
      if (isRoutedAlike(a.outcome, b.outcome)) return 'equal';
      return byValue(routingValue(a.outcome), routingValue(b.outcome));
    case 'resilience':
      return resilienceRelation(a.outcome, b.outcome);
    case 'access':
      return accessRelation(a, b);
    case 'encryption':
      return encryptionRelation(a.outcome, b.outcome);
  }
};

/** Caveats that leave an answer open. */
const open: readonly string[] = ['VERIFY001', 'VERIFY002', 'VERIFY010'];

const openIn = ({ caveats }: Explanation): string[] =>
  caveats.filter(({ code }) => open.includes(code)).map(({ message }) => message);

/** What is not understood on one side and does not stand on the other in the same words. */
export const doubt = (a: Explanation, b: Explanation): string | undefined => {
  const [before, after] = [openIn(a), openIn(b)];
  return before.find(message => !after.includes(message)) ?? after.find(message => !before.includes(message));
};
