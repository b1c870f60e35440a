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

/** Whether conditions about namespaces and labels, among those that policies put to a request, hold for a sender. */
const namedBy = ({ policies }: Target, { namespace = '', labels }: Sender): readonly boolean[] =>
  policies.flatMap(({ rules }) =>
    rules.flatMap(({ clauses }) =>
      clauses.flatMap(({ request }) => {
        const caller = request?.caller;
        if (!caller) return [];
        return [
          !caller.namespaces || caller.namespaces.includes(namespace),
          !caller.labels || selects(caller.labels, labels),
        ];
      }),
    ),
  );

/** What any of the models can know of a caller and that has a word in what becomes of requests to the target. */
interface Signature {
  /** Up to where its own proxy sends them, if they carry the Host that is usual. */
  readonly leaving: string;
  /** If they carry a short one. */
  readonly naming: string;
  /** Behind that. */
  readonly arriving: string;
}

const signatureOf = (caller: Caller, target: Target, lookups: readonly Lookup[]): Signature => {
  const views = lookups.map(lookup => {
    const party = callerParty(lookup, caller, new Notes());
    const { identity, proxy } = party;
    const sender = senderOf(party);
    const answers = lookup.model.meshes.flatMap(mesh =>
      conditionsOf(target).flatMap(condition => callerAnswer(condition, identity, mesh) ?? []),
    );
    return {
      leaving: [proxy?.mesh.id, proxy?.mode, scopesOf(lookup, sender, target)].join('|'),
      naming: shortNameOf(lookup, sender, target),
      shown: JSON.stringify(identity),
      arriving: [identity.kind, answers.join(), bits(namedBy(target, sender))].join('|'),
    };
  });
  return {
    // Who is somebody else on the other side is asked apart from those who are the same on both.
    leaving: [...views.map(({ leaving }) => leaving), new Set(views.map(({ shown }) => shown)).size > 1].join('||'),
    naming: views.map(({ naming }) => naming).join('||'),
    arriving: views.map(({ arriving }) => arriving).join('||'),
  };
};

/** Callers of one target whom their own proxies treat alike, and whom servers may still tell apart. */
export interface Alike {
  readonly callers: readonly Caller[];
  /** One for each meaning that a Host without a namespace has for them. */
  readonly namers: readonly Caller[];
}

const asksForHost = ({ frontends }: Target): boolean =>
  frontends.some(({ rules }) => rules.some(({ match }) => match.authority !== undefined));

/**
 * One caller of each class that the models treat alike; those whom their own proxies treat alike stand together. Who
 * comes in through a gateway is asked by that who they are.
 */
export const callerClasses = (
  callers: readonly Caller[],
  target: Target,
  lookups: readonly Lookup[],
): readonly Alike[] => {
  const isToldEarly = target.via !== undefined || asksForHost(target);
  const found = new Map<string, { arriving: Map<string, Caller>; naming: Map<string, Caller> }>();
  for (const caller of callers) {
    const { leaving, naming, arriving } = signatureOf(caller, target, lookups);
    const key = isToldEarly ? [leaving, naming, arriving].join('|||') : leaving;
    const alike = found.get(key) ?? { arriving: new Map(), naming: new Map() };
    found.set(key, alike);
    if (!alike.arriving.has(arriving)) alike.arriving.set(arriving, caller);
    if (!alike.naming.has(naming)) alike.naming.set(naming, caller);
  }
  return [...found.values()].map(({ arriving, naming }) => ({
    callers: [...arriving.values()],
    namers: [...naming.values()],
  }));
};
