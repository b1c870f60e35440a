import type { AccessClause, AccessCondition, AccessValue } from '../model/capabilities/access.ts';
import { type Identity, spiffePath } from '../model/identity.ts';
import type { Regex } from '../model/match.ts';
import type { Mesh } from '../model/mesh.ts';
import { inRange, isEverywhere } from './addresses.ts';
import type { Notes } from './findings.ts';
import { claimValues, headerValues, matches, type Sight } from './matches.ts';
import { regexMatches } from './regex.ts';
import type { Token } from './request.ts';
import { textMatches } from './text-match.ts';

/** What a server's proxy can tell about a caller and its request. */
export interface AccessSubject {
  /** `l7` where the proxy reads HTTP and the traffic is HTTP. */
  readonly layer: 'l4' | 'l7';
  /** Whether the proxy could read requests, if these were some. */
  readonly seesRequests: boolean;
  readonly sight: Sight;
  readonly identity: Identity;
  readonly peerAddress?: string;
  /** The original client as far as forwarding headers are believed. */
  readonly clientAddress?: string;
  readonly token?: Token;
  readonly destination: { readonly address?: string; readonly port?: number };
  /** The mesh of the server, whose trust domain is meant where none is written. */
  readonly mesh: Mesh;
}

/** A request's addresses and texts for one attribute; an empty list is an absent attribute. */
type Seen =
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  | { readonly kind: 'address'; readonly address: string | undefined }
  | { readonly kind: 'identity' };

const texts = (...values: readonly (string | undefined)[]): Seen => ({
  kind: 'texts',
  texts: values.filter(value => value !== undefined),
});

const principalOf = (token: Token): string => `${token.issuer}/${token.subject ?? ''}`;

const httpAttributes = /^(request\.|token\.)/;

const look = ({ attribute }: AccessCondition, subject: AccessSubject): Seen => {
  const { identity, sight, token, destination } = subject;
  const account = identity.kind === 'serviceAccount' ? identity : undefined;
  switch (attribute) {
    case 'peer.identity':
      return { kind: 'identity' };
    case 'peer.namespace':
      return texts(identity.kind === 'unknown' ? identity.namespace : account?.namespace);
    case 'peer.trustDomain':
      return texts(spiffePath(identity)?.split('/')[0]);
    case 'peer.address':
      return { kind: 'address', address: subject.peerAddress };
    case 'client.address':
      return { kind: 'address', address: subject.clientAddress };
    case 'destination.address':
      return { kind: 'address', address: destination.address };
    case 'destination.port':
      return texts(destination.port === undefined ? undefined : String(destination.port));
    case 'connection.sni':
      return texts(sight.sni);
    case 'token.principal':
      return texts(token ? principalOf(token) : undefined);
    case 'token.audience':
      return texts(...(token?.audiences ?? []));
    case 'token.presenter':
      return texts(token?.presenter);
    case 'request.host':
      return texts(sight.authority);
    case 'request.method':
      return texts(sight.method);
    case 'request.path':
      return texts(sight.path);
    default:
      if (attribute.startsWith('request.header:')) {
        return texts(...headerValues(sight, attribute.slice('request.header:'.length)));
      }
      if (attribute.startsWith('token.claim:')) {
        return texts(...claimValues(token?.claims, attribute.slice('token.claim:'.length).split('/')));
      }
      return texts();
  }
};

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** A template as a regular expression: `{*}` is one segment that is not empty, `{**}` any text; the rest is literal. */
export const templateRegex = (template: string): Regex => {
  const pattern = template
    .split(/(\{\*\*\}|\{\*\})/)
    .map(part => (part === '{**}' ? '.*' : part === '{*}' ? '[^/]+' : escaped(part)))
    .join('');
  return { pattern, dialect: 're2', anchoring: 'full' };
};

const identityMatches = (value: AccessValue, { identity, mesh }: AccessSubject, notes: Notes): boolean => {
  if (value.kind === 'serviceAccount') {
    if (identity.kind !== 'serviceAccount') return false;
    const domains = value.trustDomains ?? [mesh.trustDomain, ...mesh.trustDomainAliases];
    return (
      identity.namespace === value.namespace &&
      identity.name === value.name &&
      (domains.includes('*') || domains.includes(identity.trustDomain))
    );
  }
  if (value.kind === 'present') return identity.kind !== 'unauthenticated';
  const path = spiffePath(identity);
  return path !== undefined && isText(value) && textMatches(value, path, notes);
};

type TextValue = Exclude<AccessValue, { kind: 'serviceAccount' | 'addresses' | 'pathTemplate' | 'port' }>;

const isText = (value: AccessValue): value is TextValue =>
  value.kind !== 'serviceAccount' &&
  value.kind !== 'addresses' &&
  value.kind !== 'pathTemplate' &&
  value.kind !== 'port';

const valueMatches = (value: AccessValue, text: string, notes: Notes): boolean => {
  if (value.kind === 'pathTemplate') return regexMatches(templateRegex(value.template), text);
  if (value.kind === 'port') return text === String(value.port);
  if (value.kind === 'addresses') return inRange(value.cidr, text) && !value.except?.some(cidr => inRange(cidr, text));
  return isText(value) && textMatches(value, text, notes);
};

/** An address that nobody told us lies in no range but those that hold every address. */
const unknownAddressMatches = (value: AccessValue): boolean =>
  value.kind === 'present' || (value.kind === 'addresses' && isEverywhere(value.cidr) && !value.except?.length);

const holds = (condition: AccessCondition, subject: AccessSubject, notes: Notes): boolean => {
  const { attribute, values, negated, whenAbsent, whenNotHttp, whenUnseen } = condition;
  if (whenUnseen && !subject.seesRequests) return whenUnseen === 'holds';
  if (httpAttributes.test(attribute) && subject.layer === 'l4') return whenNotHttp === 'holds';
  if (attribute.startsWith('opaque:')) {
    notes.caveat('VERIFY010', `a condition looks at \`${attribute.slice('opaque:'.length)}\``, condition.source);
  }
  const seen = look(condition, subject);
  if (seen.kind === 'identity') {
    if (subject.identity.kind === 'unauthenticated') return whenAbsent === 'holds';
    if (subject.identity.kind === 'unknown') notes.assume('the account that the caller runs as is named by no rule');
    return values.some(value => identityMatches(value, subject, notes)) !== negated;
  }
  if (seen.kind === 'address') {
    const { address } = seen;
    if (address !== undefined) return values.some(value => valueMatches(value, address, notes)) !== negated;
    notes.assume(`the address looked at (${attribute}) is in none of the ranges that rules name`);
    return values.some(unknownAddressMatches) !== negated;
  }
  if (seen.texts.length === 0) return whenAbsent === 'holds';
  return seen.texts.some(text => values.some(value => valueMatches(value, text, notes))) !== negated;
};

/** Whether a clause takes the request; one without conditions takes everything. */
export const clauseHolds = ({ conditions, request }: AccessClause, subject: AccessSubject, notes: Notes): boolean => {
  if (request) {
    const sight = { ...subject.sight, http: subject.layer === 'l7' };
    if (!matches(request, sight, notes)) return false;
  }
  return conditions.every(condition => holds(condition, subject, notes));
};
