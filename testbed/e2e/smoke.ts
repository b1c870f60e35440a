import type { Question } from '../probe/question.ts';
import type { Verdict } from '../trial/trial.ts';

/** One behaviour that has to be seen, and requests that show it. */
export interface Smoke<Configuration> {
  readonly name: string;
  readonly configuration: readonly Configuration[];
  readonly questions: readonly Question[];
  /** What the prediction itself must be, so that a model that predicts nothing does not pass: a word for each question. */
  readonly predicted: readonly string[];
}

/** How often what differs is sent again: a machine that does much else at the same time is slow for some seconds. */
export const patience = 4;

/** A prediction in a few words. */
export const inShort = ({ predicted }: Verdict): string => {
  const { decision, status, backends, timeoutMs } = predicted.outcome;
  const shares = backends.length > 1 ? ` ${backends.map(({ weight }) => weight / 1000).join('/')}` : '';
  const deadline = timeoutMs === undefined ? '' : ` within ${timeoutMs} ms`;
  return `${decision}${status === undefined ? '' : ` ${status}`}${shares}${deadline}`;
};

const seen = ({ observed }: Verdict): string => {
  const counts = new Map<string, number>();
  for (const { reply, hits } of observed) {
    const what = `${reply.status ?? 'no answer'}${hits[0] ? ` from ${hits[0].pod}` : ''}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => `${count} × ${what}`).join(', ');
};

/** One line for each question; true if all is as predicted and the prediction is the one that was meant. */
export const report = (smoke: Smoke<unknown>, verdicts: readonly Verdict[], say: (line: string) => void): boolean => {
  const results = verdicts.map((verdict, index) => {
    const short = inShort(verdict);
    const meant = smoke.predicted[index] ?? '';
    const problems = [...verdict.differences, ...(short === meant ? [] : [`the prediction should be: ${meant}`])];
    const { caller, service, request } = verdict.question;
    const what = `${caller} → ${service} ${request.protocol === 'tcp' ? 'bytes' : `${request.method} ${request.path}`}`;
    say(
      `  ${problems.length === 0 ? 'ok  ' : 'FAIL'} ${smoke.name}: ${what}: predicted ${short}; seen ${seen(verdict)}`,
    );
    for (const problem of problems) say(`       ${problem}`);
    return problems.length === 0;
  });
  return results.length === smoke.predicted.length && results.every(Boolean);
};
