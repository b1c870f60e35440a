import type { Model } from '../../model/model.ts';
import type { ClientScope } from '../../model/scope.ts';
import { senderOf } from '../departure.ts';
import { Notes } from '../findings.ts';
import type { Sender } from '../lookup/coverage.ts';
import { Lookup } from '../lookup/lookup.ts';
import { callerParty, gatewayParty } from '../party.ts';
import { type Caller, callerTitle } from '../request.ts';
import { callersFor, Mentions } from '../samples/callers.ts';

const titleOf = (caller: Caller): string => {
  if (caller.kind === 'outside' || caller.kind === 'joined') return callerTitle(caller);
  if (caller.kind === 'serviceAccount') return `account ${caller.namespace}/${caller.name}`;
  const labels = Object.entries(caller.labels).map(([name, value]) => `${name}=${value}`);
  return `${caller.namespace}/${caller.name}{${labels.sort().join(',')}}`;
};

/** A client of each class that the scopes distinguish, and every gateway, as senders in one model. */
export const clientsOf = (
  model: Model,
  others: readonly Model[],
  scopesOf: (model: Model) => readonly ClientScope[],
): [title: string, sender: Sender][] => {
  const mentions = new Mentions();
  const lookup = Lookup.of(model);
  const all = [model, ...others];
  for (const scope of all.flatMap(scopesOf)) mentions.scope(scope);
  const callers = callersFor(
    mentions,
    all.map(each => Lookup.of(each)),
    '',
  );
  return [
    ...callers.map((caller): [string, Sender] => [titleOf(caller), senderOf(callerParty(lookup, caller, new Notes()))]),
    ...model.inventory.gateways.map((gateway): [string, Sender] => [
      `gateway ${gateway.id}`,
      senderOf(gatewayParty(lookup, gateway)),
    ]),
  ];
};
