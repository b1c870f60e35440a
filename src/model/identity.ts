/** Who a caller is, as a mesh shows it to a server, and patterns over that. */

/**
 * `serviceAccount`: an identity that names a Kubernetes service account, whatever form a mesh gives it on the wire
 * (SPIFFE URI, or Linkerd's DNS name). `spiffe`: any other SPIFFE id. `unauthenticated`: plaintext, or TLS without a
 * client certificate: the server sees an address only. `unknown`: the input does not tell which account it runs as.
 */
export type Identity =
  | { readonly kind: 'serviceAccount'; readonly trustDomain: string; readonly namespace: string; readonly name: string }
  | { readonly kind: 'spiffe'; readonly id: string }
  | { readonly kind: 'unauthenticated' }
  | { readonly kind: 'unknown'; readonly namespace?: string };

/** `cluster.local/ns/shop/sa/web`: the SPIFFE id without its scheme; undefined if there is none. */
export const spiffePath = (identity: Identity): string | undefined => {
  if (identity.kind === 'serviceAccount') return `${identity.trustDomain}/ns/${identity.namespace}/sa/${identity.name}`;
  if (identity.kind === 'spiffe') return identity.id.replace(/^spiffe:\/\//, '');
  return undefined;
};

/** Reads `td/ns/N/sa/S`, with or without `spiffe://`; any other path is kept as it is. */
export const identityFromSpiffe = (id: string): Identity => {
  const path = id.replace(/^spiffe:\/\//, '');
  const match = /^([^/]+)\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(path);
  if (!match) return { kind: 'spiffe', id: `spiffe://${path}` };
  return { kind: 'serviceAccount', trustDomain: match[1]!, namespace: match[2]!, name: match[3]! };
};

/** How people read an identity: `shop/web` for a service account, else the id or what is missing. */
export const identityTitle = (identity: Identity): string => {
  if (identity.kind === 'serviceAccount') return `${identity.namespace}/${identity.name}`;
  if (identity.kind === 'spiffe') return identity.id;
  return identity.kind === 'unknown' ? 'unknown service account' : 'nobody (no client certificate)';
};
