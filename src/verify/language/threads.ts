/** The threads of a program between two characters: where they come to stand, in order of preference. */
import { type Characters, membersOf } from './class.ts';
import type { Program } from './program.ts';
import type { Place } from './syntax.ts';

/** What is known between two characters; `after` is the next one, undefined at the end of the text. */
export interface Between {
  readonly begin: boolean;
  readonly wordBefore: boolean;
  readonly after: number | undefined;
}

/** As RE2 has it: ASCII letters, digits and the underscore. */
export const wordCharacters: Characters = membersOf('[0-9A-Za-z_]', '');

export const isWord = (code: number | undefined): boolean => code !== undefined && wordCharacters[code] === 1;

const standsAt = (place: Place, { begin, wordBefore, after }: Between): boolean => {
  switch (place) {
    case 'begin':
      return begin;
    case 'end':
      return after === undefined;
    case 'boundary':
      return wordBefore !== isWord(after);
    case 'noBoundary':
      return wordBefore === isWord(after);
  }
};

/**
 * Where threads come to stand from some steps, the preferred first: at steps that read or match, and without `between`
 * also at places. Each step is entered once. `cuts`: what is less preferred than a match is left out.
 */
export const follow = (
  { steps }: Program,
  entries: readonly number[],
  cuts: boolean,
  between: Between | undefined,
): readonly number[] => {
  const seen = new Set<number>();
  const reached: number[] = [];
  const stack = entries.toReversed();
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const step = steps[at]!;
    if (step.kind === 'fork') stack.push(step.other, step.next);
    else if (step.kind !== 'at' || !between) reached.push(at);
    else if (standsAt(step.place, between)) stack.push(step.next);
    if (step.kind === 'match' && cuts) break;
  }
  return reached;
};
