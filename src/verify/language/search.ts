import { meet } from './partition.ts';
import { always, never, type Table } from './table.ts';
import { countWork } from './work.ts';

/** A set of texts, or with `holds: false` all others. */
export interface Part {
  readonly table: Table;
  readonly holds: boolean;
}

export type Found =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'budget' };

/** Moves of single tables in one search: a fraction of a second, and some tens of megabytes. */
const usualBudget = 2_000_000;

/** A state of each table, in one string: it is kept and compared in one piece. */
type States = string;

/**
 * The shortest text that all parts agree on, and among equally short ones that with the characters that come first in
 * `symbols`. All tables are walked at once, breadth first, so that only combinations of states are made that some text
 * reaches; one in which a part can no longer agree is not followed. `budget` counts moves of single tables.
 */
export const search = (parts: readonly Part[], symbols: readonly number[], budget = usualBudget): Found => {
  const { found, work } = walkAll(parts, symbols, budget);
  countWork(work);
  return found;
};

const walkAll = (
  parts: readonly Part[],
  symbols: readonly number[],
  budget: number,
): { readonly found: Found; readonly work: number } => {
  const readers = meet(
    parts.map(({ table }) => table),
    symbols,
  ).members;
  const reached: States[] = [];
  const from: number[] = [];
  const read: number[] = [];
  const known = new Set<States>();
  let work = 0;

  const add = (states: States, before: number, code: number): void => {
    known.add(states);
    reached.push(states);
    from.push(before);
    read.push(code);
  };

  const agreed = (states: States): boolean =>
    parts.every(({ table, holds }, index) => (table.accepts[states.charCodeAt(index)] === 1) === holds);

  const isDoomed = ({ table, holds }: Part, state: number): boolean => table.fate[state] === (holds ? never : always);

  /** Undefined: a part can no longer agree. */
  const move = (states: States, code: number): States | undefined => {
    let moved = '';
    for (let index = 0; index < parts.length; index += 1) {
      const part = parts[index]!;
      const { next, width, classOf } = part.table;
      const state = next[states.charCodeAt(index) * width + classOf[code]!]!;
      work += 1;
      if (isDoomed(part, state)) return undefined;
      moved += String.fromCharCode(state);
    }
    return moved;
  };

  const spell = (last: number): string => {
    const text: number[] = [];
    for (let at = last; from[at]! >= 0; at = from[at]!) text.push(read[at]!);
    return String.fromCharCode(...text.reverse());
  };

  const ended = (found: Found): { readonly found: Found; readonly work: number } => ({ found, work });

  if (parts.some(part => isDoomed(part, part.table.start))) return ended({ kind: 'none' });
  add(String.fromCharCode(...parts.map(({ table }) => table.start)), -1, 0);
  for (let at = 0; at < reached.length; at += 1) {
    const states = reached[at]!;
    if (agreed(states)) return ended({ kind: 'text', text: spell(at) });
    if (work > budget) return ended({ kind: 'budget' });
    for (const code of readers) {
      const moved = move(states, code);
      if (moved !== undefined && !known.has(moved)) add(moved, at, code);
    }
  }
  return ended({ kind: 'none' });
};
