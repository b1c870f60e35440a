import type { AccessClause, AccessCondition, AccessValue } from '../model/capabilities/access.ts';
import { type Identity, spiffePath } from '../model/identity.ts';
import type { TextMatch } from '../model/match.ts';
import type { Mesh } from '../model/mesh.ts';
import { lastAddress } from './access.ts';
import { bordersOf, inRange, isEverywhere } from './addresses.ts';
import {
  askAbsent,
  askClaim,
  askHeader,
  askHost,
  askMethod,
  askNoHeader,
  askPath,
  claimValues,
  testHolds,
} from './asking.ts';
import { Notes } from './findings.ts';
import { isPlainText, type TextTest } from './inquiry.ts';
import { matches, type Sight, unsaidName } from './matches.ts';
import type { Token } from './request.ts';
import { textValues } from './samples/text-values.ts';
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
  /** The original client is known by a forwarding header, where there is one. */
  readonly believesForwarding: boolean;
  readonly token?: Token;
  readonly destination: { readonly address?: string; readonly port?: number };
  /** The mesh of the server, whose trust domain is meant where none is written. */
  readonly mesh: Mesh;
}

const principalOf = (token: Token): string => `${token.issuer}/${token.subject ?? ''}`;

const httpAttributes = /^(request\.|token\.)/;

/** The texts of an attribute that no request chooses; an empty list is an absent attribute. */
const standing = ({ attribute }: AccessCondition, subject: AccessSubject): readonly string[] => {
  const { identity, destination, mesh } = subject;
  const isPassedOver = identity.kind === 'spiffe' && mesh.takesSpiffe === 'byName';
  const account = identity.kind === 'serviceAccount' ? identity : undefined;
  const text = (): string | undefined => {
    switch (attribute) {
      case 'peer.namespace':
        return identity.kind === 'unknown' ? identity.namespace : account?.namespace;
      case 'peer.trustDomain':
        return isPassedOver ? undefined : spiffePath(identity)?.split('/')[0];
      case 'destination.port':
        return destination.port === undefined ? undefined : String(destination.port);
      default:
        return undefined;
    }
  };
  const found = text();
  return found === undefined ? [] : [found];
};

const identityMatches = (
  value: AccessValue,
  { identity, mesh }: Pick<AccessSubject, 'identity' | 'mesh'>,
  notes: Notes,
): boolean => {
  if (value.kind === 'serviceAccount') {
    if (identity.kind !== 'serviceAccount') return false;
    const domains = value.trustDomains ?? [mesh.trustDomain, ...mesh.trustDomainAliases];
    return (
      identity.namespace === value.namespace &&
      identity.name === value.name &&
      (domains.includes('*') || domains.includes(identity.trustDomain))
    );
  }
  if (value.kind === 'spiffe') return identity.kind === 'spiffe' && identity.id === value.id;
  const path = spiffePath(identity);
  if (identity.kind === 'spiffe' && mesh.takesSpiffe === 'byName')
    return value.kind === 'exact' && value.value === path;
  if (value.kind === 'present') return identity.kind !== 'unauthenticated';
  return path !== undefined && isText(value) && textMatches(value, path, notes);
};

type TextValue = Exclude<AccessValue, { kind: 'serviceAccount' | 'spiffe' | 'addresses' | 'pathTemplate' | 'port' }>;

const isText = (value: AccessValue): value is TextValue =>
  value.kind !== 'serviceAccount' &&
  value.kind !== 'spiffe' &&
  value.kind !== 'addresses' &&
  value.kind !== 'pathTemplate' &&
  value.kind !== 'port';

/** What a value asks of a text; undefined for one that is no text. */
const textTest = (value: AccessValue): TextTest | undefined => {
  if (value.kind === 'pathTemplate') return { kind: 'template', template: value.template };
  if (value.kind === 'port') return { kind: 'exact', value: String(value.port) };
  return isText(value) ? value : undefined;
};

const inAddresses = (value: AccessValue, address: string): boolean => {
  if (value.kind !== 'addresses') return testHolds(textTest(value) ?? nothing, address);
  return inRange(value.cidr, address) && !value.except?.some(cidr => inRange(cidr, address));
};

const nothing: TextTest = { kind: 'exact', value: '' };

const valueMatches = (value: AccessValue, text: string, notes: Notes): boolean => {
  const test = textTest(value);
  return test ? testHolds(test, text, notes) : inAddresses(value, text);
};

