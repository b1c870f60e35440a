import type { Field } from '../../../base/field.ts';
import type {
  AccessAttribute,
  AccessClause,
  AccessCondition,
  AccessRule,
  AccessValue,
} from '../../../model/capabilities/access.ts';
import type { Mesh } from '../../../model/mesh.ts';
import {
  addressValue,
  hostValue,
  namespaceValue,
  pathValue,
  portValue,
  principalValues,
  serviceAccountValue,
  trustDomainValues,
  wildcard,
} from './access-values.ts';

/** What the conditions of one policy depend on. */
export interface PolicyContext {
  readonly mesh: Mesh;
  readonly namespace: string;
  readonly effect: AccessRule['effect'];
  /** Some workloads of the mesh have a proxy that sees connections only (ztunnel). */
  readonly hasConnectionProxies: boolean;
}

type ReadValues = (text: string, context: PolicyContext) => readonly AccessValue[];

interface Attribute {
  readonly attribute: AccessAttribute;
  readonly values: ReadValues;
  /** Whether a proxy that sees connections only knows it (Istio 1.31, ambient/authorization.go). */
  readonly atConnection: 'known' | 'ignored' | 'unsupported';
}

const plain =
  (read: (text: string) => AccessValue | undefined): ReadValues =>
  text => {
    const value = read(text);
    return value ? [value] : [];
  };

const principals: ReadValues = (text, { mesh }) => principalValues(text, mesh);
const serviceAccounts: ReadValues = (text, { namespace }) => [serviceAccountValue(text, namespace)];
const trustDomains: ReadValues = (text, { mesh }) => trustDomainValues(text, mesh);

/** `from[].source`; each has a twin with `not` in front. */
const sourceAttributes: Readonly<Record<string, Attribute>> = {
  principals: { attribute: 'peer.identity', values: principals, atConnection: 'known' },
  namespaces: { attribute: 'peer.namespace', values: plain(namespaceValue), atConnection: 'known' },
  serviceAccounts: { attribute: 'peer.identity', values: serviceAccounts, atConnection: 'known' },
  trustDomains: { attribute: 'peer.trustDomain', values: trustDomains, atConnection: 'ignored' },
  ipBlocks: { attribute: 'peer.address', values: plain(addressValue), atConnection: 'known' },
  remoteIpBlocks: { attribute: 'client.address', values: plain(addressValue), atConnection: 'unsupported' },
  requestPrincipals: { attribute: 'token.principal', values: plain(wildcard), atConnection: 'unsupported' },
};

/** `to[].operation`, likewise. */
const operationAttributes: Readonly<Record<string, Attribute>> = {
  hosts: { attribute: 'request.host', values: plain(hostValue), atConnection: 'unsupported' },
  ports: { attribute: 'destination.port', values: plain(portValue), atConnection: 'known' },
  methods: { attribute: 'request.method', values: plain(wildcard), atConnection: 'unsupported' },
  paths: { attribute: 'request.path', values: plain(pathValue), atConnection: 'unsupported' },
};

/** `when[].key`, those that are one word. */
const whenAttributes: Readonly<Record<string, Attribute>> = {
  'source.ip': { attribute: 'peer.address', values: plain(addressValue), atConnection: 'known' },
  'remote.ip': { attribute: 'client.address', values: plain(addressValue), atConnection: 'unsupported' },
  'source.namespace': { attribute: 'peer.namespace', values: plain(namespaceValue), atConnection: 'known' },
  'source.principal': { attribute: 'peer.identity', values: principals, atConnection: 'known' },
  'source.serviceAccount': { attribute: 'peer.identity', values: serviceAccounts, atConnection: 'unsupported' },
  'source.trustDomain': { attribute: 'peer.trustDomain', values: trustDomains, atConnection: 'unsupported' },
  'request.auth.principal': { attribute: 'token.principal', values: plain(wildcard), atConnection: 'unsupported' },
  'request.auth.audiences': { attribute: 'token.audience', values: plain(wildcard), atConnection: 'unsupported' },
  'request.auth.presenter': { attribute: 'token.presenter', values: plain(wildcard), atConnection: 'unsupported' },
  'destination.ip': { attribute: 'destination.address', values: plain(addressValue), atConnection: 'known' },
  'destination.port': { attribute: 'destination.port', values: plain(portValue), atConnection: 'known' },
  'connection.sni': { attribute: 'connection.sni', values: plain(wildcard), atConnection: 'unsupported' },
};

const headerKey = /^request\.headers\[(.+)\]$/;
const claimKey = /^request\.auth\.claims((?:\[[^[\]]+\])+)$/;

/** A key of `when`: one of the words, a header, a token claim, or something that only the proxy knows. */
const whenAttribute = (key: string): Attribute => {
  const known = whenAttributes[key];
  if (known) return known;
  const like = { values: plain(wildcard), atConnection: 'unsupported' } as const;
  const header = headerKey.exec(key)?.[1];
  if (header !== undefined) return { attribute: `request.header:${header.toLowerCase()}`, ...like };
  const claim = claimKey.exec(key)?.[1];
  if (claim === undefined) return { attribute: `opaque:${key}`, ...like };
  return { attribute: `token.claim:${claim.slice(1, -1).split('][').join('/')}`, ...like };
};

/** Attributes that exist for HTTP only. */
export const isHttpAttribute = (attribute: AccessAttribute): boolean => /^(request|token)\./.test(attribute);

