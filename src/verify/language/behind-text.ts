import { codes } from './alphabet.ts';
import { mostStates, never, type Table, tableOf } from './table.ts';

/**
 * The texts that begin with a text and go on as a table says: before the states of the table one for each character of
 * the text. One of those may mean the same as one of the table, but none has its fate sealed. Undefined: that makes too
 * many states.
 */
export const behindText = (text: string, table: Table): Table | undefined => {
  if (table.fate[table.start] === never) return table;
  const own = table.accepts.length;
  const states = own + text.length + 1;
  if (states > mostStates) return undefined;
  const written = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  const told = [...new Set(written)].filter(code => code < codes);
  const width = table.width + told.length;
  const classOf = table.classOf.slice();
  told.forEach((code, index) => {
    classOf[code] = table.width + index;
  });
  const sealed = table.fate.indexOf(never);
  const next = new Uint16Array(states * width).fill(sealed < 0 ? states - 1 : sealed);
  for (let state = 0; state < own; state += 1) {
    const row = table.next.subarray(state * table.width, (state + 1) * table.width);
    next.set(row, state * width);
    told.forEach((code, index) => {
      next[state * width + table.width + index] = row[table.classOf[code]!]!;
    });
  }
  written.forEach((code, at) => {
    // No text has a character that the automata do not read.
    if (code < codes) next[(own + at) * width + classOf[code]!] = at + 1 < text.length ? own + at + 1 : table.start;
  });
  const accepts = new Uint8Array(states);
  accepts.set(table.accepts);
  return tableOf({ start: own, classOf, width, next, accepts });
};
