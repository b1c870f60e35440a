import { type Alike, callerClasses } from '../explore/caller-classes.ts';
import { type Exploration, explore, type Voice } from '../explore/explore.ts';
import { meansElsewhere, otherHosts, otherPaths } from '../explore/probes.ts';
import { type SpokenTo, spokenTo } from '../explore/spoken-to.ts';
import type { Inquiry } from '../inquiry.ts';
import { Lookup } from '../lookup/lookup.ts';
import type { Ask, Caller, World } from '../request.ts';
import { callersFor } from '../samples/callers.ts';
import type { Draft } from '../samples/draft.ts';
import type { Target } from '../samples/target.ts';
import { targetsIn } from '../samples/targets.ts';
import { aspects, type Place, type ServiceComparison } from './comparison.ts';
import type { Correspondence } from './correspondence.ts';
import { Found } from './found.ts';
import { type Answers, inNamesOfA, type Put } from './put.ts';
import { Spoken, weigh } from './spoken.ts';
import { unchangedIn } from './unchanged.ts';
import { unsaidIn } from './unsaid.ts';

export interface Findings {
  readonly found: readonly ServiceComparison[];
  /** Requests that stood for their classes. */
  readonly asked: number;
  /** Halves of a way that were known from other requests. */
  readonly reused: number;
  /** Classes that the limit left out. */
  readonly left: number;
}

const placeOf = (service: string, { to, via }: Target): Place => ({
  service,
  ...(to.port === undefined ? {} : { port: to.port }),
  ...(via === undefined ? {} : { via }),
});

type Heard = { readonly inquiries: readonly Inquiry[] };

const asksForHost = ({ inquiries }: Heard): boolean => inquiries.some(({ part }) => part === 'host');

/** Somebody asks for more of the Host than which place it means. */
const readsHost = ({ inquiries }: Heard): boolean =>
  inquiries.some(({ part, asks }) => part === 'host' && !(asks.kind === 'one' && asks.bound));

/** How many classes of requests from one caller are walked at most. */
const defaultLimit = 4000;

/** How many moves of automata may be made to find requests of classes: some seconds; a hundred expressions take less. */
const defaultWork = 400_000_000;

export interface ExploreOptions {
  readonly perTarget?: number;
  /** Also asks where both sides say the same to the letter. */
  readonly everywhere?: boolean;
  /** Moves of automata per target and caller at most. */
  readonly work?: number;
}

/**
 * Finds differences over all requests: every class of requests that either side tells apart is put to both. What could
 * not be walked leaves a reason.
 */
export const findByExploring = (
  sides: readonly [World, World],
  correspondence: Correspondence,
  put: Put,
  options: ExploreOptions,
): Findings => {
  const search = new Search(sides, correspondence, put, options);
  for (const target of targetsIn(search.lookups, correspondence.isShared)) search.lookAt(target);
  return search.close();
};

type Walked = Exploration<{ readonly answers: Answers }>;

class Search {
  readonly lookups: readonly Lookup[];
  readonly #b: World;
  readonly #correspondence: Correspondence;
  readonly #put: Put;
  readonly #effort: { readonly limit: number; readonly work: number };
  readonly #isUnchanged: ((target: Target) => boolean) | undefined;
  readonly #kindOf: (target: Target) => string | undefined;
  readonly #firstOfKind = new Map<string, readonly Found[]>();
  readonly #found = new Map<string, readonly Found[]>();
  /** Where nobody is mentioned the same callers are told apart for all targets in one place. */
  readonly #unmentioned = new Map<string, readonly Caller[]>();
  #asked = 0;
  #reused = 0;
  #left = 0;

  constructor(
    [a, b]: readonly [World, World],
    correspondence: Correspondence,
    put: Put,
    { perTarget = defaultLimit, work = defaultWork, everywhere = false }: ExploreOptions,
  ) {
    this.lookups = [...new Set([a.client, a.server, b.client, b.server])].map(Lookup.of);
    this.#b = b;
    this.#correspondence = correspondence;
    this.#put = put;
    this.#effort = { limit: perTarget, work };
    this.#isUnchanged = everywhere ? undefined : unchangedIn(a, b);
    this.#kindOf = everywhere ? () => undefined : unsaidIn(this.lookups);
  }

