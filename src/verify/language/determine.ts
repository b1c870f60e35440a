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
import { alphabet } from './alphabet.ts';
import { meet } from './partition.ts';
import type { Program, Step } from './program.ts';
import { smallest } from './smallest.ts';
import { mostStates, type Table } from './table.ts';
import { type Between, follow, isWord, wordCharacters } from './threads.ts';

export type Mode = 'whole' | 'find' | 'leftmostFirst';

/** A character of a word, and one of none: an edge of a word is the same before all of a kind. */
const wordCode = 0x61;
const otherCode = 0x2f;

interface State {
  /** Steps at which threads stand after the last character. */
  readonly threads: readonly number[];
  readonly begin: boolean;
  readonly wordBefore: boolean;
  /** `find` only: a match was found, and nothing can change that. */
  readonly found: boolean;
}

const isAtBoundary = (step: Step): boolean =>
  step.kind === 'at' && (step.place === 'boundary' || step.place === 'noBoundary');

class Walk {
  readonly states: State[] = [];
  /** Threads followed so far. */
  work = 0;
  readonly #program: Program;
  readonly #mode: Mode;
  readonly #hasPlaces: boolean;
  readonly #watchesWords: boolean;
  readonly #byEntries = new Map<string, number>();
  readonly #byThreads = new Map<string, number>();

  constructor(program: Program, mode: Mode) {
    this.#program = program;
    this.#mode = mode;
    this.#hasPlaces = program.steps.some(({ kind }) => kind === 'at');
    this.#watchesWords = program.steps.some(isAtBoundary);
    this.#enter([program.start], true, false);
  }

  /** Characters that no step and no edge of a word tells apart. */
  classes(): ReturnType<typeof meet> {
    const told = new Set(this.#program.steps.flatMap(step => (step.kind === 'read' ? [step.members] : [])));
    if (this.#watchesWords) told.add(wordCharacters);
    return meet(
      [...told].map(classOf => ({ classOf, width: 2 })),
      alphabet,
    );
  }

  /** Whether the text may end in a state. */
  accepts(state: State): boolean {
    return state.found || this.#matches(this.#settle(state, undefined));
  }

  /** The states after each of some characters. */
  row(state: State, codes: readonly number[]): number[] {
    const beforeWord = this.#settle(state, wordCode);
    const beforeOther = this.#watchesWords ? this.#settle(state, otherCode) : beforeWord;
    return codes.map(code => this.#read(state, isWord(code) ? beforeWord : beforeOther, code));
  }

  #matches(threads: readonly number[]): boolean {
    return threads.some(at => this.#program.steps[at]!.kind === 'match');
  }

  #follow(entries: readonly number[], between: Between | undefined): readonly number[] {
    this.work += entries.length;
    return follow(this.#program, entries, this.#mode === 'leftmostFirst', between);
  }

  #settle({ threads, begin, wordBefore }: State, after: number | undefined): readonly number[] {
    return this.#hasPlaces ? this.#follow(threads, { begin, wordBefore, after }) : threads;
  }

  #read(state: State, threads: readonly number[], code: number): number {
    this.work += threads.length;
    const { steps, start } = this.#program;
    const finds = this.#mode === 'find';
    if (state.found || (finds && this.#matches(threads))) return this.#number('found', { ...state, found: true });
    const entries: number[] = [];
    for (const at of threads) {
      const step = steps[at]!;
      if (step.kind === 'read' && step.members[code] === 1) entries.push(step.next);
    }
    if (finds) entries.push(start);
    return this.#enter(entries, false, this.#watchesWords && isWord(code));
  }

  #enter(entries: readonly number[], begin: boolean, wordBefore: boolean): number {
    const key = `${begin} ${wordBefore} ${entries.join()}`;
    const known = this.#byEntries.get(key);
    if (known !== undefined) return known;
    const followed = this.#follow(entries, undefined);
    const threads = this.#mode === 'leftmostFirst' ? followed : followed.toSorted((a, b) => a - b);
    const state: State = { threads, begin: begin && this.#hasPlaces, wordBefore, found: false };
    const number = this.#number(`${state.begin} ${wordBefore} ${threads.join()}`, state);
    this.#byEntries.set(key, number);
    return number;
  }

  #number(key: string, state: State): number {
    const known = this.#byThreads.get(key);
    if (known !== undefined) return known;
    const number = this.states.push(state) - 1;
    this.#byThreads.set(key, number);
    return number;
  }
}

/** The automaton of a program. Undefined: it would take more work than the budget, which counts threads. */
export const determine = (program: Program, mode: Mode, budget: number): Table | undefined => {
  const walk = new Walk(program, mode);
  const { classOf, members } = walk.classes();
  const rows: number[][] = [];
  const accepted: boolean[] = [];
  for (let number = 0; number < walk.states.length; number += 1) {
    const state = walk.states[number]!;
    rows.push(walk.row(state, members));
    accepted.push(walk.accepts(state));
    if (walk.work > budget || walk.states.length > mostStates) return undefined;
  }
  return smallest({ classOf, width: members.length, rows, accepted });
};
