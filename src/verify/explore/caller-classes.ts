import { groupBy } from '../../base/order.ts';
import type { AccessCondition } from '../../model/capabilities/access.ts';
import type { Identity } from '../../model/identity.ts';
import type { CallerMatch, Match } from '../../model/match.ts';
import type { Model } from '../../model/model.ts';
import { type ClientScope, selects } from '../../model/scope.ts';
import { callerAnswer } from '../conditions/caller.ts';
import { senderOf } from '../departure.ts';
import { Notes } from '../findings.ts';
import { storeFor } from '../kept.ts';
import { coversSender, type Sender } from '../lookup/coverage.ts';
import type { Lookup } from '../lookup/lookup.ts';
import { hostOf } from '../lookup/services.ts';
import { callerParty } from '../party.ts';
import type { Caller } from '../request.ts';
import type { Target } from '../samples/target.ts';

const bits = (answers: readonly boolean[]): string => answers.map(Number).join('');

/** A place where statements ask about namespaces and labels of callers. */
type Named = Pick<CallerMatch, 'namespaces' | 'labels'>;

/** What may ask about a caller on the way to a target. */
interface Asking {
  /** Scopes of route tables, and of settings for destinations. */
  readonly scopes: readonly ClientScope[];
  /** Rules of route tables, and clauses of policies. */
  readonly rules: readonly Named[];
  readonly clauses: readonly Named[];
  readonly conditions: readonly AccessCondition[];
  /** What clients see is told apart. */
  readonly hasViews: boolean;
}

const callerOf = ({ caller }: Pick<Match, 'caller'>): readonly Named[] => (caller ? [caller] : []);

const askingIn = (lookup: Lookup, { frontends, services, policies }: Target): Asking => {
  const clauses = policies.flatMap(({ rules }) => rules.flatMap(rule => rule.clauses));
  const settings = services.flatMap(service =>
    lookup.destinations.about({ service, host: service.hosts[0] ?? service.id }),
  );
  return {
    scopes: [...frontends, ...settings].map(({ clients }) => clients),
    rules: frontends.flatMap(({ rules }) => rules.flatMap(({ match }) => callerOf(match))),
    clauses: clauses.flatMap(({ request }) => (request ? callerOf(request) : [])),
    conditions: clauses.flatMap(({ conditions }) => conditions),
    hasViews: lookup.model.visibility.length > 0 || services.some(service => lookup.services.exposedTo(service)),
  };
};

/** Which service a Host without a namespace names for a sender. */
const shortNameOf = (lookup: Lookup, { namespace }: Sender, { to }: Target): string | undefined => {
  const short = 'service' in to ? to.service.split('/')[1] : undefined;
  return short === undefined ? undefined : lookup.services.named(short, namespace)?.id;
};

/** Whether what is said about namespaces and labels holds for a sender. */
const namedBy = (places: readonly Named[], { namespace = '', labels }: Sender): string =>
  bits(
    places.flatMap(place => [!place.namespaces || place.namespaces.includes(namespace), selects(place.labels, labels)]),
  );

/** What any of the models can know of a caller and that has a word in what becomes of requests to the target. */
interface Signature {
  /** Up to where its own proxy sends them, if they carry the Host that is usual. */
  readonly leaving: string;
  /** Behind that. */
  readonly arriving: string;
}

interface AskingSide {
  readonly lookup: Lookup;
  readonly asking: Asking;
}

/** What a model knows of a caller, whatever the target is. */
interface Known {
  readonly sender: Sender;
  readonly identity: Identity;
  /** How it takes part, and which statements hold for all that it sends. */
  readonly standing: string;
  readonly shown: string;
}

const known = storeFor<Lookup, WeakMap<Caller, Known>>(() => new WeakMap());

const knownOf = (lookup: Lookup, caller: Caller): Known => {
  const before = known(lookup).get(caller);
  if (before) return before;
  const party = callerParty(lookup, caller, new Notes());
  const { identity, proxy } = party;
  const sender = senderOf(party);
  const statements = [...lookup.egress(sender), ...lookup.opaqueAt(sender)].map(({ id }) => id);
  const views = lookup.services.visibilityFor(sender)?.id;
  const from = caller.kind === 'joined' ? caller.from : '';
  const standing = [proxy?.mesh.id, proxy?.mode, from, views, ...statements].join(' ');
  const found = { sender, identity, standing, shown: JSON.stringify(identity) };
  known(lookup).set(caller, found);
  return found;
};

const signatureOf = (caller: Caller, sides: readonly AskingSide[]): Signature => {
  const views = sides.map(({ lookup, asking }) => {
    const { sender, identity, standing, shown } = knownOf(lookup, caller);
    const { scopes, rules, clauses, conditions, hasViews } = asking;
    const covered = bits(scopes.map(scope => coversSender(scope, sender)));
    const answers = lookup.model.meshes.flatMap(mesh =>
      conditions.flatMap(condition => callerAnswer(condition, identity, mesh) ?? []),
    );
    return {
      leaving: [standing, covered, namedBy(rules, sender), hasViews ? sender.namespace : ''].join('|'),
      shown,
      arriving: [identity.kind, answers.join(), namedBy(clauses, sender)].join('|'),
    };
  });
  return {
    // Who is somebody else on the other side is asked apart from those who are the same on both.
    leaving: [...views.map(({ leaving }) => leaving), new Set(views.map(({ shown }) => shown)).size > 1].join('||'),
    arriving: views.map(({ arriving }) => arriving).join('||'),
  };
};

