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

const ownName = (service: string): string => hostOf(service.split('/')[1] ?? service);

/** Reads the configuration dump of a sidecar, in which destinations and routes go by Istio's names. */
export const readDump = async (post: Orders): Promise<Told> => {
  const page = async <T>(resource: string): Promise<T> =>
    JSON.parse(await post.proxy(`/config_dump?resource=${resource}`)) as T;
  const [clusters, tables] = await Promise.all([
    page<Clusters>('dynamic_active_clusters'),
    page<Routes>('dynamic_route_configs'),
  ]);
  const byName = new Map((clusters.configs ?? []).map(({ cluster }) => [cluster.name, cluster]));
  const hosts = (tables.configs ?? []).flatMap(({ route_config: table }) => table.virtual_hosts ?? []);
  const byHost = new Map(hosts.map(({ name, routes = [] }) => [name, routes]));
  return {
    destination(service, port, subset = '') {
      const cluster = byName.get(`outbound|${port}|${subset}|${ownName(service)}`);
      return cluster && numbersOfCluster(cluster);
    },
    routes: (service, port) => byHost.get(`${ownName(service)}:${port}`)?.map(numbersOfRoute),
  };
};
