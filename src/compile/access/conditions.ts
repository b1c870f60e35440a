/** Who and what a rule of an AccessPolicy means, as conditions of the model. */
import type { Field } from '../../base/field.ts';
import type { AccessAttribute, AccessClause, AccessCondition, AccessValue } from '../../model/capabilities/access.ts';
import type { TextMatch } from '../../model/match.ts';

export type Effect = 'allow' | 'deny';

interface Said {
  readonly attribute: AccessAttribute;
  readonly values: readonly AccessValue[];
  readonly source: Field;
}

const exact = (value: string): TextMatch => ({ kind: 'exact', value });

/**
 * What is not there fits nothing. On a port that does not carry HTTP what asks for HTTP cannot be known: a permission
 * does not hold there, and a denial does, so that nobody gets in by speaking something else.
 */
const conditionOf = ({ attribute, values, source }: Said, effect: Effect): AccessCondition => {
  const ofHttp = /^(request|token)\./.test(attribute);
  return {
    attribute,
    values,
    negated: false,
    whenAbsent: 'fails',
    whenNotHttp: ofHttp && effect === 'deny' ? 'holds' : 'fails',
    source,
  };
};

const callerOf = (field: Field, namespace: string): Said[] => {
  const account = field.at('serviceAccount');
  const said = (attribute: AccessAttribute, values: readonly AccessValue[]): Said[] => [
    { attribute, values, source: field },
  ];
  if (account) {
    const name = account.text('name') ?? '';
    return said('peer.identity', [{ kind: 'serviceAccount', namespace: account.text('namespace') ?? namespace, name }]);
  }
  const inNamespace = field.text('namespace');
  if (inNamespace !== undefined) return said('peer.namespace', [exact(inNamespace)]);
  const identity = field.text('identity');
  if (identity !== undefined) return said('peer.identity', [identityOf(identity)]);
  if (field.boolean('authenticated')) return said('peer.identity', [{ kind: 'present' }]);
  const cidrs = field.texts('addresses') ?? [];
  return said(
    'peer.address',
    cidrs.map(cidr => ({ kind: 'addresses', cidr })),
  );
};

/** An id that looks like that of a service account is one, in the trust domain that it names. */
const identityOf = (id: string): AccessValue => {
  const account = /^spiffe:\/\/([^/]+)\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(id);
  if (!account) return { kind: 'spiffe', id };
  const [, domain = '', namespace = '', name = ''] = account;
  return { kind: 'serviceAccount', namespace, name, trustDomains: [domain] };
};

/** Clients name the port in the Host unless it is the usual one, and may name any: a host is meant with and without. */
const hostOf = (text: string): TextMatch[] =>
  text.startsWith('*.')
    ? [{ kind: 'suffix', value: text.slice(1), ignoreCase: true }]
    : [
        { kind: 'exact', value: text, ignoreCase: true },
        { kind: 'prefix', value: `${text}:`, ignoreCase: true },
      ];

/** A prefix by segments is the path itself and all below it. */
const pathOf = (field: Field): AccessValue[] => {
  const value = field.text('value') ?? '';
  if (field.text('type') === 'Exact') return [exact(value)];
  const bare = value.replace(/\/+$/, '');
  if (bare === '') return [{ kind: 'present' }];
  return [exact(bare), { kind: 'prefix', value: `${bare}/` }];
};

const headerValue = (type: string, value: string): TextMatch => {
  if (type === 'Prefix') return { kind: 'prefix', value };
  return type === 'Suffix' ? { kind: 'suffix', value } : exact(value);
};

const headerOf = (field: Field): Said => {
  const name = (field.text('name') ?? '').toLowerCase();
  const type = field.text('type') ?? 'Exact';
  const values = field.texts('values') ?? [];
  return {
    attribute: `request.header:${name}`,
    values: type === 'Present' ? [{ kind: 'present' }] : values.map(value => headerValue(type, value)),
    source: field,
  };
};

const operationOf = (field: Field): Said[] => {
  const lists: readonly [string, AccessAttribute, (item: Field) => readonly AccessValue[]][] = [
    ['ports', 'destination.port', item => [{ kind: 'port', port: item.asNumber() ?? 0 }]],
    ['hosts', 'request.host', item => hostOf(item.asText() ?? '')],
    ['methods', 'request.method', item => [exact(item.asText() ?? '')]],
    ['paths', 'request.path', pathOf],
  ];
  const said = lists.flatMap(([key, attribute, read]) => {
    const list = field.at(key);
    return list ? [{ attribute, values: list.items().flatMap(read), source: list }] : [];
  });
  return [...said, ...field.list('headers').map(headerOf)];
};

const claimOf = (field: Field): Said => ({
  attribute: `token.claim:${field.text('name') ?? ''}`,
  values: (field.texts('values') ?? []).map(exact),
  source: field,
});

/** A rule: any of `from`, any of `to`, and all claims. */
export const clausesOf = (rule: Field, namespace: string, effect: Effect): readonly AccessClause[] => {
  const groups = (key: string, read: (field: Field) => Said[]): readonly Said[][] => {
    const list = rule.at(key);
    return list ? list.items().map(read) : [[]];
  };
  const callers = groups('from', field => callerOf(field, namespace));
  const operations = groups('to', operationOf);
  const claims = rule.list('claims').map(claimOf);
  return callers.flatMap(who =>
    operations.map(what => ({
      conditions: [...who, ...what, ...claims].map(said => conditionOf(said, effect)),
      source: rule,
    })),
  );
};
