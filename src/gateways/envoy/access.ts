import type {
  AccessClause,
  AccessCondition,
  AccessPolicy,
  AccessRule,
  AccessValue,
} from '../../model/capabilities/access.ts';
import type { Gateway, Workload } from '../../model/inventory.ts';
import type { TextMatch } from '../../model/match.ts';
import type { Model } from '../../model/model.ts';
import { type Labels, selects } from '../../model/scope.ts';
import { type Node, stringMatcher } from './text.ts';

/**
 * Who gets in at a gateway, as principals of an RBAC filter (Envoy 1.40): they know headers, paths and addresses, and can
 * be negated and put together, so that any decision list over these is said by one filter that denies and one that allows.
 */

const anybody: Node = { any: true };
const and = (ids: readonly Node[]): Node => (ids.length === 1 ? ids[0]! : { and_ids: { ids } });
const or = (ids: readonly Node[]): Node => (ids.length === 1 ? ids[0]! : { or_ids: { ids } });
const not = (id: Node): Node => ({ not_id: id });

/** The header that an attribute is looked up in; undefined for what is in none. */
const headerOf = (attribute: AccessCondition['attribute']): string | undefined => {
  if (attribute === 'request.method') return ':method';
  if (attribute === 'request.host') return ':authority';
  return attribute.startsWith('request.header:') ? attribute.slice('request.header:'.length) : undefined;
};

const isText = (value: AccessValue): value is TextMatch =>
  ['exact', 'prefix', 'suffix', 'regex', 'present'].includes(value.kind);

/** An expression that Envoy has as it is. */
const isPlain = (value: TextMatch): boolean =>
  value.kind !== 'regex' || (value.regex.dialect === 're2' && value.regex.anchoring === 'full');

/** Why a condition has no form; undefined if it has. */
const whyNotCondition = ({ attribute, values }: AccessCondition): string | undefined => {
  if (attribute === 'peer.address' || attribute === 'client.address')
    return values.every(({ kind }) => kind === 'addresses') ? undefined : 'an address is not a range';
  if (attribute !== 'request.path' && headerOf(attribute) === undefined)
    return `the proxy at the edge does not know \`${attribute}\``;
  return values.every(value => isText(value) && isPlain(value))
    ? undefined
    : `\`${attribute}\` is compared in another way`;
};

/** Why a rule has no form at a gateway; undefined if it has. */
export const whyNotRule = ({ effect, clauses }: AccessRule): string | undefined => {
  if (effect === 'ask') return 'nobody else is asked';
  if (effect === 'audit') return 'nothing is recorded';
  if (clauses.some(({ request }) => request !== undefined)) return 'it is for requests of one route';
  return clauses.flatMap(({ conditions }) => conditions.flatMap(one => whyNotCondition(one) ?? []))[0];
};

const rangeOf = (attribute: AccessCondition['attribute'], cidr: string): Node => {
  const [address = '', length] = cidr.split('/');
  const bits = length === undefined ? (address.includes(':') ? 128 : 32) : Number(length);
  const range = { address_prefix: address, prefix_len: bits };
  return attribute === 'peer.address' ? { direct_remote_ip: range } : { remote_ip: range };
};

const valueNode = (attribute: AccessCondition['attribute'], value: AccessValue): Node => {
  if (value.kind === 'addresses') {
    const { cidr, except = [] } = value;
    return and([rangeOf(attribute, cidr), ...except.map(one => not(rangeOf(attribute, one)))]);
  }
  if (!isText(value)) return not(anybody);
  const text = stringMatcher(value);
  const name = headerOf(attribute);
  if (name === undefined) return text ? { url_path: { path: text } } : anybody;
  return { header: text ? { name, string_match: text } : { name, present_match: true } };
};

