import { countWork, workDone } from './work.ts';

/** When so many answers are kept, all are forgotten. */
const mostKept = 100_000;

interface Kept<Answer> {
  readonly answer: Answer;
  readonly work: number;
}

let remembered = 0;

/** How many answers were remembered so far, in place of being worked out again. */
export const timesRemembered = (): number => remembered;

/** Keeps answers by their questions. A question is a list of tests, in any order; equal texts mean the same test. */
export const memory = <Answer>(): ((about: string, tests: readonly string[], answer: () => Answer) => Answer) => {
  const kept = new Map<string, Kept<Answer>>();
  return (about, tests, answer) => {
    const key = JSON.stringify([about, ...[...new Set(tests)].sort()]);
    const known = kept.get(key);
    if (known !== undefined) {
      remembered += 1;
      countWork(known.work);
      return known.answer;
    }
    const before = workDone();
    const told = answer();
    if (kept.size >= mostKept) kept.clear();
    kept.set(key, { answer: told, work: workDone() - before });
    return told;
  };
};
