import { codes } from './alphabet.ts';
import type { TextTest } from './language.ts';
import { type Table, tableOf } from './table.ts';

type Literal = Extract<TextTest, { value: string }>;

/** How much of the value stands at the end of what was read, when `code` comes after `matched` of its characters. */
const stillMatched = (value: readonly number[], matched: number, code: number): number => {
  const read = [...value.slice(0, matched), code];
  for (let length = Math.min(read.length, value.length); length > 0; length -= 1) {
    const offset = read.length - length;
    if (value.slice(0, length).every((wanted, index) => wanted === read[offset + index])) return length;
  }
  return 0;
};

/**
 * The table of a test that compares with a value: a state for each character of it, then `rest` (anything may follow)
 * and `dead`. Values of other characters than those of the alphabet are never reached to their end.
 */
export const literalTable = (test: Literal): Table => {
  const folded = (code: number): number => (test.ignoreCase && code >= 0x41 && code <= 0x5a ? code + 0x20 : code);
  const written = test.ignoreCase ? test.value.toLowerCase() : test.value;
  const value = Array.from({ length: written.length }, (_, index) => written.charCodeAt(index));
  const told = [...new Set([...value, ...(test.kind === 'segmentPrefix' ? [0x2f] : [])])].filter(code => code < codes);
  const classOf = new Uint8Array(codes).map((_, code) => told.indexOf(folded(code)) + 1);
  const width = told.length + 1;
  const end = value.length;
  const rest = end + 1;
  const dead = end + 2;

  const after = (matched: number, code: number): number => {
    if (test.kind === 'suffix') return stillMatched(value, matched, code);
    if (matched < end) return code === value[matched] ? matched + 1 : dead;
    if (test.kind === 'exact') return dead;
    return test.kind === 'prefix' || end === 0 || code === 0x2f ? rest : dead;
  };

  const next = new Uint16Array((dead + 1) * width).fill(dead);
  next.fill(rest, rest * width, dead * width);
  for (let matched = 0; matched <= end; matched += 1) {
    for (let symbol = 0; symbol < width; symbol += 1)
      next[matched * width + symbol] = after(matched, told[symbol - 1] ?? -1);
  }
  const accepts = new Uint8Array(dead + 1);
  accepts[end] = 1;
  accepts[rest] = 1;
  const start = (test.kind === 'prefix' || test.kind === 'segmentPrefix') && end === 0 ? rest : 0;
  return tableOf({ start, classOf, width, next, accepts });
};
