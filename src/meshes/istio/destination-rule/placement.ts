import { byKey, byText, groupBy } from '../../../base/order.ts';
import type { DestinationTarget } from '../../../model/capabilities/destination.ts';
import type { Service } from '../../../model/inventory.ts';
import { hostMatches, hostRank } from '../../../model/match.ts';
import type { ClientScope } from '../../../model/scope.ts';
import type { Reading } from '../reading.ts';
import type { RuleGroup } from './rules.ts';

/** A group of rules for certain clients and a target. Without a group: these clients get nothing at all here. */
export interface Placed {
  readonly group?: RuleGroup;
  readonly clients: ClientScope;
  readonly target: DestinationTarget;
}

/**
 * Rules in the order in which clients look for them (observed, rows 16.6, 20.4, 20.5): those of the client's own
 * namespace, those of the service's namespace, those of the root namespace. In each an exact host comes before a
 * pattern and a longer pattern before a shorter one. The first that has the host decides alone.
 */
export const placeRules = (reading: Reading, groups: readonly RuleGroup[]): Placed[] => {
  const root = reading.config.rootNamespace;
  const byNamespace = [...groupBy(groups, group => group.namespace)].sort(byKey(([namespace]) => namespace));
  const placed = [
    ...byNamespace.flatMap(([namespace, own]) => forOwnClients(reading, namespace, own)),
    ...byNamespace.flatMap(([namespace, own]) => forOwnServices(reading, namespace, own)),
    ...byNamespace.flatMap(([namespace, own]) => (namespace === root ? forEverything(reading, own) : [])),
  ];
  const found = withoutRepetition(reachable(placed));
  leaveUnseen(groups, new Set(found.map(({ group }) => group)));
  return found;
};

/** What comes after something that everyone finds for the same target is never found. */
const reachable = (placed: readonly Placed[]): Placed[] => {
  const settled = new Set<string>();
  return placed.filter(({ target, clients }) => {
    const key = target.service ?? target.hosts?.join() ?? '';
    if (settled.has(key)) return false;
    if (!clients.namespaces) settled.add(key);
    return true;
  });
};

const leaveUnseen = (groups: readonly RuleGroup[], seen: ReadonlySet<RuleGroup | undefined>): void => {
  const reason = 'no client finds it: a rule nearer to the client or to the service has the host already';
  for (const { spec } of groups.filter(group => !seen.has(group)).flatMap(({ rules }) => rules)) {
    for (const key of ['trafficPolicy', 'subsets']) spec.at(key)?.leave(reason);
  }
};

/** What a client's own namespace says need not be said if the same comes next for everyone. */
const withoutRepetition = (placed: readonly Placed[]): Placed[] => {
  const byTarget = groupBy(placed.entries(), ([, { target }]) => target.service ?? '');
  const patterns = byTarget.get('') ?? [];
  return placed.filter((place, rank) => {
    const { target, clients, group } = place;
    const [namespace] = clients.namespaces ?? [];
    if (!group || namespace === undefined || clients.labels) return true;
    const related = target.service === undefined ? [...placed.entries()] : (byTarget.get(target.service) ?? []);
    const next = [...related, ...(target.service === undefined ? [] : patterns)]
      .filter(([later, other]) => later > rank && (other.clients.namespaces?.includes(namespace) ?? true))
      .filter(([, other]) => target.service !== undefined || overlaps(target, other.target))
      .sort(([a], [b]) => a - b)[0]?.[1];
    return next?.group !== group || next.clients.namespaces !== undefined || !sameTarget(next.target, target);
  });
};

const sameTarget = (a: DestinationTarget, b: DestinationTarget): boolean =>
  a.service === b.service && a.hosts?.join() === b.hosts?.join();

/** Whether some host may be taken by both; for a service it is not worth finding out. */
const overlaps = (pattern: DestinationTarget, other: DestinationTarget): boolean => {
  if (!other.hosts) return true;
  const [a = '', b = ''] = [pattern.hosts?.[0]?.slice(1), other.hosts[0]?.slice(1)];
  return a.endsWith(b) || b.endsWith(a);
};

const exact = (group: RuleGroup): boolean => group.service !== undefined;

