import type { Inquiry, Part } from '../inquiry.ts';
import { workDone } from '../language/work.ts';
import type { Draft } from '../samples/draft.ts';
import { Arrivals } from './arrivals.ts';
import { type Asked, agrees, canTurn, Questions, turned } from './asked.ts';
import type { Names } from './solve-part.ts';
import { Solver } from './solver.ts';

/** One class of requests: all of them are asked the same and answer the same. */
export interface RequestClass<T> {
  /** One of them. */
  readonly draft: Draft;
  readonly inquiries: readonly Inquiry[];
  readonly result: T;
}

/** A request that has left, and has not arrived. */
export interface Underway<T> {
  /** What it is asked: so far, and when it has arrived all. */
  readonly inquiries: readonly Inquiry[];
  /** All that what is still to come depends on, beside the request itself. */
  readonly state: string;
  /** What was decided so far tells nothing apart: only what is still to come can. */
  readonly isAlike: boolean;
  /** Takes in what can be told already; whether nothing else is told apart, so that it need not arrive. */
  readonly settle: () => boolean;
  /** Nothing is still to come. */
  readonly isOver: boolean;
  readonly arrive: () => T;
}

export interface Exploration<T> {
  /** Those of which a request was followed to the end; for each class that was not, one that ends like it was. */
  readonly classes: readonly RequestClass<T>[];
  /** Those of which a request was followed halfway. */
  readonly spared: readonly Pick<RequestClass<T>, 'draft' | 'inquiries'>[];
  /** How many requests were put. */
  readonly put: number;
  /** How often a request came to the middle of the way as one did that was followed before. */
  readonly reused: number;
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
export type Voice<T> = (draft: Draft) => Underway<T>;

/** Requests that are asked the same, and answer the same, before the middle of the way; one of them is on its way. */
interface Departing<T> {
  readonly draft: Draft;
  readonly asked: readonly Asked[];
  readonly underway: Underway<T>;
  /** Once nothing more can be told apart by it. */
  isSettled?: boolean;
}

class Walk<T> {
  readonly classes: RequestClass<T>[] = [];
  readonly spared: Pick<RequestClass<T>, 'draft' | 'inquiries'>[] = [];
  readonly doubts = new Set<string>();
  put = 0;
  reused = 0;
  left = 0;
  private readonly solver: Solver;
  private readonly questions = new Questions();
  private readonly limit: number;
  private readonly work: number;
  private readonly workBefore = workDone();

  constructor({ names, limit, work }: { readonly names: Names } & Effort) {
    this.solver = new Solver(names);
    this.limit = limit;
    this.work = work;
  }

  private send(voice: Voice<T>, draft: Draft): Departing<T> {
    this.put += 1;
    const underway = voice(draft);
    return { draft, asked: this.questions.distinct(underway.inquiries), underway };
  }

  /** Follows a request to the end: what it is asked behind the middle of the way. */
  private follow({ draft, underway }: Departing<T>): readonly Asked[] {
    const { inquiries } = underway;
    const before = inquiries.length;
    this.classes.push({ draft, inquiries, result: underway.arrive() });
    return this.questions.distinct(inquiries.slice(before));
  }

  private spare({ draft, underway }: Departing<T>): void {
    this.spared.push({ draft, inquiries: underway.inquiries });
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
  departures(start: Draft, voice: Voice<T>): readonly Departing<T>[] {
    const found: Departing<T>[] = [];
    const open: { draft: Draft; wanted: readonly Asked[] }[] = [{ draft: start, wanted: [] }];
    for (let node = open.pop(); node; node = open.pop()) {
      if (this.isSpent(found.length)) break;
      const { draft, wanted } = node;
      const sent = this.send(voice, draft);
      const { asked } = sent;
      if (!agrees(wanted, asked)) {
        this.disappointed(wanted.at(-1)?.part);
        this.follow(sent);
        continue;
      }
      found.push(sent);
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

  /** Walks what one caller is asked behind the middle of the way; `hasLeft`: the one whose requests are on it. */
  arrivals(departures: readonly Departing<T>[], voice: Voice<T>, hasLeft: boolean): void {
    const trees = new Map<string, Arrivals<Draft>>();
    let put = 0;
    for (const leaving of departures) {
      const { underway } = leaving;
      // What was open when the first came by may be known by now.
      leaving.isSettled ||= underway.settle();
      if (leaving.isSettled) {
        this.reused += 1;
        if (hasLeft) this.spare(leaving);
        continue;
      }
      const { state, isAlike, isOver } = underway;
      if (isOver && !hasLeft) {
        this.reused += 1;
        continue;
      }
      const tree = trees.get(state) ?? new Arrivals<Draft>();
      trees.set(state, tree);
      if (tree.isEmpty || (hasLeft && !isAlike)) {
        const sent = hasLeft ? leaving : this.send(voice, leaving.draft);
        this.grow(tree, leaving, leaving.draft, this.follow(sent));
      } else {
        this.reused += 1;
        if (hasLeft) this.spare(leaving);
      }
      for (const { wanted, from, close } of tree.open(leaving)) {
        if (this.isSpent(put)) return;
        const draft = this.draftFor(leaving, wanted, from, close);
        if (!draft) continue;
        put += 1;
        const sent = this.send(voice, draft);
        const second = this.follow(sent);
        if (agrees(leaving.asked, sent.asked) && agrees(wanted, second)) this.grow(tree, leaving, draft, second);
        else this.disappointed(wanted.at(-1)?.part);
      }
    }
  }

  private grow(tree: Arrivals<Draft>, of: Departing<T>, draft: Draft, trace: readonly Asked[]): void {
    if (!tree.add(of, draft, trace)) this.doubts.add('two requests that went the same way were asked different things');
  }

  /** A request of a class that answers as wanted behind the middle of the way. */
  private draftFor(
    { draft, asked }: Departing<T>,
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
    const parts = from ? [part] : partsOf(wanted);
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

/** The parts that questions are about. The token comes last: its claims are parts of their own, and stay in it. */
const partsOf = (asked: readonly Asked[]): readonly Part[] => {
  const parts = new Set(asked.map(({ part }) => part));
  const isAsked = parts.delete('token');
  return isAsked ? [...parts, 'token'] : [...parts];
};

/**
 * Walks all classes of requests that callers are told apart by: puts one request, hears what it is asked, and for each
 * question makes a request that answers all before it alike and this one otherwise, if there is one. The callers
 * (`voices`) leave alike: up to the middle of the way, one is asked for all. What is asked behind it depends on the
 * state in which a request comes there, whatever led it there, so that each state is walked once for each caller, by
 * requests of any class that comes there so. What tells nothing apart before is followed no further than one like it.
 */
export const explore = <T>(
  start: Draft,
  voices: readonly Voice<T>[],
  options: { readonly names: Names } & Effort,
): Exploration<T> => {
  const walk = new Walk<T>(options);
  const [first, ...others] = voices;
  if (!first) return walk;
  const departures = walk.departures(start, first);
  walk.arrivals(departures, first, true);
  for (const voice of others) walk.arrivals(departures, voice, false);
  return walk;
};
