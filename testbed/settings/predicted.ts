/** What a model says that proxies should be told, as numbers. */
import type { ConnectionLimits } from '../../src/model/capabilities/connection-limits.ts';
import type { DestinationSettings } from '../../src/model/capabilities/destination.ts';
import type { HashKey } from '../../src/model/capabilities/load-balancing.ts';
import type { RetryCondition } from '../../src/model/capabilities/retries.ts';
import type { Action, Rule, Subset } from '../../src/model/frontend.ts';
import type { Model } from '../../src/model/model.ts';
import { selects } from '../../src/model/scope.ts';
import { senderOf } from '../../src/verify/departure.ts';
import type { Sender } from '../../src/verify/lookup/coverage.ts';
import { Lookup } from '../../src/verify/lookup/lookup.ts';
import { gatewayParty } from '../../src/verify/party.ts';
import { keepaliveText } from './envoy.ts';
import { type Numbers, numbers, positive } from './numbers.ts';

/** A destination as the proxy of a caller, or a waypoint, has it. */
export interface Place {
  /** A workload, or a gateway. */
  readonly caller: string;
  readonly service: string;
  readonly port: number;
  readonly subset?: Subset;
}

const waypointIn = (model: Model, id: string) => {
  const gateway = model.inventory.gateways.find(one => one.id === id);
  return gateway && gatewayParty(Lookup.of(model), gateway);
};

const senderIn = (model: Model, caller: string): Sender => {
  const waypoint = waypointIn(model, caller);
  if (waypoint) return senderOf(waypoint);
  const { inventory } = model;
  const workload = inventory.workloads.find(({ id }) => id === caller);
  const [membership] = workload?.memberships ?? [];
  return {
    labels: workload?.labels ?? {},
    ...(workload ? { namespace: workload.namespace } : {}),
    ...(membership ? { mesh: membership.mesh } : {}),
  };
};

const settingsAt = (
  model: Model,
  { caller, service: id, port, subset }: Omit<Place, 'port'> & { readonly port?: number },
): DestinationSettings | undefined => {
  const service = model.inventory.services.find(one => one.id === id);
  const asked = {
    host: service?.hosts[0] ?? id,
    ...(port === undefined ? {} : { port }),
    ...(service ? { service } : {}),
    ...(subset ? { subset } : {}),
  };
  return Lookup.of(model).destinations.settingsFor(asked, senderIn(model, caller));
};

/**
 * Streams are of HTTP/2, which a port may be declared to speak or requests may be carried in. Of the latter a waypoint is not
 * told how many there may be (Istio 1.31 dev: `applyConnectionPool` before `applyH2Upgrade`).
 */
const hasStreams = (model: Model, { caller, service, port }: Place, { upgradeToHttp2 }: ConnectionLimits): boolean => {
  const own = model.inventory.services.find(({ id }) => id === service);
  const declared = own?.ports.find(one => one.port === port)?.protocol;
  return (
    (upgradeToHttp2?.value === 'upgrade' && !waypointIn(model, caller)) || declared === 'http2' || declared === 'grpc'
  );
};

/** Proxies that settle with servers whether mesh mTLS is spoken are not told of it. */
const tlsBy = (model: Model, { caller }: Place, settings: DestinationSettings | undefined): string => {
  const mode = settings?.tls?.mode.value ?? 'automatic';
  const isSettled = waypointIn(model, caller)?.proxy?.dataPlane.settlesMtls;
  return isSettled && (mode === 'mesh' || mode === 'none') ? 'automatic' : mode;
};

/** The settings of a destination, and the mesh's own for what they leave open. */
export const numbersOfDestination = (model: Model, place: Place): Numbers => {
  const settings = settingsAt(model, place);
  const defaults = model.meshes[0]?.defaults;
  const { algorithm, warmup } = settings?.loadBalancing ?? defaults?.loadBalancing ?? {};
  const limits: ConnectionLimits = settings?.connectionLimits ?? defaults?.connectionLimits ?? {};
  const outliers = settings?.outlierDetection ?? defaults?.outlierDetection;
  const balancing = algorithm?.value;
  const isHashed = balancing?.kind === 'consistentHash';
  const alive = limits.keepalive?.value ?? {};
  const seconds = (milliseconds: number | undefined) => milliseconds && milliseconds / 1000;
  const tls = tlsBy(model, place, settings);
  const table = isHashed ? balancing.table : undefined;
  return numbers({
    balancing: isHashed ? balancing.table.kind : balancing?.kind,
    'warm up': warmup?.durationMs,
    'hash table': table?.kind === 'ring' ? (table.minimumSize ?? 1024) : table?.size,
    'time to connect': limits.connectTimeoutMs?.value ?? defaults?.connectionLimits?.connectTimeoutMs?.value,
    connections: limits.maxConnections?.value,
    'pending requests': limits.maxPendingRequests?.value,
    requests: limits.maxRequests?.value,
    'retries at once': limits.maxConcurrentRetries?.value,
    'retry budget': settings?.retryBudget?.value.percent,
    'requests of a connection': positive(limits.maxRequestsPerConnection?.value),
    'idle connection': positive(limits.httpIdleMs?.value),
    'age of a connection': positive(limits.maxConnectionDurationMs?.value),
    streams: hasStreams(model, place, limits) ? limits.maxConcurrentStreams?.value : undefined,
    keepalive: keepaliveText([alive.probes, seconds(alive.timeMs), seconds(alive.intervalMs)]),
    'failures in a row': positive(outliers?.consecutive5xx?.value),
    'gateway errors in a row': positive(outliers?.consecutiveGatewayErrors?.value),
    'local errors in a row': outliers?.splitLocalErrors?.value
      ? positive(outliers.consecutiveLocalFailures?.value ?? 5)
      : undefined,
    'looked at every': outliers?.intervalMs?.value,
    'out for': outliers?.baseEjectionMs?.value,
    'percent out at most': outliers?.maxEjectionPercent?.value,
    'percent healthy at least': positive(outliers?.minHealthPercent?.value),
    tls,
    'server name': settings?.tls?.serverName,
  });
};

