import type { Model } from '../../../../model/model.ts';
import type { Labels, ServerScope } from '../../../../model/scope.ts';
import { type DefaultPolicy, defaultPolicyOf, isSamePolicy } from '../../default-policy.ts';
import { opaquePortsOf } from '../../protocols.ts';
import type { Judging } from '../judging.ts';
import type { Covering, Coverings } from './coverings.ts';
import type { Decision } from './decision.ts';
import { type Demand, demandOf, demandText } from './demand.ts';
import type { PodSet } from './pod-sets.ts';

/** What is wanted of one port of the pods of one set. */
export interface Wish {
  readonly pods: PodSet;
  readonly port: number;
  readonly demand: Demand;
  /** The port is marked as one for bytes, which a Server on it has to repeat: its own protocol counts. */
  readonly isOpaque: boolean;
  readonly decisions: readonly Decision[];
  /** The labels that the wishes behind it go by. */
  readonly labels: Labels;
  readonly behind: readonly string[];
}

/** Equal for wishes that one Server can meet. */
export const wishText = ({ demand, isOpaque }: Wish): string => `${demandText(demand)}${isOpaque ? ' opaque' : ''}`;

/** Everything that is wanted of ports and that their default policies, as given, do not do. */
export const wishesOf = (
  coverings: Coverings,
  model: Model,
  judging: Judging,
  policyOf: (pods: PodSet) => DefaultPolicy,
): readonly Wish[] => {
  const wishes = new Wishing(coverings, model, judging);
  return coverings.pods.flatMap(pods =>
    coverings.portsOf(pods).flatMap(port => wishes.of(pods, port, policyOf(pods)) ?? []),
  );
};

class Wishing {
  private readonly coverings: Coverings;
  private readonly judging: Judging;
  /** The SPIFFE ids of machines. */
  private readonly machines: readonly string[];
  private readonly annotationsOf: ReadonlyMap<string, Labels>;

  constructor(coverings: Coverings, { inventory }: Model, judging: Judging) {
    this.coverings = coverings;
    this.judging = judging;
    this.machines = inventory.workloads
      .flatMap(({ isMachine, identity }) => (isMachine && identity?.kind === 'spiffe' ? [identity.id] : []))
      .sort();
    this.annotationsOf = new Map(
      judging.model.inventory.namespaces.map(({ name, annotations }) => [name, annotations]),
    );
  }

  /** Undefined where the default policy does what is wanted. */
  of(pods: PodSet, port: number, inherited: DefaultPolicy): Wish | undefined {
    const covering = this.coverings.of(pods, port);
    const { decisions, encryption, rateLimit } = covering;
    if (decisions.length === 0 && encryption.length === 0 && !rateLimit) return undefined;
    const demand = this.demand(covering, port);
    const isInherited = isSamePolicy(defaultPolicyOf(demand.accessPolicy), inherited);
    if (isInherited && !rateLimit && demand.grants.length === 0 && demand.routes.length === 0) return undefined;
    const behind = this.behind(covering, port);
    return {
      pods,
      port,
      demand,
      isOpaque: this.isOpaque(pods, port),
      decisions,
      labels: Object.assign({}, ...behind.map(({ scope }) => scope.labels)) as Labels,
      behind: behind.map(({ id }) => id),
    };
  }

  private demand({ decisions, encryption, rateLimit }: Covering, port: number): Demand {
    const isStrict = encryption[0]?.mode.value === 'strict';
    const meshStance = this.judging.target.defaults.access.value;
    return demandOf(decisions, port, { isStrict, meshStance, rateLimit, machines: this.machines });
  }

  private isOpaque({ namespace, annotations }: PodSet, port: number): boolean {
    const above = this.annotationsOf.get(namespace) ?? {};
    return opaquePortsOf(annotations, above, this.judging.plane.opaquePorts).has(port);
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
}

const labelCount = ({ labels }: ServerScope): number => Object.keys(labels ?? {}).length;
