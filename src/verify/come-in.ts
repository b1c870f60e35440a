import { answered, type Departure, nowhereToGo } from './departure.ts';
import { declaredProtocol, layerOn, type Target } from './dial.ts';
import { leaveCaller } from './leave-caller.ts';
import type { Lookup } from './lookup/lookup.ts';
import type { Party } from './party.ts';
import type { Caller, Request } from './request.ts';
import type { Answer } from './routing.ts';
import type { Story } from './story.ts';

type Joined = Extract<Caller, { kind: 'joined' }>;

/** What the proxy beside a caller answers for something that nobody is behind. */
const nobodyThere = 503;

/** Why nothing of what it asks comes in, and how that ends; undefined: it does. */
const keptOut = (
  { from }: Joined,
  { joined }: Party,
  { service, host, port }: Target,
  request: Request,
): { readonly why: string; readonly answer: Answer } | undefined => {
  const closed: Answer = { decision: 'reset' };
  if (!joined) return { why: `nobody of \`${from}\` comes in here`, answer: closed };
  const { reaches, missing = [] } = joined;
  const id = service?.id ?? host;
  if (reaches.includes('*') || reaches.includes(id)) return undefined;
  if (!missing.includes(id)) return { why: `callers of \`${from}\` do not reach \`${id}\``, answer: closed };
  const isHttp = layerOn(declaredProtocol(service, port), request) === 'http';
  return { why: `no gateway leads callers of \`${from}\` to \`${id}\``, answer: nowhereToGo(isHttp, nobodyThere) };
};

/**
 * A caller of a joined mesh, where it comes in: what it does not reach is not there for it, so that no connection stands
 * (observed, Consul 1.21), and for the rest the proxy there is its own. What its own cluster makes of the request before is
 * not in the input.
 */
export const comeIn = (
  lookup: Lookup,
  caller: Joined,
  party: Party,
  target: Target,
  request: Request,
  story: Story,
): Departure => {
  const kept = keptOut(caller, party, target, request);
  if (!kept) return leaveCaller(lookup, party, target, request, story);
  story.hop(party).add('visibility', kept.why, { source: party.joined?.source });
  return answered(kept.answer);
};
