import type { AccessPolicy } from '../../model/capabilities/access.ts';
import { identityFromSpiffe } from '../../model/identity.ts';
import type { Workload } from '../../model/inventory.ts';
import type { CallerMatch, TextMatch } from '../../model/match.ts';
import type { ClientScope, Labels } from '../../model/scope.ts';
import type { Lookup } from '../lookup/lookup.ts';
import type { Caller } from '../request.ts';
import { namesToldApart } from './joined-names.ts';
import { textValues } from './text-values.ts';

/** Everything by which statements tell callers apart. */
export class Mentions {
  readonly namespaces = new Set<string>();
  readonly labels: { readonly namespaces: readonly string[] | undefined; readonly labels: Labels }[] = [];
  /** Statements that were not taken in; each may tell apart one more class of callers. */
  left = 0;
  readonly accounts = new Map<string, { readonly namespace: string; readonly name: string }>();
  /** SPIFFE ids, which only workloads that are known show. */
  readonly ids = new Set<string>();
  /** Texts and patterns over identities. */
  readonly identities: TextMatch[] = [];

  /** Nothing tells callers apart but where they are, and how they take part in meshes. */
  get areNone(): boolean {
    return (
      this.namespaces.size + this.labels.length + this.accounts.size + this.ids.size + this.identities.length === 0
    );
  }

  scope({ namespaces, labels }: Pick<ClientScope & CallerMatch, 'namespaces' | 'labels'>): void {
    for (const namespace of namespaces ?? []) this.namespaces.add(namespace);
    if (labels && Object.keys(labels).length > 0) this.labels.push({ namespaces, labels });
  }

  policy({ rules }: AccessPolicy): void {
    for (const { conditions, request } of rules.flatMap(rule => rule.clauses)) {
      if (request?.caller) this.scope(request.caller);
      for (const { attribute, values } of conditions) {
        for (const value of values) {
          if (value.kind === 'serviceAccount') this.account(value.namespace, value.name);
          else if (value.kind === 'spiffe') this.ids.add(value.id);
          else if (value.kind === 'addresses' || value.kind === 'port' || value.kind === 'pathTemplate') continue;
          else if (attribute === 'peer.namespace') for (const text of textValues(value)) this.namespaces.add(text);
          else if (attribute === 'peer.identity') this.identity(value);
        }
      }
    }
  }

  private account(namespace: string, name: string): void {
    this.accounts.set(`${namespace}/${name}`, { namespace, name });
  }

  /** A pattern over ids stands for the accounts that its values spell, with parts that are missing made up. */
  private identity(match: TextMatch): void {
    this.identities.push(match);
    for (const text of textValues(match)) {
      const padded = [text, `${text}x`, `${text}sa/x`, `${text}/sa/x`, `x/ns/x/sa/${text}`, `x/ns${text}`, `x${text}`];
      for (const candidate of padded) {
        const identity = identityFromSpiffe(candidate);
        if (identity.kind === 'serviceAccount') this.account(identity.namespace, identity.name);
      }
    }
  }
}

const callerOf = ({ namespace, name, labels, serviceAccount }: Workload): Caller => ({
  kind: 'workload',
  namespace,
  name,
  labels,
  serviceAccount,
});

const nobody: Labels = {};
const somebodies = new Map<string, Caller>();
const outside: Caller = { kind: 'outside' };

/** A workload that no input holds; it takes part in a mesh as its neighbours do. */
const madeUp = (namespace: string, labels: Labels = nobody): Caller => {
  const known = labels === nobody ? somebodies.get(namespace) : undefined;
  if (known) return known;
  const caller: Caller = { kind: 'workload', namespace, name: 'somebody', labels, serviceAccount: 'somebody' };
  if (labels === nobody) somebodies.set(namespace, caller);
  return caller;
};

const keyOf = (caller: Caller): string => JSON.stringify(caller);

/**
 * One caller for every class that the statements distinguish: each namespace, label set and account that they name, by
 * a workload that there is or one made up; one for each way to take part in a mesh; somebody without labels beside
 * them; somebody whom nobody names; and one outside. `home` is where the target runs.
 */
export const callersFor = (mentions: Mentions, lookups: readonly Lookup[], home: string): Caller[] => {
  const known = (namespace: string, labels: Labels): Workload | undefined => {
    for (const { services } of lookups) {
      const [first] = services.workloadsOf({ kind: 'pods', namespace, labels });
      if (first) return first;
    }
    return undefined;
  };
  const someone = (namespace: string, labels = nobody): Caller => {
    const workload = known(namespace, labels);
    return workload ? callerOf(workload) : madeUp(namespace, labels);
  };
  const runningAs = (namespace: string, name: string): Caller => {
    for (const { services } of lookups) {
      const workload = services.workloadsIn(namespace).find(({ serviceAccount }) => serviceAccount === name);
      if (workload) return callerOf(workload);
    }
    return { kind: 'serviceAccount', namespace, name };
  };
  const showing = (id: string): readonly Caller[] =>
    lookups.flatMap(({ model }) =>
      model.inventory.workloads
        .filter(({ identity }) => identity?.kind === 'spiffe' && identity.id === id)
        .map(callerOf),
    );
  /** Of each joined mesh those whom statements tell apart. */
  const ofJoined = lookups.flatMap(({ model }) =>
    model.meshes.flatMap(({ id, joined = [] }) =>
      joined.flatMap(mesh =>
        namesToldApart(mesh, mentions).map((name): Caller => ({ kind: 'joined', mesh: id, from: mesh.name, name })),
      ),
    ),
  );
  const homes = home === '' ? [...mentions.namespaces].slice(0, 1) : [home];
  const callers: Caller[] = [
    ...homes.map(namespace => someone(namespace)),
    madeUp('nowhere-else'),
    outside,
    ...lookups.flatMap(({ services }) => services.membershipClasses().map(callerOf)),
    ...[...mentions.namespaces].map(namespace => someone(namespace)),
    ...[...mentions.accounts.values()].map(({ namespace, name }) => runningAs(namespace, name)),
    ...[...mentions.ids].flatMap(showing),
    ...ofJoined,
    ...mentions.labels.flatMap(({ namespaces, labels }) =>
      (namespaces ?? homes).map(namespace => someone(namespace, labels)),
    ),
    ...(mentions.labels.length > 0 ? homes.map(namespace => madeUp(namespace)) : []),
  ];
  return [...new Map(callers.map(caller => [keyOf(caller), caller])).values()];
};
