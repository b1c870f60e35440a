import type { AccessValue } from '../../model/capabilities/access.ts';
import { escapeRegex } from './regex.ts';

/** What the names of identities in this mesh end with. */
export interface IdentityRealm {
  readonly controlPlaneNamespace: string;
  readonly trustDomain: string;
}

const ending = ({ controlPlaneNamespace, trustDomain }: IdentityRealm): string =>
  `serviceaccount.identity.${controlPlaneNamespace}.${trustDomain}`;

/** `<account>.<namespace>.serviceaccount.identity.<control plane>.<trust domain>` (policy-controller ClusterInfo, 2.20). */
export const dnsIdentity = (realm: IdentityRealm, namespace: string, account: string): string =>
  `${account}.${namespace}.${ending(realm)}`;

/**
 * An entry of `identities`: a DNS name, `*`, `*.suffix` or a SPIFFE id, as a pattern over the neutral form
 * `<trust domain>/ns/<namespace>/sa/<account>`. Names of other meshes are kept as they are: no caller here has them.
 * `*` and suffixes take DNS identities alone; a SPIFFE id is taken by an entry that is equal to it (linkerd2-proxy
 * `is_tls_authorized`), which `Mesh.takesSpiffe` says for all rules of the mesh.
 */
export const readIdentity = (text: string, realm: IdentityRealm): AccessValue => {
  if (text === '*') return { kind: 'present' };
  if (text.startsWith('spiffe://')) return { kind: 'spiffe', id: text };
  if (text.startsWith('*.')) return readSuffix(text.slice(1), realm);
  const tail = `.${ending(realm)}`;
  if (!text.endsWith(tail)) return { kind: 'exact', value: text };
  const [account, namespace] = splitLast(text.slice(0, -tail.length));
  return account === '' ? { kind: 'exact', value: text } : serviceAccount(realm, namespace, account);
};

export const serviceAccount = (realm: IdentityRealm, namespace: string, name: string): AccessValue => ({
  kind: 'serviceAccount',
  namespace,
  name,
  trustDomains: [realm.trustDomain],
});

/** Every account of a namespace (`identityRefs` of kind Namespace). */
export const namespaceAccounts = (realm: IdentityRealm, namespace: string): AccessValue => ({
  kind: 'prefix',
  value: `${realm.trustDomain}/ns/${namespace}/sa/`,
});

/** A suffix that begins with a dot. */
const readSuffix = (suffix: string, realm: IdentityRealm): AccessValue => {
  const tail = `.${ending(realm)}`;
  if (tail.endsWith(suffix)) return { kind: 'prefix', value: `${realm.trustDomain}/ns/` };
  if (!suffix.endsWith(tail)) return { kind: 'exact', value: `*${suffix}` };
  const [accountEnd, namespace] = splitLast(suffix.slice(0, -tail.length));
  if (accountEnd === '') return namespaceAccounts(realm, namespace);
  const pattern = `${escapeRegex(`${realm.trustDomain}/ns/${namespace}/sa/`)}.*${escapeRegex(accountEnd)}`;
  return { kind: 'regex', regex: { pattern, dialect: 're2', anchoring: 'full' } };
};

/** `a.b.c` → `a.b`, `c`. */
const splitLast = (text: string): readonly [string, string] => {
  const dot = text.lastIndexOf('.');
  return dot < 0 ? ['', text] : [text.slice(0, dot), text.slice(dot + 1)];
};
