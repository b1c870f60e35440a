import { type Table, tableOf } from './table.ts';

/** An automaton as it was found: for each state the next one for each class of characters. It begins in state 0. */
export interface Automaton {
  readonly classOf: Uint8Array;
  readonly width: number;
  readonly rows: readonly (readonly number[])[];
  readonly accepted: readonly boolean[];
}

/** For a symbol, the states that step to each state: those before `state` stand from `first[state]` to `first[state + 1]`. */
const stepsBack = (rows: readonly (readonly number[])[], symbol: number) => {
  const first = new Uint32Array(rows.length + 1);
  for (const row of rows) first[row[symbol]! + 1]! += 1;
  for (let state = 0; state < rows.length; state += 1) first[state + 1]! += first[state]!;
  const from = new Uint32Array(rows.length);
  const free = first.slice();
  rows.forEach((row, state) => {
    from[free[row[symbol]!]!++] = state;
  });
  return { first, from };
};

/** Splits blocks by those of their members that step into a set; a block that is split leaves both parts. */
const split = (
  blocks: number[][],
  blockOf: Uint32Array,
  stepping: readonly number[],
): (readonly [number, number])[] => {
  const touched = new Map<number, number[]>();
  for (const state of stepping) {
    const members = touched.get(blockOf[state]!);
    if (members) members.push(state);
    else touched.set(blockOf[state]!, [state]);
  }
  const parts: [number, number][] = [];
  for (const [block, leaving] of touched) {
    if (leaving.length === blocks[block]!.length) continue;
    const added = blocks.push(leaving) - 1;
    for (const state of leaving) blockOf[state] = added;
    blocks[block] = blocks[block]!.filter(state => blockOf[state] === block);
    parts.push([block, added]);
  }
  return parts;
};

/** For each state the number of its block: states of one block take the same texts from there on (Hopcroft 1971). */
const blocksOf = ({ width, rows, accepted }: Automaton): Uint32Array => {
  const back = Array.from({ length: width }, (_, symbol) => stepsBack(rows, symbol));
  const blocks: number[][] = [[...rows.keys()]];
  const blockOf = new Uint32Array(rows.length);
  split(
    blocks,
    blockOf,
    [...rows.keys()].filter(state => accepted[state]),
  );
  const waiting = new Set(blocks.keys());
  for (const splitter of waiting) {
    waiting.delete(splitter);
    const into = blocks[splitter]!;
    for (const { first, from } of back) {
      const stepping = into.flatMap(state => [...from.subarray(first[state], first[state + 1])]);
      for (const [kept, added] of split(blocks, blockOf, stepping)) {
        const isSmaller = blocks[added]!.length <= blocks[kept]!.length;
        waiting.add(waiting.has(kept) || isSmaller ? added : kept);
      }
    }
  }
  return blockOf;
};

/** The automaton with the fewest states for the same texts, numbered as they are met from the beginning. */
export const smallest = (automaton: Automaton): Table => {
  const { classOf, width, rows, accepted } = automaton;
  const blockOf = blocksOf(automaton);
  const numbers = new Map([[blockOf[0]!, 0]]);
  const met = [0];
  // It grows while it is walked.
  for (const state of met)
    for (const target of rows[state]!) {
      const block = blockOf[target]!;
      if (numbers.has(block)) continue;
      numbers.set(block, met.length);
      met.push(target);
    }
  const next = Uint16Array.from(met.flatMap(state => rows[state]!.map(target => numbers.get(blockOf[target]!)!)));
  const accepts = Uint8Array.from(met, state => (accepted[state] ? 1 : 0));
  return tableOf({ start: 0, classOf, width, next, accepts });
};
