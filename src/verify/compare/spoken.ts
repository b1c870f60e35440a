import { isSame } from '../../base/same.ts';
import type { Underway } from '../explore/explore.ts';
import type { Inquiry } from '../inquiry.ts';
import type { Ask } from '../request.ts';
import { aspects } from './comparison.ts';
import type { Found } from './found.ts';
import type { Answers, Put } from './put.ts';
import { doubt, relation } from './relation.ts';

/** Most answers are the same; what they mean need not be worked out then. */
const areAlike = ({ a, b }: Answers): boolean => isSame(a.outcome, b.outcome);

/** Takes in the answers to one question. */
export const weigh = (open: readonly Found[], ask: Ask, answers: Answers): void => {
  const unclear = doubt(answers.a, answers.b);
  const alike = areAlike(answers);
  for (const entry of open) {
    if (!alike && !entry.isTold) entry.note(relation(entry.aspect, answers.a, answers.b), ask);
    if (unclear !== undefined) entry.doubt(unclear);
  }
};

const atResilience = aspects.indexOf('resilience');

/** A question on its way for the sake of some places; its answers are taken in when it has arrived. */
export class Spoken implements Underway<{ answers: Answers }> {
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