interface Read {
  readonly condition: AccessCondition;
  readonly atConnection: Attribute['atConnection'];
}

/**
 * The conditions of one list of texts and its twin. A missing attribute fails a positive condition and holds a negated
 * one (observed, rows 13b.3–13b.5, 14.12). On a TCP port an HTTP condition is dropped from a rule that denies, and
 * drops a rule that allows (row 14.13).
 */
const conditionsOf = (
  { attribute, values, atConnection }: Attribute,
  lists: readonly [Field | undefined, Field | undefined],
  context: PolicyContext,
): Read[] =>
  lists.flatMap((list, index) => {
    const texts = list?.items().flatMap(item => item.asText() ?? []) ?? [];
    if (!list || texts.length === 0) return [];
    const negated = index === 1;
    const condition: AccessCondition = {
      attribute,
      values: texts.flatMap(text => values(text, context)),
      negated,
      whenAbsent: negated ? 'holds' : 'fails',
      whenNotHttp: context.effect === 'allow' ? 'fails' : 'holds',
      source: list,
    };
    return [{ condition, atConnection }];
  });

const twin = (key: string): string => `not${key[0]?.toUpperCase()}${key.slice(1)}`;

const readGroup = (
  field: Field | undefined,
  attributes: Readonly<Record<string, Attribute>>,
  context: PolicyContext,
): Read[] =>
  field
    ? Object.entries(attributes).flatMap(([key, attribute]) =>
        conditionsOf(attribute, [field.at(key), field.at(twin(key))], context),
      )
    : [];

const readWhen = (field: Field, context: PolicyContext): Read[] =>
  conditionsOf(whenAttribute(field.text('key') ?? ''), [field.at('values'), field.at('notValues')], context);

/**
 * What a proxy that sees connections only makes of one `source`, `operation` or `when`: it leaves out what it does not
 * know; if nothing is left of the group, the group takes nothing (ztunnel, rbac.rs: an empty match is skipped). A rule
 * that allows is dropped altogether for an HTTP attribute, though not for a trust domain (ambient/authorization.go).
 */
const asSeenAtConnection = (group: readonly Read[], context: PolicyContext): AccessCondition[] => {
  if (!context.hasConnectionProxies) return group.map(({ condition }) => condition);
  const somethingIsLeft = group.some(({ atConnection }) => atConnection === 'known');
  return group.map(({ condition, atConnection }) => {
    if (atConnection === 'known') return condition;
    const dropsRule = context.effect === 'allow' && atConnection === 'unsupported';
    return { ...condition, whenUnseen: somethingIsLeft && !dropsRule ? 'holds' : 'fails' };
  });
};

/** Holds for every HTTP request. */
const anyMethod = (whenNotHttp: 'holds' | 'fails', source: Field): AccessCondition => ({
  attribute: 'request.method',
  values: [{ kind: 'present' }],
  negated: false,
  whenAbsent: 'fails',
  whenNotHttp,
  source,
});

/**
 * A rule: any `from` and any `to`, and every `when`. If one of the ways into a rule that allows needs HTTP, none of the
 * others works on a TCP port either (Istio 1.31, authz/model: the rule is not generated); they are made to need HTTP.
 * An external authoriser is never asked by a proxy that sees connections only.
 */
export const readClauses = (rule: Field, context: PolicyContext): AccessClause[] => {
  const groupsOf = (key: string, inner: string, attributes: Readonly<Record<string, Attribute>>) => {
    const groups = rule.list(key).map(item => readGroup(item.at(inner), attributes, context));
    return groups.length === 0 ? [[]] : groups;
  };
  const sources = groupsOf('from', 'source', sourceAttributes);
  const operations = groupsOf('to', 'operation', operationAttributes);
  const whens = rule.list('when').map(when => readWhen(when, context));
  const all = [...sources, ...operations, ...whens].flat();
  const needsHttp = context.effect === 'allow' && all.some(({ condition }) => isHttpAttribute(condition.attribute));
  const dropped = context.effect === 'allow' && all.some(({ atConnection }) => atConnection === 'unsupported');
  const when = whens.flatMap(group => asSeenAtConnection(group, context));
  return sources.flatMap(source =>
    operations.map(operation => {
      const conditions = [...asSeenAtConnection(source, context), ...asSeenAtConnection(operation, context), ...when];
      return {
        conditions: [...conditions, ...implied(conditions, { needsHttp, dropped }, rule, context)],
        source: rule,
      };
    }),
  );
};

/** What the rest of the rule demands of one way into it, beyond what stands there. */
const implied = (
  conditions: readonly AccessCondition[],
  { needsHttp, dropped }: { readonly needsHttp: boolean; readonly dropped: boolean },
  rule: Field,
  { effect, hasConnectionProxies }: PolicyContext,
): AccessCondition[] => {
  const unseen = hasConnectionProxies ? ({ whenUnseen: 'fails' } as const) : {};
  if (effect === 'ask') return hasConnectionProxies ? [{ ...anyMethod('holds', rule), ...unseen }] : [];
  const httpIsMissing = needsHttp && !conditions.some(({ attribute }) => isHttpAttribute(attribute));
  const dropIsMissing = hasConnectionProxies && dropped && !conditions.some(({ whenUnseen }) => whenUnseen === 'fails');
  if (!httpIsMissing && !dropIsMissing) return [];
  return [{ ...anyMethod(httpIsMissing ? 'fails' : 'holds', rule), ...unseen }];
};
