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

/** The questions in the order in which they were asked, each once; `before` of them are among the first `halfway`. */
export const distinct = (
  inquiries: readonly Inquiry[],
  halfway: number,
): { readonly asked: readonly Asked[]; readonly before: number } => {
  const found = new Map<string, Asked>();
  let before = 0;
  inquiries.forEach((inquiry, index) => {
    const key = `${inquiry.part} ${inquiry.asks.kind} ${idOf(inquiry.by)}`;
    if (!found.has(key)) found.set(key, { ...inquiry, key });
    if (index < halfway) before = found.size;
  });
  return { asked: [...found.values()], before };
};
