import type { AccessCondition, AccessRule, AccessValue } from '../../../../model/capabilities/access.ts';
import type { Mesh } from '../../../../model/mesh.ts';
import { escapeRe2 } from '../../virtual-service/text-match.ts';
import { anyTrustDomain, readsAsWildcard } from '../access-values.ts';
import { expandPrincipal, expandTrustDomain, meansOwn } from '../trust-domains.ts';

type Lists = Readonly<Record<string, readonly string[]>>;

interface When {
  readonly key: string;
  readonly values?: readonly string[];
  readonly notValues?: readonly string[];
}

/** One way into a rule, as an AuthorizationPolicy says it. */
export interface WrittenClause {
  readonly source: Lists;
  readonly operation: Lists;
  readonly when: readonly When[];
}

/** `never`: no request fulfils it, so that there is nothing to write. */
export type ClauseResult =
  | { readonly kind: 'written'; readonly clause: WrittenClause }
  | { readonly kind: 'never' }
  | { readonly kind: 'problem'; readonly problem: string };

/** The lists of `source` and `operation`, by attribute. */
const sourceLists: Readonly<Record<string, string>> = {
  'peer.identity': 'principals',
  'peer.namespace': 'namespaces',
  'peer.trustDomain': 'trustDomains',
  'peer.address': 'ipBlocks',
  'client.address': 'remoteIpBlocks',
  'token.principal': 'requestPrincipals',
};

const operationLists: Readonly<Record<string, string>> = {
  'request.host': 'hosts',
  'request.method': 'methods',
  'request.path': 'paths',
  'destination.port': 'ports',
};

/** Keys of `when` that say the same as a list, or have none. */
const whenKeys: Readonly<Record<string, string>> = {
  'peer.identity': 'source.principal',
  'peer.namespace': 'source.namespace',
  'peer.trustDomain': 'source.trustDomain',
  'peer.address': 'source.ip',
  'client.address': 'remote.ip',
  'token.principal': 'request.auth.principal',
  'token.audience': 'request.auth.audiences',
  'token.presenter': 'request.auth.presenter',
  'destination.address': 'destination.ip',
  'destination.port': 'destination.port',
  'connection.sni': 'connection.sni',
};

const whenKey = (attribute: string): string | undefined => {
  const [kind, name = ''] = [attribute.slice(0, attribute.indexOf(':')), attribute.slice(attribute.indexOf(':') + 1)];
  if (kind === 'request.header') return `request.headers[${name}]`;
  if (kind === 'token.claim')
    return `request.auth.claims${name
      .split('/')
      .map(step => `[${step}]`)
      .join('')}`;
  if (kind === 'opaque') return /^experimental\.envoy\.filters\..+\[.+\]$/.test(name) ? name : undefined;
  return whenKeys[attribute];
};

/** Attributes that every connection has, so that the result for an absent one does not matter. */
const alwaysThere = new Set([
  'peer.address',
  'client.address',
  'destination.address',
  'destination.port',
  'request.method',
  'request.path',
  'request.host',
]);

/** What a CUSTOM policy may not look at: who the caller is (Istio 1.31, ValidateAuthorizationPolicy). */
const notForAuthorisers = /^(peer\.(identity|namespace|trustDomain)|token\.)/;

/** Conditions that all must hold, as one `from`, one `to` and a `when`. */
export const writeClause = (
  conditions: readonly AccessCondition[],
  effect: AccessRule['effect'],
  mesh: Mesh,
): ClauseResult => {
  const writing = new ClauseWriting(effect, mesh);
  for (const condition of conditions) {
    if (condition.values.length === 0 && !condition.negated) return { kind: 'never' };
    const problem = writing.add(condition);
    if (problem !== undefined) return { kind: 'problem', problem };
  }
  return { kind: 'written', clause: writing.result() };
};

class ClauseWriting {
  private readonly effect: AccessRule['effect'];
  private readonly mesh: Mesh;
  private readonly lists = new Map<string, string[]>();
  private readonly when: When[] = [];

  constructor(effect: AccessRule['effect'], mesh: Mesh) {
    this.effect = effect;
    this.mesh = mesh;
  }

  /** Adds a condition, or says why it has no form. */
  add(condition: AccessCondition): string | undefined {
    const { attribute, negated, whenAbsent } = condition;
    if (this.effect === 'ask' && notForAuthorisers.test(attribute)) {
      return 'a CUSTOM policy cannot look at who the caller is';
    }
    const texts = textsOf(condition, this.mesh);
    if (!texts) return `\`${attribute}\` is compared in a way that a policy cannot say`;
    if (texts.length === 0) return undefined;
    const absent = alwaysThere.has(attribute) ? undefined : whenAbsent;
    if (!negated && absent === 'holds') return `a missing \`${attribute}\` must be taken, which a policy cannot say`;
    const excepted = exceptionsOf(condition);
    if (excepted === 'several') return 'several address ranges each have exceptions of their own';
    return (
      this.put(attribute, negated, texts) ??
      (negated && absent === 'fails' ? this.put(attribute, false, ['*']) : undefined) ??
      (excepted.length > 0 ? this.put(attribute, true, excepted) : undefined)
    );
  }

  result(): WrittenClause {
    const pick = (names: Readonly<Record<string, string>>): Lists => {
      const entries = Object.values(names).flatMap(name =>
        [name, twin(name)].flatMap(key => {
          const texts = this.lists.get(key);
          return texts ? [[key, texts] as const] : [];
        }),
      );
      return Object.fromEntries(entries);
    };
    return { source: asAccounts(pick(sourceLists)), operation: pick(operationLists), when: this.when };
  }

