/**
 * What a port does that no Server covers, and what a Server does beside its authorizations: who may connect when
 * nothing else is said (Server `accessPolicy`, annotation `config.linkerd.io/default-inbound-policy`, Helm
 * `proxy.defaultInboundPolicy`; policy-controller `DefaultPolicy`, 2.20).
 */
export interface DefaultPolicy {
  readonly allows: 'everyone' | 'cluster' | 'nobody';
  /** Mesh mTLS with a client identity is needed. */
  readonly authenticated: boolean;
  /** Everyone is let through, and noted in the proxy's log. */
  readonly audited?: boolean;
}

const policies = {
  'all-unauthenticated': { allows: 'everyone', authenticated: false },
  'all-authenticated': { allows: 'everyone', authenticated: true },
  'cluster-unauthenticated': { allows: 'cluster', authenticated: false },
  'cluster-authenticated': { allows: 'cluster', authenticated: true },
  deny: { allows: 'nobody', authenticated: false },
  audit: { allows: 'everyone', authenticated: false, audited: true },
} as const satisfies Record<string, DefaultPolicy>;

export type DefaultPolicyName = keyof typeof policies;

export const defaultPolicyNames = Object.keys(policies) as readonly DefaultPolicyName[];

export const defaultPolicyOf = (name: DefaultPolicyName): DefaultPolicy => policies[name];

/** Undefined for a name that Linkerd does not know. */
export const parseDefaultPolicy = (text: string): DefaultPolicy | undefined =>
  Object.hasOwn(policies, text) ? policies[text as DefaultPolicyName] : undefined;

/** Whether they let in the same, and note the same. */
export const isSamePolicy = (a: DefaultPolicy, b: DefaultPolicy): boolean =>
  a.allows === b.allows && a.authenticated === b.authenticated && (a.audited ?? false) === (b.audited ?? false);

export const isOpen = (policy: DefaultPolicy): boolean => policy.allows === 'everyone' && !policy.authenticated;
