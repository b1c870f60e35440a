import { type Delivered, deliver } from './delivery.ts';
import { type Departure, enterGateway, leaveCaller, senderOf } from './departure.ts';
import { targetOf } from './dial.ts';
import { Lookup } from './lookup/lookup.ts';
import type { Encrypted, Explanation, Outcome } from './outcome.ts';
import { answeredOutcome, deliveredOutcome } from './outcome-of.ts';
import { callerParty, gatewayParty } from './party.ts';
import type { Ask, World } from './request.ts';
import { Story } from './story.ts';

const depart = (lookup: Lookup, ask: Ask, story: Story): Departure => {
  const caller = callerParty(lookup, ask.caller, story.notes);
  const target = targetOf(lookup, ask, senderOf(caller), story.notes);
  const gateway = ask.via === undefined ? undefined : lookup.gateway(ask.via);
  if (!gateway) return leaveCaller(lookup, caller, target, ask.request, story);
  const party = gatewayParty(lookup, gateway);
  const { authority } = target;
  return enterGateway({ lookup, gateway, party, caller, authority, port: ask.to.port, request: ask.request, story });
};

/**
 * Tells what happens to one request: where the caller's proxy, or the gateway it comes in through, sends it; how each
 * connection is protected; what waypoints and servers make of it; and which line decided each of these.
 */
export const simulate = (world: World, ask: Ask): Explanation => {
  const story = new Story();
  const from = Lookup.of(world.client);
  const to = Lookup.of(world.server);
  const departure = depart(from, ask, story);
  const outcome = departure.kind === 'answered' ? answeredOutcome(departure) : arrive(departure, from, to, story);
  const { caveats, assumptions } = story.notes;
  return { request: ask.request, hops: story.hops, outcome, caveats, assumptions };
};

const arrive = (departure: Extract<Departure, { kind: 'sent' }>, from: Lookup, to: Lookup, story: Story): Outcome => {
  const { party, traffic, treatment, legs } = departure;
  const delivered: Delivered[] = legs.flatMap(leg =>
    deliver(leg, { from, to, sender: party, traffic, treatment, story }),
  );
  const before: Encrypted | undefined = departure.encrypted;
  return deliveredOutcome(delivered, treatment, before);
};