  lookAt(target: Target): void {
    const service = this.#correspondence.placeOf(target);
    if (service === undefined) return;
    const open = this.#openAt(placeOf(service, target));
    if (this.#isUnchanged?.(target)) return;
    const kind = this.#correspondence.toB(service) === target.name ? this.#kindOf(target) : undefined;
    const like = kind === undefined ? undefined : this.#firstOfKind.get(kind);
    if (like) {
      takeOver(open, like, target);
      return;
    }
    this.#askAbout(target, service, open);
    if (kind !== undefined && open.every(one => one.isTransferable)) this.#firstOfKind.set(kind, open);
  }

  close(): Findings {
    const found = [...this.#found.values()].flat();
    for (const one of found) one.close();
    return { found, asked: this.#asked, reused: this.#reused, left: this.#left };
  }

  #openAt(place: Place): readonly Found[] {
    const key = `${place.service}\n${place.port}\n${place.via}`;
    const open = this.#found.get(key) ?? aspects.map(aspect => new Found(place, aspect, this.#put));
    this.#found.set(key, open);
    return open;
  }

  #callersOf({ mentions, home }: Target): readonly Caller[] {
    if (!mentions.areNone) return callersFor(mentions, this.lookups, home);
    const callers = this.#unmentioned.get(home) ?? callersFor(mentions, this.lookups, home);
    this.#unmentioned.set(home, callers);
    return callers;
  }

  /** The first request that shows a difference is its witness: plain ones of every caller come before odd ones. */
  #askAbout(target: Target, service: string, open: readonly Found[]): void {
    if (target.mentions.left > 0) this.#left += target.mentions.left;
    const ways = callerClasses(this.#callersOf(target), target, this.lookups).flatMap(alike =>
      spokenTo(target).map(from => {
        const askOf = (caller: Caller, draft: Draft): Ask => inNamesOfA(from.ask(caller, draft), service, this.#b);
        return { alike, from, askOf, walked: this.#walk(from, alike, askOf, open) };
      }),
    );
    for (const { alike, from, askOf, walked } of ways) {
      this.#tryPaths(alike, walked, askOf, open);
      this.#tryHosts(from, alike, walked, askOf, open);
    }
  }

  /** Puts one of each class. */
  #walk(from: SpokenTo, { callers }: Alike, askOf: Asking, open: readonly Found[]): Walked {
    const voiceOf =
      (caller: Caller): Voice<{ answers: Answers }> =>
      draft =>
        this.#say(askOf(caller, draft), open);
    const walked = explore(from.draft, callers.map(voiceOf), { names: from, ...this.#effort });
    this.#asked += walked.put;
    this.#reused += walked.reused;
    this.#left += walked.left;
    const [why] = walked.doubts;
    if (why !== undefined) for (const entry of open) entry.doubt(why);
    return walked;
  }

  #say(ask: Ask, open: readonly Found[]): Spoken {
    const inquiries: Inquiry[] = [];
    return new Spoken(open, ask, this.#put(ask, inquiries), inquiries);
  }

  #tryPaths({ callers: [first] }: Alike, walked: Walked, askOf: Asking, open: readonly Found[]): void {
    if (!first) return;
    for (const draft of otherPaths(walked)) {
      const ask = askOf(first, draft);
      this.#asked += 1;
      weigh(open, ask, this.#put(ask).arrive());
    }
  }

  /** Where nobody reads the name itself, two that mean the same are one. */
  #tryHosts(from: SpokenTo, { naming }: Alike, walked: Walked, askOf: Asking, open: readonly Found[]): void {
    const classes = [...walked.classes, ...walked.spared];
    if (!classes.some(asksForHost)) return;
    const isRead = classes.some(readsHost);
    const met = new Set<string>();
    for (const draft of otherHosts(from.draft, from)) {
      for (const { caller, meaning, isUsual } of naming(draft.authority)) {
        const place = isRead ? `${draft.authority} ${meaning}` : meaning;
        if (isUsual || met.has(place)) continue;
        met.add(place);
        const spoken = this.#say(askOf(caller, draft), open);
        this.#asked += 1;
        if (meansElsewhere(spoken.inquiries) && !spoken.settle()) spoken.arrive();
      }
    }
  }
}

type Asking = (caller: Caller, draft: Draft) => Ask;

/** What was found of one service is true of another that is like it. */
const takeOver = (open: readonly Found[], like: readonly Found[], { to }: Target): void => {
  for (const [index, one] of open.entries()) {
    const other = like[index];
    if (other) one.takeOver(other, to);
  }
};
