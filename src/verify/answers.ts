import type { Model } from '../model/model.ts';
import { plain } from './questions/plain.ts';
import { questions } from './questions/questions.ts';
import { type Ask, callerTitle, worldOf } from './request.ts';
import { type SampleOptions, samples } from './samples/samples.ts';
import { simulate } from './simulate.ts';

const text = (value: unknown): string => JSON.stringify(plain(value));

/** Caveats that are a part of the answer: something else has a word in it, and what that is comes from the configuration. */
const telling: readonly string[] = ['VERIFY002', 'VERIFY010'];

const answerOf = (model: Model, ask: Ask): string => {
  const { outcome, caveats } = simulate(worldOf(model), ask);
  return JSON.stringify([outcome, caveats.filter(({ code }) => telling.includes(code)).map(({ message }) => message)]);
};

/** Answers that differ to the letter may still be the same in another order of keys. */
const sameAnswer = (a: string, b: string): boolean => a === b || text(JSON.parse(a)) === text(JSON.parse(b));

const byQuestions = (a: Model, b: Model): string | undefined => {
  for (const { id, ask } of questions) {
    const before = ask(a, [b]);
    const after = ask(b, [a]);
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (text(before[key]) !== text(after[key])) return `${id}: ${key}`;
    }
  }
  return undefined;
};

const titleOf = ({ caller, to, via, request }: Ask): string => {
  const port = to.port === undefined ? '' : `:${to.port}`;
  const where = `${'service' in to ? to.service : to.host}${port}${via === undefined ? '' : ` via ${via}`}`;
  return `${callerTitle(caller)} ${request.method} ${where}${request.path}`;
};

const bySamples = (a: Model, b: Model, options?: SampleOptions): string | undefined => {
  for (const { asks } of samples([a, b], options)) {
    for (const ask of asks) {
      if (!sameAnswer(answerOf(a, ask), answerOf(b, ask))) return `request: ${titleOf(ask)}`;
    }
  }
  return undefined;
};

/**
 * The first question whose answer tells two models apart, in words; undefined if none does. Requests at the borders of
 * all rules of both are asked, and all named questions; sources, origins and names of statements are no answers.
 */
export const tellApart = (a: Model, b: Model, options?: SampleOptions): string | undefined =>
  byQuestions(a, b) ?? bySamples(a, b, options);
