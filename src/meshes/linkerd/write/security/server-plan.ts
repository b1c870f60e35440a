import { byKey, groupBy } from '../../../../base/order.ts';
import type { AccessRule } from '../../../../model/capabilities/access.ts';
import type { PeerEncryption } from '../../../../model/capabilities/encryption.ts';
import type { RateLimit } from '../../../../model/capabilities/rate-limit.ts';
import type { Model } from '../../../../model/model.ts';
import { type Labels, type ServerScope, selects } from '../../../../model/scope.ts';
import { type DefaultPolicy, type DefaultPolicyName, defaultPolicyOf } from '../../default-policy.ts';
import type { Judging } from '../judging.ts';
import type { Realm } from './callers.ts';
import { type Decision, decisionOf } from './decision.ts';
import { asked, type Demand, demandOf, demandText, stanceOf } from './demand.ts';
import type { Words } from './grants.ts';
import { coversPods, distinctPods, givenPolicy, type PodSet, scopedPods } from './pod-sets.ts';
import { unclearRules } from './requests.ts';

/** A Server to write: one port of some pods or machines, and what is wanted of it. */
export interface PlannedServer extends Demand {
  readonly namespace: string;
  readonly labels: Labels;
  readonly port: number;
  /** It selects machines; pods if not. */
  readonly isMachine: boolean;
  /** Those it is for. */
  readonly pods: readonly PodSet[];
}

/** What ports without a Server do: for a namespace, or for the pods of one object. */
export interface PlannedDefault {
  readonly on: { readonly namespace: string } | { readonly pods: PodSet };
  readonly policy: DefaultPolicyName;
}

export interface SecurityPlan {
  readonly pods: readonly PodSet[];
  readonly servers: readonly PlannedServer[];
  readonly defaults: readonly PlannedDefault[];
  /** Pods whose other ports keep a default that is not what is wanted: no object to annotate is in the input. */
  readonly bare: ReadonlySet<PodSet>;
  /** Ids of what is wanted of some pods and cannot be told from what is wanted of others by their labels. */
  readonly entangled: ReadonlySet<string>;
  /** Rules that let in requests of which no match can say which of them other rules let in too. */
  readonly unclear: ReadonlySet<AccessRule>;
}

/** Trust domains that mean the mesh itself, and how paths are compared where the rules come from. */
export const wordsFor = (judging: Judging): Words => {
  const meshes = judging.model.meshes.flatMap(mesh => [mesh.trustDomain, ...mesh.trustDomainAliases]);
  const realm: Realm = {
    controlPlaneNamespace: judging.target.namespace,
    trustDomain: judging.target.trustDomain,
    ownDomains: [...new Set(['cluster.local', judging.target.trustDomain, ...meshes])],
  };
  return { realm, normalizes: judging.normalizes };
};

/** Servers and default policies that do what encryption, access and limits of a model ask for. */
export const planSecurity = (model: Model, judging: Judging): SecurityPlan => new Planning(model, judging).run();

/** What is wanted of one port of the pods of one set. */
interface Wish {
  readonly pods: PodSet;
  readonly port: number;
  readonly demand: Demand;
  readonly decisions: readonly Decision[];
  /** The labels that the wishes behind it go by. */
  readonly labels: Labels;
  readonly behind: readonly string[];
}

/** What is wanted of each port of pods, as text. */
type Wished = ReadonlyMap<PodSet, ReadonlyMap<number, string>>;

/** What covers one port. */
interface Covering {
  readonly decisions: readonly Decision[];
  /** The first decides. */
  readonly encryption: readonly PeerEncryption[];
  readonly rateLimit: RateLimit | undefined;
}

type InNamespace<T> = (namespace: string) => readonly T[];

/** Finds what is for a namespace, or for all of them, without asking every item each time. */
const inNamespace = <T>(
  items: readonly T[],
  namespacesOf: (item: T) => readonly string[] | undefined,
): InNamespace<T> => {
  const found = new Map<string, readonly T[]>();
  return namespace => {
    const known = found.get(namespace);
    if (known) return known;
    const own = items.filter(item => namespacesOf(item)?.includes(namespace) ?? true);
    found.set(namespace, own);
    return own;
  };
};

class Planning {
  private readonly model: Model;
  private readonly judging: Judging;
  /** What may be for pods of a namespace, in order. */
  private readonly decisionsIn: InNamespace<Decision>;
  private readonly encryptionIn: InNamespace<PeerEncryption>;
  private readonly scopesWithPorts: InNamespace<ServerScope>;
  private readonly podsIn: InNamespace<PodSet>;
  private readonly ports = new Map<PodSet, readonly number[]>();
  private readonly pods: readonly PodSet[];
  private readonly scopes: readonly ServerScope[];
  private readonly machines: readonly string[];

