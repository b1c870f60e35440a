import type { Inquiry } from '../inquiry.ts';
import { keyOf } from '../language/compile.ts';

/** An inquiry with a name by which the same question is known again on one walk. */
export interface Asked extends Inquiry {
  readonly key: number;
}

const ids = new WeakMap<object, number>();
let nextId = 0;

const idOf = (by: Inquiry['by']): string => {
  if (typeof by === 'string') return by;
  let id = ids.get(by);
  if (id === undefined) {
    id = nextId++;
    ids.set(by, id);
  }
  return String(id);
};

interface Worded {
  /** In what part, and how, the test was looked at. */
  readonly as: string;
  readonly words: string;
}

const worded = new WeakMap<object, Worded>();

/** A question to a part about a test, in words; those of a test are long, and mostly it is asked about in one way. */
const inWords = (test: object, as: string, tell: () => string): string => {
  const known = worded.get(test);
  if (known?.as === as) return known.words;
  const words = `${as} ${tell()}`;
  worded.set(test, { as, words });
  return words;
};

/** Questions about texts are the same if they ask the same, whoever asks; others if the same rule asks. */
const wordsOf = ({ part, asks, by }: Inquiry): string => {
  if (asks.kind === 'text') {
    const { test, tidied = '' } = asks;
    return inWords(test, `${part} text ${tidied}`, () => keyOf(asks));
  }
  if (asks.kind !== 'values' || asks.test.kind === 'absent') return `${part} ${asks.kind} ${idOf(by)}`;
  const { match, repeated, decoded = false } = asks.test;
  return inWords(match, `${part} values ${repeated} ${decoded}`, () => keyOf({ test: match, decoded }));
};

/** The questions of one walk, numbered. */
export class Questions {
  private readonly numbers = new Map<string, number>();

  private numberOf(inquiry: Inquiry): number {
    const words = wordsOf(inquiry);
    const known = this.numbers.get(words);
    if (known !== undefined) return known;
    this.numbers.set(words, this.numbers.size);
    return this.numbers.size - 1;
  }

  /** The questions in the order in which they were asked, each once. */
  distinct(inquiries: readonly Inquiry[]): readonly Asked[] {
    const found = new Map<number, Asked>();
    for (const inquiry of inquiries) {
      const key = this.numberOf(inquiry);
      if (found.has(key)) continue;
      const { part, by, asks, holds } = inquiry;
      found.set(key, { part, by, asks, holds, key });
    }
    return [...found.values()];
  }
}

/** The same question with the other answer. */
export const turned = ({ part, by, asks, holds, key }: Asked): Asked => ({ part, by, asks, holds: !holds, key });

/** Whether a request that answers otherwise would still be one to the same place. */
export const canTurn = ({ asks }: Asked): boolean => !(asks.kind === 'one' && asks.bound);

/** Whether the first questions that were put, and the answers, are those that were wanted. */
export const agrees = (wanted: readonly Asked[], asked: readonly Asked[]): boolean =>
  wanted.every(({ key, holds }, index) => asked[index]?.key === key && asked[index]?.holds === holds);
