import { isSame } from '../../base/same.ts';
import type { Inquiry } from '../inquiry.ts';
import { Lookup, lazily } from '../lookup/lookup.ts';
import { hostOf } from '../lookup/services.ts';
import type { Explanation } from '../outcome.ts';
import type { Ask, World } from '../request.ts';
import { comeAlike, sendOff } from '../simulate.ts';
import type { Correspondence } from './correspondence.ts';

/** The answers of both sides to one question. */
export interface Answers {
  readonly a: Explanation;
  readonly b: Explanation;
}

/** A question that has left on both sides, and has not arrived. */
export interface PutHalfway {
  /** All that what is still to come depends on, beside the request itself. */
  readonly state: string;
  /** Both sides have decided the same so far, whatever is still to come; an aspect that is known to differ is left out. */
  readonly isAlike: (apartFrom: 'resilience' | undefined) => boolean;
  /** The same stands before it on both sides. */
  readonly meetsAlike: boolean;
  /** Both sides have answered. */
  readonly isOver: boolean;
  readonly arrive: () => Answers;
}

/** One question put to both sides; `inquiries` receives what they ask of the request. */
export type Put = (ask: Ask, inquiries?: Inquiry[]) => PutHalfway;

/** Without the Host, where it is one of the names of the service that is dialled; the other side has names of its own. */
const withoutOwnName = (ask: Ask, service: string, { client }: World): Ask['request'] => {
  const { authority, ...rest } = ask.request;
  const namespace = ask.caller.kind === 'outside' ? undefined : ask.caller.namespace;
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

/** A question in the names of the first side is put to the second in its own names. */
export const putToBoth =
  (a: World, b: World, correspondence: Correspondence): Put =>
  (ask, inquiries) => {
    const before = sendOff(a, ask, inquiries);
    const after = sendOff(b, inNamesOfB(ask, a, correspondence), inquiries);
    const state = lazily(() => `${before.state} ${after.state}`);
    const decided = lazily(() => [before.decided, after.decided] as const);
    const meetsAlike = lazily(() => comeAlike(before.ahead, after.ahead));
    return {
      get state() {
        return state();
      },
      isAlike: apartFrom => {
        const [was, is] = decided();
        if (!was || !is || !isSame(was.rest, is.rest)) return false;
        return apartFrom === 'resilience' || isSame(was.resilience, is.resilience);
      },
      get meetsAlike() {
        return meetsAlike();
      },
      isOver: before.isOver && after.isOver,
      arrive: () => ({ a: before.arrive(), b: after.arrive() }),
    };
  };

/** A sample goes by the name of the side that gave it. */
export const inNamesOfA = (sample: Ask, service: string, b: World): Ask => {
  const { to } = sample;
  if (!('service' in to) || to.service === service) return sample;
  return { ...sample, to: { ...to, service }, request: withoutOwnName(sample, to.service, b) };
};
