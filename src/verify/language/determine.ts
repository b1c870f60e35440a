/**
 * All threads of a program at once, character by character, as an automaton.
 *
 * A state is the list of the steps where threads stand, the preferred first. `whole` asks for any thread that matches at
 * the end of the text, so there the order does not matter. `find` is told by the first match anywhere; then everything
 * is taken. `leftmostFirst` is the span that RE2 and Rust report for a match from the first character: a match cuts off
 * the threads after it, which are less preferred, and those before it live on and may replace it by a longer one. The
 * last match that is reached is reported; so it ends where the text ends exactly if a thread matches there that was
 * never cut off.
 */
import { alphabet, codes } from './alphabet.ts';
import type { Program, Step } from './program.ts';
import { smallest } from './smallest.ts';
import { mostStates, type Table } from './table.ts';
import { follow, isWord } from './threads.ts';

export type Mode = 'whole' | 'find' | 'leftmostFirst';

/** A character of a word, and one of none: an edge of a word is the same before all of a kind. */
const wordCode = 0x61;
const otherCode = 0x2f;

/** Characters that no step and no edge of a word tells apart: a class for each code, and one member of each. */
const classesOf = (steps: readonly Step[], words: boolean): { classOf: Uint8Array; members: readonly number[] } => {
  const sets = [...new Set(steps.flatMap(step => (step.kind === 'read' ? [step.members] : [])))];
  const classOf = new Uint8Array(codes);
  const known = new Map<string, number>();
  const members: number[] = [];
  for (const code of alphabet) {
    const signature = `${words && isWord(code)}${sets.map(set => set[code]).join('')}`;
    let symbol = known.get(signature);
    if (symbol === undefined) {
      symbol = members.push(code) - 1;
      known.set(signature, symbol);
    }
    classOf[code] = symbol;
  }
  return { classOf, members };
};

interface State {
  /** Steps at which threads stand after the last character. */
  readonly threads: readonly number[];
  readonly begin: boolean;
  readonly wordBefore: boolean;
}

/** `find` only: a match was found, and nothing can change that. */
const found = 'found';

/** The automaton of a program. Undefined: it would take more work than the budget, which counts threads. */
export const determine = (program: Program, mode: Mode, budget: number): Table | undefined => {
  const { steps, start } = program;
  const places = steps.flatMap(step => (step.kind === 'at' ? [step.place] : []));
  const watchesWords = places.some(place => place === 'boundary' || place === 'noBoundary');
  const { classOf, members } = classesOf(steps, watchesWords);
  const cuts = mode === 'leftmostFirst';
  const numbers = new Map<string, number>();
  const states: (State | typeof found)[] = [];
  let work = 0;

  const numberOf = (state: State | typeof found): number => {
    const key = state === found ? found : `${state.begin} ${state.wordBefore} ${state.threads.join()}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = states.push(state) - 1;
      numbers.set(key, number);
    }
    return number;
  };

  const stateAt = (entries: readonly number[], begin: boolean, wordBefore: boolean): State => {
    const threads = follow(program, entries, cuts, undefined);
    return {
      threads: cuts ? threads : threads.toSorted((a, b) => a - b),
      begin: begin && places.length > 0,
      wordBefore,
    };
  };

  const settle = ({ threads, begin, wordBefore }: State, after: number | undefined): readonly number[] => {
    work += threads.length;
    return places.length === 0 ? threads : follow(program, threads, cuts, { begin, wordBefore, after });
  };

  const matches = (threads: readonly number[]): boolean => threads.some(at => steps[at]!.kind === 'match');

  const read = (threads: readonly number[], code: number): State | typeof found => {
    if (mode === 'find' && matches(threads)) return found;
    const entries = threads.flatMap(at => {
      const step = steps[at]!;
      return step.kind === 'read' && step.members[code] ? [step.next] : [];
    });
    work += threads.length;
    return stateAt(mode === 'find' ? [...entries, start] : entries, false, watchesWords && isWord(code));
  };

  const rowOf = (state: State): number[] => {
    const beforeWord = settle(state, wordCode);
    const beforeOther = watchesWords ? settle(state, otherCode) : beforeWord;
    return members.map(code => numberOf(read(isWord(code) ? beforeWord : beforeOther, code)));
  };

  const rows: number[][] = [];
  const accepted: boolean[] = [];
  numberOf(stateAt([start], true, false));
  for (let number = 0; number < states.length; number += 1) {
    const state = states[number]!;
    rows.push(state === found ? members.map(() => number) : rowOf(state));
    accepted.push(state === found || matches(settle(state, undefined)));
    if (work > budget || states.length > mostStates) return undefined;
  }
  return smallest({ classOf, width: members.length, rows, accepted });
};
