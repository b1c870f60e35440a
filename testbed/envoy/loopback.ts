/** Bootstraps as they were written, with the ports of this machine in place of a cluster's. */
import { load } from 'js-yaml';
import type { Manifest } from '../../src/adapter/adapter.ts';
import { ServiceDirectory } from '../../src/model/directory.ts';
import type { Model } from '../../src/model/model.ts';
import { type Labels, selects } from '../../src/model/scope.ts';
import type { Backends } from './backends.ts';
import type { Certificates } from './certificates.ts';

type Tree = { [key: string]: unknown };

/** The parts of a bootstrap that have a place of their own. */
interface Bootstrap {
  readonly static_resources: { readonly listeners: readonly Tree[]; readonly clusters: readonly Tree[] };
}

/** One configuration, ready to be started beside others. */
export interface Housed {
  readonly listeners: readonly Tree[];
  readonly clusters: readonly Tree[];
  /** Where what is dialled on a port of a process has its listener here; processes go by the names of ConfigMaps. */
  readonly doors: ReadonlyMap<string, number>;
}

export const doorOf = (process: string, port: number): string => `${process} ${port}`;

/**
 * The processes of one conversion. `nextPort` gives each listener a port of its own, and `tag` tells the clusters of
 * several configurations in one Envoy apart.
 */
export const house = (
  objects: readonly Manifest[],
  model: Model,
  backends: Backends,
  tag: string,
  nextPort: () => number,
  certificates: Certificates,
): Housed => {
  const doors = new Map<string, number>();
  const listeners: Tree[] = [];
  const clusters: Tree[] = [];
  for (const { kind, metadata, data } of objects) {
    if (kind !== 'ConfigMap') continue;
    const text = (data as Readonly<Record<string, string>>)['envoy.yaml'] ?? '';
    const own = `${tag} ${metadata.name} `;
    const { listeners: doorsOf, clusters: goals } = renamed(
      load(certificates.housed(text)) as Bootstrap,
      own,
    ).static_resources;
    for (const listener of doorsOf) {
      const { port_value: port } = socketOf(listener);
      const here = nextPort();
      doors.set(doorOf(metadata.name, port), here);
      listeners.push({ ...listener, name: `${own}${port}`, address: socket('127.0.0.1', here) });
    }
    clusters.push(...goals.map(cluster => clusterHere(cluster, objects, model, backends)));
  }
  return { listeners, clusters, doors };
};

const socket = (address: string, port: number): Tree => ({ socket_address: { address, port_value: port } });

const socketOf = (holder: Tree): { readonly address: string; readonly port_value: number } =>
  (holder.address as { socket_address: { address: string; port_value: number } }).socket_address;

/** Every name of a cluster, where it is made and where it is used, with a word in front. */
const renamed = (bootstrap: Bootstrap, prefix: string): Bootstrap => {
  const { clusters } = bootstrap.static_resources;
  const names = new Set(clusters.map(({ name }) => name));
  const walk = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map(item => walk(item, key));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, name)]));
    }
    return (key === 'cluster' || key === 'cluster_name' || key === 'name') && names.has(value)
      ? `${prefix}${value}`
      : value;
  };
  return walk(bootstrap, '') as Bootstrap;
};

/** The cluster with servers of this machine behind each name, as DNS and kube-proxy would lead to them. */
const clusterHere = (cluster: Tree, objects: readonly Manifest[], model: Model, backends: Backends): Tree => {
  const { endpoints = [] } = cluster.load_assignment as { endpoints?: { lb_endpoints: { endpoint: Tree }[] }[] };
  const goals = endpoints.flatMap(({ lb_endpoints }) => lb_endpoints.map(({ endpoint }) => socketOf(endpoint).address));
  const ports = goals.flatMap(host => workloadsBehind(host, objects, model)).flatMap(id => backends.portOf(id) ?? []);
  return {
    lb_policy: 'RANDOM',
    ...cluster,
    type: 'STATIC',
    load_assignment: {
      ...(cluster.load_assignment as Tree),
      endpoints: [{ lb_endpoints: ports.map(port => ({ endpoint: { address: socket('127.0.0.1', port) } })) }],
    },
  };
};

/** The workloads that the Service of a name selects, of those that were there and of those that were written. */
const workloadsBehind = (host: string, objects: readonly Manifest[], { inventory }: Model): readonly string[] => {
  const [name, namespace] = host.split('.');
  const made = objects.find(
    ({ kind, metadata }) => kind === 'Service' && metadata.name === name && metadata.namespace === namespace,
  );
  if (made) {
    const { selector } = made.spec as { selector: Labels };
    return inventory.workloads
      .filter(workload => workload.namespace === namespace && selects(selector, workload.labels))
      .map(({ id }) => id);
  }
  const directory = new ServiceDirectory(inventory);
  const service = directory.findHost(host);
  return service ? directory.workloadsOf(service.endpoints).map(({ id }) => id) : [];
};