/** What Hosts without a namespace mean for a caller. */
const namingOf = (caller: Caller, target: Target, lookups: readonly Lookup[]): string =>
  lookups.map(lookup => shortNameOf(lookup, knownOf(lookup, caller).sender, target)).join('||');

/** Callers of one target whom their own proxies treat alike, and whom servers may still tell apart. */
export interface Alike {
  readonly callers: readonly Caller[];
  /** One for each meaning that a Host may have for them. */
  readonly naming: (host: string) => readonly Naming[];
}

/**
 * Somebody who asks for a Host, and what that means for them: equal texts for what is the same place, and for who is the
 * same to servers.
 */
export interface Naming {
  readonly caller: Caller;
  readonly meaning: string;
  /** It is the service that is dialled, for all of them. */
  readonly isUsual: boolean;
}

/** The service of that name, and the tables that are for that name itself, in each of the models. */
const namingBy = ({ caller, arriving }: Speaker, host: string, { to }: Target, lookups: readonly Lookup[]): Naming => {
  const name = hostOf(host);
  let meaning = `${arriving} `;
  let isUsual = 'service' in to;
  for (const lookup of lookups) {
    const service = lookup.services.named(name, knownOf(lookup, caller).sender.namespace);
    isUsual &&= 'service' in to && service?.id === to.service;
    meaning += `${service?.id}|`;
    for (const { id } of lookup.frontends.about(undefined, name)) meaning += `${id}|`;
  }
  return { caller, meaning, isUsual };
};

const asksForHost = ({ frontends }: Target): boolean =>
  frontends.some(({ rules }) => rules.some(({ match }) => match.authority !== undefined));

/** The first of each class, by a text that is equal for those of one. */
const firstOfEach = (callers: readonly Caller[], textOf: (caller: Caller) => string): readonly Caller[] => {
  const found = new Map<string, Caller>();
  for (const caller of callers) {
    const text = textOf(caller);
    if (!found.has(text)) found.set(text, caller);
  }
  return [...found.values()];
};

/** Callers whom their own proxies treat alike, and the first of each class of them whom servers treat alike. */
interface Group {
  readonly firsts: readonly Caller[];
  /** The first in each namespace, which is what a name depends on, of each class. */
  readonly speakers: readonly Speaker[];
}

interface Speaker {
  readonly caller: Caller;
  /** Equal for those whom servers treat alike. */
  readonly arriving: string;
}

const placeOf = (caller: Caller, lookups: readonly Lookup[]): string =>
  lookups.map(lookup => knownOf(lookup, caller).sender.namespace).join();

const groupsOf = (callers: readonly Caller[], target: Target, lookups: readonly Lookup[]): readonly Group[] => {
  const isToldEarly = target.via !== undefined || asksForHost(target);
  const sides = lookups.map(lookup => ({ lookup, asking: askingIn(lookup, target) }));
  const signed = callers.map(caller => ({ caller, ...signatureOf(caller, sides) }));
  const arriving = new Map(signed.map(({ caller, arriving }) => [caller, arriving]));
  const alike = groupBy(signed, ({ caller, leaving, arriving }) =>
    isToldEarly ? [leaving, namingOf(caller, target, lookups), arriving].join('|||') : leaving,
  );
  return [...alike.values()].map(members => {
    const all = members.map(({ caller }) => caller);
    const arrivingOf = (caller: Caller): string => arriving.get(caller) ?? '';
    const speakers = firstOfEach(all, caller => `${placeOf(caller, lookups)} ${arrivingOf(caller)}`);
    return {
      firsts: firstOfEach(all, arrivingOf),
      speakers: speakers.map(caller => ({ caller, arriving: arrivingOf(caller) })),
    };
  });
};

/** What callers of another mesh reach is told target by target. */
const isJoined = ({ meshes }: Model): boolean => meshes.some(({ joined = [] }) => joined.length > 0);

const kept = new WeakMap<
  readonly Caller[],
  { readonly lookups: readonly Lookup[]; readonly groups: readonly Group[] }
>();

/** Where nothing tells callers apart but how they take part in meshes, they are told apart alike for every target. */
const groupsAnywhere = (callers: readonly Caller[], target: Target, lookups: readonly Lookup[]): readonly Group[] => {
  const known = kept.get(callers);
  if (known && lookups.every((lookup, index) => lookup === known.lookups[index])) return known.groups;
  const groups = groupsOf(callers, target, lookups);
  kept.set(callers, { lookups, groups });
  return groups;
};

/**
 * One caller of each class that the models treat alike; those whom their own proxies treat alike stand together. Who
 * comes in through a gateway is asked by that who they are.
 */
export const callerClasses = (
  callers: readonly Caller[],
  target: Target,
  lookups: readonly Lookup[],
): readonly Alike[] => {
  const depends =
    target.via !== undefined ||
    asksForHost(target) ||
    lookups.some(({ namesCallers, model }) => namesCallers || model.visibility.length > 0 || isJoined(model));
  const groups = (depends ? groupsOf : groupsAnywhere)(callers, target, lookups);
  return groups.map(({ firsts, speakers }) => ({
    callers: firsts,
    naming: host => speakers.map(speaker => namingBy(speaker, host, target, lookups)),
  }));
};
