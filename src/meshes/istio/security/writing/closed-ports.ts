import type { AccessPolicy } from '../../../../model/capabilities/access.ts';
import type { Model } from '../../../../model/model.ts';
import type { ServerScope } from '../../../../model/scope.ts';
import { byNamespace } from './near.ts';
import { contains, mayOverlap, withoutPorts } from './scopes.ts';

/** A scope that has to cover more ports than was asked for, and the policy that makes it so. */
export interface Widened {
  readonly scope: ServerScope;
  readonly because: AccessPolicy;
}

/**
 * An ALLOW policy closes every port of the servers it covers. One that was to close only some needs a rule that lets
 * the other ports through, and that rule must leave out what other policies close at the same servers. Where those
 * cover only some of the servers, the ports are closed at all of them: a selector cannot say "not these".
 */
export class ClosedPorts {
  private readonly closing: readonly AccessPolicy[];
  private readonly closingNear: (scope: ServerScope) => readonly AccessPolicy[];
  private readonly scopes = new Map<AccessPolicy, ServerScope>();
  private readonly reasons = new Map<AccessPolicy, AccessPolicy>();

  constructor({ access }: Pick<Model, 'access'>) {
    this.closing = access.filter(({ otherwise }) => otherwise === 'deny');
    this.closingNear = byNamespace(this.closing, ({ scope }) => scope);
    for (const policy of this.closing) this.scopes.set(policy, policy.scope);
    let changed = true;
    while (changed) changed = this.closing.map(policy => this.widen(policy)).includes(true);
  }

  /** Undefined where the policy closes just what it says. */
  widened(policy: AccessPolicy): Widened | undefined {
    const because = this.reasons.get(policy);
    return because && { scope: this.scopes.get(policy)!, because };
  }

  /** The ports that must not be let through beside a policy for some ports; undefined: none may be. */
  notToOpen(policy: AccessPolicy): readonly number[] | undefined {
    const { ports } = this.scopeOf(policy);
    if (!ports) return undefined;
    const others = this.others(policy).map(other => this.scopeOf(other));
    if (others.some(scope => !scope.ports)) return undefined;
    return [...new Set([...ports, ...others.flatMap(scope => scope.ports ?? [])])].sort((a, b) => a - b);
  }

  private scopeOf(policy: AccessPolicy): ServerScope {
    return this.scopes.get(policy) ?? policy.scope;
  }

  /** Those that may close something at the same servers. */
  private others(policy: AccessPolicy): readonly AccessPolicy[] {
    const scope = withoutPorts(policy.scope);
    return this.closingNear(scope).filter(other => other !== policy && mayOverlap(withoutPorts(other.scope), scope));
  }

  private widen(policy: AccessPolicy): boolean {
    const scope = this.scopeOf(policy);
    const { ports } = scope;
    if (!ports) return false;
    for (const other of this.others(policy)) {
      const { ports: more, ...servers } = this.scopeOf(other);
      if (contains(servers, withoutPorts(scope)) || more?.every(port => ports.includes(port))) continue;
      this.scopes.set(
        policy,
        more ? { ...scope, ports: [...new Set([...ports, ...more])].sort((a, b) => a - b) } : withoutPorts(scope),
      );
      this.reasons.set(policy, other);
      return true;
    }
    return false;
  }
}
