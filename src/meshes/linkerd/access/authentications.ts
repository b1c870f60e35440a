import type { Field } from '../../../base/field.ts';
import type { AccessCondition, AccessValue } from '../../../model/capabilities/access.ts';
import { type NativeObject, namespaceOf } from '../../../native/snapshot.ts';
import { type IdentityRealm, namespaceAccounts, readIdentity, serviceAccount } from '../identity.ts';
import { objectsOf, type Reading, report } from '../reading.ts';
import { identityCondition, type Network, networkConditions } from './grant.ts';

/**
 * Conditions by `namespace/name`. `invalid`: the object is there and Linkerd does not take it over, so that what refers
 * to it grants nothing.
 */
export interface Authentications {
  readonly meshTls: ReadonlyMap<string, readonly AccessCondition[] | 'invalid'>;
  readonly networks: ReadonlyMap<string, readonly AccessCondition[] | 'invalid'>;
}

const policyGroup = 'policy.linkerd.io';

export const realmOf = (reading: Reading): IdentityRealm => ({
  controlPlaneNamespace: reading.mesh.namespace,
  trustDomain: reading.mesh.trustDomain,
});

export const readAuthentications = (reading: Reading): Authentications => ({
  meshTls: index(reading, 'MeshTLSAuthentication', readMeshTls),
  networks: index(reading, 'NetworkAuthentication', readNetworkAuthentication),
});

const keyOf = (object: NativeObject): string => `${namespaceOf(object.ref)}/${object.ref.name}`;

const index = (
  reading: Reading,
  kind: string,
  read: (reading: Reading, object: NativeObject, spec: Field) => readonly AccessCondition[] | 'invalid',
): Map<string, readonly AccessCondition[] | 'invalid'> => {
  const found = new Map<string, readonly AccessCondition[] | 'invalid'>();
  for (const object of objectsOf(reading, policyGroup, kind)) {
    const spec = reading.snapshot.field(object).at('spec');
    if (spec && !found.has(keyOf(object))) found.set(keyOf(object), read(reading, object, spec));
  }
  return found;
};

/** Identities by name and by reference; any is enough. Without any, the object is not taken over. */
const readMeshTls = (reading: Reading, object: NativeObject, spec: Field): readonly AccessCondition[] | 'invalid' => {
  const realm = realmOf(reading);
  const values: AccessValue[] = (spec.texts('identities') ?? []).map(text => readIdentity(text, realm));
  for (const ref of spec.list('identityRefs')) {
    const value = identityRef(ref, namespaceOf(object.ref), realm);
    if (!value) {
      report(reading, 'LINKERD203', ref, 'only ServiceAccount and Namespace can be referred to as identities');
      return 'invalid';
    }
    values.push(value);
  }
  if (values.length === 0) {
    report(reading, 'LINKERD203', spec, 'no identity is named, so that the object has no effect');
    return 'invalid';
  }
  return [identityCondition(values, spec)];
};

/** A reference is within the object's own namespace unless it names one; a Namespace is named by itself. */
const identityRef = (ref: Field, namespace: string, realm: IdentityRealm): AccessValue | undefined => {
  const { kind, group, name } = referenceOf(ref);
  if (!isCore(group)) return undefined;
  if (kind === 'ServiceAccount') return serviceAccount(realm, ref.text('namespace') ?? namespace, name);
  return kind === 'Namespace' ? namespaceAccounts(realm, name) : undefined;
};

const readNetworkAuthentication = (
  reading: Reading,
  _object: NativeObject,
  spec: Field,
): readonly AccessCondition[] | 'invalid' => {
  const networks = readNetworks(spec.list('networks'));
  if (networks.length > 0) return networkConditions(networks, spec);
  report(reading, 'LINKERD203', spec, 'no network is named, so that the object has no effect');
  return 'invalid';
};

export const readNetworks = (fields: readonly Field[]): Network[] =>
  fields.flatMap(field => {
    const cidr = field.text('cidr');
    return cidr === undefined ? [] : [{ cidr, except: field.texts('except') ?? [] }];
  });

/** Kinds are compared without case, as the policy controller does; an absent group is the core group. */
export const referenceOf = (ref: Field): { readonly group: string; readonly kind: string; readonly name: string } => {
  const kind = ref.text('kind') ?? '';
  const known = knownKinds.find(one => one.toLowerCase() === kind.toLowerCase());
  return { group: ref.text('group') ?? '', kind: known ?? kind, name: ref.text('name') ?? '' };
};

const knownKinds = [
  'Server',
  'HTTPRoute',
  'GRPCRoute',
  'Namespace',
  'ServiceAccount',
  'MeshTLSAuthentication',
  'NetworkAuthentication',
];

export const isCore = (group: string): boolean => group === '' || group.toLowerCase() === 'core';

export const isPolicyGroup = (group: string): boolean => group.toLowerCase() === policyGroup;
