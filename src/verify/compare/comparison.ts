import type { Source } from '../../base/source.ts';
import type { Outcome } from '../outcome.ts';
import type { Caller, Destination, Request } from '../request.ts';

export const aspects = ['routing', 'resilience', 'access', 'encryption'] as const;
export type Aspect = (typeof aspects)[number];

/**
 * How the second side relates to the first. `stricter`: it lets nobody in and sends nothing less protected than the
 * first does, and something not at all or better protected. `looser`: the reverse. `undecided`: something that is not
 * understood acts on one side and not, or not in the same way, on the other.
 */
export type Verdict = 'equal' | 'stricter' | 'looser' | 'different' | 'undecided';

/** Two configurations laid side by side. Field names are the published ones. */
export interface Comparison {
  /** The worst of all: looser or different, then undecided, then stricter. */
  readonly verdict: Verdict;
  readonly services: readonly ServiceComparison[];
  readonly unmatched: readonly Unmatched[];
  /** `exact`: over every class of requests that either side tells apart; what could not be walked is `undecided`. */
  readonly method: 'exact';
  /** How many requests were put to both sides, and how many classes of them the limit left out. */
  readonly asked: number;
  /** How often the second half of a way was known from another request. */
  readonly reused: number;
  readonly left: number;
}

/** What is compared: one thing that callers dial. */
export interface Place {
  /** The service id on the first side; a host, where one is asked for that is no service. */
  readonly service: string;
  readonly port?: number;
  /** The gateway at which the host is asked for. */
  readonly via?: string;
}

export interface ServiceComparison extends Place {
  readonly aspect: Aspect;
  readonly verdict: Verdict;
  /** A smallest request that shows the difference. */
  readonly witness?: Witness | undefined;
  /** What is not understood, for `undecided`. */
  readonly reason?: string;
}

export interface Witness {
  readonly request: Request;
  readonly client: Caller;
  readonly to: Destination;
  readonly a: Side;
  readonly b: Side;
}

/** What one side makes of the witness, and the line that decides it. */
export interface Side {
  readonly outcome: Outcome;
  readonly source?: Source;
}

/** Something that only one side has; there is nothing to compare it with. */
export interface Unmatched {
  readonly side: 'a' | 'b';
  readonly kind: 'service' | 'gateway';
  readonly name: string;
}

const badness: Readonly<Record<Verdict, number>> = { equal: 0, stricter: 1, undecided: 2, looser: 3, different: 3 };

/** Of two findings about one thing the worse; what is stricter here and looser there is different. */
export const together = (a: Verdict, b: Verdict): Verdict => {
  if (a === b) return a;
  const isMixed = (a === 'stricter' && b === 'looser') || (a === 'looser' && b === 'stricter');
  if (isMixed || a === 'different' || b === 'different') return 'different';
  return badness[a] > badness[b] ? a : b;
};

/** The worst over things that have nothing to do with each other. */
export const worst = (verdicts: Iterable<Verdict>): Verdict => {
  let result: Verdict = 'equal';
  for (const verdict of verdicts) {
    if (badness[verdict] > badness[result] || (badness[verdict] === badness[result] && verdict === 'looser')) {
      result = verdict;
    }
  }
  return result;
};
