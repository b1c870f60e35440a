import type { Notes } from './findings.ts';
import type { Leg } from './leg.ts';
import type { Sender } from './lookup/coverage.ts';
import type { Lookup } from './lookup/lookup.ts';
import type { Sight } from './matches.ts';
import type { HeaderChange, MirrorShare, Outcome } from './outcome.ts';
import type { HopLog } from './story.ts';
import type { PathTouch } from './touched.ts';

/** What a proxy does to requests on the way, besides choosing where they go. */
export type Treatment = Pick<
  Outcome,
  'timeoutMs' | 'perTryTimeoutMs' | 'idleTimeoutMs' | 'retries' | 'faults' | 'rewrite'
> & {
  readonly mirrors: readonly MirrorShare[];
  /** What the rewrite makes of paths like this one. */
  readonly step?: PathTouch;
  /** What the cross-origin rules add to the answer. */
  readonly corsHeaders?: HeaderChange;
};

/** An answer that a proxy gives itself. */
export type Answer = Pick<Outcome, 'decision' | 'status' | 'location' | 'body' | 'responseHeaders'> & {
  readonly treatment?: Treatment;
};

export type Routed =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'sent'; readonly legs: readonly Leg[]; readonly treatment: Treatment }
  /** No table decided: the service that was dialled. */
  | { readonly kind: 'default' };

/** What is needed to follow a rule: the model, whose proxy acts, what it sees, and where to write the story. */
export interface Routing {
  readonly lookup: Lookup;
  readonly sender: Sender;
  readonly sight: Sight;
  readonly log: HopLog;
  readonly notes: Notes;
}
