import { byText, unique } from '../../../base/order.ts';
import { isSame } from '../../../base/same.ts';
import type {
  AccessClause,
  AccessCondition,
  AccessPolicy,
  AccessRule,
  AccessValue,
} from '../../../model/capabilities/access.ts';
import type { RequestAuthentication } from '../../../model/capabilities/request-authentication.ts';
import type { Service } from '../../../model/inventory.ts';
import type { ServerScope } from '../../../model/scope.ts';
import { exportedTo, type Peers, realmOf } from '../peers.ts';
import { type Reading, report } from '../reading.ts';
import { type Realm, spiffeOf } from '../services.ts';
import { type Destination, type Effect, everyone, type Intention, type Permission } from './intention.ts';

/**
 * Intentions as lists in which the first rule decides. An exact destination comes before every destination, and for one
 * destination an exact caller before every caller; whoever has permissions of which none takes the request gets the
 * default, and not what a later intention says (observed, rows 4.1, 4.3 and 4.5).
 */
export const policiesOf = (
  reading: Reading,
  destinations: ReadonlyMap<string, Destination>,
  peers: Peers,
): { readonly access: readonly AccessPolicy[]; readonly requestAuthentication: readonly RequestAuthentication[] } => {
  const forAll = destinations.get(everyone);
  const named = [...destinations.values()]
    .filter(({ name }) => name !== everyone)
    .sort((a, b) => byText(a.name, b.name));
  const access: AccessPolicy[] = [];
  const requestAuthentication: RequestAuthentication[] = [];
  for (const destination of named) {
    const own = new Rules(reading).forDestination(destination, forAll);
    const ofPeers = forPeers(reading, destination, forAll);
    const rules = [...ofPeers, ...own];
    const scopes = scopesOf(reading, destination);
    const list = forAll ? { rules } : beside(ofPeers, openToPeers(reading, destination, peers), asAllowList(own));
    for (const [id, scope] of scopes) {
      access.push({ ...policy(`intentions of ${id}`, scope, 0, rules, destination), ...list });
      // Where everyone is let in, no token is asked for, and one that is in order is still taken off (row 4.17).
      const tokens = issuersOf(destination);
      const source = { object: destination.entry.object.ref, path: '' };
      if (tokens.length > 0) requestAuthentication.push({ id: `tokens of ${id}`, scope, issuers: tokens, source });
    }
  }
  if (forAll) {
    const ofPeers = peersIn([forAll]).flatMap(peer => new Rules(reading, peer).inOrder(at(forAll, peer).intentions));
    const rules = [...ofPeers, ...new Rules(reading).inOrder(forAll.intentions)];
    access.push(policy('intentions of every service', { mesh: reading.mesh.id }, 1, rules, forAll));
  }
  return { access, requestAuthentication };
};

const peersIn = (all: readonly Destination[]): readonly string[] => unique(all.flatMap(({ peers }) => peers)).sort();

/** What is said of callers of one peer, as if they were all. */
const at = (destination: Destination, peer: string): Destination => ({
  ...destination,
  intentions: destination.ofPeers.filter(one => one.peer === peer),
});

/** Who is kept out with everyone is everyone of the mesh, and no caller of a peer (observed, row 0.12). */
const openToPeers = (reading: Reading, { name, entry }: Destination, peers: Peers): readonly AccessRule[] =>
  reading.mesh.defaults.access.value === 'deny'
    ? []
    : exportedTo(peers, name).map(peer =>
        new Rules(reading, peer).rule('* (by default)', 'allow', [], { object: entry.object.ref, path: '' }, everyone),
      );

/** What is said of callers of peers before what is said of all others. */
const beside = (
  ofPeers: readonly AccessRule[],
  rest: readonly AccessRule[],
  list: ReturnType<typeof asAllowList>,
): ReturnType<typeof asAllowList> => {
  const left = list.otherwise === 'deny' ? [...ofPeers, ...rest] : ofPeers;
  return { ...list, rules: [...left, ...list.rules] };
};

/** Callers of each peer, by rules that hold for nobody else: none shields another (`ixnSourceMatches`, agent/xds/rbac.go). */
const forPeers = (reading: Reading, destination: Destination, forAll: Destination | undefined): readonly AccessRule[] =>
  peersIn([destination]).flatMap(peer =>
    new Rules(reading, peer).forDestination(at(destination, peer), forAll && at(forAll, peer)),
  );

const issuersOf = ({ tokens }: Destination) => [
  ...new Map(tokens.map(({ issuer }) => [issuer.issuer, issuer])).values(),
];

