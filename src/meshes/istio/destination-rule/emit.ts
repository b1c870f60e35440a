import { type Manifest, ownershipLabel } from '../../../adapter/adapter.ts';
import { byAll, byKey, groupBy, unique } from '../../../base/order.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { Service } from '../../../model/inventory.ts';
import { hostMatches } from '../../../model/match.ts';
import type { Model } from '../../../model/model.ts';
import { type Labels, selects } from '../../../model/scope.ts';
import { type Naming, objectName } from '../virtual-service/emit.ts';
import { type Clients, placedObjects, type Wanted } from './audiences.ts';
import { emitBeside, emitPolicy, emitPortParts, standsBeside } from './emit-policy.ts';
import { withoutIdle } from './idle.ts';
import { labelsByName, type SubsetDefinition, subsetsUsed } from './subset-definitions.ts';

/**
 * One DestinationRule for each host and each kind of client that is treated apart. Since the first rule that a client
 * finds decides alone, each object says all that its clients get: the model's list is looked through for them here.
 */
export const emitDestinationRules = (whole: Model, naming: Naming, rootNamespace: string): Manifest[] => {
  const model = { ...whole, destinations: withoutIdle(whole.destinations) };
  const subsets = subsetsUsed(model);
  const hostOf = ({ target }: Wanted): string =>
    'service' in target ? naming.hostOf(target.service).host : target.pattern;
  const homeOf = ({ target }: Wanted): string =>
    'service' in target
      ? naming.hostOf(target.service).namespace
      : (namespaceOfPattern(target.pattern) ?? rootNamespace);
  const ground: Ground = {
    index: new SettingsIndex(model.destinations),
    services: new Map(model.inventory.services.map(service => [service.id, service])),
    naming,
    definitions: groupBy(subsets, ({ service }) => service),
  };
  const bodyOf = memoized((one: Wanted) => emitBody(one, ground));
  const written = [...model.destinations.flatMap(wantedBy), ...subsets.flatMap(definedFor)];
  return placedObjects(written, { hostOf, homeOf, rootNamespace, bodyOf })
    .map(
      ({ one, namespace }): Manifest => ({
        apiVersion: 'networking.istio.io/v1',
        kind: 'DestinationRule',
        metadata: { name: objectName(hostOf(one)), namespace, labels: ownershipLabel },
        spec: { host: hostOf(one), ...visibleTo(one.clients), ...bodyOf(one) },
      }),
    )
    .sort(
      byAll(
        byKey(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
        publicFirst,
        byKey(textOf),
      ),
    );
};

const textOf = ({ spec }: Manifest): string => JSON.stringify(spec);

/**
 * In the root namespace there may be a rule for everyone beside one for its own clients. These get the newer of the two
 * (pilot, `SidecarScope.DestinationRule`, 1.31): the one that is applied last, or has the later name.
 */
const publicFirst = (a: Manifest, b: Manifest): number => Number(isPrivate(a)) - Number(isPrivate(b));

const isPrivate = ({ spec }: Manifest): boolean => (spec as { readonly exportTo?: unknown }).exportTo !== undefined;

const visibleTo = ({ namespace, labels }: Clients): Record<string, unknown> => {
  if (labels) return { workloadSelector: { matchLabels: labels } };
  return namespace === undefined ? {} : { exportTo: ['.'] };
};

const memoized = <T>(make: (one: Wanted) => T): ((one: Wanted) => T) => {
  const made = new Map<string, T>();
  return one => {
    const key = JSON.stringify(one);
    const value = made.get(key) ?? make(one);
    made.set(key, value);
    return value;
  };
};

/** `*.shop.svc.cluster.local` is for the services of one namespace. */
const namespaceOfPattern = (pattern: string): string | undefined => /\.([a-z0-9-]+)\.svc\./.exec(pattern)?.[1];

const clientsOf = ({ clients }: Pick<DestinationSettings, 'clients'>): Clients[] =>
  (clients.namespaces ?? [undefined]).map(namespace => ({
    ...(namespace === undefined ? {} : { namespace }),
    ...(clients.labels ? { labels: clients.labels } : {}),
  }));

const wantedBy = (settings: DestinationSettings): Wanted[] => {
  const { service, hosts } = settings.target;
  const targets = service === undefined ? (hosts ?? []).map(pattern => ({ pattern })) : [{ service }];
  return clientsOf(settings).flatMap(clients => targets.map(target => ({ clients, target })));
};

const definedFor = ({ service, namespace }: SubsetDefinition): Wanted => ({
  clients: namespace === undefined ? {} : { namespace },
  target: { service },
});

/** The model's settings by service, so that each target looks only at its own and at those that name no service. */
class SettingsIndex {
  private readonly ofService: ReadonlyMap<string | undefined, readonly DestinationSettings[]>;
  private readonly order: ReadonlyMap<DestinationSettings, number>;

  constructor(destinations: readonly DestinationSettings[]) {
    this.ofService = groupBy(destinations, ({ target }) => target.service);
    this.order = new Map(destinations.map((settings, index) => [settings, index]));
  }

  /** In the model's order. */
  about(target: Wanted['target']): readonly DestinationSettings[] {
    const unnamed = this.ofService.get(undefined) ?? [];
    const own = 'service' in target ? (this.ofService.get(target.service) ?? []) : [];
    if (own.length === 0) return unnamed;
    const place = (settings: DestinationSettings): number => this.order.get(settings) ?? 0;
    return unnamed.length === 0 ? own : [...own, ...unnamed].sort((a, b) => place(a) - place(b));
  }
}

/** What certain clients get for a target, in the model's order. */
const settingsFor = (
  { clients, target }: Wanted,
  index: SettingsIndex,
  naming: Naming,
): readonly DestinationSettings[] => {
  const host = 'service' in target ? naming.hostOf(target.service).host : target.pattern;
  return index.about(target).filter(settings => {
    const { namespaces, labels } = settings.clients;
    const { service, hosts } = settings.target;
    if (namespaces && (clients.namespace === undefined || !namespaces.includes(clients.namespace))) return false;
    if (labels && !(clients.labels && selects(labels, clients.labels))) return false;
    if (service !== undefined) return 'service' in target && service === target.service;
    return hosts?.some(pattern => pattern === host || hostMatches(pattern, host)) ?? true;
  });
};

/** What the body of every object is made from. */
interface Ground {
  readonly index: SettingsIndex;
  readonly services: ReadonlyMap<string, Service>;
  readonly naming: Naming;
  /** By service. */
  readonly definitions: ReadonlyMap<string, readonly SubsetDefinition[]>;
}

const emitBody = (one: Wanted, { index, services, naming, definitions }: Ground): Record<string, unknown> => {
  const settings = settingsFor(one, index, naming);
  const firstFor = (subset: string | undefined, port: number | undefined): DestinationSettings | undefined =>
    settings.find(
      ({ target }) =>
        (target.port === undefined || target.port === port) && (!target.subset || target.subset.name === subset),
    );
  const same = (a: DestinationSettings | undefined, b: DestinationSettings | undefined): boolean =>
    a === b || JSON.stringify(a && emitPolicy(a)) === JSON.stringify(b && emitPolicy(b));
  const host = firstFor(undefined, undefined);
  const ports = unique(settings.flatMap(({ target }) => target.port ?? [])).sort((a, b) => a - b);
  const portBlocks = ports.flatMap(port => {
    const own = firstFor(undefined, port);
    return own && !same(own, host) ? [{ port: { number: port }, ...emitPortParts(own) }] : [];
  });
  const policy = {
    ...(host ? emitPolicy(host) : {}),
    ...(portBlocks.length > 0 ? { portLevelSettings: portBlocks } : {}),
  };
  const subsets = subsetsFor(one, settings, definitions).flatMap(({ name, labels, isUsed }) => {
    const found = firstFor(name, undefined);
    const own = same(found, host) ? undefined : found;
    // Where the host's policy would show through, everything is said port by port.
    const alone = own && standsBeside(own, host) ? own : undefined;
    const everywhere = own && !alone ? servicePorts(one, services) : [];
    const blocks = unique([...ports, ...everywhere])
      .sort((a, b) => a - b)
      .flatMap(port => {
        const here = firstFor(name, port);
        const whole = firstFor(undefined, port);
        const isSaid = alone ? same(whole, host) && same(here, alone) : same(here, whole);
        return here && !isSaid ? [{ port: { number: port }, ...emitPortParts(here) }] : [];
      });
    const trafficPolicy = {
      ...(alone ? emitBeside(alone, host) : {}),
      ...(blocks.length > 0 ? { portLevelSettings: blocks } : {}),
    };
    if (Object.keys(trafficPolicy).length > 0) return [{ name, labels, trafficPolicy }];
    return isUsed ? [{ name, labels }] : [];
  });
  return {
    ...(Object.keys(policy).length > 0 ? { trafficPolicy: policy } : {}),
    ...(subsets.length > 0 ? { subsets } : {}),
  };
};

const servicePorts = ({ target }: Wanted, services: ReadonlyMap<string, Service>): readonly number[] =>
  'service' in target ? (services.get(target.service)?.ports.map(({ port }) => port) ?? []) : [];

const subsetsFor = (
  { target, clients }: Wanted,
  settings: readonly DestinationSettings[],
  definitions: Ground['definitions'],
): { name: string; labels: Labels; isUsed: boolean }[] => {
  const own = 'service' in target ? (definitions.get(target.service) ?? []) : [];
  const used = labelsByName(own, clients.namespace);
  const found = new Map(used);
  for (const { target: known } of settings) {
    if (known.subset?.labels && !found.has(known.subset.name)) found.set(known.subset.name, known.subset.labels);
  }
  return [...found].sort(byKey(([name]) => name)).map(([name, labels]) => ({ name, labels, isUsed: used.has(name) }));
};
