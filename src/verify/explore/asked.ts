import type { Inquiry } from '../inquiry.ts';
import { keyOf } from '../language/compile.ts';

/** An inquiry with a name by which the same question is known again. */
export interface Asked extends Inquiry {
  readonly key: string;
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

/** Questions about texts are the same if they ask the same, whoever asks; others if the same rule asks. */
const nameOf = ({ asks, by }: Inquiry): string => {
  if (asks.kind === 'text') return `${asks.tidied ?? ''} ${keyOf(asks)}`;
  if (asks.kind !== 'values' || asks.test.kind === 'absent') return idOf(by);
  const { match, repeated, decoded = false } = asks.test;
  return `${repeated} ${keyOf({ test: match, decoded })}`;
};

/** The questions in the order in which they were asked, each once. */
export const distinct = (inquiries: readonly Inquiry[]): readonly Asked[] => {
  const found = new Map<string, Asked>();
  for (const inquiry of inquiries) {
    const key = `${inquiry.part} ${inquiry.asks.kind} ${nameOf(inquiry)}`;
    if (!found.has(key)) found.set(key, { ...inquiry, key });
  }
  return [...found.values()];
};

/** The same question with the other answer. */
export const turned = (asked: Asked): Asked => ({ ...asked, holds: !asked.holds });

/** Whether a request that answers otherwise would still be one to the same place. */
export const canTurn = ({ asks }: Asked): boolean => !(asks.kind === 'one' && asks.bound);

/** Whether the first questions that were put, and the answers, are those that were wanted. */
export const agrees = (wanted: readonly Asked[], asked: readonly Asked[]): boolean =>
  wanted.every(({ key, holds }, index) => asked[index]?.key === key && asked[index]?.holds === holds);
