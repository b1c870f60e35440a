/** The fields of a TrafficPolicy, each as the value of the model that it means. */
import type { Field } from '../../base/field.ts';
import { type Setting, written } from '../../base/source.ts';
import { parseDurationMs } from '../../base/units.ts';
import type { ConnectionLimits } from '../../model/capabilities/connection-limits.ts';
import type { Cors } from '../../model/capabilities/cors.ts';
import type { Fault } from '../../model/capabilities/fault.ts';
import type { HeaderEdits } from '../../model/capabilities/header-edits.ts';
import type { BalancingAlgorithm, LoadBalancing } from '../../model/capabilities/load-balancing.ts';
import type { Locality } from '../../model/capabilities/locality.ts';
import type { Mirror } from '../../model/capabilities/mirror.ts';
import type { OutlierDetection } from '../../model/capabilities/outlier-detection.ts';
import type { Retries, RetryCondition } from '../../model/capabilities/retries.ts';
import type { Timeouts } from '../../model/capabilities/timeouts.ts';
import type { Backend } from '../../model/frontend.ts';
import type { TextMatch } from '../../model/match.ts';

/** Milliseconds; the schema lets only durations through. */
const ms = (field: Field | undefined): number | undefined => parseDurationMs(field?.asText() ?? '');

const milliseconds = (field: Field, key: string): Setting<number> | undefined => {
  const at = field.at(key);
  const value = ms(at);
  return at && value !== undefined ? written(value, at) : undefined;
};

const number = (field: Field, key: string): Setting<number> | undefined => {
  const at = field.at(key);
  const value = at?.asNumber();
  return at && value !== undefined ? written(value, at) : undefined;
};

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the parts of which nobody said anything. */
const present = <T extends object>(parts: T): Partial<Present<T>> =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Partial<Present<T>>;

export const timeoutsOf = (field: Field): Timeouts =>
  present({
    request: milliseconds(field, 'request'),
    perTry: milliseconds(field, 'backendRequest'),
    idle: milliseconds(field, 'idle'),
  });

const usualConditions: readonly RetryCondition[] = ['gateway-error', 'connect-failure'];

export const retriesOf = (field: Field): Retries => {
  const on = field.at('conditions');
  const codes = field.at('codes');
  const named = on?.items().flatMap(item => (item.asText() ?? []) as RetryCondition) ?? [];
  const statuses = codes?.items().flatMap(item => `status:${item.asNumber() ?? 0}` as const) ?? [];
  const conditions = [...named, ...statuses];
  const backoff = field.at('backoff');
  const budget = field.at('budget');
  const longest = ms(backoff?.at('max'));
  const over = ms(budget?.at('interval'));
  const least = budget?.number('minPerSecond');
  return {
    max: number(field, 'attempts') ?? written(0, field),
    on: written(conditions.length > 0 ? conditions : usualConditions, on ?? codes ?? field),
    ...(backoff
      ? {
          backoff: written(
            { baseMs: ms(backoff.at('base')) ?? 0, ...(longest === undefined ? {} : { maxMs: longest }) },
            backoff,
          ),
        }
      : {}),
    ...(budget
      ? {
          budget: written(
            {
              percent: budget.number('percent') ?? 0,
              ...(least === undefined ? {} : { minPerSecond: least }),
              ...(over === undefined ? {} : { intervalMs: over }),
            },
            budget,
          ),
        }
      : {}),
    source: field,
  };
};

export const faultOf = (field: Field): Fault => {
  const delay = field.at('delay');
  const abort = field.at('abort');
  return {
    ...(delay
      ? { delay: { ms: ms(delay.at('fixed')) ?? 0, percent: number(delay, 'percent') ?? written(100), source: delay } }
      : {}),
    ...(abort
      ? {
          abort: {
            status: abort.number('status') ?? 0,
            percent: number(abort, 'percent') ?? written(100),
            source: abort,
          },
        }
      : {}),
  };
};

/** The id of the Service that a `backendRef` names, or why nothing can be sent there. */
export type FindService = (
  namespace: string,
  name: string,
  field: Field,
) => { readonly service: string } | { readonly why: string };

export const backendOf = (field: Field, namespace: string, find: FindService): Backend => {
  const name = field.text('name') ?? '';
  const port = field.number('port');
  const where = field.text('namespace') ?? namespace;
  const found = find(where, name, field);
  if ('why' in found) return { kind: 'nowhere', status: 500, why: found.why, named: `${where}/${name}` };
  return { kind: 'service', service: found.service, ...(port === undefined ? {} : { port }) };
};

/** A copy that goes nowhere is none; `find` has told why. */
export const mirrorsOf = (field: Field, namespace: string, find: FindService): readonly Mirror[] =>
  field.items().flatMap(item => {
    const ref = item.at('backendRef');
    const backend = ref && backendOf(ref, namespace, find);
    if (backend?.kind !== 'service') return [];
    return { backend, percent: number(item, 'percent') ?? written(100), source: item };
  });

