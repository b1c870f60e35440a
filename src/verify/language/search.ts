import { codes } from './alphabet.ts';
import { always, never, type Table } from './table.ts';

/** A set of texts, or with `holds: false` all others. */
export interface Part {
  readonly table: Table;
  readonly holds: boolean;
}

export type Found =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'budget' };

/** Characters that no table tells apart, each class by its first in `symbols`. */
const representatives = (parts: readonly Part[], symbols: readonly number[]): number[] => {
  let classes = new Array<number>(codes).fill(0);
  for (const { table } of parts) {
    const numbers = new Map<number, number>();
    const refined = new Array<number>(codes).fill(0);
    for (const code of symbols) {
      const key = classes[code]! * 256 + table.classOf[code]!;
      let number = numbers.get(key);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(key, number);
      }
      refined[code] = number;
    }
    classes = refined;
  }
  const seen = new Set<number>();
  return symbols.filter(code => !seen.has(classes[code]!) && seen.add(classes[code]!));
};

const spell = (state: number, from: readonly number[], read: readonly number[]): string => {
  const text: number[] = [];
  for (let at = state; from[at]! >= 0; at = from[at]!) text.push(read[at]!);
  return String.fromCharCode(...text.reverse());
};

/**
 * The shortest text that all parts agree on, and among equally short ones that with the characters that come first in
 * `symbols`. All tables are walked at once, breadth first, so that only combinations of states are made that some text
 * reaches; one in which a part can no longer agree is not followed. `budget` counts moves of single tables.
 */
export const search = (parts: readonly Part[], symbols: readonly number[], budget: number): Found => {
  const readers = representatives(parts, symbols);
  const doomed = parts.map(({ holds }) => (holds ? never : always));
  const agreed = (states: readonly number[]): boolean =>
    parts.every(({ table, holds }, index) => (table.accepts[states[index]!] === 1) === holds);

  const start = parts.map(({ table }) => table.start);
  if (parts.some(({ table }, index) => table.fate[table.start] === doomed[index])) return { kind: 'none' };
  if (agreed(start)) return { kind: 'text', text: '' };
  const reached = [start];
  const from = [-1];
  const read = [0];
  const known = new Set([String.fromCharCode(...start)]);
  let work = 0;
  for (let at = 0; at < reached.length; at += 1) {
    const states = reached[at]!;
    for (const code of readers) {
      const moved: number[] = [];
      for (let index = 0; index < parts.length; index += 1) {
        const { table } = parts[index]!;
        const state = table.next[states[index]! * table.width + table.classOf[code]!]!;
        work += 1;
        if (table.fate[state] === doomed[index]) break;
        moved.push(state);
      }
      if (moved.length < parts.length) continue;
      const key = String.fromCharCode(...moved);
      if (known.has(key)) continue;
      known.add(key);
      const reachedAt = reached.push(moved) - 1;
      from.push(at);
      read.push(code);
      if (agreed(moved)) return { kind: 'text', text: spell(reachedAt, from, read) };
    }
    if (work > budget) return { kind: 'budget' };
  }
  return { kind: 'none' };
};
