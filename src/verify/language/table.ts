/**
 * A set of texts as a table: for each state and class of characters the next state. Characters that no state tells apart
 * share a class. States are few and numbered from 0, so many tables can be walked at once.
 */
import { codes } from './alphabet.ts';

/** What is certain whatever text follows. */
export const open = 0;
export const never = 1;
export const always = 2;

export interface Table {
  readonly start: number;
  /** The class of each character code. */
  readonly classOf: Uint8Array;
  /** How many classes there are. */
  readonly width: number;
  /** At `state * width + class`. */
  readonly next: Uint16Array;
  /** 1 for each state in which the text may end. */
  readonly accepts: Uint8Array;
  /** For each state, whether what follows can still change the answer. */
  readonly fate: Uint8Array;
}

/** The largest number of states that a table may have. */
export const mostStates = 0xffff;

const fateOf = (state: number, next: Uint16Array, width: number, accepted: boolean): number => {
  for (let symbol = 0; symbol < width; symbol += 1) if (next[state * width + symbol] !== state) return open;
  return accepted ? always : never;
};

/** Of a table whose states are all different in meaning, so that only a state that never moves has its fate sealed. */
export const tableOf = (parts: Omit<Table, 'fate'>): Table => {
  const { next, width, accepts } = parts;
  return { ...parts, fate: accepts.map((accepted, state) => fateOf(state, next, width, accepted === 1)) };
};

/** The state after a text; undefined if the text holds other characters than those of the alphabet. */
export const stateAfter = (table: Table, text: string): number | undefined => {
  let state = table.start;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= codes) return undefined;
    state = table.next[state * table.width + table.classOf[code]!]!;
  }
  return state;
};

export const accepts = (table: Table, text: string): boolean => {
  const state = stateAfter(table, text);
  return state !== undefined && table.accepts[state] === 1;
};

/** Whether a text of the set may begin so. True where that is not plain to see. */
export const mayBegin = (table: Table, beginning: string): boolean => {
  const state = stateAfter(table, beginning);
  return state !== undefined && table.fate[state] !== never;
};
