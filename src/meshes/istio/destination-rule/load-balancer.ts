import type { Field } from '../../../base/field.ts';
import { proxyDefault, written } from '../../../base/source.ts';
import { formatDuration } from '../../../base/units.ts';
import type { BalancingAlgorithm, HashKey, LoadBalancing } from '../../../model/capabilities/load-balancing.ts';
import { durationOf } from '../virtual-service/duration.ts';

const simpleAlgorithms: Readonly<Record<string, BalancingAlgorithm>> = {
  LEAST_REQUEST: { kind: 'leastRequest' },
  LEAST_CONN: { kind: 'leastRequest' },
  ROUND_ROBIN: { kind: 'roundRobin' },
  RANDOM: { kind: 'random' },
  PASSTHROUGH: { kind: 'passthrough' },
};

/** `loadBalancer` without its locality part; undefined if it says nothing of the kind. */
export const readLoadBalancing = (field: Field | undefined): LoadBalancing | undefined => {
  if (!field) return undefined;
  const hash = field.at('consistentHash');
  const reported = field.at('backendUtilization');
  const simple = field.at('simple');
  const named = simpleAlgorithms[simple?.asText() ?? ''];
  const algorithm = hash
    ? written(readHash(hash), hash)
    : reported
      ? written(readReportedLoad(reported), reported)
      : named
        ? written(named, simple)
        : undefined;
  const warmup = readWarmup(field, algorithm?.value.kind ?? 'leastRequest');
  if (!algorithm && !warmup) return undefined;
  return {
    algorithm: algorithm ?? proxyDefault({ kind: 'leastRequest' }),
    ...(warmup ? { warmup } : {}),
    source: field,
  };
};

/** Without a key there is nothing to hash, and requests spread by chance. */
const readHash = (field: Field): BalancingAlgorithm => {
  const on = readKey(field);
  const maglev = field.at('maglev');
  const ring = field.at('ringHash');
  maglev?.isEmptyObject();
  ring?.isEmptyObject();
  const size = maglev?.number('tableSize');
  // The old place of the ring's size counts where no table is chosen.
  const ringSize = ring ? ring.number('minimumRingSize') : maglev ? undefined : field.number('minimumRingSize');
  if (!on) return { kind: 'random' };
  if (maglev) return { kind: 'consistentHash', on, table: { kind: 'maglev', ...(size ? { size } : {}) } };
  return {
    kind: 'consistentHash',
    on,
    table: { kind: 'ring', ...(ringSize ? { minimumSize: ringSize } : {}) },
  };
};

const readKey = (field: Field): HashKey | undefined => {
  const header = field.text('httpHeaderName');
  if (header !== undefined) return { kind: 'header', name: header.toLowerCase() };
  const cookie = field.at('httpCookie');
  if (cookie) return readCookie(cookie);
  const query = field.text('httpQueryParameterName');
  if (query !== undefined) return { kind: 'query', name: query };
  return field.boolean('useSourceIp') ? { kind: 'sourceAddress' } : undefined;
};

/** With a time to live, zero included, the proxy makes the cookie where it is missing (observed, row 12.4). */
const readCookie = (field: Field): HashKey => {
  const path = field.text('path');
  const ttl = durationOf(field.at('ttl'));
  const attributes = Object.fromEntries(
    field.list('attributes').map(attribute => [attribute.text('name') ?? '', attribute.text('value') ?? '']),
  );
  return {
    kind: 'cookie',
    name: field.text('name') ?? '',
    ...(path === undefined ? {} : { path }),
    ...(ttl ? { ttlMs: ttl.value } : {}),
    ...(Object.keys(attributes).length > 0 ? { attributes } : {}),
  };
};

const readReportedLoad = (field: Field): BalancingAlgorithm => {
  field.isEmptyObject();
  const metrics = field.texts('metricNamesForComputingUtilization');
  const errorPenaltyPercent = field.number('errorUtilizationPenaltyPercent');
  const update = durationOf(field.at('weightUpdatePeriod'));
  const stabilization = durationOf(field.at('weightStabilizationPeriod'));
  const expiration = durationOf(field.at('weightExpirationPeriod'));
  return {
    kind: 'reportedLoad',
    ...(metrics ? { metrics } : {}),
    ...(errorPenaltyPercent === undefined ? {} : { errorPenaltyPercent }),
    ...(update ? { updateMs: update.value } : {}),
    ...(stabilization ? { stabilizationMs: stabilization.value } : {}),
    ...(expiration ? { expirationMs: expiration.value } : {}),
  };
};