const policy = (
  id: string,
  scope: ServerScope,
  tier: number,
  rules: readonly AccessRule[],
  { entry }: Destination,
): AccessPolicy => ({ id, scope, tier, rules, otherwise: 'nothing', source: { object: entry.object.ref, path: '' } });

/** The pods of a destination, for each Kubernetes Service that bears its name. */
const scopesOf = (
  reading: Reading,
  { name, entry, intentions }: Destination,
): readonly (readonly [string, ServerScope])[] => {
  const services = reading.services.named(name);
  const found = services.flatMap(service => {
    const scope = scopeOf(service, reading);
    return scope ? [[service.id, scope] as const] : [];
  });
  if (found.length === 0 && !(reading.outside.has(name) && isOpen(intentions))) {
    const isOutside = reading.outside.has(name);
    const what = isOutside
      ? `who may call \`${name}\` is decided at its terminating gateway`
      : `who may call \`${name}\` is said, and its pods are not in the input`;
    reading.opaque.push({
      id: `intentions of ${name}`,
      what,
      namespaces: [entry.namespace],
      source: { object: entry.object.ref, path: '' },
    });
    report(reading, isOutside ? 'CONSUL218' : 'CONSUL205', entry.object.ref, what);
  }
  return found;
};

/** Everyone is let in, and nobody is kept out. */
const isOpen = (intentions: Destination['intentions']): boolean =>
  intentions.every(({ caller, effect }) => caller === everyone && effect === 'allow');

const scopeOf = ({ endpoints }: Service, { mesh }: Reading): ServerScope | undefined =>
  endpoints.kind === 'pods' && Object.keys(endpoints.labels).length > 0
    ? { mesh: mesh.id, namespaces: [endpoints.namespace], labels: endpoints.labels }
    : undefined;

/** Every path begins with a slash. */
export const takesEveryPath = ({ attribute, values, negated }: AccessCondition): boolean =>
  attribute === 'request.path' &&
  !negated &&
  values.some(value => value.kind === 'prefix' && (value.value === '/' || value.value === ''));

const takesEverything = ({ conditions }: AccessClause): boolean => conditions.slice(1).every(takesEveryPath);

/**
 * Where the last rule keeps everyone out, whom nothing lets in is kept out: the same list in the words that most meshes
 * have. What keeps out somebody whom no later rule lets in is part of that.
 */
const asAllowList = (
  rules: readonly AccessRule[],
): Pick<AccessPolicy, 'rules' | 'otherwise'> & Partial<Pick<AccessPolicy, 'source'>> => {
  const last = rules.at(-1);
  if (last?.effect !== 'deny' || callerOf(last)?.kind !== 'prefix' || !last.clauses.some(takesEverything)) {
    return { rules, otherwise: 'nothing' };
  }
  const kept: AccessRule[] = [];
  for (const rule of rules.slice(0, -1).toReversed()) {
    const isNeeded = rule.effect === 'allow' || kept.some(later => later.effect === 'allow' && mayShare(rule, later));
    if (isNeeded) kept.unshift(rule);
  }
  return { rules: kept, otherwise: 'deny', ...(last.source ? { source: last.source } : {}) };
};

const callerOf = ({ clauses: [first] }: AccessRule): AccessValue | undefined => first?.conditions[0]?.values[0];

const mayShare = (a: AccessRule, b: AccessRule): boolean => {
  const [one, other] = [callerOf(a), callerOf(b)];
  return one?.kind === 'prefix' || other?.kind === 'prefix' || isSame(one, other);
};

/** Makes rules of intentions. */
class Rules {
  private readonly reading: Reading;
  private readonly realm: Realm;
  private readonly peer: string | undefined;
  private readonly stance: Effect;

  /** `peer`: whose callers they are about; absent: those of the own cluster. */
  constructor(reading: Reading, peer?: string) {
    this.reading = reading;
    this.peer = peer;
    this.realm = peer === undefined ? { mesh: reading.mesh, datacenter: reading.plane.datacenter } : realmOf(peer);
    this.stance = reading.mesh.defaults.access.value;
  }

  /**
   * Exact callers, then everyone. Where everyone is spoken of here, and one caller for all destinations, neither shields
   * the other: whatever is not the default holds (observed, row 0.1; `removeSourcePrecedence` in agent/xds/rbac.go).
   */
  forDestination({ intentions }: Destination, forAll: Destination | undefined): readonly AccessRule[] {
    const exact = intentions.filter(({ caller }) => caller !== everyone);
    const rest = intentions.find(({ caller }) => caller === everyone);
    const own = new Set(exact.map(({ caller }) => caller));
    const rivals = rest
      ? (forAll?.intentions ?? []).filter(({ caller }) => caller !== everyone && !own.has(caller))
      : [];
    return [
      ...this.inOrder(exact),
      ...rivals.flatMap(rival => this.beside(rival, rest!)),
      ...(rest ? this.inOrder([rest]) : []),
    ];
  }