/** What is absent decides by itself; a header is the only thing that may be. */
const conditionNode = ({ attribute, values, negated, whenAbsent }: AccessCondition): Node => {
  const any = values.length === 0 ? not(anybody) : or(values.map(value => valueNode(attribute, value)));
  const held = negated ? not(any) : any;
  const name = attribute.startsWith('request.header:') ? headerOf(attribute) : undefined;
  if (name === undefined) return held;
  const isThere: Node = { header: { name, present_match: true } };
  if (negated) return whenAbsent === 'holds' ? held : and([isThere, held]);
  return whenAbsent === 'holds' ? or([not(isThere), held]) : held;
};

const clauseNode = ({ conditions }: AccessClause): Node =>
  conditions.length === 0 ? anybody : and(conditions.map(conditionNode));

const ruleNode = ({ clauses }: AccessRule): Node => (clauses.length === 0 ? not(anybody) : or(clauses.map(clauseNode)));

/** The filters' names: a route's configuration finds its filter by them. */
export const denyFilter = 'access.deny';
export const allowFilter = 'access.allow';

const rbac = 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3';

/** The filters themselves, which do nothing but what the routes behind them say. */
export const accessFilters: readonly Node[] = [denyFilter, allowFilter].map(name => ({
  name,
  typed_config: { '@type': `${rbac}.RBAC` },
}));

const rules = (action: 'ALLOW' | 'DENY', ids: readonly Node[]): Node => ({
  '@type': `${rbac}.RBACPerRoute`,
  rbac: {
    rules: {
      action,
      policies: Object.fromEntries(
        ids.map((id, index) => [`${index}`.padStart(4, '0'), { permissions: [{ any: true }], principals: [id] }]),
      ),
    },
  },
});

/**
 * The first rule that fits decides. So a denial takes what no permission before it takes, and who passes it gets in by any
 * permission, or, where nothing is closed, in any case.
 */
export const accessConfig = (policies: readonly AccessPolicy[]): Node | undefined => {
  const list = policies
    .map((policy, place) => ({ policy, place }))
    .sort((a, b) => a.policy.tier - b.policy.tier || a.place - b.place)
    .flatMap(({ policy }) => policy.rules);
  const permissions: Node[] = [];
  const denials: Node[] = [];
  for (const rule of list) {
    if (rule.effect === 'allow') permissions.push(ruleNode(rule));
    else denials.push(and([ruleNode(rule), ...permissions.map(not)]));
  }
  const isClosed = policies.some(({ otherwise }) => otherwise === 'deny');
  const parts = {
    ...(denials.length > 0 ? { [denyFilter]: rules('DENY', denials) } : {}),
    ...(isClosed ? { [allowFilter]: rules('ALLOW', permissions.length > 0 ? permissions : [not(anybody)]) } : {}),
  };
  return Object.keys(parts).length > 0 ? parts : undefined;
};

/**
 * The gateways at which a policy acts: the one that it names, or those whose pods it selects. Empty where it is for
 * something else as well, which nobody would enforce.
 */
export const gatewaysOf = ({ scope }: Pick<AccessPolicy, 'scope'>, { inventory }: Model): readonly Gateway[] => {
  const { gateway, namespaces, labels, ports, services, only } = scope;
  if (ports || services || only) return [];
  const covers = (namespace: string, own: Labels): boolean =>
    (!namespaces || namespaces.includes(namespace)) && selects(labels, own);
  const meant = inventory.gateways.filter(
    one =>
      isServed(one) &&
      (gateway === undefined || one.id === gateway) &&
      covers(one.podNamespace ?? one.namespace, one.labels),
  );
  if (gateway !== undefined) return meant;
  const runs = ({ namespace, labels: own }: Workload): boolean =>
    meant.some(one => namespace === (one.podNamespace ?? one.namespace) && selects(one.labels, own));
  const others = inventory.workloads.filter(one => covers(one.namespace, one.labels) && !runs(one));
  return labels && others.length === 0 ? meant : [];
};

const isServed = ({ purpose, evidence }: Gateway): boolean => purpose === 'ingress' && evidence !== 'referenced';