const conditionsText = (on: readonly RetryCondition[]): string => {
  const hasStatuses = on.some(condition => condition.startsWith('status:'));
  const kept = hasStatuses ? on.filter(condition => condition !== 'retriable-status-codes') : on;
  return kept.toSorted().join(',');
};

const stickyText = (on: HashKey): string => {
  if (on.kind === 'sourceAddress') return on.kind;
  return `${on.kind} ${on.name}`;
};

const keyOf = (settings: DestinationSettings | undefined): HashKey | undefined => {
  const balancing = settings?.loadBalancing?.algorithm.value;
  return balancing?.kind === 'consistentHash' ? balancing.on : undefined;
};

/**
 * What requests stick to. A route that names no port is not told what the settings of a port say of it, though endpoints are
 * found by a hash there: of nothing, then (Istio 1.31 dev, `HashForHTTPDestination`; seen of waypoints).
 */
const stickyTo = (model: Model, { port, ...place }: Place, named: number | undefined): HashKey | undefined => {
  const key = keyOf(settingsAt(model, { ...place, port: named ?? port }));
  if (named !== undefined || !key) return key;
  const { subset: _, ...whole } = place;
  return keyOf(settingsAt(model, place)) ?? keyOf(settingsAt(model, whole));
};

const numbersOfAction = (model: Model, place: Place, { timeouts, retries, target }: Action): Numbers | undefined => {
  if (target.kind !== 'forward' || target.backends.every(({ backend }) => backend.kind === 'nowhere')) return undefined;
  const max = retries?.max.value ?? 0;
  const [first, ...others] = target.backends;
  const sole = others.length === 0 && first?.backend.kind === 'service' ? first.backend : undefined;
  const on =
    sole &&
    stickyTo(model, { ...place, service: sole.service, ...(sole.subset ? { subset: sole.subset } : {}) }, sole.port);
  return numbers({
    timeout: positive(timeouts?.request?.value),
    'timeout of a try': max > 0 ? positive(timeouts?.perTry?.value) : undefined,
    tries: positive(max),
    'tries on': max > 0 ? conditionsText(retries?.on.value ?? []) : undefined,
    'first wait': max > 0 ? retries?.backoff?.value.baseMs : undefined,
    'longest wait': max > 0 ? retries?.backoff?.value.maxMs : undefined,
    'sticks to': on && stickyText(on),
  });
};

/** A proxy is told only the rules for its port, its namespace and its labels. */
const isFor =
  ({ port }: Place, { namespace, labels }: Sender) =>
  ({ match }: Rule): boolean => {
    const { namespaces, labels: wanted, via } = match.caller ?? {};
    return (
      (match.port === undefined || match.port === port) &&
      (!namespaces || namespaces.includes(namespace ?? '')) &&
      selects(wanted, labels) &&
      (!via || via.includes('mesh'))
    );
  };

/** The rules that a caller's proxy has for a service, in their order; undefined for a rule that does not forward. */
export const numbersOfRoutes = (model: Model, place: Place): readonly (Numbers | undefined)[] | undefined => {
  const service = model.inventory.services.find(({ id }) => id === place.service);
  if (!service) return undefined;
  const dialled = { service, host: service.hosts[0] ?? service.id, port: place.port, layer: 'http' as const };
  const tables = Lookup.of(model).frontends.facing(dialled, senderIn(model, place.caller));
  if (tables.length === 0) return undefined;
  const last = tables.findIndex(({ noMatch }) => noMatch.kind !== 'next');
  const asked = last < 0 ? tables : tables.slice(0, last + 1);
  const rules = asked.flatMap(table => table.rules).filter(isFor(place, senderIn(model, place.caller)));
  // Where no table has a rule the waypoint has one of its own, to the service.
  if (rules.length === 0 && last >= 0 && tables[last]?.noMatch.kind === 'passToService') return undefined;
  return rules.map(({ action }) => numbersOfAction(model, place, action));
};
