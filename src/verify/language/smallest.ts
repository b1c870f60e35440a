import { CharSet, DFA } from 'refa';
import { type Table, tableOf } from './table.ts';

/** An automaton as it was found: for each state the next one for each class of characters. */
export interface Automaton {
  readonly classOf: Uint8Array;
  readonly width: number;
  readonly rows: readonly (readonly number[])[];
  readonly accepted: readonly boolean[];
}

const dfaOf = ({ width, rows, accepted }: Automaton): DFA => {
  const builder = new DFA.Builder(DFA.nodeFactory);
  const nodes = rows.map((_, state) => (state === 0 ? builder.initial : builder.createNode()));
  rows.forEach((row, state) => {
    for (const [symbol, target] of row.entries()) {
      builder.linkNodes(nodes[state]!, nodes[target]!, CharSet.fromCharacters(width - 1, [symbol]));
    }
    if (accepted[state]) builder.makeFinal(nodes[state]!);
  });
  return DFA.fromBuilder(builder, { maxCharacter: width - 1 });
};

/** The automaton with the fewest states for the same texts. */
export const smallest = (automaton: Automaton): Table => {
  const dfa = dfaOf(automaton);
  dfa.minimize();
  const nodes = [...dfa.nodes()];
  const dead = nodes.length;
  const numbers = new Map(nodes.map((node, number) => [node, number]));
  const { classOf, width } = automaton;
  const next = new Uint16Array((nodes.length + 1) * width).fill(dead);
  const accepts = new Uint8Array(nodes.length + 1);
  nodes.forEach((node, number) => {
    if (dfa.finals.has(node)) accepts[number] = 1;
    for (const [{ min, max }, target] of node.out)
      next.fill(numbers.get(target)!, number * width + min, number * width + max + 1);
  });
  return tableOf({ start: numbers.get(dfa.initial)!, classOf, width, next, accepts });
};
