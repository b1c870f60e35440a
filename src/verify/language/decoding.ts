/** Tests that look at a query value decoded, told of the value as it was sent. */
import { codes } from './alphabet.ts';
import { mostStates, type Table, tableOf } from './table.ts';

const code = (character: string): number => character.charCodeAt(0);
const blank = code(' ');

/** What a query value means: `+` is a blank, and `%xx` the byte `xx`. Only for texts of the domain `query`. */
export const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

/** The value of a hex digit; NaN for other characters. */
const hexDigit = (character: number): number => Number.parseInt(String.fromCharCode(character), 16);

/** First hex digits of printable characters; no other byte is encoded in the domain. */
const firstDigits: readonly number[] = [2, 3, 4, 5, 6, 7];

/** Classes that tell apart what the table does, and what has a meaning when it is decoded. */
const classesFor = (table: Table): { classOf: Uint8Array; members: readonly number[] } => {
  const known = new Map<string, number>();
  const members: number[] = [];
  const classOf = new Uint8Array(codes).map((_, character) => {
    const meaning = character === code('+') || character === code('%') ? character : hexDigit(character);
    const signature = `${table.classOf[character]} ${meaning}`;
    const number = known.get(signature) ?? members.push(character) - 1;
    known.set(signature, number);
    return number;
  });
  return { classOf, members };
};

/**
 * The values as sent whose decoded form is in the set. Beside its own, a state stands for "after `%`" and six for "after
 * `%` and the first digit"; one more for what cannot be decoded. Undefined: that makes too many states.
 */
export const decodedTable = (table: Table): Table | undefined => {
  const own = table.accepts.length;
  const broken = own * (2 + firstDigits.length);
  if (broken >= mostStates) return undefined;
  const { classOf, members } = classesFor(table);
  const width = members.length;
  const next = new Uint16Array((broken + 1) * width).fill(broken);
  const after = (state: number, character: number): number =>
    table.next[state * table.width + table.classOf[character]!]!;
  const link = (from: number, to: (character: number) => number): void =>
    members.forEach((character, symbol) => {
      next[from * width + symbol] = to(character);
    });
  for (let state = 0; state < own; state += 1) {
    const percent = own + state;
    const digit = (first: number): number => own * (2 + first) + state;
    link(state, character => {
      if (character === code('%')) return percent;
      return after(state, character === code('+') ? blank : character);
    });
    link(percent, character => {
      const first = firstDigits.indexOf(hexDigit(character));
      return first < 0 ? broken : digit(first);
    });
    firstDigits.forEach((high, first) => {
      link(digit(first), character => {
        const byte = high * 16 + hexDigit(character);
        return byte < codes ? after(state, byte) : broken;
      });
    });
  }
  const accepts = new Uint8Array(broken + 1);
  accepts.set(table.accepts);
  return tableOf({ start: table.start, classOf, width, next, accepts });
};