  constructor(model: Model, judging: Judging) {
    this.model = model;
    this.judging = judging;
    const words = wordsFor(judging);
    const decisions = model.access.map(policy => decisionOf(policy, words));
    this.decisionsIn = inNamespace(decisions, ({ policy }) => policy.scope.namespaces);
    this.encryptionIn = inNamespace(model.encryption, ({ scope }) => scope.namespaces);
    this.scopes = [...model.access, ...model.encryption, ...model.rateLimits].map(({ scope }) => scope);
    this.machines = model.inventory.workloads
      .flatMap(({ isMachine, identity }) => (isMachine && identity?.kind === 'spiffe' ? [identity.id] : []))
      .sort();
    const known = judging.pods;
    const isKnown = (scope: ServerScope): boolean =>
      known.some(pods => pods.isMachine === (scope.only === 'machines') && coversPods(withoutPorts(scope), pods));
    const unknown = this.scopes.filter(scope => scope.ports && !isKnown(scope));
    this.pods = unknown.length === 0 ? known : distinctPods([...known, ...unknown.flatMap(scopedPods)]);
    this.podsIn = inNamespace(this.pods, ({ namespace }) => [namespace]);
    this.scopesWithPorts = inNamespace(
      this.scopes.filter(({ ports }) => ports),
      ({ namespaces }) => namespaces,
    );
  }

  run(): SecurityPlan {
    const { planned, bare, policyOf } = this.defaults();
    const wishes = this.pods.flatMap(pods =>
      this.portsOf(pods).flatMap(port => this.wish(pods, port, policyOf(pods)) ?? []),
    );
    const entangled = new Set<string>();
    const servers = new Map<string, PlannedServer>();
    const wished: Wished = new Map(
      [...groupBy(wishes, ({ pods }) => pods)].map(([pods, own]) => [
        pods,
        new Map(own.map(({ port, demand }) => [port, demandText(demand)])),
      ]),
    );
    for (const wish of wishes) {
      const labels = this.selectorFor(wish, wished);
      if (!labels) for (const id of wish.behind) entangled.add(id);
      else {
        const { pods, port, demand } = wish;
        const { namespace, isMachine } = pods;
        const key = JSON.stringify([namespace, Object.entries(labels).sort(), port, isMachine]);
        const same = servers.get(key);
        servers.set(key, {
          ...demand,
          namespace,
          labels,
          port,
          isMachine,
          pods: [...(same?.pods ?? []), pods],
        });
      }
    }
    const unclear = new Set(
      wishes.flatMap(({ decisions }) => unclearRules(asked(decisions).flatMap(({ allowed }) => allowed))),
    );
    const inOrder = [...servers].sort(byKey(([key]) => key)).map(([, server]) => server);
    return { pods: this.pods, servers: inOrder, defaults: planned, bare, entangled, unclear };
  }

  /** Ports that are known, and those that scopes name. */
  private portsOf(pods: PodSet): readonly number[] {
    const known = this.ports.get(pods);
    if (known) return known;
    const named = this.scopesWithPorts(pods.namespace).flatMap(scope =>
      coversPods(withoutPorts(scope), pods) ? (scope.ports ?? []) : [],
    );
    const ports = [...new Set([...pods.ports, ...named])].sort((a, b) => a - b);
    this.ports.set(pods, ports);
    return ports;
  }

  private covering(pods: PodSet, port?: number): Covering {
    const { namespace } = pods;
    return {
      decisions: this.decisionsIn(namespace).filter(({ policy }) => coversPods(policy.scope, pods, port)),
      encryption: this.encryptionIn(namespace).filter(({ scope }) => coversPods(scope, pods, port)),
      rateLimit: this.model.rateLimits.find(({ scope }) => coversPods(scope, pods, port)),
    };
  }

  private demand({ decisions, encryption, rateLimit }: Covering, port: number): Demand {
    const isStrict = encryption[0]?.mode.value === 'strict';
    const meshStance = this.judging.target.defaults.access.value;
    return demandOf(decisions, port, { isStrict, meshStance, rateLimit, machines: this.machines });
  }

  /** Undefined where the default policy does what is wanted. */
  private wish(pods: PodSet, port: number, inherited: DefaultPolicy): Wish | undefined {
    const covering = this.covering(pods, port);
    const { decisions, encryption, rateLimit } = covering;
    if (decisions.length === 0 && encryption.length === 0 && !rateLimit) return undefined;
    const demand = this.demand(covering, port);
    const isInherited = samePolicy(defaultPolicyOf(demand.accessPolicy), inherited);
    if (isInherited && !rateLimit && demand.grants.length === 0 && demand.routes.length === 0) return undefined;
    const behind = this.behind(covering, port);
    return {
      pods,
      port,
      demand,
      decisions,
      labels: Object.assign({}, ...behind.map(({ scope }) => scope.labels)) as Labels,
      behind: behind.map(({ id }) => id),
    };
  }

