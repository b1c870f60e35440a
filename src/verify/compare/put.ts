import type { Inquiry } from '../inquiry.ts';
import { Lookup } from '../lookup/lookup.ts';
import { hostOf } from '../lookup/services.ts';
import type { Explanation } from '../outcome.ts';
import type { Ask, World } from '../request.ts';
import { simulate } from '../simulate.ts';
import type { Correspondence } from './correspondence.ts';

/** One question put to both sides. */
export type Put = (ask: Ask, inquiries?: Inquiry[]) => { readonly a: Explanation; readonly b: Explanation };

/** Without the Host, where it is one of the names of the service that is dialled; the other side has names of its own. */
const withoutOwnName = (ask: Ask, service: string, { client }: World): Ask['request'] => {
  const { authority, ...rest } = ask.request;
  const namespace = ask.caller.kind === 'outside' ? undefined : ask.caller.namespace;
  const named = authority === undefined ? undefined : Lookup.of(client).services.named(hostOf(authority), namespace);
  return named?.id === service ? rest : ask.request;
};

/** A question in the names of the first side is put to the second in its own names. */
export const putToBoth =
  (a: World, b: World, { toB }: Correspondence): Put =>
  (ask, inquiries) => {
    const { to } = ask;
    const before = simulate(a, ask, inquiries);
    const service = 'service' in to ? toB(to.service) : undefined;
    if (!('service' in to) || service === undefined || service === to.service)
      return { a: before, b: simulate(b, ask, inquiries) };
    const request = withoutOwnName(ask, to.service, a);
    return { a: before, b: simulate(b, { ...ask, to: { ...to, service }, request }, inquiries) };
  };

/** A sample goes by the name of the side that gave it. */
export const inNamesOfA = (sample: Ask, service: string, b: World): Ask => {
  const { to } = sample;
  if (!('service' in to) || to.service === service) return sample;
  return { ...sample, to: { ...to, service }, request: withoutOwnName(sample, to.service, b) };
};