/** An address that nobody told us lies in no range but those that hold every address. */
const unknownAddressMatches = (value: AccessValue): boolean =>
  value.kind === 'present' || (value.kind === 'addresses' && isEverywhere(value.cidr) && !value.except?.length);

/** Whether an address is one of those that are named; one that nobody told us is named by nothing. */
const addressNamed = (values: readonly AccessValue[], address: string | undefined): boolean =>
  address === undefined ? values.some(unknownAddressMatches) : values.some(value => inAddresses(value, address));

const rangesOf = (values: readonly AccessValue[]): string[] =>
  values.flatMap(value => (value.kind === 'addresses' ? [value.cidr, ...(value.except ?? [])] : []));

const addressHolds = (condition: AccessCondition, subject: AccessSubject, notes: Notes): boolean => {
  const { attribute, values, negated } = condition;
  const address =
    attribute === 'peer.address'
      ? subject.peerAddress
      : attribute === 'client.address'
        ? subject.clientAddress
        : subject.destination.address;
  if (address === undefined) {
    notes.assume(() => `the address looked at (${attribute}) is in none of the ranges that rules name`);
  }
  const named = addressNamed(values, address);
  if (attribute === 'destination.address' || !notes.listens) return named !== negated;
  const hints = rangesOf(values).flatMap(bordersOf);
  const { touched } = subject.sight;
  const forwarded =
    attribute === 'client.address' &&
    subject.believesForwarding &&
    !askNoHeader('x-forwarded-for', subject.sight, notes);
  if (forwarded && !touched?.headers?.has('x-forwarded-for')) {
    const accepts = (line: string | undefined): boolean =>
      addressNamed(values, lastAddress(line === undefined ? [] : [line]) ?? subject.peerAddress);
    notes.inquire('header x-forwarded-for', condition, { kind: 'one', accepts, hints }, named);
  } else if (forwarded || !touched?.address) {
    // What a gateway forwards is the address from which the sender came.
    const accepts = (candidate: string | undefined): boolean => addressNamed(values, candidate);
    notes.inquire('address', condition, { kind: 'one', accepts, hints }, named);
  }
  return named !== negated;
};

/** A token that is asked about beyond its claims: tokens that the value takes, made of a plain one. */
const tokenFor = (attribute: string, text: string, plain: Token): Token => {
  if (attribute === 'token.audience') return { ...plain, audiences: [...plain.audiences, text] };
  if (attribute === 'token.presenter') return { ...plain, presenter: text };
  const { issuer } = plain;
  return text.startsWith(`${issuer}/`)
    ? { ...plain, subject: text.slice(issuer.length + 1) }
    : { ...plain, subject: text };
};

const tokenTexts = (attribute: string, token: Token | undefined): readonly string[] => {
  if (!token) return [];
  if (attribute === 'token.audience') return token.audiences;
  if (attribute === 'token.presenter') return token.presenter === undefined ? [] : [token.presenter];
  return [principalOf(token)];
};

/** Principal, audience and presenter of a verified token. */
const tokenHolds = (condition: AccessCondition, { token }: AccessSubject, notes: Notes): boolean => {
  const { attribute, values, negated, whenAbsent } = condition;
  if (!token) return whenAbsent === 'holds';
  const tests = values.flatMap(value => textTest(value) ?? []);
  const accepts = (candidate: Token | undefined): boolean => {
    const texts = tokenTexts(attribute, candidate);
    if (texts.length === 0) return whenAbsent === 'holds';
    return texts.some(text => tests.some(test => testHolds(test, text, notes))) !== negated;
  };
  const holds = accepts(token);
  if (!notes.listens) return holds;
  const hints = (plain: Token): Token[] =>
    tests.flatMap(test => {
      const texts = isPlainText(test) ? textValues(test) : [];
      return texts.map(text => tokenFor(attribute, text, plain));
    });
  return notes.inquire(
    'token',
    condition,
    { kind: 'token', topic: `${attribute} ${JSON.stringify(values)}`, accepts, hints },
    holds,
  );
};

/** Asks each value in turn, until one is there; `ask` reports what it asks. */
const anyValue = ({ values, negated }: AccessCondition, ask: (test: TextTest) => boolean): boolean =>
  values.some(value => ask(textTest(value) ?? nothing)) !== negated;

