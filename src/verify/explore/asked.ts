import type { Inquiry } from '../inquiry.ts';

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

/** The questions in the order in which they were asked, each once. */
export const distinct = (inquiries: readonly Inquiry[]): readonly Asked[] => {
  const found = new Map<string, Asked>();
  for (const inquiry of inquiries) {
    const key = `${inquiry.part} ${inquiry.asks.kind} ${idOf(inquiry.by)}`;
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
