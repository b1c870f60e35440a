import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { FieldOf } from '../../../adapter/judge.ts';
import { formatDuration } from '../../../base/units.ts';
import type { ConnectionLimits } from '../../../model/capabilities/connection-limits.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { OutlierDetection } from '../../../model/capabilities/outlier-detection.ts';
import type { Workload } from '../../../model/inventory.ts';
import type { Model } from '../../../model/model.ts';
import { selects } from '../../../model/scope.ts';
import { isDrawn, namesWithOneEnd } from '../chain/contested.ts';
import { usualSettings } from '../chain/settings.ts';
import { usualBehaviour, usualConnectTimeoutMs } from '../mesh.ts';
import { clientOf, commonFor, type Known, ownSettings, scopesOf } from './clients.ts';
import type { Judging } from './judging.ts';

type Spec = Readonly<Record<string, unknown>>;

/** What limits a client sets for an upstream, by the words of `upstreamConfig`. */
const limitWords = {
  maxConnections: 'maxConnections',
  maxPendingRequests: 'maxPendingRequests',
  maxRequests: 'maxConcurrentRequests',
} as const;

const outlierFields: ReadonlySet<string> = new Set([
  'consecutive5xx',
  'intervalMs',
  'baseEjectionMs',
  'maxEjectionPercent',
] satisfies (keyof OutlierDetection)[]);

interface Numbered {
  readonly field: string;
  readonly value: unknown;
}

const isUsual = (usual: object, { field, value }: Numbered): boolean =>
  (usual as Record<string, { readonly value: unknown } | undefined>)[field]?.value ===
  (value as { readonly value: unknown }).value;

/**
 * Limits of a destination are written into the defaults of each client that is a service: what is set is set by all of them
 * (observed, rows 5.6 to 5.9). Callers without a service have no defaults of their own.
 */
export const limitVerdict = (
  limit: FieldOf<ConnectionLimits>,
  at: DestinationSettings,
  judging: Judging,
): Verdict<FieldOf<ConnectionLimits>> => {
  if (limit.field === 'connectTimeoutMs' || isUsual(usualBehaviour.connectionLimits, limit)) return 'applied';
  if (limit.field in limitWords) return byServices(limit, 'connection-limits', at, judging);
  return refused('connection-limits', `${limit.field} cannot be set`);
};

export const outlierVerdict = (
  setting: FieldOf<OutlierDetection>,
  at: DestinationSettings,
  judging: Judging,
): Verdict<FieldOf<OutlierDetection>> => {
  if (isUsual(usualBehaviour.outlierDetection, setting)) return 'applied';
  if (outlierFields.has(setting.field)) return byServices(setting, 'outlier-detection', at, judging);
  return refused('outlier-detection', `${setting.field} cannot be set`);
};

/** More entries than this nobody reads, and no server keeps: every client says it of every such destination. */
const mostOverrides = 20_000;

const byServices = <T>(value: T, code: string, at: DestinationSettings, judging: Judging): Verdict<T> => {
  if (clientOf(at, judging) !== 'all') return 'applied';
  const { missed, count } = burdenOf(judging);
  if (count > mostOverrides) {
    return refused(code, `each client would have to say it of each such destination: ${count} entries`, {
      workaround: 'write `upstreamConfig.overrides` into the ServiceDefaults of the clients that call it',
    });
  }
  const rival = rivalOf(at, judging);
  if (rival !== undefined) {
    const why = `\`${rival}\` leads there too, of which clients say something else: which of the two holds is left to chance`;
    return approximated(value, code, why, { workaround: 'say the same of both names in `upstreamConfig.overrides`' });
  }
  if (missed === undefined) return 'applied';
  return approximated(value, code, `each service sets it for itself, and \`${missed}\` is the instance of none`, {
    workaround: 'give these callers a Service',
  });
};

/** Another name that leads to the same endpoints and is not treated alike (observed, 1.21.0; `tellContested`). */
const rivalOf = (at: DestinationSettings, judging: Judging): string | undefined => {
  const { service } = at.target;
  if (service === undefined) return undefined;
  const { namesAlike, said } = sharedNamesOf(judging);
  const rival = namesAlike(service).find(name => isDrawn(complete(at), complete(said.get(name))));
  return rival === undefined ? undefined : judging.names.nameOf({ id: rival });
};

const complete = ({ connectionLimits, outlierDetection }: Partial<DestinationSettings> = {}) => ({
  connectionLimits: { ...usualSettings.connectionLimits, ...connectionLimits },
  outlierDetection: { ...usualSettings.outlierDetection, ...outlierDetection },
});

interface SharedNames {
  readonly namesAlike: (service: string) => readonly string[];
  /** What all clients say of a service. */
  readonly said: ReadonlyMap<string, DestinationSettings>;
}

const sharedNames = new WeakMap<Judging, SharedNames>();

const sharedNamesOf = (judging: Judging): SharedNames => {
  const before = sharedNames.get(judging);
  if (before) return before;
  const { model } = judging;
  const said = model.destinations.flatMap(settings =>
    settings.target.service !== undefined && !settings.target.subset && clientOf(settings, judging) === 'all'
      ? [[settings.target.service, settings] as const]
      : [],
  );
  const shared = { namesAlike: namesWithOneEnd(model.frontends), said: new Map(said) };
  sharedNames.set(judging, shared);
  return shared;
};

interface Burden {
  /** A member of the mesh that no defaults of a service are for. */
  readonly missed: string | undefined;
  /** Overrides that there would be, over all clients. */
  readonly count: number;
}

const burdens = new WeakMap<Judging, Burden>();

