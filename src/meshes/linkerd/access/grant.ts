import type { Source } from '../../../base/source.ts';
import type { AccessAttribute, AccessCondition, AccessRule, AccessValue } from '../../../model/capabilities/access.ts';
import type { Match } from '../../../model/match.ts';
import type { DefaultPolicy } from '../default-policy.ts';

/** One authorization without its target: who may come in. All conditions must hold; none lets everyone in. */
export interface Grant {
  /** The object that says so: `AuthorizationPolicy shop/web`. */
  readonly id: string;
  readonly conditions: readonly AccessCondition[];
  readonly source?: Source;
}

export interface Network {
  readonly cidr: string;
  readonly except: readonly string[];
}

const everyNetwork = new Set(['0.0.0.0/0', '::/0']);

const condition = (
  attribute: AccessAttribute,
  values: readonly AccessValue[],
  source: Source | undefined,
): AccessCondition => ({
  attribute,
  values,
  negated: false,
  whenAbsent: 'fails',
  whenNotHttp: 'holds',
  ...(source ? { source } : {}),
});

/** The other end must prove one of these identities, which only mesh mTLS can. */
export const identityCondition = (values: readonly AccessValue[], source?: Source): AccessCondition =>
  condition('peer.identity', values, source);

/** The other end of the connection must have one of these addresses; none if that is every address there is. */
export const networkConditions = (networks: readonly Network[], source?: Source): AccessCondition[] => {
  const whole = networks.filter(({ cidr, except }) => everyNetwork.has(cidr) && except.length === 0);
  if (new Set(whole.map(({ cidr }) => cidr)).size === everyNetwork.size) return [];
  const values = networks.map(
    ({ cidr, except }): AccessValue => ({ kind: 'addresses', cidr, ...(except.length > 0 ? { except } : {}) }),
  );
  return [condition('peer.address', values, source)];
};

export const isAuthenticated = (grant: Pick<Grant, 'conditions'>): boolean =>
  grant.conditions.some(({ attribute }) => attribute === 'peer.identity');

/** Whether it lets every caller with an identity in, from anywhere. */
export const takesAnyIdentity = ({ conditions: [only, ...more] }: Grant): boolean =>
  more.length === 0 && only?.attribute === 'peer.identity' && only.values.some(({ kind }) => kind === 'present');

/** What a default policy grants: nothing for `deny`. */
export const defaultGrants = (
  policy: DefaultPolicy,
  clusterNetworks: readonly string[],
  source: Source | undefined,
): readonly Grant[] => {
  if (policy.allows === 'nobody') return [];
  const networks = policy.allows === 'cluster' ? clusterNetworks.map(cidr => ({ cidr, except: [] })) : [];
  return [
    {
      id: 'default',
      conditions: [
        ...(policy.authenticated ? [identityCondition([{ kind: 'present' }], source)] : []),
        ...(networks.length > 0 ? networkConditions(networks, source) : []),
      ],
      ...(source ? { source } : {}),
    },
  ];
};

/** Lets in what a grant lets in; with a request, only there. */
export const allowRule = (grant: Grant, id: string, request?: Match): AccessRule => ({
  id,
  effect: 'allow',
  clauses: [
    {
      conditions: grant.conditions,
      ...(request ? { request } : {}),
      ...(grant.source ? { source: grant.source } : {}),
    },
  ],
  ...(grant.source ? { source: grant.source } : {}),
});

/** Refuses everybody, or every request of one kind. */
export const denyRule = (id: string, source: Source | undefined, status?: number, request?: Match): AccessRule => ({
  id,
  effect: 'deny',
  clauses: [{ conditions: [], ...(request ? { request } : {}) }],
  ...(status === undefined ? {} : { status }),
  ...(source ? { source } : {}),
});
