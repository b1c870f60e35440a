/** Tests that look at a path after a hop has replaced its beginning, told of the path before. */
import { codes } from './alphabet.ts';
import { mostStates, stateAfter, type Table, tableOf } from './table.ts';

/** Classes that tell apart what the table does, and each character of a text. */
const classesFor = (table: Table, text: string): { classOf: Uint8Array; members: readonly number[] } => {
  const known = new Map<string, number>();
  const members: number[] = [];
  const classOf = new Uint8Array(codes).map((_, character) => {
    const spelled = text.includes(String.fromCharCode(character)) ? character : '';
    const signature = `${table.classOf[character]} ${spelled}`;
    const number = known.get(signature) ?? members.push(character) - 1;
    known.set(signature, number);
    return number;
  });
  return { classOf, members };
};

/**
 * The texts that begin with `from` and are in the set when `to` stands in its place. Beside its own states there is one
 * for each character of `from` that was read, and one for texts that begin otherwise. Undefined: that is too many, or
 * `to` holds characters that no text has.
 */
export const rewrittenTable = (table: Table, from: string, to: string): Table | undefined => {
  const own = table.accepts.length;
  const dead = own + from.length;
  const entered = stateAfter(table, to);
  if (entered === undefined || dead >= mostStates) return undefined;
  const { classOf, members } = classesFor(table, from);
  const width = members.length;
  const next = new Uint16Array((dead + 1) * width).fill(dead);
  const read = (count: number): number => (count === from.length ? entered : own + count);
  members.forEach((character, symbol) => {
    for (let state = 0; state < own; state += 1) {
      next[state * width + symbol] = table.next[state * table.width + table.classOf[character]!]!;
    }
    for (let count = 0; count < from.length; count += 1) {
      if (from.charCodeAt(count) === character) next[(own + count) * width + symbol] = read(count + 1);
    }
  });
  const accepts = new Uint8Array(dead + 1);
  accepts.set(table.accepts);
  return tableOf({ start: read(0), classOf, width, next, accepts });
};
