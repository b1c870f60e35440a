import { foreignHost } from '../explore/probes.ts';
import type { Ask, Destination } from '../request.ts';
import {
  type Aspect,
  type Place,
  type ServiceComparison,
  together,
  type Verdict,
  type Witness,
  worst,
} from './comparison.ts';
import type { Put } from './put.ts';
import { witnessOf } from './witness.ts';

/** What is found out about one aspect of one place: nothing differs until somebody notes that it does. */
export class Found implements ServiceComparison {
  readonly service: string;
  readonly port?: number;
  readonly via?: string;
  readonly aspect: Aspect;
  verdict: Verdict = 'equal';
  reason?: string;
  readonly #put: Put;
  /** The question, in the names of the first side, that shows the worst of it. */
  #ask: Ask | undefined;
  #doubt: string | undefined;
  #witness: Witness | undefined;

  constructor({ service, port, via }: Place, aspect: Aspect, put: Put) {
    this.service = service;
    if (port !== undefined) this.port = port;
    if (via !== undefined) this.via = via;
    this.aspect = aspect;
    this.#put = put;
  }

  /** Takes in what one question says; the question that shows the worst is kept. */
  note(verdict: Verdict, ask: Ask): void {
    if (verdict === 'equal') return;
    if (!this.#ask || worst([this.verdict, verdict]) !== this.verdict) this.#ask = ask;
    this.verdict = together(this.verdict, verdict);
  }

  /** Something that is not understood has a word in it. */
  doubt(reason: string): void {
    this.#doubt ??= reason;
  }

  /** Whether what was found holds for another place that is like this one but for its names. */
  get isTransferable(): boolean {
    const { authority } = this.#ask?.request ?? {};
    return this.#doubt === undefined && (authority === undefined || authority === foreignHost);
  }

  /** Takes over what was found of a place that is like this one but for its names. */
  takeOver(other: Found, to: Destination): void {
    this.verdict = other.verdict;
    this.#ask = other.#ask && { ...other.#ask, to };
  }

  /** Nothing worse can be found out: of routes and deadlines it can only be said that they differ. */
  get isTold(): boolean {
    return this.verdict === 'different' && (this.aspect === 'routing' || this.aspect === 'resilience');
  }

  /** Everything was asked: what is equal as far as it is understood is so, or it is undecided. */
  close(): void {
    if (this.verdict !== 'equal' || this.#doubt === undefined) return;
    this.verdict = 'undecided';
    this.reason = this.#doubt;
  }

  /** Made when somebody wants to see it: of many that are alike few are looked at. */
  get witness(): Witness | undefined {
    if (this.#ask) this.#witness ??= witnessOf(this.aspect, this.#ask, this.#put);
    return this.#witness;
  }
}
