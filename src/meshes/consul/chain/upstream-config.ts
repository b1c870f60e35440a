import { type Setting, type Source, written } from '../../../base/source.ts';
import type { ConnectionLimits } from '../../../model/capabilities/connection-limits.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { OutlierDetection } from '../../../model/capabilities/outlier-detection.ts';
import type { Service } from '../../../model/inventory.ts';
import type { Mesh } from '../../../model/mesh.ts';
import type { ClientScope } from '../../../model/scope.ts';
import { leaveTenancy } from '../entries/untold.ts';
import type { EntryField } from '../entry-field.ts';
import { usualBehaviour } from '../mesh.ts';
import type { Reading } from '../reading.ts';
import type { ConsulServices } from '../services.ts';
import type { ChainEntries } from './chain.ts';
import { elsewhere } from './elsewhere.ts';
import { takenOutWhole, usualSettings } from './settings.ts';
import { isOwnSplit } from './split-names.ts';

type Overriding = Pick<ChainEntries, 'defaults' | 'splitters'>;

/**
 * How the instances of one service treat what they call: `upstreamConfig` of their own ServiceDefaults. What an override
 * says of a block takes the place of all that the defaults say of it; a block that it leaves out is theirs (observed, row
 * 5.6). `common` is what resolvers say to all clients.
 */
export const readUpstreamConfigs = (
  reading: Reading,
  entries: Overriding,
  common: readonly DestinationSettings[],
): readonly DestinationSettings[] =>
  [...entries.defaults.services].flatMap(([name, { spec }]) => {
    const config = spec?.at('upstreamConfig');
    if (!config) return [];
    const clients = clientsOf(reading, name);
    const usual = readBlocks(config.at('defaults'));
    const overrides = config
      .list('overrides')
      .flatMap(field => readOverride(field, reading, entries))
      .map(({ blocks, ...to }) => ({ ...to, blocks: { ...usual, ...blocks } }));
    return clients.flatMap(scope => [
      ...overrides.flatMap(({ target, peer, blocks, source }) =>
        peer === undefined ? [] : [ofPeer(name, scope, elsewhere(reading, source, target, undefined, peer), blocks)],
      ),
      ...overrides.flatMap(({ target, peer, blocks }) =>
        (peer === undefined ? calledBy(target, reading) : []).flatMap(service =>
          targetsOf(service.id, common).map(to => settings(`${name} to ${textOf(to)}`, scope, to, blocks, common)),
        ),
      ),
      ...(Object.keys(usual).length > 0 ? ofDefaults(name, scope, usual, { reading, common }) : []),
    ]);
  });

interface Override {
  readonly target: string;
  readonly peer?: string;
  readonly blocks: Blocks;
  readonly source: Source;
}

const readOverride = (field: EntryField, reading: Reading, entries: Overriding): readonly Override[] => {
  const target = field.text('name');
  leaveTenancy(field);
  if (target === undefined) {
    field.field.leave('an override names a service');
    return [];
  }
  const split = entries.splitters.get(target);
  // What is said of endpoints is said of names of ours that split among them as well.
  if (split && isOwnSplit(split)) {
    field.field.whole();
    return [];
  }
  const peer = field.text('peer');
  const blocks = readBlocks(field);
  if (peer !== undefined) return [{ target, peer, blocks, source: field.field }];
  if (calledBy(target, reading).length === 0) field.field.leave(`\`${target}\` is no service of the cluster`);
  return [{ target, blocks, source: field.field }];
};

/** The services that bear a name; none that the input does not hold. */
const calledBy = (name: string, { services }: Pick<Reading, 'services'>): readonly Pick<Service, 'id'>[] => {
  const known = services.named(name);
  if (known.length > 0) return known;
  const one = services.resolve(name, 'default');
  return one ? [one] : [];
};

/** To a service of another cluster, by the name that its peering has. */
const ofPeer = (name: string, clients: ClientScope, host: string, blocks: Blocks): DestinationSettings =>
  settings(
    `${name} to ${host}`,
    clients,
    { hosts: [host] },
    { ...blocks, outliers: takenOutWhole(blocks.outliers) },
    [],
  );

/** To what some resolver speaks of, with what that says; then to everything else. */
const ofDefaults = (
  name: string,
  scope: ClientScope,
  usual: Blocks,
  { reading, common }: { readonly reading: Reading; readonly common: readonly DestinationSettings[] },
): readonly DestinationSettings[] => [
  ...[...reading.elsewhere.keys()].map(host => ofPeer(name, scope, host, usual)),
  ...common.map(({ target }) => settings(`${name} to ${textOf(target)}`, scope, target, usual, common)),
  settings(`${name} to every service`, scope, { hosts: ['*'], servicesOnly: true }, usual, []),
];