  /** Each caller's own, in the order of names; everyone's last. */
  inOrder(intentions: readonly Intention[]): readonly AccessRule[] {
    const rank = ({ caller }: Intention): string => (caller === everyone ? '~' : caller);
    return intentions.toSorted((a, b) => byText(rank(a), rank(b))).flatMap(intention => this.rulesOf(intention));
  }

  private rulesOf(intention: Intention): readonly AccessRule[] {
    const { caller, effect, permissions, source } = intention;
    if (effect) return [this.rule(caller, effect, [], source)];
    const given = permissions ?? [];
    const last = given.findIndex(({ conditions, tokens }) => tokens.length === 0 && conditions.every(takesEveryPath));
    const asked = last < 0 ? given : given.slice(0, last + 1);
    const rules = asked.flatMap((permission, index) => this.permitted(caller, permission, index));
    if (last >= 0) return rules;
    return [...rules, this.rule(`${caller} (none of its permissions)`, this.stance, [], source, caller)];
  }

  private permitted(caller: string, permission: Permission, index: number): readonly AccessRule[] {
    const { effect, conditions, source } = permission;
    return [
      this.rule(`${caller} permissions[${index}]`, effect, conditions, source, caller, this.tokensOf(permission)),
    ];
  }

  /** Tokens are asked for only where the default is to keep out (observed, row 0.2). */
  private tokensOf({ tokens }: Permission): readonly (readonly AccessCondition[])[] {
    return this.stance === 'allow' || tokens.length === 0 ? [[]] : tokens.map(({ conditions }) => conditions);
  }

  /** What one caller may do at all destinations, where one of them speaks of everyone. */
  private beside(rival: Intention, rest: Intention): readonly AccessRule[] {
    const { caller, effect, permissions = [] } = rival;
    const isDecided = rest.effect !== undefined && rest.effect !== this.stance;
    if (effect === this.stance || isDecided) return [];
    this.tellRivalry(rival, rest);
    if (effect) return [this.rule(`${caller} (for every service)`, effect, [], rival.source, caller)];
    return permissions.flatMap((permission, index) => {
      const id = `${caller} (for every service) permissions[${index}]`;
      const { conditions, source } = permission;
      const own = this.rule(id, permission.effect, conditions, source, caller, this.tokensOf(permission));
      if (permission.effect !== this.stance) return [own];
      const shared = (rest.permissions ?? []).map((other, at) =>
        this.rule(
          `${id}.${at}`,
          other.effect,
          [...conditions, ...other.conditions],
          source,
          caller,
          this.tokensOf(other),
        ),
      );
      return [...shared, own];
    });
  }

  private tellRivalry(rival: Intention, rest: Intention): void {
    const said = rest.effect ?? 'its permissions';
    const message = `\`${rival.caller}\` is spoken of for every service, and everyone here (${said}): whatever is not the default (${this.stance}) holds`;
    report(this.reading, 'CONSUL203', rest.source, message);
  }

  rule(
    id: string,
    effect: Effect,
    conditions: readonly AccessCondition[],
    source: Intention['source'],
    caller = id,
    alternatives: readonly (readonly AccessCondition[])[] = [[]],
  ): AccessRule {
    const callers: AccessCondition = {
      attribute: 'peer.identity',
      values: [this.callerValue(caller)],
      negated: false,
      whenAbsent: 'fails',
      whenNotHttp: 'fails',
      source,
    };
    const clauses = alternatives.map((more): AccessClause => ({ conditions: [callers, ...conditions, ...more] }));
    return { id: this.peer === undefined ? id : `${id} of ${this.peer}`, effect, clauses, source };
  }

  /** Everyone is everyone of the mesh: an identity of another system is not taken (observed, row 0.8). */
  private callerValue(caller: string): AccessValue {
    const { realm, peer } = this;
    if (caller === everyone) return { kind: 'prefix', value: `${realm.mesh.trustDomain}/ns/` };
    if (peer !== undefined) return { kind: 'spiffe', id: spiffeOf(realm, caller) };
    return this.reading.services.callersOf(caller, { ...realm, mesh: this.reading.mesh });
  }
}