const originOf = (text: string): TextMatch => (text === '*' ? { kind: 'present' } : { kind: 'exact', value: text });

export const corsOf = (field: Field): Cors => {
  const maxAge = ms(field.at('maxAge'));
  return {
    allowOrigins: (field.texts('allowOrigins') ?? []).map(originOf),
    ...present({
      allowMethods: field.texts('allowMethods'),
      allowHeaders: field.texts('allowHeaders'),
      exposeHeaders: field.texts('exposeHeaders'),
      maxAgeSeconds: maxAge === undefined ? undefined : Math.round(maxAge / 1000),
      allowCredentials: field.boolean('allowCredentials'),
    }),
    source: field,
  };
};

const headerValues = (field: Field | undefined): Record<string, string> | undefined =>
  field &&
  Object.fromEntries(field.items().map(item => [(item.text('name') ?? '').toLowerCase(), item.text('value') ?? '']));

export const headerEditsOf = (field: Field): HeaderEdits => ({
  ...present({
    set: headerValues(field.at('set')),
    add: headerValues(field.at('add')),
    remove: field.texts('remove')?.map(name => name.toLowerCase()),
  }),
  source: field,
});

export const outlierDetectionOf = (field: Field): OutlierDetection => ({
  ...present({
    consecutive5xx: number(field, 'consecutive5xx'),
    consecutiveGatewayErrors: number(field, 'consecutiveGatewayErrors'),
    intervalMs: milliseconds(field, 'interval'),
    baseEjectionMs: milliseconds(field, 'baseEjectionTime'),
    maxEjectionPercent: number(field, 'maxEjectionPercent'),
    minHealthPercent: number(field, 'minHealthPercent'),
  }),
  source: field,
});

export const connectionLimitsOf = (field: Field): ConnectionLimits => ({
  ...present({
    maxConnections: number(field, 'maxConnections'),
    maxPendingRequests: number(field, 'maxPendingRequests'),
    maxRequests: number(field, 'maxRequests'),
    maxRequestsPerConnection: number(field, 'maxRequestsPerConnection'),
    connectTimeoutMs: milliseconds(field, 'connectTimeout'),
    httpIdleMs: milliseconds(field, 'idleTimeout'),
  }),
  source: field,
});

const simple = { RoundRobin: 'roundRobin', LeastRequest: 'leastRequest', Random: 'random' } as const;

const hashOf = (field: Field): BalancingAlgorithm => {
  const table = { kind: 'ring' } as const;
  const header = field.text('header');
  if (header !== undefined)
    return { kind: 'consistentHash', on: { kind: 'header', name: header.toLowerCase() }, table };
  const query = field.text('query');
  if (query !== undefined) return { kind: 'consistentHash', on: { kind: 'query', name: query }, table };
  const cookie = field.at('cookie');
  if (!cookie) {
    field.at('sourceAddress')?.note();
    return { kind: 'consistentHash', on: { kind: 'sourceAddress' }, table };
  }
  const ttl = ms(cookie.at('ttl'));
  const path = cookie.text('path');
  return {
    kind: 'consistentHash',
    on: {
      kind: 'cookie',
      name: cookie.text('name') ?? '',
      ...(path === undefined ? {} : { path }),
      ...(ttl === undefined ? {} : { ttlMs: ttl }),
    },
    table,
  };
};

export const loadBalancingOf = (field: Field): LoadBalancing => {
  const algorithm = field.at('algorithm');
  const hash = field.at('consistentHash');
  const name = algorithm?.asText() as keyof typeof simple | 'ConsistentHash' | undefined;
  const kind: BalancingAlgorithm =
    hash && name === 'ConsistentHash' ? hashOf(hash) : { kind: simple[(name ?? 'RoundRobin') as keyof typeof simple] };
  const warmup = ms(field.at('warmup'));
  return {
    algorithm: written(kind, algorithm ?? field),
    ...(warmup === undefined ? {} : { warmup: { durationMs: warmup } }),
    source: field,
  };
};

export const localityOf = (field: Field, namespace: string, find: FindService): Locality => {
  const failover = field.at('failover')?.items();
  const fallbacks = field.at('fallbacks')?.items();
  return {
    ...(failover
      ? { failover: failover.map(item => ({ from: item.text('from') ?? '', to: item.text('to') ?? '' })) }
      : {}),
    ...(fallbacks
      ? {
          fallbacks: fallbacks.flatMap(item => {
            const backend = backendOf(item, namespace, find);
            return backend.kind === 'service' ? { service: backend.service } : [];
          }),
        }
      : {}),
    source: field,
  };
};
