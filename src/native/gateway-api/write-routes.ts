import { isSame } from '../../base/same.ts';
import type { Action, Backend, Frontend, Rule } from '../../model/frontend.ts';
import type { Protocol } from '../../model/inventory.ts';
import type { Match } from '../../model/match.ts';
import { intersect } from './intersect.ts';
import { gatewayGroup, type RouteKind } from './kinds.ts';
import { type CompletedOrder, completeOrder, rankedOrder } from './order-completion.ts';
import type { GatewayApiProfile } from './profile.ts';
import { preferred, type Ranking } from './ranking.ts';
import {
  type ActionWriting,
  type ServicePortReference,
  writeGrpcAction,
  writeHttpAction,
  writeL4Action,
} from './write-action.ts';
import { writeGrpcMatch, writeHttpMatch } from './write-match.ts';

type Json = Readonly<Record<string, unknown>>;

/** A route ready to be applied. */
export interface RouteManifest {
  readonly apiVersion: string;
  readonly kind: RouteKind;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Json;
  readonly [key: string]: unknown;
}

export interface RouteWriting {
  readonly profile: GatewayApiProfile;
  /** The ports of a service that carry a protocol, or all of them; empty if unknown. */
  readonly portsOf: (service: string, protocol?: Protocol) => readonly number[];
  /** The Service port that stands for a backend, given the port that was dialled if it is known. */
  readonly referTo: (backend: Backend, dialled: number | undefined) => ServicePortReference | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** What belongs to a rule and can only be said of a whole route; rules that differ in it become several routes. */
  readonly annotations?: (action: Action) => Readonly<Record<string, string>>;
  /** How an implementation with words of its own says the parts of a rule of HTTPRoute; absent: by the API alone. */
  readonly words?: RouteWords;
}

/** `action`: everything of a rule beside its matches, for a route in a namespace. */
export interface RouteWords {
  readonly match: (match: Match) => Json;
  readonly action: (action: Action, namespace: string) => Json;
}

/** The version of each kind that most releases serve. */
const writtenVersion: Readonly<Record<RouteKind, string>> = {
  HTTPRoute: 'v1',
  GRPCRoute: 'v1',
  TLSRoute: 'v1alpha2',
  TCPRoute: 'v1alpha2',
};

/** Limits of `HTTPRoute` and `GRPCRoute`; `TLSRoute` and `TCPRoute` have one rule (CRD validation, v1.6). */
const mostRules = 16;
const mostMatchesOfRule = 64;
const mostMatches = 128;

/** The kind of route that a table becomes. A gRPC table that says something only HTTP can say is an HTTPRoute. */
export const routeKindFor = (frontend: Frontend): RouteKind => {
  if (frontend.protocol === 'tcp') return 'TCPRoute';
  if (frontend.protocol === 'tls') return 'TLSRoute';
  const anywhere: ActionWriting = { namespace: '', referTo: () => undefined };
  const isGrpc =
    frontend.protocol === 'grpc' &&
    frontend.rules.every(({ match, action }) => writeGrpcMatch(match) && writeGrpcAction(action, anywhere));
  return isGrpc ? 'GRPCRoute' : 'HTTPRoute';
};

export const rankingFor = (frontend: Frontend, profile: GatewayApiProfile): Ranking =>
  routeKindFor(frontend) === 'GRPCRoute' ? { kind: 'grpc' } : profile.ranking;

/** The id of the rule that sends to the service itself what no other rule takes. */
export const passRuleId = 'otherwise';

interface Ordered {
  readonly ranking: Ranking;
  /** The service that gets what no rule takes. */
  readonly passTo: string | undefined;
  readonly completed: CompletedOrder;
}

/** The order of a list is asked for when it is judged, and again when it is written. */
const orders = new WeakMap<readonly Rule[], Ordered>();

/**
 * The rules of a table in a form whose order the target keeps, and where it does not. A table that passes the rest to
 * the service says so with a rule of its own: a route hides its Service, and what no rule takes is answered with 404.
 * It is worked out once for a list of rules.
 */