/** By host, exact ones first. */
const byHost = (groups: readonly RuleGroup[]): RuleGroup[][] =>
  [...groupBy(groups, group => group.host)]
    .sort(([a], [b]) => hostRank(b) - hostRank(a) || byText(a, b))
    .map(([, sameHost]) => sameHost);

/** Nobody else sees it. */
const isPrivate = (group: RuleGroup, reading: Reading): boolean => {
  const exportTo = group.exportTo.length > 0 ? group.exportTo : reading.config.defaultDestinationRuleExportTo;
  return exportTo.every(name => name === '.' || name === group.namespace || name === '~');
};

/** Whether clients of the rule's own namespace look at it as one of theirs. */
const isOwn = ({ exportTo, namespace }: RuleGroup): boolean =>
  exportTo.length === 0 || exportTo.some(name => name === '*' || name === '.' || name === namespace);

const forOwnClients = (reading: Reading, namespace: string, groups: readonly RuleGroup[]): Placed[] => {
  const clients: ClientScope = { mesh: reading.mesh.id, namespaces: [namespace] };
  return byHost(groups.filter(isOwn)).flatMap(sameHost => {
    const target = targetOf(sameHost[0]!);
    const selecting = sameHost.filter(group => group.selector);
    // Of several that are exported differently the newest counts (pilot, `SidecarScope.DestinationRule`, 1.31).
    const forAll = sameHost.filter(group => !group.selector).at(-1);
    return [
      ...selecting.map((group): Placed => ({ group, clients: { ...clients, labels: group.selector! }, target })),
      { clients, target, ...(forAll ? { group: forAll } : {}) },
    ];
  });
};

const isPublic = ({ exportTo }: RuleGroup): boolean => exportTo.length === 0 || exportTo.includes('*');

/** The clients that see an exported rule; the newest of several for one host is asked first. */
const exported = (reading: Reading, groups: readonly RuleGroup[]): { group: RuleGroup; clients: ClientScope }[] =>
  groups
    .filter(group => !group.selector && !isPrivate(group, reading))
    .toReversed()
    .map(group => {
      if (isPublic(group)) return { group, clients: { mesh: reading.mesh.id } };
      const namespaces = group.exportTo.map(name => (name === '.' ? group.namespace : name));
      return { group, clients: { mesh: reading.mesh.id, namespaces } };
    });

/** For everyone who calls services of the rules' namespace. A host outside that nobody defines is taken to be one. */
const forOwnServices = (reading: Reading, namespace: string, groups: readonly RuleGroup[]): Placed[] =>
  byHost(groups).flatMap(sameHost => {
    const [{ service, host }] = sameHost as [RuleGroup, ...RuleGroup[]];
    const targets = service
      ? service.namespace === namespace || service.namespace === ''
        ? [{ service: service.id }]
        : []
      : patternTargets(reading, namespace, host);
    return exported(reading, sameHost).flatMap(({ group, clients }) =>
      targets.map((target): Placed => ({ group, clients, target })),
    );
  });

/** The services of one namespace that a pattern takes: those of the cluster by their common suffix, others by name. */
const patternTargets = (reading: Reading, namespace: string, pattern: string): DestinationTarget[] => {
  const suffix = `.${namespace}.svc.${reading.config.clusterDomain}`;
  const tail = pattern.slice(1);
  const inCluster = suffix.endsWith(tail) ? `*${suffix}` : tail.endsWith(suffix) ? pattern : undefined;
  const outside = reading.directory
    .services()
    .filter(service => service.namespace === namespace && !isClusterService(service, suffix))
    .filter(service => service.hosts.some(host => hostMatches(pattern, host)));
  return [
    ...(inCluster ? [{ hosts: [inCluster], servicesOnly: true }] : []),
    ...outside.map(service => ({ service: service.id })),
  ];
};

const isClusterService = (service: Service, suffix: string): boolean =>
  service.hosts.some(host => host.toLowerCase().endsWith(suffix));

const forEverything = (reading: Reading, groups: readonly RuleGroup[]): Placed[] =>
  byHost(groups).flatMap(sameHost =>
    exported(reading, sameHost).map(({ group, clients }): Placed => ({ group, clients, target: targetOf(group) })),
  );

const targetOf = (group: RuleGroup): DestinationTarget =>
  exact(group) ? { service: group.service!.id } : { hosts: [group.host], servicesOnly: true };
