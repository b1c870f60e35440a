import type {
  AccessAttribute,
  AccessClause,
  AccessCondition,
  AccessRule,
  AccessValue,
} from '../../../../model/capabilities/access.ts';
import type { HeaderMatch, Match, PathMatch, TextMatch } from '../../../../model/match.ts';
import { isHttpAttribute } from '../access-clauses.ts';

/** Conditions that all must hold, or why there are none that say the same. */
export type Conditions = readonly AccessCondition[] | { readonly problem: string };

export const isProblem = (conditions: Conditions): conditions is { readonly problem: string } =>
  'problem' in conditions;

type Effect = AccessRule['effect'];

/** A match over HTTP takes nothing else. */
const positive = (attribute: AccessAttribute, values: readonly AccessValue[]): AccessCondition => ({
  attribute,
  values,
  negated: false,
  whenAbsent: 'fails',
  whenNotHttp: 'fails',
});

/**
 * A clause as conditions alone: what it asks of the request as an ordinary match becomes conditions on the same
 * attributes.
 */
export const asConditions = ({ conditions, request }: AccessClause): Conditions => {
  if (!request) return conditions;
  const parts = matchConditions(request);
  return isProblem(parts) ? parts : [...conditions, ...parts];
};

const unsayable: readonly (readonly [keyof Match, string])[] = [
  ['query', 'the query of a request'],
  ['scheme', 'the scheme of a request'],
  ['caller', 'what is known of the caller beside its identity'],
  ['port', 'the port that was dialled'],
];

const matchConditions = (match: Match): Conditions => {
  const [missing] = unsayable.filter(([part]) => match[part] !== undefined);
  if (missing) return { problem: `a policy cannot look at ${missing[1]}` };
  const found: AccessCondition[] = [];
  if (match.path) {
    const values = pathValues(match.path);
    if (!values) return { problem: 'a policy cannot compare paths by regular expression or without case' };
    found.push(positive('request.path', values));
  }
  if (match.method) found.push(positive('request.method', [match.method]));
  if (match.authority) found.push(positive('request.host', [folded(match.authority)]));
  for (const claim of match.claims ?? []) {
    const condition = positive(`token.claim:${claim.path.join('/')}`, [claim.match]);
    found.push(claim.inverted ? negated(condition) : condition);
  }
  for (const header of match.headers ?? []) {
    const condition = headerCondition(header);
    if (!condition)
      return {
        problem: `a policy compares each line of a header on its own; \`${header.name}\` is compared otherwise`,
      };
    found.push(condition);
  }
  if (match.sni) found.push(positive('connection.sni', match.sni.map(nameValue)));
  if (match.addresses) {
    const values = match.addresses.map((cidr): AccessValue => ({ kind: 'addresses', cidr }));
    found.push(positive('destination.address', values));
  }
  return found;
};

/** A prefix by segment is the path itself and what lies below it. */
const pathValues = (path: PathMatch): readonly AccessValue[] | undefined => {
  if (path.kind === 'regex' || path.ignoreCase) return undefined;
  if (path.kind !== 'exact' && (path.value === '' || path.value === '/')) return [{ kind: 'present' }];
  if (path.kind !== 'segmentPrefix') return [{ kind: path.kind, value: path.value }];
  return [
    { kind: 'exact', value: path.value },
    { kind: 'prefix', value: `${path.value}/` },
  ];
};

const folded = (match: TextMatch): TextMatch =>
  match.kind === 'present' || match.kind === 'regex' ? match : { ...match, ignoreCase: true };

const nameValue = (name: string): AccessValue =>
  name.startsWith('*') ? { kind: 'suffix', value: name.slice(1) } : { kind: 'exact', value: name };

const headerCondition = (header: HeaderMatch): AccessCondition | undefined => {
  if (header.repeated !== 'any') return undefined;
  const attribute: AccessAttribute =
    header.name === ':method'
      ? 'request.method'
      : header.name === ':authority'
        ? 'request.host'
        : `request.header:${header.name}`;
  if (header.name.startsWith(':') && attribute.startsWith('request.header:')) return undefined;
  const takesEmpty = header.missing === 'empty' && header.match.kind === 'exact' && header.match.value === '';
  if (header.missing === 'empty' && (takesEmpty || header.match.kind === 'regex')) return undefined;
  const condition = positive(attribute, [header.match]);
  return header.inverted ? negated(condition) : condition;
};

const flip = (result: 'holds' | 'fails'): 'holds' | 'fails' => (result === 'holds' ? 'fails' : 'holds');

/** The same question with the other answer, among requests. */
const negated = (condition: AccessCondition): AccessCondition => ({
  ...condition,
  negated: !condition.negated,
  whenAbsent: flip(condition.whenAbsent),
});

/** Holds exactly where the other does not. */
export const inverse = (condition: AccessCondition): AccessCondition => ({
  ...negated(condition),
  whenNotHttp: flip(condition.whenNotHttp),
});

/** Whether no request can fulfil both lists of conditions, as far as their texts tell. */
export const areDisjoint = (a: readonly AccessCondition[], b: readonly AccessCondition[]): boolean =>
  a.some(
    one =>
      !one.negated && b.some(other => !other.negated && other.attribute === one.attribute && noneInCommon(one, other)),
  );

const noneInCommon = (a: AccessCondition, b: AccessCondition): boolean =>
  isSingle(a.attribute) && a.values.every(value => b.values.every(other => cannotMeet(value, other)));

/** Attributes that a request has once. */
const isSingle = (attribute: AccessAttribute): boolean =>
  !attribute.startsWith('request.header:') && !attribute.startsWith('token.');

const cannotMeet = (a: AccessValue, b: AccessValue): boolean => {
  if (a.kind === 'port' && b.kind === 'port') return a.port !== b.port;
  if (a.kind === 'exact' && b.kind === 'exact') return a.value !== b.value;
  if (a.kind === 'exact' && b.kind === 'prefix') return !a.value.startsWith(b.value);
  if (a.kind === 'prefix' && b.kind === 'exact') return !b.value.startsWith(a.value);
  if (a.kind === 'prefix' && b.kind === 'prefix') return !a.value.startsWith(b.value) && !b.value.startsWith(a.value);
  return false;
};

/** What Istio does on a TCP port with an HTTP condition, whatever the model says. */
export const onTcp = (condition: AccessCondition, effect: Effect): AccessCondition =>
  isHttpAttribute(condition.attribute)
    ? { ...condition, whenNotHttp: effect === 'allow' ? 'fails' : 'holds' }
    : condition;
