import type { Aspect, Verdict } from '../../../src/verify/compare/comparison.ts';
import type { Outcome } from '../../../src/verify/outcome.ts';
import type { WorkloadsOf } from '../../probe/expectation.ts';
import { differencesOf, isLeftToChance } from '../../probe/judge.ts';
import type { Observed, Question } from '../../probe/question.ts';
import { moved, type Pair, type Said, standIn } from './pair.ts';

/** One request to one side of a pair, what was predicted and what was seen. */
export interface Answer {
  readonly question: Question;
  readonly outcome: Outcome;
  readonly observed: readonly Observed[];
}

/** All that one side was asked, on the name that it was tried on. */
export interface SideOfPair {
  readonly name: string;
  readonly answers: readonly Answer[];
}

/**
 * What became of one thing that a comparison says. `shown`: a request was treated as only one side treats it, or for what is
 * said to be equal all were treated alike. `unseen`: nothing that an application notices depends on it, or chance hides it.
 * `unsent`: nobody in the bed can send the witness.
 */
export type Finding = 'shown' | 'unseen' | 'unsent' | 'contradicted';

export interface JudgedClaim {
  readonly said: 'equal' | 'undecided' | `${Aspect} ${Verdict}`;
  readonly finding: Finding;
  /** Requests that were put to both sides. */
  readonly requests: number;
  /** Why it is contradicted. */
  readonly why?: string;
  /** Requests that tell it, as `questionKey` writes them: a few are enough. */
  readonly by: readonly string[];
}

/** A question that was put to the name `on`, as it is put to every name. */
export const questionKey = (
  { caller, service, port, request, plan }: Question,
  on: string,
  standIn: string,
): string => {
  const { sourceAddress: _, ...sent } = request;
  return moved(JSON.stringify([caller, service, port, sent, plan]), on, standIn);
};

/** How what one side was seen to do differs from what is predicted of the other. */
const contradictions = (
  [seen, seenOn]: readonly [Answer, string],
  [other, otherName]: readonly [Answer, string],
  workloadsOf: WorkloadsOf,
): readonly string[] =>
  differencesOf(moved(other.outcome, otherName, seenOn), seen.question, seen.observed, workloadsOf);

/** Whether it gets in nowhere or somewhere. */
const isAdmitted = ({ observed }: Answer): boolean =>
  observed.some(({ by, hits }) => by !== undefined || hits.length > 0);

/** Whoever gets in on one side gets in on the other, but for what the verdict says. */
const isAgainst = (verdict: Verdict, a: Answer, b: Answer): boolean => {
  const [was, is] = [isAdmitted(a), isAdmitted(b)];
  return (verdict === 'stricter' && !was && is) || (verdict === 'looser' && was && !is);
};

/** Holds what a comparison says of a pair against what was seen of both sides. */
export const judgePair = (
  { kind }: Pick<Pair, 'kind'>,
  { claims, isUndecided }: Said,
  [before, after]: readonly [SideOfPair, SideOfPair],
  workloadsOf: WorkloadsOf,
): readonly JudgedClaim[] => {
  const { name } = standIn(kind);
  const index = ({ name: own, answers }: SideOfPair): ReadonlyMap<string, Answer> =>
    new Map(answers.map(answer => [questionKey(answer.question, own, name), answer]));
  const [first, second] = [index(before), index(after)];
  const both = (key: string): readonly [Answer, Answer] | undefined => {
    const [a, b] = [first.get(key), second.get(key)];
    return a && b ? [a, b] : undefined;
  };
  const apart = ([a, b]: readonly [Answer, Answer]): readonly string[] => [
    ...contradictions([a, before.name], [b, after.name], workloadsOf),
    ...contradictions([b, after.name], [a, before.name], workloadsOf),
  ];
  const judged = claims.map(({ aspect, verdict, questions }): JudgedClaim => {
    const said = `${aspect} ${verdict}` as const;
    const put = questions.flatMap(question => {
      const key = questionKey(question, name, name);
      const answers = both(key);
      return answers ? [{ key, answers }] : [];
    });
    const result = (finding: Finding, by: string | undefined = put[0]?.key, why?: string): JudgedClaim => ({
      said,
      finding,
      requests: put.length,
      by: by === undefined ? [] : [by],
      ...(why === undefined ? {} : { why }),
    });
    if (put.length === 0) return result('unsent');
    const against = aspect === 'access' ? put.find(({ answers: [a, b] }) => isAgainst(verdict, a, b)) : undefined;
    if (against) return result('contradicted', against.key, `${said}: callers get in where it says that they do not`);
    const telling = put.find(({ answers }) => apart(answers).length > 0);
    if (telling) return result('shown', telling.key);
    const byChance = put.some(({ answers: [{ outcome, question }] }) => isLeftToChance(outcome, question, workloadsOf));
    const isQuiet = aspect === 'resilience' || aspect === 'encryption' || byChance;
    return isQuiet
      ? result('unseen')
      : result('contradicted', undefined, `${said}: both sides were seen to do the same`);
  });
  if (claims.length > 0 || isUndecided)
    return isUndecided && claims.length === 0
      ? [{ said: 'undecided', finding: 'unseen', requests: 0, by: [] }]
      : judged;
  const shared = [...first.keys()].flatMap(key => {
    const answers = both(key);
    return answers ? [{ key, differences: apart(answers) }] : [];
  });
  const wrong = shared.find(({ differences }) => differences.length > 0);
  const finding = shared.length === 0 ? 'unsent' : wrong ? 'contradicted' : 'shown';
  const by = shared.slice(0, 2).map(({ key }) => key);
  return [
    {
      said: 'equal',
      finding,
      requests: shared.length,
      by,
      ...(wrong ? { why: `equal: ${wrong.differences[0]}` } : {}),
    },
  ];
};
