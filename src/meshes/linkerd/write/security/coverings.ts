import type { PeerEncryption } from '../../../../model/capabilities/encryption.ts';
import type { RateLimit } from '../../../../model/capabilities/rate-limit.ts';
import type { Model } from '../../../../model/model.ts';
import type { ServerScope } from '../../../../model/scope.ts';
import type { Judging } from '../judging.ts';
import { type Decision, decisionOf } from './decision.ts';
import type { Words } from './grants.ts';
import { coversPods, distinctPods, type PodSet, scopedPods } from './pod-sets.ts';

/** What covers one port, or pods as a whole. */
export interface Covering {
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

/** The statements of a model about encryption, access and limits, found by the pods that they are for. */
export class Coverings {
  /** The pods of the mesh, and those that scopes name although nothing is known of them. */
  readonly pods: readonly PodSet[];
  readonly podsIn: InNamespace<PodSet>;
  readonly scopes: readonly ServerScope[];
  private readonly rateLimits: readonly RateLimit[];
  private readonly decisionsIn: InNamespace<Decision>;
  private readonly encryptionIn: InNamespace<PeerEncryption>;
  private readonly scopesWithPorts: InNamespace<ServerScope>;
  private readonly ports = new Map<PodSet, readonly number[]>();

  constructor({ access, encryption, rateLimits }: Model, judging: Judging, words: Words) {
    const decisions = access.map(policy => decisionOf(policy, words));
    this.rateLimits = rateLimits;
    this.decisionsIn = inNamespace(decisions, ({ policy }) => policy.scope.namespaces);
    this.encryptionIn = inNamespace(encryption, ({ scope }) => scope.namespaces);
    this.scopes = [...access, ...encryption, ...rateLimits].map(({ scope }) => scope);
    this.scopesWithPorts = inNamespace(
      this.scopes.filter(({ ports }) => ports),
      ({ namespaces }) => namespaces,
    );
    this.pods = withScoped(judging.pods, this.scopes);
    this.podsIn = inNamespace(this.pods, ({ namespace }) => [namespace]);
  }

  /** Ports that are known, and those that scopes name. */
  portsOf(pods: PodSet): readonly number[] {
    const known = this.ports.get(pods);
    if (known) return known;
    const named = this.scopesWithPorts(pods.namespace).flatMap(scope =>
      coversPods(withoutPorts(scope), pods) ? (scope.ports ?? []) : [],
    );
    const ports = [...new Set([...pods.ports, ...named])].sort((a, b) => a - b);
    this.ports.set(pods, ports);
    return ports;
  }

  of(pods: PodSet, port?: number): Covering {
    const { namespace } = pods;
    return {
      decisions: this.decisionsIn(namespace).filter(({ policy }) => coversPods(policy.scope, pods, port)),
      encryption: this.encryptionIn(namespace).filter(({ scope }) => coversPods(scope, pods, port)),
      rateLimit: this.rateLimits.find(({ scope }) => coversPods(scope, pods, port)),
    };
  }
}

const withScoped = (known: readonly PodSet[], scopes: readonly ServerScope[]): readonly PodSet[] => {
  const isKnown = (scope: ServerScope): boolean =>
    known.some(pods => pods.isMachine === (scope.only === 'machines') && coversPods(withoutPorts(scope), pods));
  const unknown = scopes.filter(scope => scope.ports && !isKnown(scope));
  return unknown.length === 0 ? known : distinctPods([...known, ...unknown.flatMap(scopedPods)]);
};

export const withoutPorts = ({ ports: _ports, ...scope }: ServerScope): ServerScope => scope;