export const orderFor = (rules: readonly Rule[], frontend: Frontend, profile: GatewayApiProfile): CompletedOrder => {
  const { listens, noMatch } = frontend;
  const ranking = rankingFor(frontend, profile);
  const passTo = noMatch.kind === 'passToService' && listens.kind === 'service' ? listens.service : undefined;
  const known = orders.get(rules);
  if (known && known.passTo === passTo && isSame(known.ranking, ranking)) return known.completed;
  const completed = passTo === undefined ? completeOrder(rules, ranking) : completePassing(rules, passTo, ranking);
  orders.set(rules, { ranking, passTo, completed });
  return completed;
};

const completePassing = (rules: readonly Rule[], service: string, ranking: Ranking): CompletedOrder => {
  const pass: Rule = {
    id: passRuleId,
    match: {},
    action: {
      id: passRuleId,
      target: {
        kind: 'forward',
        backends: [{ backend: { kind: 'service', service }, weight: { value: 1, origin: 'proxyDefault' } }],
      },
    },
  };
  const completed = completeOrder([...rules, pass], ranking);
  return { ...completed, shadowed: completed.shadowed.filter(rule => rule !== pass) };
};

/** Where routes are put and what they are attached to. */
export interface RoutePlace {
  readonly namespace: string;
  readonly name: string;
  readonly parents: readonly Json[];
  readonly hostnames?: readonly string[];
  readonly dialled: number | undefined;
}

export const writeRoutes = (frontend: Frontend, place: RoutePlace, writing: RouteWriting): readonly RouteManifest[] => {
  const kind = routeKindFor(frontend);
  const completed = orderFor(frontend.rules, frontend, writing.profile);
  const action: ActionWriting = {
    namespace: place.namespace,
    referTo: backend => writing.referTo(backend, place.dialled),
  };
  const split = splitToFit(
    groupsOf(completed, kind, rankingFor(frontend, writing.profile), writing.annotations ?? (() => ({}))),
    kind === 'TLSRoute' || kind === 'TCPRoute' ? 1 : mostRules,
  );
  // A table without rules answers everything with 404, and so does a route whose list of rules is empty.
  const parts = split.length > 0 || kind === 'TLSRoute' || kind === 'TCPRoute' ? split : [[]];
  const width = String(parts.length).length;
  return parts.map((groups, index): RouteManifest => {
    const annotations = groups[0]?.annotations ?? {};
    const hostnames = kind === 'TLSRoute' ? serverNames(groups) : (place.hostnames ?? []);
    return {
      apiVersion: `${gatewayGroup}/${writtenVersion[kind]}`,
      kind,
      metadata: {
        name: parts.length === 1 ? place.name : `${place.name}-${String(index + 1).padStart(width, '0')}`,
        namespace: place.namespace,
        labels: writing.labels,
        ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      },
      spec: {
        parentRefs: place.parents,
        ...(hostnames.length > 0 ? { hostnames } : {}),
        rules: groups.map(group => writeRule(group, kind, action, writing.words)),
      },
    };
  });
};

/** The server names of all rules; none, which is every name, if one of the rules looks at none. */
const serverNames = (groups: readonly RuleGroup[]): readonly string[] => {
  const names = groups.flatMap(({ rules }) => rules.map(({ match }) => match.sni));
  return names.includes(undefined) ? [] : [...new Set(names.flatMap(own => own ?? []))];
};

/** Matches of one action: one rule of the route, and what the route has to say for it. */
interface RuleGroup {
  readonly action: Action;
  readonly annotations: Readonly<Record<string, string>>;
  readonly rules: readonly Rule[];
}

/**
 * The rules in the order in which the target tries them, so that reading and writing them again gives the same. Matches
 * with one action share a rule, unless that would put one before an equally specific match of another rule.
 */
