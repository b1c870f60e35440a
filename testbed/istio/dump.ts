import type { Orders } from '../probe/orders.ts';
import { type Cluster, type EnvoyRoute, numbersOfCluster, numbersOfRoute } from '../settings/envoy.ts';
import type { Told } from '../settings/reading.ts';
import { hostOf } from './native.ts';

interface Clusters {
  readonly configs?: readonly { readonly cluster: Cluster }[];
}

interface Routes {
  readonly configs?: readonly {
    readonly route_config: {
      readonly virtual_hosts?: readonly { readonly name: string; readonly routes?: readonly EnvoyRoute[] }[];
    };
  }[];
}

interface FilterChain {
  readonly name: string;
  readonly filters?: readonly {
    readonly typed_config?: { readonly route_config?: NonNullable<Routes['configs']>[number]['route_config'] };
  }[];
}

interface Listeners {
  readonly configs?: readonly {
    readonly active_state?: { readonly listener: { readonly filter_chains?: readonly FilterChain[] } };
  }[];
}

const ownName = (service: string): string => hostOf(service.split('/')[1] ?? service);

const page = async <T>(post: Orders, resource: string): Promise<T> =>
  JSON.parse(await post.proxy(`/config_dump?resource=${resource}`)) as T;

const clustersIn = async (post: Orders): Promise<ReadonlyMap<string, Cluster>> => {
  const { configs = [] } = await page<Clusters>(post, 'dynamic_active_clusters');
  return new Map(configs.map(({ cluster }) => [cluster.name, cluster]));
};

/** Reads the configuration dump of a sidecar, in which destinations and routes go by Istio's names. */
export const readDump = async (post: Orders): Promise<Told> => {
  const [byName, tables] = await Promise.all([clustersIn(post), page<Routes>(post, 'dynamic_route_configs')]);
  const hosts = (tables.configs ?? []).flatMap(({ route_config: table }) => table.virtual_hosts ?? []);
  const byHost = new Map(hosts.map(({ name, routes = [] }) => [name, routes]));
  return {
    destination(service, port, subset = '') {
      const cluster = byName.get(`outbound|${port}|${subset}|${ownName(service)}`);
      return cluster && numbersOfCluster(cluster);
    },
    routes: (service, port) => byHost.get(`${ownName(service)}:${port}`)?.map(route => numbersOfRoute(route, byName)),
  };
};

/** The same of a waypoint: the names of destinations tell what it reads of what is sent there, and routes stand in its listener. */
export const readWaypointDump = async (post: Orders): Promise<Told> => {
  const [byName, listeners] = await Promise.all([
    clustersIn(post),
    page<Listeners>(post, 'dynamic_listeners&name_regex=main_internal'),
  ]);
  const chains = (listeners.configs ?? []).flatMap(one => one.active_state?.listener.filter_chains ?? []);
  const chainOf = new Map(chains.map(chain => [chain.name, chain]));
  return {
    destination(service, port, subset) {
      const [cluster] = ['http', 'tcp'].flatMap(read => {
        const name = subset === undefined ? read : `${read}/${subset}`;
        return byName.get(`inbound-vip|${port}|${name}|${ownName(service)}`) ?? [];
      });
      return cluster && numbersOfCluster(cluster);
    },
    routes: (service, port) =>
      chainOf
        .get(`inbound-vip|${port}|http|${ownName(service)}`)
        ?.filters?.flatMap(({ typed_config: config }) => config?.route_config?.virtual_hosts ?? [])
        .flatMap(({ routes = [] }) => routes)
        .map(route => numbersOfRoute(route, byName)),
  };
};
