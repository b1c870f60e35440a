import { type Manifest, ownershipLabel } from '../../../../adapter/adapter.ts';
import { digest } from '../../../../base/digest.ts';
import { byKey } from '../../../../base/order.ts';
import { meshTlsSpec, type Realm } from './callers.ts';
import type { Grant } from './grants.ts';
import { callersName, grantName, objectName } from './server-names.ts';

type Json = Readonly<Record<string, unknown>>;

/** What an AuthorizationPolicy is for, within its own namespace. */
export interface Target {
  readonly group: string;
  readonly kind: 'Server' | 'HTTPRoute';
  readonly name: string;
}

const policyGroup = 'policy.linkerd.io';

/** AuthorizationPolicies for the grants of one target, and the authentications that they demand. */
export const emitAuthorizations = (
  namespace: string,
  target: Target,
  grants: readonly Grant[],
  realm: Realm,
): readonly Manifest[] =>
  grants.flatMap(grant => {
    const { refs, objects } = authenticationsOf(namespace, grant, realm);
    return [
      ...objects,
      {
        apiVersion: `${policyGroup}/v1alpha1`,
        kind: 'AuthorizationPolicy',
        metadata: { name: policyName(target, grant), namespace, labels: ownershipLabel },
        spec: { targetRef: target, requiredAuthenticationRefs: refs },
      },
    ];
  });

/** A Server and a route may have one name, and their policies lie side by side. */
const policyName = ({ kind, name }: Target, grant: Grant): string =>
  objectName(name, kind === 'Server' ? 'from' : 'requests-from', grantName(grant));

/** Everyone gets in where nothing is demanded. */
const authenticationsOf = (
  namespace: string,
  { callers, networks }: Grant,
  realm: Realm,
): { readonly refs: readonly Json[]; readonly objects: readonly Manifest[] } => {
  const refs: Json[] = [];
  const objects: Manifest[] = [];
  const demand = (kind: string, name: string, spec: Json): void => {
    refs.push({ group: policyGroup, kind, name });
    const metadata = { name, namespace, labels: ownershipLabel };
    objects.push({ apiVersion: `${policyGroup}/v1alpha1`, kind, metadata, spec });
  };
  const [only, ...more] = callers ?? [];
  if (only?.kind === 'account' && more.length === 0) {
    const { name, namespace: home } = only;
    refs.push({ kind: 'ServiceAccount', name, ...(home === namespace ? {} : { namespace: home }) });
  } else if (callers) {
    demand('MeshTLSAuthentication', callersName(callers), meshTlsSpec(callers, realm, namespace));
  }
  if (networks) {
    const written = networks.map(({ cidr, except }) => ({ cidr, ...(except.length > 0 ? { except } : {}) }));
    demand('NetworkAuthentication', `networks-${digest(JSON.stringify(networks))}`, { networks: written });
  }
  return { refs, objects };
};

/** Several policies may demand one authentication. */
export const distinctObjects = (manifests: readonly Manifest[]): readonly Manifest[] =>
  [
    ...new Map(
      manifests.map(manifest => {
        const { kind, metadata } = manifest;
        return [`${metadata.namespace}/${kind}/${metadata.name}`, manifest] as const;
      }),
    ),
  ]
    .sort(byKey(([key]) => key))
    .map(([, manifest]) => manifest);
