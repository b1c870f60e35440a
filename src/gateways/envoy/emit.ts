import { type Manifest, ownershipLabel } from '../../adapter/adapter.ts';
import { groupBy } from '../../base/order.ts';
import { toYaml } from '../../base/yaml.ts';
import type { Gateway, Listener } from '../../model/inventory.ts';
import type { Model } from '../../model/model.ts';
import { accessConfig, accessFilters, gatewaysOf } from './access.ts';
import { Clusters } from './clusters.ts';
import { downstreamTls, serverNames } from './downstream-tls.ts';
import { httpFilters } from './filters.ts';
import { longestBody } from './judge-action.ts';
import { speaksTls } from './judge-gateway.ts';
import { carriesHttp, type Judging } from './judging.ts';
import type { Node } from './text.ts';
import { clientPorts, clientVirtualHosts, gatewayVirtualHosts } from './virtual-hosts.ts';

/** The key of the ConfigMap under which the bootstrap stands. */
export const bootstrapKey = 'envoy.yaml';

/** One process: what it is called, and what it is started with. */
export interface Process {
  readonly name: string;
  readonly namespace: string;
  readonly bootstrap: Node;
}

/** The processes that do what the model says: one that clients use, and one for each gateway. */
export const processesOf = (
  expected: Model,
  judging: Judging,
  namespace: string,
  names: ReadonlyMap<string, string>,
): readonly Process[] => {
  const gateways = expected.inventory.gateways
    .filter(({ purpose, listeners }) => purpose === 'ingress' && listeners.length > 0)
    .map(gateway => gatewayProcess(gateway, expected, judging, names));
  const ports = hasClients(expected) ? clientPorts(expected) : [];
  return ports.length > 0 ? [clientProcess(ports, expected, judging, namespace, names), ...gateways] : gateways;
};

/** Whether somebody is there who would use the proxy of clients: a workload of the mesh, or a table for any. */
const hasClients = ({ meshes, inventory, frontends }: Model): boolean =>
  inventory.workloads.some(({ memberships }) => memberships.some(({ mesh }) => meshes.some(({ id }) => id === mesh))) ||
  frontends.some(frontend => carriesHttp(frontend) && frontend.listens.kind !== 'listener');

/** Each process as a ConfigMap that holds its bootstrap. */
export const emit = (processes: readonly Process[]): readonly Manifest[] =>
  processes.map(({ name, namespace, bootstrap }) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: ownershipLabel },
    data: { [bootstrapKey]: toYaml(bootstrap) },
  }));

const clientProcess = (
  ports: readonly number[],
  expected: Model,
  judging: Judging,
  namespace: string,
  names: ReadonlyMap<string, string>,
): Process => {
  const clusters = new Clusters(expected, judging, names);
  const listeners = ports.map(port =>
    listenerNode(port, [chainNode(port, clientVirtualHosts(expected, { clusters, port, scheme: 'http' }), false)]),
  );
  return { name: 'envoy', namespace, bootstrap: bootstrapNode('envoy', listeners, clusters) };
};

const gatewayProcess = (
  gateway: Gateway,
  expected: Model,
  judging: Judging,
  names: ReadonlyMap<string, string>,
): Process => {
  const clusters = new Clusters(expected, judging, names, gateway.id);
  const access = accessConfig(
    expected.access.filter(policy => gatewaysOf(policy, expected).some(({ id }) => id === gateway.id)),
  );
  const chain = (port: number, hosts: readonly Node[]): Node => chainNode(port, hosts, true, access);
  const listeners = [...groupBy(gateway.listeners, ({ port }) => port)]
    .sort(([a], [b]) => a - b)
    .map(([port, group]) => {
      const plain = group.filter(listener => !speaksTls(listener));
      const sealed = group.filter(speaksTls);
      const hostsOf = (those: readonly Listener[], scheme: 'http' | 'https'): readonly Node[] =>
        gatewayVirtualHosts(expected, gateway.id, those, { clusters, port, scheme });
      return listenerNode(port, [
        ...(plain.length > 0 ? [chain(port, hostsOf(plain, 'http'))] : []),
        ...sealed.map(listener => ({
          filter_chain_match: serverNames(listener),
          // The server name has chosen the listener; the Host may be another.
          ...chain(port, hostsOf([{ ...listener, hosts: [] }], 'https')),
          ...(listener.tls ? { transport_socket: downstreamTls(listener.tls) } : {}),
        })),
      ]);
    });
  const name = `${gateway.name}-envoy`;
  return { name, namespace: gateway.namespace, bootstrap: bootstrapNode(name, listeners, clusters) };
};

const bootstrapNode = (id: string, listeners: readonly Node[], clusters: Clusters): Node => ({
  node: { id, cluster: id },
  static_resources: { listeners, clusters: clusters.nodes },
});

const tlsInspector: Node = {
  name: 'envoy.filters.listener.tls_inspector',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector',
  },
};

const listenerNode = (port: number, chains: readonly Node[]): Node => ({
  name: `http-${port}`,
  address: { socket_address: { address: '0.0.0.0', port_value: port } },
  ...(chains.some(chain => 'filter_chain_match' in chain) ? { listener_filters: [tlsInspector] } : {}),
  filter_chains: chains,
});

/** A gateway tells the next hop who came in; the proxy of clients leaves what they say of that as it is. */
const chainNode = (port: number, virtualHosts: readonly Node[], isGateway: boolean, access?: Node): Node => ({
  filters: [
    {
      name: 'envoy.filters.network.http_connection_manager',
      typed_config: {
        '@type':
          'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
        stat_prefix: `http_${port}`,
        ...(isGateway ? { use_remote_address: true } : { skip_xff_append: true }),
        normalize_path: true,
        // Without a word a stream is ended after 5 minutes of silence.
        stream_idle_timeout: '0s',
        upgrade_configs: [{ upgrade_type: 'websocket' }],
        route_config: {
          name: `http-${port}`,
          ignore_port_in_host_matching: true,
          max_direct_response_body_size_bytes: longestBody,
          virtual_hosts: virtualHosts,
          // Where no host or route takes a request there is nothing to get at.
          ...(access ? { typed_per_filter_config: access } : {}),
        },
        http_filters: [...(access ? accessFilters : []), ...httpFilters],
      },
    },
  ],
});
