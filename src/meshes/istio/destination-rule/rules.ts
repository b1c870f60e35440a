import type { Field } from '../../../base/field.ts';
import { groupBy } from '../../../base/order.ts';
import type { Service } from '../../../model/inventory.ts';
import type { Labels } from '../../../model/scope.ts';
import { type NativeObject, namespaceOf } from '../../../native/snapshot.ts';
import { objectsOf, type Reading, report } from '../reading.ts';

/** One DestinationRule with what is needed to place it. */
export interface DestinationRule {
  readonly object: NativeObject;
  readonly namespace: string;
  readonly spec: Field;
  /** The host in full, or a pattern that starts with `*`. */
  readonly host: string;
  /** What the host stands for, unless it is a pattern. */
  readonly service?: Service;
  /** `.`, `*` and names of namespaces; empty: what the mesh's configuration says. */
  readonly exportTo: readonly string[];
  /** Pods, as clients, for which alone it holds. */
  readonly selector?: Labels;
}

/** Rules for one host in one namespace that count as one. */
export interface RuleGroup {
  /** Older first. */
  readonly rules: readonly DestinationRule[];
  readonly namespace: string;
  readonly host: string;
  readonly service?: Service;
  readonly exportTo: readonly string[];
  readonly selector?: Labels;
  /** By name; of two with one name the older's. */
  readonly subsets: ReadonlyMap<string, Field>;
}

/** All DestinationRules that can have an effect, older first. */
export const readRules = (reading: Reading): DestinationRule[] =>
  objectsOf(reading, 'networking.istio.io', 'DestinationRule').flatMap(object => ruleOf(reading, object) ?? []);

const ruleOf = (reading: Reading, object: NativeObject): DestinationRule | undefined => {
  const spec = reading.snapshot.field(object).at('spec');
  const written = spec?.text('host');
  if (!spec || !written) return undefined;
  const namespace = namespaceOf(object.ref);
  const selector = spec.at('workloadSelector')?.textMap('matchLabels');
  const exportTo = spec.texts('exportTo') ?? [];
  if (exportTo.length > 0 && exportTo.every(name => name === '~')) {
    spec.leave('exported to nobody');
    return undefined;
  }
  const placed = {
    object,
    namespace,
    spec,
    // A rule for some pods is for pods of its own namespace.
    exportTo: selector ? ['.'] : exportTo,
    ...(selector ? { selector } : {}),
  };
  if (written.startsWith('*')) return { host: written, ...placed };
  const service = namedService(reading, written, namespace);
  if (!service) {
    report(reading, 'ISTIO103', spec.at('host') ?? spec, `no service has the full name \`${written}\``);
    spec.leave(`no service has the full name \`${written}\``);
    return undefined;
  }
  return { host: service.hosts[0] ?? written, service, ...placed };
};

/**
 * The service that a rule means: a single word is one of the rule's own namespace (observed, row 20.6), and everything
 * else a full name: `reviews.shop` is none (pilot, `ResolveShortnameToFQDN`, up to 1.31).
 */
const namedService = (reading: Reading, host: string, namespace: string): Service | undefined => {
  const { directory } = reading;
  if (!host.includes('.')) return directory.resolveHost(host, namespace);
  const known = directory.findHost(host);
  if (known) return known.hosts.some(name => name.toLowerCase() === host.toLowerCase()) ? known : undefined;
  return host.endsWith('.svc') ? undefined : directory.resolveHost(host);
};

/**
 * Rules for one host in one namespace count as one where they are for the same clients: their subsets add up, of two
 * with one name the older's counts, and the policy is that of the oldest rule that has one (observed, row 20.1).
 */
export const groupRules = (rules: readonly DestinationRule[]): RuleGroup[] => {
  const groups = groupBy(rules, ({ namespace, host, exportTo, selector }) =>
    JSON.stringify([namespace, host, [...exportTo].sort(), Object.entries(selector ?? {}).sort()]),
  );
  return [...groups.values()].map(group => {
    const [first] = group as [DestinationRule, ...DestinationRule[]];
    const { namespace, host, service, exportTo, selector } = first;
    return {
      rules: group,
      namespace,
      host,
      exportTo,
      subsets: subsetsOf(group),
      ...(service ? { service } : {}),
      ...(selector ? { selector } : {}),
    };
  });
};

/** The policy for all endpoints of the host. */
export const policyOf = (group: RuleGroup): Field | undefined => {
  for (const { spec } of group.rules) {
    const policy = spec.at('trafficPolicy');
    if (policy) return policy;
  }
  return undefined;
};

const subsetsOf = (rules: readonly DestinationRule[]): ReadonlyMap<string, Field> => {
  const subsets = new Map<string, Field>();
  for (const { spec } of rules) {
    for (const subset of spec.list('subsets')) {
      const name = subset.text('name') ?? '';
      if (!subsets.has(name)) subsets.set(name, subset);
    }
  }
  return subsets;
};

/** What a newer rule says in vain, said to its author and left out of the account. */
export const reportIgnored = (reading: Reading, group: RuleGroup): void => {
  const policy = policyOf(group);
  const { subsets } = group;
  const [oldest] = group.rules as [DestinationRule, ...DestinationRule[]];
  const name = `${oldest.namespace}/${oldest.object.ref.name}`;
  for (const { spec } of group.rules) {
    const own = spec.at('trafficPolicy');
    const ignored = [
      ...(own && own !== policy ? [own] : []),
      ...spec.list('subsets').filter(subset => subsets.get(subset.text('name') ?? '') !== subset),
    ];
    for (const field of ignored) {
      const reason = `the older DestinationRule \`${name}\` for the same host has one already`;
      report(reading, 'ISTIO104', field, reason);
      field.leave(reason);
    }
  }
};