/** Attributes that the sender of a request chooses. */
const requestHolds = (condition: AccessCondition, subject: AccessSubject, notes: Notes): boolean => {
  const { attribute, whenAbsent } = condition;
  const { sight, token } = subject;
  if (attribute === 'request.path') return anyValue(condition, test => askPath(test, sight, notes));
  const whole = (ask: (test: TextMatch) => boolean) => anyValue(condition, test => isPlainText(test) && ask(test));
  if (attribute === 'request.method') return whole(test => askMethod(test, sight, notes));
  if (attribute === 'request.host') return whole(test => askHost(test, sight, notes));
  if (attribute.startsWith('request.header:')) {
    const name = attribute.slice('request.header:'.length);
    if (askNoHeader(name, sight, notes)) return whenAbsent === 'holds';
    return anyValue(condition, match => askHeader({ name, match, repeated: 'any' }, sight, notes));
  }
  const path = attribute.slice('token.claim:'.length).split('/');
  const values = claimValues(token?.claims, path);
  const isAbsent = token ? askAbsent(`claim ${path.join('/')}`, values, notes) : values.length === 0;
  if (isAbsent) return whenAbsent === 'holds';
  return anyValue(condition, match => askClaim(path, match, token?.claims, notes));
};

const serverNameHolds = ({ values, negated, whenAbsent }: AccessCondition, { sight }: AccessSubject, notes: Notes) => {
  const accepts = (name = unsaidName(sight)): boolean =>
    name === undefined ? whenAbsent === 'holds' : values.some(value => valueMatches(value, name, notes)) !== negated;
  const hints = values.flatMap(value => (isText(value) ? textValues(value) : []));
  return notes.inquire('sni', values, { kind: 'one', accepts, hints }, accepts(sight.sni));
};

const holds = (condition: AccessCondition, subject: AccessSubject, notes: Notes): boolean => {
  const { attribute, values, negated, whenAbsent, whenNotHttp, whenUnseen } = condition;
  if (whenUnseen && !subject.seesRequests) return whenUnseen === 'holds';
  if (httpAttributes.test(attribute) && subject.layer === 'l4') return whenNotHttp === 'holds';
  if (attribute.startsWith('opaque:')) {
    notes.caveat('VERIFY010', `a condition looks at \`${attribute.slice('opaque:'.length)}\``, condition.source);
  }
  if (attribute === 'peer.identity') {
    if (subject.identity.kind === 'unauthenticated') return whenAbsent === 'holds';
    if (subject.identity.kind === 'unknown')
      notes.assume(() => 'the account that the caller runs as is named by no rule');
    return values.some(value => identityMatches(value, subject, notes)) !== negated;
  }
  if (attribute.endsWith('.address')) return addressHolds(condition, subject, notes);
  if (attribute === 'connection.sni') return serverNameHolds(condition, subject, notes);
  if (/^token\.(principal|audience|presenter)$/.test(attribute)) return tokenHolds(condition, subject, notes);
  if (/^(request\.|token\.claim:)/.test(attribute)) return requestHolds(condition, subject, notes);
  const texts = standing(condition, subject);
  if (texts.length === 0) return whenAbsent === 'holds';
  return texts.some(text => values.some(value => valueMatches(value, text, notes))) !== negated;
};

/** What a condition about the caller alone makes of somebody, by text; undefined for one that asks about the request. */
export const callerAnswer = (condition: AccessCondition, identity: Identity, mesh: Mesh): string | undefined => {
  const { attribute, values } = condition;
  const nothing = new Notes();
  switch (attribute) {
    case 'peer.identity':
      return `${identity.kind} ${values.some(value => identityMatches(value, { identity, mesh }, nothing))}`;
    case 'peer.namespace': {
      const namespace = 'namespace' in identity ? identity.namespace : undefined;
      if (namespace === undefined) return 'none';
      return `${values.some(value => valueMatches(value, namespace, nothing))}`;
    }
    case 'peer.trustDomain':
      return `${identity.kind} ${spiffePath(identity)?.split('/')[0]}`;
    default:
      return undefined;
  }
};

/** Whether a clause takes the request; one without conditions takes everything. */
export const clauseHolds = ({ conditions, request }: AccessClause, subject: AccessSubject, notes: Notes): boolean => {
  if (request) {
    const sight = { ...subject.sight, http: subject.layer === 'l7' };
    if (!matches(request, sight, notes)) return false;
  }
  return conditions.every(condition => holds(condition, subject, notes));
};
