/** What the proxy of a caller has been told: its `/config_dump`. */
import type { Fact } from '../../oracle.ts';
import { durationMs, endsText, fact, milliseconds, nameOf, retriesText } from './words.ts';

interface Forward {
  readonly cluster?: string;
  readonly weighted_clusters?: { readonly clusters: readonly { readonly name: string; readonly weight?: number }[] };
  readonly timeout?: string;
  readonly idle_timeout?: string;
  readonly prefix_rewrite?: string;
  readonly retry_policy?: {
    readonly retry_on?: string;
    readonly num_retries?: number;
    readonly retriable_status_codes?: readonly number[];
  };
}

interface Route {
  readonly match: Readonly<Record<string, unknown>>;
  readonly route?: Forward;
}

interface Cluster {
  readonly name: string;
  readonly connect_timeout?: string;
  readonly lb_policy?: string;
  readonly circuit_breakers?: { readonly thresholds?: readonly Readonly<Record<string, number>>[] };
  readonly outlier_detection?: Readonly<Record<string, number | string>>;
}

export interface ConfigDump {
  readonly configs?: readonly {
    readonly route_config?: {
      readonly name: string;
      readonly virtual_hosts: readonly { readonly routes: readonly Route[] }[];
    };
    readonly cluster?: Cluster;
  }[];
}

/** `[hash~][subset.]service.default.dc1.internal.…` */
const clusterName = (name: string): string => {
  const [, subset, service = name] = /^(?:[^~]*~)*(?:([^.]+)\.)?([^.]+)\.default\.[^.]+\.internal\./.exec(name) ?? [];
  return nameOf(service, subset);
};

/** Servers wait no longer than this themselves, if nobody says otherwise. */
const serverMs = 15_000;

const timeoutOf = ({ timeout }: Forward): number => Math.min(serverMs, durationMs(timeout) || serverMs);

const grpc = new Set(['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable']);

const retriesOf = ({ retry_policy: policy }: Forward): string => {
  if (!policy?.retry_on) return 'none';
  const { num_retries = 1, retriable_status_codes: codes = [] } = policy;
  const words = policy.retry_on
    .split(',')
    .filter(word => word !== 'retriable-status-codes')
    .map(word => (grpc.has(word) ? `grpc:${word}` : word));
  return retriesText(num_retries, [...words, ...codes.map(code => `status:${code}`)]);
};

const endsOf = ({ cluster, weighted_clusters }: Forward): string => {
  const parts = weighted_clusters?.clusters ?? [{ name: cluster ?? '', weight: 1 }];
  const total = parts.reduce((sum, { weight = 0 }) => sum + weight, 0);
  return endsText(parts.map(({ name, weight = 0 }) => ({ name: clusterName(name), percent: (100 * weight) / total })));
};

const takesAll = ({ match: { prefix, case_sensitive: _, ...more } }: Route): boolean =>
  prefix === '/' && Object.keys(more).length === 0;

const algorithms: Readonly<Record<string, string>> = {
  LEAST_REQUEST: 'leastRequest',
  RANDOM: 'random',
  ROUND_ROBIN: 'roundRobin',
};

const ofCluster = ({ name, ...cluster }: Cluster): readonly Fact[] => {
  const place = clusterName(name);
  const [threshold = {}] = cluster.circuit_breakers?.thresholds ?? [];
  const { max_connections = 1024, max_pending_requests = 1024, max_requests = 1024, max_retries = 3 } = threshold;
  const outliers = cluster.outlier_detection ?? {};
  const ms = (key: string, usual: number): number => durationMs(outliers[key] as string | undefined) ?? usual;
  const algorithm = algorithms[cluster.lb_policy ?? 'ROUND_ROBIN'];
  return [
    fact('time to connect', place, milliseconds(durationMs(cluster.connect_timeout) ?? 5000)),
    ...(algorithm === undefined ? [] : [fact('balancing', place, algorithm)]),
    fact('limits', place, [max_connections, max_pending_requests, max_requests, max_retries].join(' ')),
    fact(
      'ejection',
      place,
      [
        outliers.consecutive_5xx ?? 5,
        ms('interval', 10_000),
        ms('base_ejection_time', 30_000),
        outliers.max_ejection_percent ?? 10,
      ].join(' '),
    ),
  ];
};

/** The routes of one name and the clusters that they lead to, as far as they lead to somebody. */
export const factsOfEnvoy = (
  name: string,
  routes: ConfigDump,
  clusters: ConfigDump,
  services: ReadonlySet<string>,
): readonly Fact[] => {
  const found = routes.configs?.find(config => config.route_config?.name === name)?.route_config;
  const all = found?.virtual_hosts.flatMap(host => host.routes) ?? [];
  const last = all.findIndex(takesAll);
  const effective = last < 0 ? all : all.slice(0, last + 1);
  const used = new Set(
    effective.flatMap(({ route }) =>
      [route?.cluster ?? '', ...(route?.weighted_clusters?.clusters ?? []).map(cluster => cluster.name)].map(
        clusterName,
      ),
    ),
  );
  const isSomebody = (text: string): boolean => services.has(text.replace(/ \(.*$/, ''));
  return [
    ...effective.flatMap(({ route = {} }, index): readonly Fact[] => {
      const place = `route ${index + 1}`;
      const ends = endsOf(route);
      const idle = durationMs(route.idle_timeout);
      // How nobody is waited for is nothing that anybody meets.
      if (!ends.split(', ').every(end => isSomebody(end.replace(/^\S+ /, '')))) return [];
      return [
        fact('ends', place, ends),
        fact('timeout', place, milliseconds(timeoutOf(route))),
        fact('idle timeout', place, idle ? milliseconds(idle) : 'none'),
        fact('retries', place, retriesOf(route)),
        fact('rewrite', place, route.prefix_rewrite ?? 'none'),
      ];
    }),
    ...(clusters.configs ?? []).flatMap(({ cluster }) => {
      if (!cluster || !used.has(clusterName(cluster.name)) || !isSomebody(clusterName(cluster.name))) return [];
      return ofCluster(cluster);
    }),
  ];
};
