import { approximated, refused, type Verdict } from '../../../adapter/disposition.ts';
import type { FieldOf } from '../../../adapter/judge.ts';
import { byText, unique } from '../../../base/order.ts';
import { isSame } from '../../../base/same.ts';
import { formatDuration } from '../../../base/units.ts';
import type { ConnectionLimits } from '../../../model/capabilities/connection-limits.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { OutlierDetection } from '../../../model/capabilities/outlier-detection.ts';
import type { Model } from '../../../model/model.ts';
import { usualSettings } from '../chain/settings.ts';
import { clientsOf } from '../chain/upstream-config.ts';
import { usualBehaviour, usualConnectTimeoutMs } from '../mesh.ts';
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

const byServices = <T>(value: T, code: string, at: DestinationSettings, judging: Judging): Verdict<T> => {
  const missed = clientOf(at, judging) === 'all' ? missedBy(judging) : undefined;
  if (missed === undefined) return 'applied';
  return approximated(value, code, `each service sets it for itself, and \`${missed}\` is the instance of none`, {
    workaround: 'give these callers a Service',
  });
};

/** A member of the mesh that no defaults of a service are for. */
const missedBy = ({ model, target, names }: Judging): string | undefined => {
  const scopes = names.all().flatMap(name => clientsOf({ mesh: target, services: names }, name));
  const isCovered = ({ namespace, labels }: Model['inventory']['workloads'][number]): boolean =>
    scopes.some(
      scope =>
        scope.namespaces?.includes(namespace) &&
        Object.entries(scope.labels ?? {}).every(([key, value]) => labels[key] === value),
    );
  return model.inventory.workloads.find(
    workload => workload.memberships.some(({ mesh }) => mesh === target.id) && !isCovered(workload),
  )?.id;
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

/** The service whose pods are the only clients of some settings; `all`: every client; undefined: neither. */
export const clientOf = ({ clients }: DestinationSettings, judging: Known): string | 'all' | undefined => {
  if (clients.gateway !== undefined) return undefined;
  if (!clients.namespaces && !clients.labels) return 'all';
  const { namespaces, labels } = clients;
  return judging.names
    .all()
    .find(name =>
      scopesOf(name, judging).some(scope => isSame([scope.namespaces, scope.labels], [namespaces, labels])),
    );
};

type Known = Pick<Judging, 'names' | 'target'>;

const scopesOf = (name: string, { names, target }: Known): ReturnType<typeof clientsOf> =>
  clientsOf({ mesh: target, services: names }, name);

/** What all clients do for a destination beside what each sets for itself: what its resolver says. */
export const commonFor = (
  service: string | undefined,
  destinations: readonly DestinationSettings[],
  known: Known,
): DestinationSettings | undefined =>
  destinations.find(other => isAbout(other, service) && clientOf(other, known) === 'all');

const isAbout = ({ target }: DestinationSettings, service: string | undefined): boolean =>
  service !== undefined && target.service === service && !target.subset && target.port === undefined;

/** What the instances of a service do for each destination, where they have to set something themselves. */
const ownSettings = (
  client: string,
  destinations: readonly DestinationSettings[],
  known: Known,
): readonly DestinationSettings[] =>
  unique(destinations.flatMap(({ target }) => target.service ?? []))
    .sort(byText)
    .flatMap(service => {
      const own = destinations.find(other => {
        const clients = clientOf(other, known);
        return isAbout(other, service) && (clients === 'all' || clients === client);
      });
      const isOwn =
        own !== undefined &&
        (isSaidByClients(own) || connectOf(own) !== connectOf(commonFor(service, destinations, known)));
      return isOwn ? [own] : [];
    });

const connectOf = (settings: DestinationSettings | undefined): number =>
  settings?.connectionLimits?.connectTimeoutMs?.value ?? usualConnectTimeoutMs;

/** `overrides` of the `upstreamConfig` of one client. */
export const upstreamOverrides = ({ destinations }: Model, client: string, judging: Known): readonly Spec[] =>
  ownSettings(client, destinations, judging).map(settings => {
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
  });

/** Settings as they are in Consul: those of each client that is a service, then what its resolver says to everyone. */
export const asSetByClients = (
  destinations: readonly DestinationSettings[],
  known: Known,
): readonly DestinationSettings[] => {
  const ofClients = known.names.all().flatMap(client =>
    ownSettings(client, destinations, known).flatMap(own => {
      const common = commonFor(own.target.service, destinations, known);
      const complete: DestinationSettings = {
        ...inCommon(common ?? own),
        id: `${client} to ${own.target.service}`,
        connectionLimits: { ...usualSettings.connectionLimits, ...own.connectionLimits },
        outlierDetection: { ...usualSettings.outlierDetection, ...own.outlierDetection },
        ...(common ? {} : { loadBalancing: usualSettings.loadBalancing }),
      };
      return scopesOf(client, known).map(clients => ({ ...complete, clients }));
    }),
  );
  return [...ofClients, ...destinations.filter(settings => clientOf(settings, known) === 'all').map(inCommon)];
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
