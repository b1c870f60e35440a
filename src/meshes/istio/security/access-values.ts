import { re2 } from '../../../adapter/re2.ts';
import type { AccessValue } from '../../../model/capabilities/access.ts';
import type { TextMatch } from '../../../model/match.ts';
import type { Mesh } from '../../../model/mesh.ts';
import { escapeRe2 } from '../virtual-service/text-match.ts';
import { expandPrincipal, expandTrustDomain, meansOwn } from './trust-domains.ts';

/**
 * The text forms of an AuthorizationPolicy: `*` is any value that is there, `*x` a suffix, `x*` a prefix, anything else
 * the value itself. A star in the middle is a star (observed, row 14.8).
 */
export const wildcard = (text: string, ignoreCase = false): TextMatch => {
  const folded = ignoreCase ? { ignoreCase } : {};
  if (text === '*') return { kind: 'present' };
  if (text.startsWith('*')) return { kind: 'suffix', value: text.slice(1), ...folded };
  if (text.endsWith('*')) return { kind: 'prefix', value: text.slice(0, -1), ...folded };
  return { kind: 'exact', value: text, ...folded };
};

/** Whether a wildcard form would say something else than the text itself. */
export const readsAsWildcard = (text: string): boolean => text.startsWith('*') || text.endsWith('*');

/** Host names are compared without case, with the port as it was sent (observed, row 14.10). */
export const hostValue = (text: string): TextMatch => wildcard(text, true);

const isTemplate = (path: string): boolean => path.includes('{*}') || path.includes('{**}');

/** A path: with `{*}` or `{**}` a template, else one of the text forms; the query is not part of it (rows 14.7, 14.8). */
export const pathValue = (text: string): AccessValue =>
  isTemplate(text) ? { kind: 'pathTemplate', template: text } : wildcard(text);

/** In a namespace every star stands for anything (Istio 1.31, authz/model/generator.go). */
export const namespaceValue = (text: string): TextMatch =>
  starsWithin(text) ? { kind: 'regex', regex: re2(text.split('*').map(escapeRe2).join('.*')) } : wildcard(text);

/** In a trust domain the first star stands for anything. */
export const trustDomainValues = (text: string, mesh: Mesh): readonly TextMatch[] => {
  const star = text.indexOf('*');
  if (!starsWithin(text)) return expandTrustDomain(text, mesh).map(domain => wildcard(domain));
  const pattern = `${escapeRe2(text.slice(0, star))}.*${escapeRe2(text.slice(star + 1))}`;
  return [{ kind: 'regex', regex: re2(pattern) }];
};

/** Stars that the text forms cannot say: more than one, or one in the middle. */
const starsWithin = (text: string): boolean => {
  const [, ...stars] = text.split('*');
  return stars.length > 1 || (stars.length === 1 && !readsAsWildcard(text));
};

const accountName = /^([^/]+)\/ns\/([^/*]+)\/sa\/([^/*]+)$/;

/**
 * A principal, `domain/ns/namespace/sa/name` or a wildcard over that text. One with `spiffe://` in front is compared
 * as it stands and takes nobody (observed, row 13b.6).
 */
export const principalValues = (text: string, mesh: Mesh): readonly AccessValue[] => {
  const account = accountName.exec(text);
  if (account) {
    const [, domain = '', namespace = '', name = ''] = account;
    const value = { kind: 'serviceAccount', namespace, name } as const;
    if (domain === '*') return [{ ...value, trustDomains: [anyTrustDomain] }];
    if (!domain.includes('*')) return [meansOwn(domain, mesh) ? value : { ...value, trustDomains: [domain] }];
  }
  return expandPrincipal(text, mesh).map(principal => wildcard(principal));
};

/** Stands among the trust domains of a service account for all of them. */
export const anyTrustDomain = '*';

/** `name` in the policy's own namespace, or `namespace/name`; the trust domain does not count (row 13b.6). */
export const serviceAccountValue = (text: string, namespace: string): AccessValue => {
  const [first = '', second] = text.split('/');
  return {
    kind: 'serviceAccount',
    namespace: second === undefined ? namespace : first,
    name: second ?? first,
    trustDomains: [anyTrustDomain],
  };
};

/** An address or a range of them. */
export const addressValue = (text: string): AccessValue => ({ kind: 'addresses', cidr: text });

/** A container port; a service port never fits (observed, row 14.11). Undefined if it is no number. */
export const portValue = (text: string): AccessValue | undefined =>
  /^\d+$/.test(text) ? { kind: 'port', port: Number(text) } : undefined;
