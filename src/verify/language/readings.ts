/**
 * Sets of sequences of values. A sequence is written as one text with `separator` between two values; that is no comma,
 * because values may hold commas. A table of values is read along it in one of four ways.
 */
import { codes, separator } from './alphabet.ts';
import { always, never, open, type Table, tableOf } from './table.ts';

interface Reading {
  /** States added after those of the table, which are never left: whether they accept. */
  readonly added: readonly boolean[];
  /** Where the end of a value leads, by whether the table accepts it. */
  readonly afterValue: (accepted: boolean, state: number) => number;
  /** Where a state leads at once whose fate the table knows. */
  readonly sealed: (fate: number) => number | undefined;
  /** Whether the sequence may end here, by whether the table accepts the last value. */
  readonly mayEnd: (accepted: boolean) => boolean;
}

const read = (table: Table, { added, afterValue, sealed, mayEnd }: Reading): Table => {
  const own = table.accepts.length;
  const width = table.width + 1;
  const classOf = table.classOf.slice();
  classOf[separator] = table.width;
  const leadsTo = (state: number): number => (state < own ? (sealed(table.fate[state]!) ?? state) : state);
  const next = new Uint16Array((own + added.length) * width);
  const accepts = new Uint8Array(own + added.length);
  for (let state = 0; state < own; state += 1) {
    const accepted = table.accepts[state] === 1;
    for (let symbol = 0; symbol < table.width; symbol += 1) {
      next[state * width + symbol] = leadsTo(table.next[state * table.width + symbol]!);
    }
    next[state * width + table.width] = leadsTo(afterValue(accepted, state));
    accepts[state] = mayEnd(accepted) ? 1 : 0;
  }
  added.forEach((accepted, index) => {
    const state = own + index;
    next.fill(state, state * width, (state + 1) * width);
    accepts[state] = accepted ? 1 : 0;
  });
  return tableOf({ start: leadsTo(table.start), classOf, width, next, accepts });
};

/** Sequences whose values are all in the set, or with `holds: false` all outside it. */
export const everyValue = (table: Table, holds: boolean): Table => {
  const failed = table.accepts.length;
  return read(table, {
    added: [false],
    afterValue: accepted => (accepted === holds ? table.start : failed),
    sealed: fate => (fate === (holds ? never : always) ? failed : undefined),
    mayEnd: accepted => accepted === holds,
  });
};

/** Sequences with a value in the set. */
export const someValue = (table: Table): Table => {
  const done = table.accepts.length;
  return read(table, {
    added: [true],
    afterValue: accepted => (accepted ? done : table.start),
    sealed: fate => (fate === always ? done : undefined),
    mayEnd: accepted => accepted,
  });
};

/** Sequences whose first value is in the set. */
export const firstValue = (table: Table): Table => {
  const yes = table.accepts.length;
  const no = yes + 1;
  return read(table, {
    added: [true, false],
    afterValue: accepted => (accepted ? yes : no),
    sealed: fate => (fate === open ? undefined : fate === always ? yes : no),
    mayEnd: accepted => accepted,
  });
};

/** Sequences whose values, joined with commas, are in the set. */
export const joinedValues = (table: Table): Table => {
  const comma = table.classOf[','.charCodeAt(0)]!;
  return read(table, {
    added: [],
    afterValue: (_, state) => table.next[state * table.width + comma]!,
    sealed: () => undefined,
    mayEnd: accepted => accepted,
  });
};

/** Sequences of two values or more. */
export const several: Table = tableOf({
  start: 0,
  classOf: new Uint8Array(codes).fill(1, separator, separator + 1),
  width: 2,
  next: Uint16Array.of(0, 1, 1, 1),
  accepts: Uint8Array.of(0, 1),
});
