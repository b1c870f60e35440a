import { selects } from '../../model/scope.ts';
import { callerAnswer } from '../access-clause.ts';
import { senderOf } from '../departure.ts';
import { Notes } from '../findings.ts';
import { coversSender, type Sender } from '../lookup/coverage.ts';
import type { Lookup } from '../lookup/lookup.ts';
import { callerParty } from '../party.ts';
import type { Caller } from '../request.ts';
import type { Target } from '../samples/targets.ts';

const bits = (answers: readonly boolean[]): string => answers.map(Number).join('');

/** Which statements about clients hold for a sender. */
const scopesOf = (lookup: Lookup, sender: Sender, { frontends, services }: Target): string => {
  const own = frontends.map(({ clients }) => coversSender(clients, sender));
  const matched = frontends.flatMap(({ rules }) =>
    rules.flatMap(({ match: { caller } }) =>
      caller
        ? [
            !caller.namespaces || caller.namespaces.includes(sender.namespace ?? ''),
            !caller.labels || selects(caller.labels, sender.labels),
          ]
        : [],
    ),
  );
  const settings = services.flatMap(service =>
    lookup.destinations
      .about({ service, host: service.hosts[0] ?? service.id })
      .map(({ clients }) => coversSender(clients, sender)),
  );
  const views = lookup.model.visibility.length > 0 || services.some(service => lookup.services.exposedTo(service));
  return [
    bits(own),
    bits(matched),
    bits(settings),
    views ? sender.namespace : '',
    lookup.services.visibilityFor(sender)?.id,
    ...lookup.egress(sender).map(({ id }) => id),
    ...lookup.opaqueAt(sender).map(({ id }) => id),
  ].join(' ');
};

/** Which service a Host without a namespace names for a sender. */
const shortNameOf = (lookup: Lookup, { namespace }: Sender, { to }: Target): string | undefined => {
  const short = 'service' in to ? to.service.split('/')[1] : undefined;
  return short === undefined ? undefined : lookup.services.named(short, namespace)?.id;
};

const conditionsOf = ({ policies }: Target) =>
  policies.flatMap(({ rules }) => rules.flatMap(({ clauses }) => clauses.flatMap(({ conditions }) => conditions)));

/** Everything that any of the models can know of a caller and that has a word in what becomes of requests to the target. */
const signatureOf = (caller: Caller, target: Target, lookups: readonly Lookup[]): string =>
  lookups
    .map(lookup => {
      const { identity, proxy, ...party } = callerParty(lookup, caller, new Notes());
      const sender = senderOf({ ...party, identity, ...(proxy ? { proxy } : {}) });
      const answers = lookup.model.meshes.flatMap(mesh =>
        conditionsOf(target).flatMap(condition => callerAnswer(condition, identity, mesh) ?? []),
      );
      const requested = target.policies.flatMap(({ rules }) =>
        rules.flatMap(({ clauses }) =>
          clauses.flatMap(({ request }) =>
            request?.caller
              ? [
                  !request.caller.namespaces || request.caller.namespaces.includes(sender.namespace ?? ''),
                  !request.caller.labels || selects(request.caller.labels, sender.labels),
                ]
              : [],
          ),
        ),
      );
      return [
        proxy?.mesh.id,
        proxy?.mode,
        identity.kind,
        scopesOf(lookup, sender, target),
        shortNameOf(lookup, sender, target),
        answers.join(),
        bits(requested),
      ].join('|');
    })
    .join('||');

/** One caller of each class that the models treat alike. */
export const callerClasses = (
  callers: readonly Caller[],
  target: Target,
  lookups: readonly Lookup[],
): readonly Caller[] => {
  const classes = new Map<string, Caller>();
  for (const caller of callers) {
    const signature = signatureOf(caller, target, lookups);
    if (!classes.has(signature)) classes.set(signature, caller);
  }
  return [...classes.values()];
};