const groupsOf = (
  completed: CompletedOrder,
  kind: RouteKind,
  ranking: Ranking,
  annotationsOf: NonNullable<RouteWriting['annotations']>,
): readonly RuleGroup[] => {
  const written = new Set(completed.rules);
  const groups: (RuleGroup & { readonly rules: Rule[] })[] = [];
  const isBefore = (rule: Rule, others: readonly Rule[]): boolean =>
    others.some(
      other => !preferred(rule.match, other.match, ranking) && intersect(rule.match, other.match) !== 'disjoint',
    );
  for (const rule of rankedOrder(completed, ranking)) {
    if (!written.has(rule)) continue;
    const annotations = annotationsOf(rule.action);
    const at = groups.findLastIndex(
      group =>
        group.rules.length < mostMatchesOfRule &&
        isSame(withoutLoneWeight(group.action), withoutLoneWeight(rule.action), placeWords) &&
        isSame(group.annotations, annotations),
    );
    const later = at < 0 ? [] : groups.slice(at + 1).flatMap(({ rules }) => rules);
    // TLS and TCP routes have one rule each, and TLS names its hosts on the route.
    const isShared = kind !== 'TCPRoute' && !replacesPrefix(rule.action);
    if (at >= 0 && isShared && !isBefore(rule, later)) groups[at]!.rules.push(rule);
    else groups.push({ action: rule.action, annotations, rules: [rule] });
  }
  return groups;
};

/** A rule that replaces a prefix has exactly one match (CRD validation of URLRewrite and RequestRedirect, v1.6). */
const replacesPrefix = ({ rewrite, target }: Action): boolean =>
  [rewrite?.path, target.kind === 'redirect' ? target.redirect.path : undefined].some(
    path => path?.kind === 'prefix' || path?.kind === 'segmentPrefix',
  );

/** Where one backend gets everything its weight says nothing, and is not written. */
const withoutLoneWeight = (action: Action): Action => {
  const { target } = action;
  const [only, ...others] = target.kind === 'forward' ? target.backends : [];
  if (!only || others.length > 0 || only.weight.value <= 0) return action;
  return { ...action, target: { kind: 'forward', backends: [{ ...only, weight: { ...only.weight, value: 1 } }] } };
};

/** Says where an action is written; actions with one name that differ in nothing else do the same. */
const placeWords: ReadonlySet<string> = new Set(['id', 'source', 'origin']);

/**
 * Routes in their order, each within the limits of the API. Among routes, ties are broken by age and then by name, so
 * the parts are numbered, and applied, in the order of their rules.
 */
const splitToFit = (groups: readonly RuleGroup[], most: number): readonly (readonly RuleGroup[])[] => {
  const parts: RuleGroup[][] = [];
  let matches = 0;
  for (const group of groups) {
    const last = parts.at(-1);
    const fits =
      last !== undefined &&
      last.length < most &&
      matches + group.rules.length <= mostMatches &&
      isSame(last[0]?.annotations, group.annotations);
    if (fits) last.push(group);
    else parts.push([group]);
    matches = (fits ? matches : 0) + group.rules.length;
  }
  return parts;
};

const writeRule = (
  { action, rules }: RuleGroup,
  kind: RouteKind,
  writing: ActionWriting,
  words: RouteWords | undefined,
): Json => {
  if (kind === 'TLSRoute' || kind === 'TCPRoute') return writeL4Action(action, writing);
  const write = kind === 'GRPCRoute' ? writeGrpcMatch : (words?.match ?? writeHttpMatch);
  const matches = rules.map(({ match }) => write(match) ?? {});
  const distinct = matches.filter((match, at) => matches.findIndex(other => isSame(other, match)) === at);
  // The prefix `/` is the default; written out, it can be read without knowing that.
  const explicit = distinct.map(match =>
    kind === 'HTTPRoute' && Object.keys(match).length === 0 ? { path: { type: 'PathPrefix', value: '/' } } : match,
  );
  const isEverything = kind === 'GRPCRoute' && explicit.some(match => Object.keys(match).length === 0);
  const { name, ...rest } =
    (kind === 'GRPCRoute'
      ? writeGrpcAction(action, writing)
      : (words?.action(action, writing.namespace) ?? writeHttpAction(action, writing))) ?? {};
  return { ...(name === undefined ? {} : { name }), ...(isEverything ? {} : { matches: explicit }), ...rest };
};
