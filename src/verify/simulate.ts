import { isSame } from '../base/same.ts';
import { comeIn } from './come-in.ts';
import { deliver } from './delivery.ts';
import { answered, type Departure, senderOf, stateOf } from './departure.ts';
import { targetOf } from './dial.ts';
import { enterGateway } from './enter-gateway.ts';
import type { Inquiry } from './inquiry.ts';
import { leaveCaller } from './leave-caller.ts';
import { Lookup } from './lookup/lookup.ts';
import type { Explanation, Outcome } from './outcome.ts';
import { answeredOutcome, deliveredOutcome } from './outcome-of.ts';
import { callerParty } from './party.ts';
import { entranceOf } from './path.ts';
import type { Ask, World } from './request.ts';
import type { Traffic } from './sight.ts';
import { type Ahead, meetSame, standIn } from './standing.ts';
import { Story } from './story.ts';

const depart = (from: Lookup, ask: Ask, story: Story): Departure => {
  const { request, to } = ask;
  const caller = callerParty(from, ask.caller, story.notes);
  const target = targetOf(from, ask, senderOf(caller), story.notes);
  const entrance = entranceOf(from, ask);
  if (entrance === 'missing') {
    story.notes.caveat('VERIFY011', `the gateway \`${ask.via}\` is not in the input`);
    return answered({ decision: 'unroutable' });
  }
  if (!entrance) {
    if (ask.caller.kind === 'joined') return comeIn(from, ask.caller, caller, target, request, story);
    return leaveCaller(from, caller, target, request, story);
  }
  const { authority, usualAuthority } = target;
  return enterGateway({ lookup: from, ...entrance, caller, authority, usualAuthority, port: to.port, request, story });
};

const arrive = (departure: Departure, from: Lookup, to: Lookup, story: Story): Outcome => {
  if (departure.kind === 'answered') return answeredOutcome(departure);
  const { party, traffic, treatment, legs, encrypted } = departure;
  const delivered = legs.flatMap(leg => deliver(leg, { from, to, sender: party, traffic, treatment, story }));
  return deliveredOutcome(delivered, treatment, encrypted);
};

/** With who stands in for those who are not there, which the proxy that sends knows of those behind. */
const withStandIns = (departure: Departure, from: Lookup, to: Lookup, story: Story): Departure => {
  if (departure.kind === 'answered' || !to.services.isWhole) return departure;
  const { party: sender, legs } = departure;
  const left = legs.map(leg => standIn(leg, { from, to, sender, story }));
  return left.every((leg, index) => leg === legs[index]) ? departure : { ...departure, legs: left };
};

/** What a request that was sent on comes before, and as what it comes there. */
interface Coming {
  readonly before: Ahead;
  readonly as: Traffic;
}

const madeOfIt = ({ touched }: Traffic): unknown => {
  const { headers, ...others } = touched ?? {};
  return [others, [...(headers ?? [])]];
};

/** Whether two requests look the same to all that is still to come. */
const lookSame = (a: Traffic, b: Traffic): boolean =>
  a.layer === b.layer &&
  a.authority === b.authority &&
  a.port === b.port &&
  a.sealed === b.sealed &&
  a.peerAddress === b.peerAddress &&
  a.request.path === b.request.path &&
  isSame(a.request.headers, b.request.headers) &&
  isSame(a.token, b.token) &&
  (a.touched === b.touched || isSame(madeOfIt(a), madeOfIt(b)));

/** Whether two requests that have left alike are treated alike from here. */
export const comeAlike = (a: Coming | 'answered', b: Coming | 'answered'): boolean =>
  a === 'answered' || b === 'answered' ? a === b : lookSame(a.as, b.as) && meetSame(a.before, b.before);

/** A request that has left the first place on its way, and has not arrived. */
class Underway {
  readonly #ask: Ask;
  readonly #from: Lookup;
  readonly #to: Lookup;
  readonly #story: Story;
  readonly #departure: Departure;
  /** Who was asked to agree so far, and what was decided last: both count only for what is still to come. */
  readonly #asked: readonly string[];
  readonly #last: Explanation['decidedLast'];

  constructor(world: World, ask: Ask, inquiries: Inquiry[] | undefined) {
    this.#ask = ask;
    this.#from = Lookup.of(world.client);
    this.#to = Lookup.of(world.server);
    this.#story = new Story(inquiries);
    this.#departure = withStandIns(depart(this.#from, ask, this.#story), this.#from, this.#to, this.#story);
    this.#asked = this.#story.notes.authorisers;
    this.#last = this.#story.lastDecided;
  }

  /** All that what is still to come depends on, beside the request itself, as text. */
  get state(): string {
    const isKeptIn = this.isOver && this.#last === 'egress-default';
    return `${stateOf(this.#departure, this.#to.hasWaypoints)} ${this.#asked.join()} ${isKeptIn}`;
  }

  /** What was decided so far; undefined where it says nothing about other requests, or leaves something open. */
  get decided(): Departure | undefined {
    return this.#story.notes.isClear ? this.#departure : undefined;
  }

  /** What stands before it, and as what it comes there. */
  get ahead(): Coming | 'answered' {
    if (this.#departure.kind === 'answered') return 'answered';
    const { party: sender, traffic, legs } = this.#departure;
    return { before: { legs, from: this.#from, to: this.#to, sender, story: this.#story }, as: traffic };
  }

  /** It was answered. */
  get isOver(): boolean {
    return this.#departure.kind === 'answered';
  }

  arrive(): Explanation {
    const outcome = arrive(this.#departure, this.#from, this.#to, this.#story);
    const { notes, hops, lastDecided: decidedLast } = this.#story;
    const { caveats, assumptions, authorisers } = notes;
    const asked = authorisers.length > 0 ? { authorisers: authorisers.toSorted() } : {};
    return {
      request: this.#ask.request,
      hops,
      ...(decidedLast === undefined ? {} : { decidedLast }),
      outcome: { ...outcome, ...asked },
      caveats,
      assumptions,
    };
  }
}

/** The first half of `simulate`: up to where the caller's proxy, or the gateway it comes in through, sends it. */
export const sendOff = (world: World, ask: Ask, inquiries?: Inquiry[]): Underway => new Underway(world, ask, inquiries);

/**
 * Tells what happens to one request: where the caller's proxy, or the gateway it comes in through, sends it; how each
 * connection is protected; what waypoints and servers make of it; and which line decided each of these. `inquiries`
 * receives what is asked of the request on the way.
 */
export const simulate = (world: World, ask: Ask, inquiries?: Inquiry[]): Explanation =>
  sendOff(world, ask, inquiries).arrive();
