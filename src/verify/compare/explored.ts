import { isSame } from '../../base/same.ts';
import { type Alike, callerClasses } from '../explore/caller-classes.ts';
import { explore, type Underway, type Voice } from '../explore/explore.ts';
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
import { doubt, relation } from './relation.ts';
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

/** Most answers are the same; what they mean need not be worked out then. */
const areAlike = ({ a, b }: Answers): boolean => isSame(a.outcome, b.outcome);

/** Takes in the answers to one question. */
const weigh = (open: readonly Found[], ask: Ask, answers: Answers): void => {
  const unclear = doubt(answers.a, answers.b);
  const alike = areAlike(answers);
  for (const entry of open) {
    if (!alike && !entry.isTold) entry.note(relation(entry.aspect, answers.a, answers.b), ask);
    if (unclear !== undefined) entry.doubt(unclear);
  }
};

const atResilience = aspects.indexOf('resilience');

/** A question on its way for the sake of some places; its answers are taken in when it has arrived. */
class Spoken implements Underway<{ answers: Answers }> {
  readonly inquiries: readonly Inquiry[];
  readonly #open: readonly Found[];
  readonly #resilience: Found | undefined;
  readonly #ask: Ask;
  readonly #sent: ReturnType<Put>;

  constructor(open: readonly Found[], ask: Ask, sent: ReturnType<Put>, inquiries: readonly Inquiry[]) {
    this.#open = open;
    this.#resilience = open[atResilience];
    this.#ask = ask;
    this.#sent = sent;
    this.inquiries = inquiries;
  }

  get state(): string {
    return this.#sent.state;
  }

  get isAlike(): boolean {
    return this.#sent.isAlike(this.#resilience?.verdict === 'different' ? 'resilience' : undefined);
  }

  /** That deadlines differ, and nothing else, is told where that is known without following it. */
  settle(): boolean {
    const { isAlike } = this;
    const known = isAlike || (this.#sent.isAlike('resilience') && this.#sent.differsInResilience);
    if (!known || !this.#sent.meetsAlike) return false;
    if (!isAlike) this.#resilience?.note('different', this.#ask);
    return true;
  }

  get isOver(): boolean {
    return this.#sent.isOver;
  }

  arrive(): { answers: Answers } {
    const answers = this.#sent.arrive();
    weigh(this.#open, this.#ask, answers);
    return { answers };
  }
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
  [a, b]: readonly [World, World],
  correspondence: Correspondence,
  put: Put,
  { perTarget = defaultLimit, work = defaultWork, everywhere = false }: ExploreOptions,
): Findings => {
  const lookups = [...new Set([a.client, a.server, b.client, b.server])].map(Lookup.of);
  const isUnchanged = everywhere ? undefined : unchangedIn(a, b);
  const kindOf = everywhere ? () => undefined : unsaidIn(lookups);
  const firstOfKind = new Map<string, readonly Found[]>();
  const found = new Map<string, readonly Found[]>();
  let asked = 0;
  let reused = 0;
  let left = 0;

  const openAt = (place: Place): readonly Found[] => {
    const key = `${place.service}\n${place.port}\n${place.via}`;
    const open = found.get(key) ?? aspects.map(aspect => new Found(place, aspect, put));
    found.set(key, open);
    return open;
  };

  /** Puts one of each class, and hands on how to put what stands beside them. */
  const walk = (
    from: SpokenTo,
    { callers, naming }: Alike,
    open: readonly Found[],
    service: string,
    target: Target,
  ): (() => void) => {
    const askOf = (caller: Caller, draft: Draft): Ask => inNamesOfA(from.ask(caller, draft), service, b);
    const voiceOf =
      (caller: Caller): Voice<{ answers: Answers }> =>
      draft => {
        const inquiries: Inquiry[] = [];
        const ask = askOf(caller, draft);
        return new Spoken(open, ask, put(ask, inquiries), inquiries);
      };
    const walked = explore(from.draft, callers.map(voiceOf), { names: from, limit: perTarget, work });
    asked += walked.put;
    reused += walked.reused;
    left += walked.left;
    const [why] = walked.doubts;
    if (why !== undefined) for (const entry of open) entry.doubt(why);
    if (target.mentions.left > 0) left += target.mentions.left;
    return () => {
      const [first] = callers;
      if (!first) return;
      for (const draft of otherPaths(walked)) {
        const ask = askOf(first, draft);
        asked += 1;
        weigh(open, ask, put(ask).arrive());
      }
      const classes = [...walked.classes, ...walked.spared];
      if (!classes.some(asksForHost)) return;
      // Where nobody reads the name itself, two that mean the same are one.
      const isRead = classes.some(readsHost);
      const met = new Set<string>();
      for (const draft of otherHosts(from.draft, from)) {
        for (const { caller, meaning, isUsual } of naming(draft.authority)) {
          const place = isRead ? `${draft.authority} ${meaning}` : meaning;
          if (isUsual || met.has(place)) continue;
          met.add(place);
          const ask = askOf(caller, draft);
          const inquiries: Inquiry[] = [];
          const spoken = new Spoken(open, ask, put(ask, inquiries), inquiries);
          asked += 1;
          if (meansElsewhere(inquiries) && !spoken.settle()) spoken.arrive();
        }
      }
    };
  };

  /** Where nobody is mentioned the same callers are told apart for all targets in one place. */
  const unmentioned = new Map<string, readonly Caller[]>();
  const callersOf = ({ mentions, home }: Target): readonly Caller[] => {
    if (!mentions.areNone) return callersFor(mentions, lookups, home);
    const callers = unmentioned.get(home) ?? callersFor(mentions, lookups, home);
    unmentioned.set(home, callers);
    return callers;
  };

  for (const target of targetsIn(lookups, correspondence.isShared)) {
    const service = correspondence.placeOf(target);
    if (service === undefined) continue;
    const open = openAt(placeOf(service, target));
    if (isUnchanged?.(target)) continue;
    const kind = correspondence.toB(service) === target.name ? kindOf(target) : undefined;
    const like = kind === undefined ? undefined : firstOfKind.get(kind);
    if (like) {
      open.forEach((one, index) => {
        const other = like[index];
        if (other) one.takeOver(other, target.to);
      });
      continue;
    }
    const classes = callerClasses(callersOf(target), target, lookups);
    // The first request that shows a difference is its witness: plain ones of every caller come before odd ones.
    const probes = classes.flatMap(alike => spokenTo(target).map(way => walk(way, alike, open, service, target)));
    for (const probe of probes) probe();
    if (kind !== undefined && open.every(one => one.isTransferable)) firstOfKind.set(kind, open);
  }
  const all = [...found.values()].flat();
  for (const one of all) one.close();
  return { found: all, asked, reused, left };
};
