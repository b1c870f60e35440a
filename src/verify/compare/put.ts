import { decidedAlike, resilienceSent, resilientAlike } from '../decided.ts';
import type { Inquiry } from '../inquiry.ts';
import { Lookup } from '../lookup/lookup.ts';
import { hostOf } from '../lookup/services.ts';
import type { Explanation } from '../outcome.ts';
import { type Ask, namespaceOf, type World } from '../request.ts';
import { comeAlike, sendOff } from '../simulate.ts';
import { staysDifferent } from './aspect-values.ts';
import type { Correspondence } from './correspondence.ts';

/** The answers of both sides to one question. */
export interface Answers {
  readonly a: Explanation;
  readonly b: Explanation;
}

/** One question put to both sides; `inquiries` receives what they ask of the request. */
export type Put = (ask: Ask, inquiries?: Inquiry[]) => PutHalfway;

/** Without the Host, where it is one of the names of the service that is dialled; the other side has names of its own. */
const withoutOwnName = (ask: Ask, service: string, { client }: World): Ask['request'] => {
  const { authority, ...rest } = ask.request;
  const namespace = namespaceOf(ask.caller);
  const named = authority === undefined ? undefined : Lookup.of(client).services.named(hostOf(authority), namespace);
  return named?.id === service ? rest : ask.request;
};

/** A question in the names of the first side, as the second side calls things. */
const inNamesOfB = (ask: Ask, a: World, { toB }: Correspondence): Ask => {
  const { to } = ask;
  const service = 'service' in to ? toB(to.service) : undefined;
  if (!('service' in to) || service === undefined || service === to.service) return ask;
  return { ...ask, to: { ...to, service }, request: withoutOwnName(ask, to.service, a) };
};

type Sent = ReturnType<typeof sendOff>;

/** A question that has left on both sides, and has not arrived. */
class PutHalfway {
  readonly #before: Sent;
  readonly #after: Sent;
  #state: string | undefined;
  #meetsAlike: boolean | undefined;

  constructor(before: Sent, after: Sent) {
    this.#before = before;
    this.#after = after;
  }

  /** All that what is still to come depends on, beside the request itself. */
  get state(): string {
    this.#state ??= `${this.#before.state} ${this.#after.state}`;
    return this.#state;
  }

  /** Both sides have decided the same so far, whatever is still to come; an aspect that is known to differ is left out. */
  isAlike(apartFrom: 'resilience' | undefined): boolean {
    const [was, is] = [this.#before.decided, this.#after.decided];
    if (!was || !is || !decidedAlike(was, is)) return false;
    return apartFrom === 'resilience' || resilientAlike(was, is);
  }

  /** Both sides send it on, with deadlines, tries or faults that stay different if nothing stands in between. */
  get differsInResilience(): boolean {
    const [was, is] = [this.#before.decided, this.#after.decided].map(left => left && resilienceSent(left));
    return was !== undefined && is !== undefined && staysDifferent(was, is);
  }

  /** The same stands before it on both sides, and nothing in between. */
  get meetsAlike(): boolean {
    this.#meetsAlike ??= comeAlike(this.#before.ahead, this.#after.ahead);
    return this.#meetsAlike;
  }

  /** Both sides have answered. */
  get isOver(): boolean {
    return this.#before.isOver && this.#after.isOver;
  }

  arrive(): Answers {
    return { a: this.#before.arrive(), b: this.#after.arrive() };
  }
}

/** A question in the names of the first side is put to the second in its own names. */
export const putToBoth =
  (a: World, b: World, correspondence: Correspondence): Put =>
  (ask, inquiries) => {
    const before = sendOff(a, ask, inquiries);
    return new PutHalfway(before, sendOff(b, inNamesOfB(ask, a, correspondence), inquiries));
  };

/** A sample goes by the name of the side that gave it. */
export const inNamesOfA = (sample: Ask, service: string, b: World): Ask => {
  const { to } = sample;
  if (!('service' in to) || to.service === service) return sample;
  return { ...sample, to: { ...to, service }, request: withoutOwnName(sample, to.service, b) };
};
