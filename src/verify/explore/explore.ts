import type { Inquiry, Part } from '../inquiry.ts';
import { workDone } from '../language/work.ts';
import type { Draft } from '../samples/draft.ts';
import { Arrivals } from './arrivals.ts';
import { type Asked, agrees, canTurn, distinct, turned } from './asked.ts';
import type { Names } from './solve-part.ts';
import { Solver } from './solver.ts';

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

/** What a walk may cost: classes of one caller, and moves of automata to find requests for them. */
export interface Effort {
  readonly limit: number;
  readonly work: number;
}

/** Puts a request in the name of one caller. */
export type Voice<T> = (draft: Draft) => Heard<T>;

/** Requests that are asked the same, and answer the same, before the middle of the way. */
interface Departing {
  readonly draft: Draft;
  readonly asked: readonly Asked[];
  readonly state: string;
}

interface Split<T> {
  readonly first: readonly Asked[];
  readonly second: readonly Asked[];
  readonly heard: Heard<T>;
}

class Walk<T> {
  readonly classes: RequestClass<T>[] = [];
  readonly doubts = new Set<string>();
  left = 0;
  private readonly solver: Solver;
  private readonly limit: number;
  private readonly work: number;
  private readonly workBefore = workDone();

  constructor({ names, limit, work }: { readonly names: Names } & Effort) {
    this.solver = new Solver(names);
    this.limit = limit;
    this.work = work;
  }

  private put(voice: Voice<T>, draft: Draft): Split<T> {
    const heard = voice(draft);
    const { inquiries, halfway, result } = heard;
    const first = distinct(inquiries.slice(0, halfway.asked));
    const second = distinct(inquiries.slice(halfway.asked));
    this.classes.push({ draft, inquiries, result });
    return { first, second, heard };
  }

  private isSpent(put: number): boolean {
    const isOften = put >= this.limit;
    if (!isOften && workDone() - this.workBefore <= this.work) return false;
    this.doubts.add(
      isOften ? `more than ${this.limit} classes of requests` : 'its patterns take too much work to compare',
    );
    this.left += 1;
    return true;
  }

  private disappointed(part: Part | undefined): void {
    this.doubts.add(`a request was made to answer otherwise about its ${part}, and does not`);
  }

  /** Walks what is asked before the middle of the way; what one caller was asked, all who leave alike are asked. */
  departures(start: Draft, voice: Voice<T>): Map<Departing, Split<T>> {
    const found = new Map<Departing, Split<T>>();
    const open: { draft: Draft; wanted: readonly Asked[] }[] = [{ draft: start, wanted: [] }];
    for (let node = open.pop(); node; node = open.pop()) {
      if (this.isSpent(found.size)) break;
      const { draft, wanted } = node;
      const split = this.put(voice, draft);
      const { first: asked } = split;
      if (!agrees(wanted, asked)) {
        this.disappointed(wanted.at(-1)?.part);
        continue;
      }
      found.set({ draft, asked, state: split.heard.halfway.state }, split);
      for (let index = asked.length - 1; index >= wanted.length; index--) {
        const flipped = asked[index];
        if (!flipped || !canTurn(flipped)) continue;
        const path = [...asked.slice(0, index), turned(flipped)];
        const solved = this.solver.solve(flipped.part, path, draft);
        if (solved.kind === 'edit') open.push({ draft: solved.edit(draft), wanted: path });
        else if (solved.kind === 'unknown') this.doubts.add(solved.why);
      }
    }
    this.left += open.length;
    return found;
  }

  /** Walks what one caller is asked behind the middle of the way; `known`: what was heard of it on the first walk. */
  arrivals(departing: Iterable<Departing>, voice: Voice<T>, known?: ReadonlyMap<Departing, Split<T>>): void {
    const trees = new Map<string, Arrivals<Draft>>();
    let put = 0;
    for (const leaving of departing) {
      const tree = trees.get(leaving.state) ?? new Arrivals<Draft>();
      trees.set(leaving.state, tree);
      const heard = known?.get(leaving) ?? (tree.isEmpty ? this.put(voice, leaving.draft) : undefined);
      if (heard) tree.add(leaving, leaving.draft, heard.second);
      for (const { wanted, from, close } of tree.open(leaving)) {
        if (this.isSpent(put)) return;
        const draft = this.draftFor(leaving, wanted, from, close);
        if (!draft) continue;
        put += 1;
        const { first, second } = this.put(voice, draft);
        if (!agrees(leaving.asked, first) || !agrees(wanted, second)) this.disappointed(wanted.at(-1)?.part);
        else tree.add(leaving, draft, second);
      }
    }
  }

  /** A request of a class that answers as wanted behind the middle of the way. */
  private draftFor(
    { draft, asked }: Departing,
    wanted: readonly Asked[],
    from: Draft | undefined,
    close: () => void,
  ): Draft | undefined {
    const part = wanted.at(-1)?.part;
    if (part === undefined) return undefined;
    if (this.solver.solve(part, wanted, draft).kind === 'none') {
      close();
      return undefined;
    }
    const parts = from ? [part] : [part, ...new Set(wanted.map(one => one.part).filter(one => one !== part))];
    let made = from ?? draft;
    for (const each of parts) {
      const solved = this.solver.solve(each, [...asked, ...wanted], made);
      if (solved.kind === 'unknown') this.doubts.add(solved.why);
      if (solved.kind !== 'edit') return undefined;
      made = solved.edit(made);
    }
    return made;
  }
}

/**
 * Walks all classes of requests that callers are told apart by: puts one request, hears what it is asked, and for each
 * question makes a request that answers all before it alike and this one otherwise, if there is one. The callers
 * (`voices`) leave alike: up to the middle of the way, one is asked for all. What is asked behind it depends on the
 * state in which a request comes there, whatever led it there, so that each state is walked once for each caller, by
 * requests of any class that comes there so.
 */
export const explore = <T>(
  start: Draft,
  [first, ...others]: readonly [Voice<T>, ...Voice<T>[]],
  options: { readonly names: Names } & Effort,
): Exploration<T> => {
  const walk = new Walk<T>(options);
  const departures = walk.departures(start, first);
  walk.arrivals(departures.keys(), first, departures);
  for (const voice of others) walk.arrivals(departures.keys(), voice);
  return walk;
};
