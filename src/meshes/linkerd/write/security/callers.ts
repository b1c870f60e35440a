import type { AccessCondition, AccessValue } from '../../../../model/capabilities/access.ts';
import { dnsIdentity, type IdentityRealm } from '../../identity.ts';

/** One pattern over identities, in the forms that MeshTLSAuthentication has. */
export type CallerPattern =
  | { readonly kind: 'any' }
  /** Every account of the mesh's trust domain. */
  | { readonly kind: 'realm' }
  | { readonly kind: 'namespace'; readonly namespace: string }
  | { readonly kind: 'account'; readonly namespace: string; readonly name: string }
  /** An identity as it stands, of another mesh or with a SPIFFE id. */
  | { readonly kind: 'identity'; readonly text: string };

/** The trust domains that mean the mesh itself. */
export interface Realm extends IdentityRealm {
  readonly ownDomains: readonly string[];
}

/** The callers that a condition on the peer takes; undefined if it has no form. */
export const callersOf = (condition: AccessCondition, realm: Realm): readonly CallerPattern[] | undefined => {
  const { attribute, values, negated } = condition;
  if (negated) return undefined;
  const read =
    attribute === 'peer.identity' ? identityPattern : attribute === 'peer.namespace' ? namespacePattern : domainPattern;
  const patterns = values.map(value => read(value, realm));
  return patterns.some(pattern => !pattern) ? undefined : patterns.flatMap(pattern => pattern ?? []);
};

const identityPattern = (value: AccessValue, realm: Realm): CallerPattern | undefined => {
  switch (value.kind) {
    case 'present':
      return { kind: 'any' };
    case 'serviceAccount':
      return (value.trustDomains ?? ['*']).some(domain => domain === '*' || realm.ownDomains.includes(domain))
        ? { kind: 'account', namespace: value.namespace, name: value.name }
        : undefined;
    case 'spiffe':
      return { kind: 'identity', text: value.id };
    case 'exact':
      return value.ignoreCase ? undefined : exactPattern(value.value, realm);
    case 'prefix':
      return value.ignoreCase ? undefined : prefixPattern(value.value, realm);
    default:
      return undefined;
  }
};

const exactPattern = (text: string, realm: Realm): CallerPattern => {
  const parts = /^([^/]+)\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(text);
  if (parts && realm.ownDomains.includes(parts[1]!)) return { kind: 'account', namespace: parts[2]!, name: parts[3]! };
  return { kind: 'identity', text: text.includes('/') ? `spiffe://${text}` : text };
};

const prefixPattern = (text: string, realm: Realm): CallerPattern | undefined => {
  const parts = /^([^/]+)\/(?:ns\/(?:([^/]+)\/(?:sa\/)?)?)?$/.exec(text);
  if (!parts || !realm.ownDomains.includes(parts[1]!)) return undefined;
  return parts[2] === undefined ? { kind: 'realm' } : { kind: 'namespace', namespace: parts[2] };
};

const namespacePattern = (value: AccessValue): CallerPattern | undefined => {
  if (value.kind === 'present') return { kind: 'any' };
  return value.kind === 'exact' && !value.ignoreCase ? { kind: 'namespace', namespace: value.value } : undefined;
};

const domainPattern = (value: AccessValue, realm: Realm): CallerPattern | undefined => {
  if (value.kind === 'present') return { kind: 'any' };
  return value.kind === 'exact' && realm.ownDomains.includes(value.value) ? { kind: 'realm' } : undefined;
};

/** The callers that are in both lists. */
export const bothCallers = (a: readonly CallerPattern[], b: readonly CallerPattern[]): readonly CallerPattern[] => {
  const shared = a.flatMap(one => b.flatMap(other => bothPatterns(one, other) ?? []));
  return [...new Map(shared.map(pattern => [JSON.stringify(pattern), pattern])).values()];
};

const width = { any: 0, realm: 1, namespace: 2, account: 3, identity: 3 } as const;

/** Patterns contain one another or share nothing. */
const bothPatterns = (a: CallerPattern, b: CallerPattern): CallerPattern | undefined => {
  const [wide, narrow] = width[a.kind] <= width[b.kind] ? [a, b] : [b, a];
  if (wide.kind === 'any') return narrow;
  if (narrow.kind === 'identity') return wide.kind === 'identity' && wide.text === narrow.text ? narrow : undefined;
  if (wide.kind === 'realm') return narrow;
  if (wide.kind === 'namespace') {
    return 'namespace' in narrow && narrow.namespace === wide.namespace ? narrow : undefined;
  }
  return JSON.stringify(wide) === JSON.stringify(narrow) ? narrow : undefined;
};

/** The `spec` of the MeshTLSAuthentication that takes them. */
export const meshTlsSpec = (
  callers: readonly CallerPattern[],
  realm: IdentityRealm,
  home: string,
): Readonly<Record<string, unknown>> => {
  const identities = callers.flatMap(caller => {
    if (caller.kind === 'any') return ['*'];
    if (caller.kind === 'realm') return [dnsIdentity(realm, '', '*').replace('..', '.')];
    return caller.kind === 'identity' ? [caller.text] : [];
  });
  const refs = callers.flatMap(caller => {
    if (caller.kind === 'namespace') return [{ kind: 'Namespace', name: caller.namespace }];
    if (caller.kind !== 'account') return [];
    const { name, namespace } = caller;
    return [{ kind: 'ServiceAccount', name, ...(namespace === home ? {} : { namespace }) }];
  });
  return {
    ...(identities.length > 0 ? { identities } : {}),
    ...(refs.length > 0 ? { identityRefs: refs } : {}),
  };
};