const burdenOf = (judging: Judging): Burden => {
  const { model, target, names } = judging;
  const before = burdens.get(judging);
  if (before) return before;
  const told = model.destinations.filter(
    settings => clientOf(settings, judging) === 'all' && isSaidByClients(settings),
  );
  const missed = model.inventory.workloads.find(
    workload => workload.memberships.some(({ mesh }) => mesh === target.id) && !isCovered(workload, judging),
  )?.id;
  const gateway = model.inventory.gateways.find(({ mesh, purpose }) => mesh === target.id && purpose === 'ingress')?.id;
  const burden = { missed: missed ?? gateway, count: told.length * names.all().length };
  burdens.set(judging, burden);
  return burden;
};

const isCovered = (workload: Workload, judging: Judging): boolean => {
  const name = judging.names.serviceOf(workload);
  return (
    name !== undefined &&
    scopesOf(name, judging).some(
      ({ namespaces = [], labels }) => namespaces.includes(workload.namespace) && selects(labels, workload.labels),
    )
  );
};

/** Something about this destination has to be said by each client. */
const isSaidByClients = ({ connectionLimits, outlierDetection }: DestinationSettings): boolean =>
  Object.keys(limitsSpec(connectionLimits)).length > 0 || Object.keys(healthSpec(outlierDetection)).length > 0;

const limitsSpec = (limits: ConnectionLimits | undefined): Spec =>
  Object.fromEntries(
    Object.entries(limitWords).flatMap(([field, word]) => {
      const value = limits?.[field as keyof typeof limitWords];
      return value === undefined || isUsual(usualBehaviour.connectionLimits, { field, value })
        ? []
        : [[word, value.value]];
    }),
  );

const healthSpec = (outliers: OutlierDetection | undefined): Spec => {
  const { consecutive5xx, intervalMs, baseEjectionMs, maxEjectionPercent } = withoutUsual(outliers ?? {});
  return {
    ...(intervalMs ? { interval: formatDuration(intervalMs.value) } : {}),
    ...(consecutive5xx?.value === 0 ? { enforcingConsecutive5xx: 0 } : {}),
    ...(consecutive5xx?.value ? { maxFailures: consecutive5xx.value } : {}),
    ...(maxEjectionPercent ? { maxEjectionPercent: maxEjectionPercent.value } : {}),
    ...(baseEjectionMs ? { baseEjectionTime: formatDuration(baseEjectionMs.value) } : {}),
  };
};

const withoutUsual = (outliers: OutlierDetection): OutlierDetection =>
  Object.fromEntries(
    Object.entries(outliers).filter(
      ([field, value]) => outlierFields.has(field) && !isUsual(usualBehaviour.outlierDetection, { field, value }),
    ),
  );

const connectOf = (settings: DestinationSettings | undefined): number =>
  settings?.connectionLimits?.connectTimeoutMs?.value ?? usualConnectTimeoutMs;

/** What each client has to say itself: what no resolver says, or another time to connect than the resolver's. */
const saidByEach = (destinations: readonly DestinationSettings[], judging: Known) =>
  ownSettings(
    destinations,
    judging,
    settings =>
      isSaidByClients(settings) ||
      connectOf(settings) !== connectOf(commonFor(settings.target.service, destinations, judging)),
  );

/** `overrides` of the `upstreamConfig` of each client that has any. */
export const upstreamOverrides = (
  { destinations }: Pick<Model, 'destinations'>,
  judging: Known,
): ReadonlyMap<string, readonly Spec[]> => {
  const override = (settings: DestinationSettings): Spec => {
    const { target, connectionLimits, outlierDetection } = settings;
    const [limits, health] = [limitsSpec(connectionLimits), healthSpec(outlierDetection)];
    const connect = connectOf(settings);
    const isCommon = connect === connectOf(commonFor(target.service, destinations, judging));
    return {
      name: judging.names.nameOf({ id: target.service ?? '' }),
      ...(isCommon ? {} : { connectTimeoutMs: connect }),
      ...(Object.keys(limits).length > 0 ? { limits } : {}),
      ...(Object.keys(health).length > 0 ? { passiveHealthCheck: health } : {}),
    };
  };
  return new Map([...saidByEach(destinations, judging)].map(([client, own]) => [client, own.map(override)]));
};

/** Settings as they are in Consul: those of each client that is a service, then what its resolver says to everyone. */
export const asSetByClients = (
  destinations: readonly DestinationSettings[],
  judging: Known,
): readonly DestinationSettings[] => {
  const ofClients = [...saidByEach(destinations, judging)].flatMap(([client, all]) =>
    all.flatMap(own => {
      const common = commonFor(own.target.service, destinations, judging);
      const complete: DestinationSettings = {
        ...inCommon(common ?? own),
        id: `${client} to ${own.target.service}`,
        connectionLimits: { ...usualSettings.connectionLimits, ...own.connectionLimits },
        outlierDetection: { ...usualSettings.outlierDetection, ...own.outlierDetection },
        ...(common ? {} : { loadBalancing: usualSettings.loadBalancing }),
      };
      return scopesOf(client, judging).map(clients => ({ ...complete, clients }));
    }),
  );
  return [...ofClients, ...destinations.filter(settings => clientOf(settings, judging) === 'all').map(inCommon)];
};

/** Without what only clients set for themselves. */
const inCommon = (settings: DestinationSettings): DestinationSettings => {
  const connect = settings.connectionLimits?.connectTimeoutMs;
  return {
    ...settings,
    loadBalancing: settings.loadBalancing ?? usualSettings.loadBalancing,
    connectionLimits: { ...usualSettings.connectionLimits, ...(connect ? { connectTimeoutMs: connect } : {}) },
    outlierDetection: usualSettings.outlierDetection,
  };
};