/** A service, after those of its subsets of which resolvers speak on their own. */
const targetsOf = (
  service: string,
  common: readonly DestinationSettings[],
): readonly DestinationSettings['target'][] => [
  ...common.flatMap(({ target }) => (target.service === service && target.subset ? [target] : [])),
  { service },
];

const textOf = ({ service, subset }: DestinationSettings['target']): string =>
  subset ? `${service} ${subset.name}` : (service ?? '');

/** The pods of a name, for each Kubernetes Service that bears it. */
export const clientsOf = (
  { mesh, services }: { readonly mesh: Pick<Mesh, 'id'>; readonly services: Pick<ConsulServices, 'named'> },
  name: string,
): readonly ClientScope[] =>
  services
    .named(name)
    .flatMap(({ endpoints }) =>
      endpoints.kind === 'pods' && Object.keys(endpoints.labels).length > 0
        ? [{ mesh: mesh.id, namespaces: [endpoints.namespace], labels: endpoints.labels }]
        : [],
    );

/** What one side says, block by block. */
export interface Blocks {
  readonly connect?: Setting<number>;
  readonly limits?: ConnectionLimits;
  readonly outliers?: OutlierDetection;
}

const readBlocks = (field: EntryField | undefined): Blocks => {
  if (!field) return {};
  field.leave(
    'meshGateway',
    'it is about the way to other datacenters and peers: inside the cluster requests go straight',
  );
  field.leave('balanceOutboundConnections', 'how connections are shared among threads is not told');
  const connect = field.number('connectTimeoutMs');
  const limits = field.at('limits');
  const health = field.at('passiveHealthCheck');
  return {
    ...(connect ? { connect: written(connect, field.at('connectTimeoutMs')) } : {}),
    ...(limits ? { limits: readLimits(limits) } : {}),
    ...(health ? { outliers: readOutliers(health) } : {}),
  };
};

const numberAt = (field: EntryField, key: string): Setting<number> | undefined => {
  const value = field.number(key);
  return value === undefined ? undefined : written(value, field.at(key));
};

/** A zero blocks everything; it is not "nothing said" (observed, row 5.9). */
export const readLimits = (field: EntryField): ConnectionLimits => {
  const maxConnections = numberAt(field, 'maxConnections');
  const maxPendingRequests = numberAt(field, 'maxPendingRequests');
  const maxRequests = numberAt(field, 'maxConcurrentRequests');
  return {
    ...(maxConnections ? { maxConnections } : {}),
    ...(maxPendingRequests ? { maxPendingRequests } : {}),
    ...(maxRequests ? { maxRequests } : {}),
    source: field,
  };
};

/** `maxFailures` is how many answers with 5xx in a row take an endpoint out (observed, rows 5.6 and 5.7). */
export const readOutliers = (field: EntryField): OutlierDetection => {
  const enforced = field.number('enforcingConsecutive5xx');
  const consecutive5xx =
    enforced === 0 ? written(0, field.at('enforcingConsecutive5xx')) : numberAt(field, 'maxFailures');
  if (enforced !== undefined && enforced > 0 && enforced < 100) {
    field.leave('enforcingConsecutive5xx', 'that only some failures count is not told');
  }
  const timeAt = (key: string): Setting<number> | undefined => {
    const ms = field.durationMs(key);
    return ms ? written(ms, field.at(key)) : undefined;
  };
  const [intervalMs, baseEjectionMs] = [timeAt('interval'), timeAt('baseEjectionTime')];
  const maxEjectionPercent = numberAt(field, 'maxEjectionPercent');
  return {
    ...usualBehaviour.outlierDetection,
    ...(consecutive5xx ? { consecutive5xx } : {}),
    ...(intervalMs ? { intervalMs } : {}),
    ...(baseEjectionMs ? { baseEjectionMs } : {}),
    ...(maxEjectionPercent ? { maxEjectionPercent } : {}),
    source: field,
  };
};

/** What one client does, on top of what the target's resolver says to everyone. */
export const settings = (
  id: string,
  clients: ClientScope,
  target: DestinationSettings['target'],
  { connect, limits, outliers }: Blocks,
  common: readonly DestinationSettings[],
): DestinationSettings => {
  const shared = common.find(
    ({ target: other }) =>
      other.service !== undefined && other.service === target.service && other.subset?.name === target.subset?.name,
  );
  const source: Source | undefined = connect?.source ?? limits?.source ?? outliers?.source;
  return {
    id,
    clients,
    target,
    loadBalancing: shared?.loadBalancing ?? usualSettings.loadBalancing,
    connectionLimits: {
      ...usualSettings.connectionLimits,
      ...shared?.connectionLimits,
      ...limits,
      ...(connect ? { connectTimeoutMs: connect } : {}),
    },
    outlierDetection: outliers ?? usualSettings.outlierDetection,
    ...(shared?.locality ? { locality: shared.locality } : {}),
    ...(source ? { source } : {}),
  };
};
