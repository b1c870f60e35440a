import type { Inquiry } from '../inquiry.ts';
import type { Draft } from '../samples/draft.ts';
import { type Names, solvePart } from './solve-part.ts';

/** One class of requests: all of them are asked the same and answer the same. */
export interface RequestClass<T> {
  /** One of them. */
  readonly draft: Draft;
  readonly inquiries: readonly Inquiry[];
  readonly result: T;
}

export interface Exploration<T> {
  readonly classes: readonly RequestClass<T>[];
  /** Why some requests may be in none of the classes. */
  readonly doubts: ReadonlySet<string>;
  /** Classes that were seen and not looked at, since there were too many. */
  readonly left: number;
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

interface Asked extends Inquiry {
  readonly key: string;
}

/** The questions in the order in which they were asked, each once. */
const distinct = (inquiries: readonly Inquiry[]): Asked[] => {
  const found = new Map<string, Asked>();
  for (const inquiry of inquiries) {
    const key = `${inquiry.part} ${inquiry.asks.kind} ${idOf(inquiry.by)}`;
    if (!found.has(key)) found.set(key, { ...inquiry, key });
  }
  return [...found.values()];
};

interface Node {
  readonly draft: Draft;
  /** What the request was made to answer. */
  readonly wanted: readonly Asked[];
}

/** How far the questions to a request are those that it was made for. */
const agrees = (wanted: readonly Asked[], asked: readonly Asked[]): boolean =>
  wanted.every(({ key, holds }, index) => asked[index]?.key === key && asked[index]?.holds === holds);

/**
 * Walks all classes of requests that `put` tells apart: puts one request, hears what it is asked, and for each question
 * makes a request that answers all before it alike and this one otherwise, if there is one.
 */
export const explore = <T>(
  start: Draft,
  put: (draft: Draft) => { readonly inquiries: readonly Inquiry[]; readonly result: T },
  { names, limit }: { readonly names: Names; readonly limit: number },
): Exploration<T> => {
  const classes: RequestClass<T>[] = [];
  const doubts = new Set<string>();
  const open: Node[] = [{ draft: start, wanted: [] }];
  while (classes.length < limit) {
    const node = open.pop();
    if (!node) break;
    const { inquiries, result } = put(node.draft);
    const asked = distinct(inquiries);
    classes.push({ draft: node.draft, inquiries: asked, result });
    if (!agrees(node.wanted, asked)) {
      doubts.add('a request was asked something else than those like it');
      continue;
    }
    const { draft, wanted } = node;
    for (let index = asked.length - 1; index >= wanted.length; index--) {
      const turned = asked[index];
      if (!turned) continue;
      const flipped: Asked = { ...turned, holds: !turned.holds };
      const path = [...asked.slice(0, index), flipped];
      const solved = solvePart(
        flipped.part,
        path.filter(({ part }) => part === flipped.part),
        draft,
        names,
      );
      if (solved.kind === 'draft') open.push({ draft: solved.draft, wanted: path });
      else if (solved.kind === 'unknown') doubts.add(solved.why);
    }
  }
  return { classes, doubts, left: open.length };
};
