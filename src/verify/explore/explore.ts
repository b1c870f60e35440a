import type { Inquiry, Part } from '../inquiry.ts';
import { workDone } from '../language/work.ts';
import type { Draft } from '../samples/draft.ts';
import { type Asked, distinct } from './asked.ts';
import { type Names, solvePart } from './solve-part.ts';

/** One class of requests: all of them are asked the same and answer the same. */
export interface RequestClass<T> {
  /** One of them. */
  readonly draft: Draft;
  readonly inquiries: readonly Inquiry[];
  readonly result: T;
}

/** What putting one request has shown. */
export interface Heard<T> {
  readonly inquiries: readonly Inquiry[];
  /** How many of the inquiries came before the middle of the way, and what all after it depends on. */
  readonly halfway: { readonly asked: number; readonly state: string };
  readonly result: T;
}

export interface Exploration<T> {
  readonly classes: readonly RequestClass<T>[];
  /** Why some requests may be in none of the classes. */
  readonly doubts: ReadonlySet<string>;
  /** Classes that were seen and not looked at, since there were too many. */
  readonly left: number;
}

interface Node {
  readonly draft: Draft;
  /** What the request was made to answer. */
  readonly wanted: readonly Asked[];
}

/** What a walk may cost: classes, and moves of automata to find requests for them. */
export interface Effort {
  readonly limit: number;
  readonly work: number;
}

/** Whether the questions to a request are those that it was made for. */
const agrees = (wanted: readonly Asked[], asked: readonly Asked[]): boolean =>
  wanted.every(({ key, holds }, index) => asked[index]?.key === key && asked[index]?.holds === holds);

const answersOf = (asked: readonly Asked[]): string =>
  asked.map(({ key, holds }) => `${holds ? '+' : '-'}${key}`).join();

/**
 * One walk over the classes. Two requests that reach the middle of the way in the same state go on alike if they answer
 * alike from there, whatever led them there: then only one of them is followed. `later` are the parts of a request that
 * are asked about behind the middle; what was asked of these before decides what can still be answered, and is part of
 * the state. Undefined: a part was asked about that is not in `later`.
 */
const walk = <T>(
  start: Draft,
  put: (draft: Draft) => Heard<T>,
  { names, limit, work }: { readonly names: Names } & Effort,
  later: Set<Part>,
): Exploration<T> | undefined => {
  const classes: RequestClass<T>[] = [];
  const doubts = new Set<string>();
  const followed = new Set<string>();
  const open: Node[] = [{ draft: start, wanted: [] }];
  const workBefore = workDone();
  while (classes.length < limit && workDone() - workBefore <= work) {
    const node = open.pop();
    if (!node) break;
    const { draft, wanted } = node;
    const { inquiries, halfway, result } = put(draft);
    const { asked, before } = distinct(inquiries, halfway.asked);
    classes.push({ draft, inquiries: asked, result });
    if (!agrees(wanted, asked)) {
      const { part } = wanted.find(({ key, holds }, at) => asked[at]?.key !== key || asked[at]?.holds !== holds) ?? {};
      doubts.add(`a request was made to answer otherwise about its ${part}, and does not`);
      continue;
    }
    const news = asked.slice(before).filter(({ part }) => !later.has(part));
    if (news.length > 0) {
      for (const { part } of news) later.add(part);
      return undefined;
    }
    const state = `${halfway.state} ${answersOf(asked.slice(0, before).filter(({ part }) => later.has(part)))}`;
    for (let index = asked.length - 1; index >= wanted.length; index--) {
      const turned = asked[index];
      if (!turned || (turned.asks.kind === 'one' && turned.asks.bound)) continue;
      const flipped: Asked = { ...turned, holds: !turned.holds };
      const path = [...asked.slice(0, index), flipped];
      if (index >= before) {
        const way = `${state} ${answersOf(path.slice(before))}`;
        if (followed.has(way)) continue;
        followed.add(way);
      }
      const toPart = path.filter(({ part }) => part === flipped.part);
      const solved = solvePart(flipped.part, toPart, draft, names);
      if (solved.kind === 'draft') open.push({ draft: solved.draft, wanted: path });
      else if (solved.kind === 'unknown') doubts.add(solved.why);
    }
  }
  if (open.length > 0) {
    doubts.add(
      classes.length < limit ? 'its patterns take too much work to compare' : `more than ${limit} classes of requests`,
    );
  }
  return { classes, doubts, left: open.length };
};

/**
 * Walks all classes of requests that `put` tells apart: puts one request, hears what it is asked, and for each question
 * makes a request that answers all before it alike and this one otherwise, if there is one.
 */
export const explore = <T>(
  start: Draft,
  put: (draft: Draft) => Heard<T>,
  options: { readonly names: Names } & Effort,
): Exploration<T> => {
  const later = new Set<Part>();
  for (;;) {
    const explored = walk(start, put, options, later);
    if (explored) return explored;
  }
};
