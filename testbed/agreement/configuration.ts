import type { Question } from '../probe/question.ts';
import type { Together } from '../together/together.ts';
import type { Pair, Said } from './pairs/pair.ts';
import type { Gate } from './questions.ts';

/** What one configuration is tried on: a name of its own, so that many are there at once. */
export interface Slot {
  /** A name for routes, a server, a listener of a gateway; `away`: a name for routes that other clusters do not know. */
  readonly kind: 'site' | 'guard' | 'gate' | 'away';
  /** The service's own name, without its namespace. */
  readonly name: string;
}

/** One configuration, and what to ask beside the borders that the model itself draws. */
export interface Configuration<Native> {
  /** Unique; the same from run to run. */
  readonly id: string;
  /** What it is about. */
  readonly family: string;
  readonly kind: Slot['kind'];
  /** Its service speaks no HTTP, and is asked with bytes alone. */
  readonly ofBytes?: true;
  /** The port that it is about; absent: those for HTTP and for bytes. */
  readonly port?: number;
  /** The port of which it is read what proxies were told; absent: 80. */
  readonly readOn?: number;
  /** What it does to requests is left open by the model, so that only oracles are asked about it. */
  readonly sendsNothing?: true;
  /** Why what it does cannot be told from what is read, so that it is not compared. */
  readonly untold?: string;
  readonly objects: (slot: Slot) => readonly Native[];
  /** Objects that are there before the others are made, where their age counts. */
  readonly earlier?: (slot: Slot) => readonly Native[];
  /** The gateway through which it is asked, and for what; absent: the service of the slot is dialled. */
  readonly entrance?: (slot: Slot) => Gate;
  readonly questions?: (slot: Slot) => readonly Question[];
  /** It says what others say as well: nothing else is tried beside it. */
  readonly alone?: true;
  /** What is tried with many requests together, after everything else. */
  readonly together?: (slot: Slot) => readonly Together[];
  /** One side of a pair: it is asked its own questions, which are those of the other side too, and no others. */
  readonly pair?: { readonly pair: Pair; readonly said: Said; readonly side: 'before' | 'after' };
}