  private put(attribute: string, negated: boolean, texts: readonly string[]): string | undefined {
    const name = sourceLists[attribute] ?? operationLists[attribute];
    const key = name && (negated ? twin(name) : name);
    const taken = key === undefined ? undefined : this.lists.get(key);
    if (key !== undefined && (!taken || negated)) {
      this.lists.set(key, [...new Set([...(taken ?? []), ...texts])]);
      return undefined;
    }
    if (taken && sameTexts(taken, texts)) return undefined;
    const instead = whenKey(attribute);
    if (instead === undefined) return `\`${attribute}\` is asked for twice in one rule`;
    this.when.push({ key: instead, [negated ? 'notValues' : 'values']: texts });
    return undefined;
  }
}

const twin = (name: string): string => `not${name[0]?.toUpperCase()}${name.slice(1)}`;

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every(text => b.includes(text));

const accountPattern = /^\*\/ns\/([^/*]+)\/sa\/([^/*]+)$/;
const mostAccounts = 16;

/** Principals of any trust domain read better as service accounts; Istio takes these only without other names of callers. */
const asAccounts = (source: Lists): Lists => {
  const { principals = [], notPrincipals = [], namespaces, notNamespaces, ...rest } = source;
  const all = [...principals, ...notPrincipals];
  const isFree = !namespaces && !notNamespaces && all.length > 0 && all.length <= mostAccounts;
  if (!isFree || !all.every(text => accountPattern.test(text))) return source;
  const named = (texts: readonly string[]) => texts.map(text => text.replace(accountPattern, '$1/$2'));
  return {
    ...(principals.length > 0 ? { serviceAccounts: named(principals) } : {}),
    ...(notPrincipals.length > 0 ? { notServiceAccounts: named(notPrincipals) } : {}),
    ...rest,
  };
};

const exceptionsOf = ({ values, negated }: AccessCondition): readonly string[] | 'several' => {
  const excepting = values.flatMap(value => (value.kind === 'addresses' && value.except?.length ? [value.except] : []));
  if (excepting.length === 0) return [];
  return negated || values.length > 1 ? 'several' : (excepting[0] ?? []);
};

/** The values as texts; undefined if one of them has none, or would be read as something else. */
const textsOf = ({ attribute, values }: AccessCondition, mesh: Mesh): readonly string[] | undefined => {
  const texts = values.flatMap(value => valueTexts(attribute, value, mesh));
  if (texts.includes(undefined)) return undefined;
  const said = texts as string[];
  const expand =
    attribute === 'peer.identity' ? expandPrincipal : attribute === 'peer.trustDomain' ? expandTrustDomain : undefined;
  // Aliases that nobody asked for would let more callers in.
  const widened =
    expand &&
    said.some(text => !text.startsWith(`${ownDomain}/`) && expand(text, mesh).some(name => !said.includes(name)));
  return widened ? undefined : [...new Set(said)];
};

/** Stands for the mesh's own trust domain and its aliases in every policy. */
const ownDomain = 'cluster.local';

/** An id of the mesh's own trust domain is that of a service account here, and not of whoever was meant. */
const foreignId = (id: string, mesh: Mesh): string | undefined => {
  const path = id.replace(/^spiffe:\/\//, '');
  return meansOwn(path.split('/')[0] ?? '', mesh) ? undefined : path;
};

const valueTexts = (attribute: string, value: AccessValue, mesh: Mesh): readonly (string | undefined)[] => {
  switch (value.kind) {
    case 'serviceAccount': {
      const domains = value.trustDomains ?? [ownDomain];
      return domains.map(
        domain => `${domain === anyTrustDomain ? '*' : domain}/ns/${value.namespace}/sa/${value.name}`,
      );
    }
    case 'spiffe':
      return [foreignId(value.id, mesh)];
    case 'addresses':
      return [value.cidr];
    case 'port':
      return [String(value.port)];
    case 'pathTemplate':
      return [value.template];
    case 'regex':
      return [starsEverywhere.has(attribute) ? starsOf(value.regex.pattern) : undefined];
    default:
      return [wildcardText(attribute, value)];
  }
};

/** Attributes in which every star stands for anything. */
const starsEverywhere = new Set(['peer.namespace', 'peer.trustDomain']);

const starsOf = (pattern: string): string | undefined => {
  const text = pattern
    .split('.*')
    .map(part => part.replace(/\\(.)/g, '$1'))
    .join('*');
  return text.split('*').map(escapeRe2).join('.*') === pattern ? text : undefined;
};

const wildcardText = (
  attribute: string,
  value: Extract<AccessValue, { kind: 'exact' | 'prefix' | 'suffix' | 'present' }>,
): string | undefined => {
  if (value.kind === 'present') return '*';
  const { kind, value: text, ignoreCase } = value;
  if (ignoreCase && attribute !== 'request.host') return undefined;
  if (starsEverywhere.has(attribute) && text.includes('*')) return undefined;
  if (attribute === 'request.path' && /\{\*\*?\}/.test(text)) return undefined;
  if (kind === 'exact') return text === '' || readsAsWildcard(text) ? undefined : text;
  if (kind === 'prefix') return text.startsWith('*') ? undefined : `${text}*`;
  return `*${text}`;
};