/** Only these two algorithms start new endpoints slowly (meshes.md A.1.2; the proxy is not told for others). */
const warmsUp: ReadonlySet<string> = new Set(['leastRequest', 'roundRobin']);

const readWarmup = (field: Field, algorithm: BalancingAlgorithm['kind']): LoadBalancing['warmup'] => {
  const warmup = field.at('warmup');
  const old = field.at('warmupDurationSecs');
  if (!warmsUp.has(algorithm)) {
    for (const written of [warmup, old]) written?.leave('only round robin and least request warm up');
    return undefined;
  }
  if (warmup) old?.leave('`warmup` takes its place');
  const duration = durationOf(warmup ? warmup.at('duration') : old);
  if (!duration) return undefined;
  const minimumPercent = warmup?.number('minimumPercent');
  const aggression = warmup?.number('aggression');
  return {
    durationMs: duration.value,
    ...(minimumPercent === undefined ? {} : { minimumPercent }),
    ...(aggression === undefined ? {} : { aggression }),
  };
};

const simpleNames: ReadonlyMap<string, string> = new Map([
  ['leastRequest', 'LEAST_REQUEST'],
  ['roundRobin', 'ROUND_ROBIN'],
  ['random', 'RANDOM'],
  ['passthrough', 'PASSTHROUGH'],
]);

/** The same as parts of `loadBalancer`. */
export const emitLoadBalancing = (balancing: LoadBalancing): Record<string, unknown> => {
  const { warmup } = balancing;
  return {
    ...emitAlgorithm(balancing.algorithm.value),
    ...(warmup
      ? {
          warmup: {
            duration: formatDuration(warmup.durationMs),
            ...(warmup.minimumPercent === undefined ? {} : { minimumPercent: warmup.minimumPercent }),
            ...(warmup.aggression === undefined ? {} : { aggression: warmup.aggression }),
          },
        }
      : {}),
  };
};

const emitAlgorithm = (algorithm: BalancingAlgorithm): Record<string, unknown> => {
  if (algorithm.kind === 'consistentHash') {
    const { table } = algorithm;
    const size = table.kind === 'maglev' ? table.size : table.minimumSize;
    const sized =
      table.kind === 'maglev'
        ? { maglev: size === undefined ? {} : { tableSize: size } }
        : size === undefined
          ? {}
          : { ringHash: { minimumRingSize: size } };
    return { consistentHash: { ...emitKey(algorithm.on), ...sized } };
  }
  if (algorithm.kind === 'reportedLoad') {
    const duration = (key: string, ms: number | undefined) => (ms === undefined ? {} : { [key]: formatDuration(ms) });
    return {
      backendUtilization: {
        ...(algorithm.errorPenaltyPercent === undefined
          ? {}
          : { errorUtilizationPenaltyPercent: algorithm.errorPenaltyPercent }),
        ...(algorithm.metrics ? { metricNamesForComputingUtilization: algorithm.metrics } : {}),
        ...duration('weightUpdatePeriod', algorithm.updateMs),
        ...duration('weightStabilizationPeriod', algorithm.stabilizationMs),
        ...duration('weightExpirationPeriod', algorithm.expirationMs),
      },
    };
  }
  // The judge has replaced what has no name here.
  const simple = simpleNames.get(algorithm.kind);
  return simple ? { simple } : {};
};

const emitKey = (key: HashKey): Record<string, unknown> => {
  if (key.kind === 'header') return { httpHeaderName: key.name };
  if (key.kind === 'query') return { httpQueryParameterName: key.name };
  if (key.kind === 'sourceAddress') return { useSourceIp: true };
  const attributes = Object.entries(key.attributes ?? {}).map(([name, value]) => ({ name, value }));
  return {
    httpCookie: {
      name: key.name,
      ...(key.path === undefined ? {} : { path: key.path }),
      ...(key.ttlMs === undefined ? {} : { ttl: formatDuration(key.ttlMs) }),
      ...(attributes.length > 0 ? { attributes } : {}),
    },
  };
};