  /** The statements without which something else would be wanted. */
  private behind(covering: Covering, port: number): readonly { readonly id: string; readonly scope: ServerScope }[] {
    const wanted = demandText(this.demand(covering, port));
    const isSameWith = (decisions: readonly Decision[]): boolean =>
      demandText(this.demand({ ...covering, decisions }, port)) === wanted;
    // Those without which something else would be wanted; and where several would do alike, the widest of them.
    const isNeeded = (decision: Decision): boolean =>
      !isSameWith(covering.decisions.filter(other => other !== decision));
    const decisions = covering.decisions.filter(isNeeded);
    const others = covering.decisions.filter(decision => !decisions.includes(decision));
    for (const decision of others.toSorted((a, b) => labelCount(a.policy.scope) - labelCount(b.policy.scope))) {
      if (isSameWith(decisions)) break;
      decisions.push(decision);
    }
    const { encryption } = covering;
    const end = encryption.findIndex(({ mode }) => mode.value !== encryption[0]?.mode.value);
    const agreed = end < 0 ? encryption : encryption.slice(0, end);
    const without = { ...covering, encryption: encryption.slice(agreed.length) };
    const [widest] = agreed.toSorted((a, b) => labelCount(a.scope) - labelCount(b.scope));
    const matters = widest !== undefined && demandText(this.demand(without, port)) !== wanted;
    return [
      ...decisions.map(({ policy }) => policy),
      ...(matters ? [widest] : []),
      ...(covering.rateLimit ? [covering.rateLimit] : []),
    ];
  }

  /** The fewest labels that select these pods and none for which something else is wanted on that port. */
  private selectorFor({ pods, port, demand, labels }: Wish, wished: Wished): Labels | undefined {
    const text = demandText(demand);
    const isOther = (other: PodSet): boolean =>
      other.isMachine === pods.isMachine &&
      other !== pods &&
      this.portsOf(other).includes(port) &&
      wished.get(other)?.get(port) !== text;
    const beside = this.podsIn(pods.namespace);
    return [labels, pods.labels].find(own => !beside.some(other => selects(own, other.labels) && isOther(other)));
  }

  /** Default policies, where what holds for whole pods is not what the mesh does by itself. */
  private defaults(): Pick<SecurityPlan, 'bare'> & {
    readonly planned: readonly PlannedDefault[];
    readonly policyOf: (pods: PodSet) => DefaultPolicy;
  } {
    const { plane, snapshot } = this.judging;
    const { inventory } = this.judging.model;
    const planned: PlannedDefault[] = [];
    const bare = new Set<PodSet>();
    const policies = new Map<PodSet, DefaultPolicy>();
    const named = this.scopes.flatMap(({ namespaces, labels }) => (labels ? [] : (namespaces ?? [])));
    const groups = groupBy(this.pods, pods => pods.namespace);
    for (const namespace of [...new Set([...groups.keys(), ...named])].sort()) {
      const everybody = this.wanted({ namespace, labels: {}, ports: [], annotations: {}, name: '', isMachine: false });
      const isKnown = snapshot.find('', 'Namespace', undefined, namespace) !== undefined;
      const given = givenPolicy(inventory.namespaces.find(({ name }) => name === namespace)?.annotations ?? {});
      let above = given ?? plane.defaultPolicy;
      if (everybody && isKnown && !isSaid(everybody, plane.defaultPolicy, given)) {
        planned.push({ on: { namespace }, policy: everybody });
        above = defaultPolicyOf(everybody);
      }
      for (const pods of groups.get(namespace) ?? []) {
        const own = this.wanted(pods);
        // Pods get a copy of their namespace's annotation; machines do not.
        const inherited = pods.isMachine ? plane.defaultPolicy : above;
        const isMet = own === undefined || isSaid(own, inherited, givenPolicy(pods.annotations));
        const canSay = !isMet && pods.object !== undefined;
        if (canSay) planned.push({ on: { pods }, policy: own });
        else if (!isMet) bare.add(pods);
        policies.set(pods, canSay ? defaultPolicyOf(own) : (givenPolicy(pods.annotations) ?? inherited));
      }
    }
    return { planned, bare, policyOf: pods => policies.get(pods) ?? plane.defaultPolicy };
  }

  /** What is wanted of every port of some pods; undefined if nobody says. */
  private wanted(pods: PodSet): DefaultPolicyName | undefined {
    const { decisions, encryption } = this.covering(pods);
    if (decisions.length === 0 && encryption.length === 0) return undefined;
    return stanceOf(
      asked(decisions),
      encryption[0]?.mode.value === 'strict',
      this.judging.target.defaults.access.value,
    );
  }
}

export const withoutPorts = ({ ports: _ports, ...scope }: ServerScope): ServerScope => scope;

const labelCount = ({ labels }: ServerScope): number => Object.keys(labels ?? {}).length;

/**
 * Whether a policy holds without being written: it is the one from above, and nothing that was written before, by the
 * user or by us, has to be said again.
 */
const isSaid = (wanted: DefaultPolicyName, above: DefaultPolicy, given: DefaultPolicy | undefined): boolean =>
  given === undefined && samePolicy(defaultPolicyOf(wanted), above);

const samePolicy = (a: DefaultPolicy, b: DefaultPolicy): boolean =>
  a.allows === b.allows && a.authenticated === b.authenticated && (a.audited ?? false) === (b.audited ?? false);
