import type { Field } from '../../../base/field.ts';
import { proxyDefault, type Setting, written } from '../../../base/source.ts';
import { formatDuration } from '../../../base/units.ts';
import type { ConnectionLimits } from '../../../model/capabilities/connection-limits.ts';
import { durationOf } from '../virtual-service/duration.ts';

/** What a proxy waits for a connection when nobody says anything (MeshConfig `connectTimeout`, meshes.md A.1.3). */
export const defaultConnectTimeoutMs = 10_000;

/** A number for which zero is the same as silence: the API cannot tell them apart. */
const limitOf = (field: Field | undefined): Setting<number> | undefined => {
  const value = field?.asNumber();
  if (value === 0) field?.leave('zero is the same as nothing: no limit');
  return value ? written(value, field) : undefined;
};

const upgrades: Readonly<Record<string, 'default' | 'upgrade' | 'doNotUpgrade'>> = {
  DEFAULT: 'default',
  UPGRADE: 'upgrade',
  DO_NOT_UPGRADE: 'doNotUpgrade',
};

const upgradeOf = (field: Field | undefined): ConnectionLimits['upgradeToHttp2'] => {
  const value = upgrades[field?.asText() ?? ''];
  return value && written(value, field);
};

const flagOf = (field: Field | undefined): Setting<boolean> | undefined => {
  const value = field?.asBoolean();
  return value === undefined ? undefined : written(value, field);
};

const keepaliveOf = (field: Field | undefined): ConnectionLimits['keepalive'] => {
  if (!field) return undefined;
  const probes = field.number('probes');
  const time = durationOf(field.at('time'));
  const interval = durationOf(field.at('interval'));
  const value = {
    ...(probes === undefined ? {} : { probes }),
    ...(time ? { timeMs: time.value } : {}),
    ...(interval ? { intervalMs: interval.value } : {}),
  };
  field.isEmptyObject();
  return written(value, field);
};

const http2KeepaliveOf = (field: Field | undefined): ConnectionLimits['http2Keepalive'] => {
  if (!field) return undefined;
  const interval = durationOf(field.at('interval'));
  const timeout = durationOf(field.at('timeout'));
  field.isEmptyObject();
  return written(
    { ...(interval ? { intervalMs: interval.value } : {}), ...(timeout ? { timeoutMs: timeout.value } : {}) },
    field,
  );
};

/**
 * `connectionPool`; undefined if nothing is said. What is not said is practically unlimited,
 * except the time to connect. An idle timeout for TCP is one for HTTP too where HTTP has none of its own.
 */
export const readConnectionLimits = (
  pool: Field | undefined,
  connectTimeout: Setting<number> = proxyDefault(defaultConnectTimeoutMs),
): ConnectionLimits | undefined => {
  if (!pool) return undefined;
  pool.isEmptyObject();
  pool.at('tcp')?.isEmptyObject();
  pool.at('http')?.isEmptyObject();
  const connect = durationOf(pool.find('tcp', 'connectTimeout'));
  const tcpIdle = durationOf(pool.find('tcp', 'idleTimeout'));
  const limits = settings<ConnectionLimits>({
    maxConnections: limitOf(pool.find('tcp', 'maxConnections')),
    maxPendingRequests: limitOf(pool.find('http', 'http1MaxPendingRequests')),
    // The field's name speaks of HTTP/2; it limits HTTP/1 as well (observed, row 12.3).
    maxRequests: limitOf(pool.find('http', 'http2MaxRequests')),
    maxRequestsPerConnection: limitOf(pool.find('http', 'maxRequestsPerConnection')),
    maxConcurrentRetries: limitOf(pool.find('http', 'maxRetries')),
    maxConcurrentStreams: limitOf(pool.find('http', 'maxConcurrentStreams')),
    connectTimeoutMs: connect ?? connectTimeout,
    tcpIdleMs: tcpIdle,
    httpIdleMs: durationOf(pool.find('http', 'idleTimeout')) ?? tcpIdle,
    maxConnectionDurationMs: durationOf(pool.find('tcp', 'maxConnectionDuration')),
    keepalive: keepaliveOf(pool.find('tcp', 'tcpKeepalive')),
    http2Keepalive: http2KeepaliveOf(pool.find('http', 'http2KeepAlive')),
    upgradeToHttp2: upgradeOf(pool.find('http', 'h2UpgradePolicy')),
    useClientProtocol: flagOf(pool.find('http', 'useClientProtocol')),
    source: pool,
  });
  // Only the silent time to connect and the source: nothing is said.
  return connect || Object.keys(limits).length > 2 ? limits : undefined;
};

/** Drops what is undefined. */
const settings = <T extends object>(values: { readonly [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;

const numberAt = (key: string, setting: Setting<number> | undefined): Record<string, number> =>
  setting ? { [key]: setting.value } : {};

const durationAt = (key: string, ms: number | undefined): Record<string, string> =>
  ms === undefined ? {} : { [key]: formatDuration(ms) };

/** The same as `connectionPool`; undefined if nothing differs from silence. */
export const emitConnectionPool = (limits: ConnectionLimits): Record<string, unknown> | undefined => {
  const { connectTimeoutMs, keepalive, http2Keepalive, upgradeToHttp2, useClientProtocol } = limits;
  const isDefault = connectTimeoutMs?.origin === 'proxyDefault' && connectTimeoutMs.value === defaultConnectTimeoutMs;
  const alive = keepalive?.value;
  const tcp = {
    ...numberAt('maxConnections', limits.maxConnections),
    ...(isDefault ? {} : durationAt('connectTimeout', connectTimeoutMs?.value)),
    ...(alive
      ? {
          tcpKeepalive: {
            ...(alive.probes === undefined ? {} : { probes: alive.probes }),
            ...durationAt('time', alive.timeMs),
            ...durationAt('interval', alive.intervalMs),
          },
        }
      : {}),
    ...durationAt('maxConnectionDuration', limits.maxConnectionDurationMs?.value),
    ...durationAt('idleTimeout', limits.tcpIdleMs?.value),
  };
  const http = {
    ...numberAt('http1MaxPendingRequests', limits.maxPendingRequests),
    ...numberAt('http2MaxRequests', limits.maxRequests),
    ...numberAt('maxRequestsPerConnection', limits.maxRequestsPerConnection),
    ...numberAt('maxRetries', limits.maxConcurrentRetries),
    ...numberAt('maxConcurrentStreams', limits.maxConcurrentStreams),
    ...durationAt('idleTimeout', limits.httpIdleMs?.value),
    ...(http2Keepalive
      ? {
          http2KeepAlive: {
            ...durationAt('interval', http2Keepalive.value.intervalMs),
            ...durationAt('timeout', http2Keepalive.value.timeoutMs),
          },
        }
      : {}),
    ...(upgradeToHttp2 ? { h2UpgradePolicy: upgradeNames[upgradeToHttp2.value] } : {}),
    ...(useClientProtocol ? { useClientProtocol: useClientProtocol.value } : {}),
  };
  const pool = {
    ...(Object.keys(tcp).length > 0 ? { tcp } : {}),
    ...(Object.keys(http).length > 0 ? { http } : {}),
  };
  return Object.keys(pool).length > 0 ? pool : undefined;
};

const upgradeNames = { default: 'DEFAULT', upgrade: 'UPGRADE', doNotUpgrade: 'DO_NOT_UPGRADE' } as const;
