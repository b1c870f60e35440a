import type { FieldAccount } from './account-kind.ts';
import type { KindAccount } from './accounts.ts';

/** Fields of a native kind that cannot change the model, and why. */
export interface SetAside {
  readonly adapter: string;
  readonly kinds: readonly string[];
  /** What the paths begin with, or hold. */
  readonly fields: readonly string[];
  readonly why: string;
  /** Where the mesh itself says that it has nothing behind them: repository, file and function, and what was read. */
  readonly source: string;
}

const outbound = 'linkerd2 policy-controller/k8s/index/src/outbound/index';
const edge = '(edge of August 2026)';

/**
 * What a mesh does not implement of a kind that it shares with others. Such a field is reported wherever it is written.
 * A row that takes a field which changes an answer, or none at all, fails the law.
 */
export const setAside: readonly SetAside[] = [
  {
    adapter: 'consul',
    kinds: ['ServiceIntentions'],
    fields: ['.namespace', '.partition', '.samenessGroup', '.description'],
    why: 'namespaces, partitions and sameness groups belong to the Enterprise edition; a description is for people',
    source: 'a community agent refuses such entries (observed, Consul 1.21.0)',
  },
  {
    adapter: 'consul',
    kinds: ['ServiceRouter', 'ServiceSplitter', 'IngressGateway', 'TerminatingGateway'],
    fields: [
      '.destination.namespace',
      '.destination.partition',
      'splits[].namespace',
      'services[].namespace',
      'services[].partition',
    ],
    why: 'namespaces and partitions belong to the Enterprise edition',
    source: 'a community agent refuses such entries (observed, Consul 1.21.0)',
  },
  {
    adapter: 'consul',
    kinds: ['ServiceResolver', 'ProxyDefaults', 'ServiceDefaults'],
    fields: [
      '{}.policy.',
      '.failoverPolicy.',
      '.prioritizeByLocality.',
      'failover{}.namespace',
      'failover{}.samenessGroup',
      'targets[].namespace',
      'redirect.namespace',
      '.rateLimits.',
    ],
    why: 'orders by region, sameness groups and limits of rates belong to the Enterprise edition',
    source: 'agent/structs/config_entry_discoverychain_ce.go, config_entry_ce.go (1.21); row 5.12 of what was observed',
  },
  {
    adapter: 'consul',
    kinds: ['ServiceDefaults'],
    fields: [
      '.defaults.name',
      '.defaults.namespace',
      '.defaults.partition',
      'overrides[].namespace',
      'overrides[].partition',
    ],
    why: 'defaults are for all upstreams, and may not name one; namespaces and partitions belong to the Enterprise edition',
    source: 'agent/structs/config_entry.go UpstreamConfig.validate (1.21); a community agent refuses such entries',
  },
  {
    adapter: 'consul',
    kinds: ['MeshService'],
    fields: ['spec.peer'],
    why: 'only the name of a MeshService is looked at',
    source: 'consul-k8s control-plane/api-gateway/common/resources.go AddMeshService (2.0)',
  },
  {
    adapter: 'consul',
    kinds: ['SamenessGroup'],
    fields: ['spec.'],
    why: 'sameness groups belong to the Enterprise edition',
    source:
      'a community agent refuses the entry (observed, Consul 1.21.0; agent/structs/config_entry_sameness_group_ce.go)',
  },
  {
    adapter: 'consul',
    kinds: ['ExportedServices'],
    fields: ['.namespace', '.partition', '.samenessGroup'],
    why: 'namespaces, partitions and sameness groups belong to the Enterprise edition',
    source: 'agent/structs/config_entry_exports_ce.go (1.21)',
  },
  {
    adapter: 'consul',
    kinds: ['GatewayPolicy', 'RouteAuthFilter'],
    fields: ['spec.'],
    why: 'tokens at gateways belong to the Enterprise edition',
    source:
      'a community agent refuses such listeners and routes (observed, Consul 1.21.0; agent/structs/config_entry_ce.go)',
  },
  {
    adapter: 'linkerd',
    kinds: ['HTTPRoute'],
    fields: [
      '.filters[].requestMirror.',
      '.filters[].urlRewrite.',
      '.filters[].extensionRef.',
      '.filters[].cors.',
      '.filters[].externalAuth.',
    ],
    why: 'no such filter: on a rule the whole route is not taken over, on a backend its share fails',
    source: `${outbound}/http.rs convert_gateway_filter, convert_gateway_backend_filter ${edge}`,
  },
  {
    adapter: 'linkerd',
    kinds: ['GRPCRoute'],
    fields: ['.filters[].requestMirror.', '.filters[].extensionRef.'],
    why: 'no such filter: on a rule the whole route is not taken over, on a backend its share fails',
    source: `${outbound}/grpc.rs convert_filter, convert_backend_filter ${edge}`,
  },
  {
    adapter: 'linkerd',
    kinds: ['GRPCRoute'],
    fields: ['.filters[].responseHeaderModifier.'],
    why: 'the proxies are sent a filter without a kind and refuse the policy, whatever the filter says',
    source: `linkerd2 policy-controller/grpc/src/outbound/grpc.rs convert_to_filter; linkerd2-proxy linkerd/proxy/client-policy/src/grpc.rs TryFrom<grpc_route::Filter> ${edge}`,
  },
  {
    adapter: 'linkerd',
    kinds: ['HTTPRoute'],
    fields: ['.timeouts.backendRequest'],
    why: 'of the timeouts of a rule only `request` is looked at',
    source: `${outbound}/http.rs convert_gateway_rule, convert_linkerd_rule ${edge}`,
  },
  {
    adapter: 'linkerd',
    kinds: ['HTTPRoute'],
    fields: ['spec.rules[].retry.'],
    why: 'retries are annotations of the route or of the Service',
    source: `${outbound}/http.rs convert_gateway_rule, parse_http_retry ${edge}`,
  },
  {
    adapter: 'linkerd',
    kinds: ['HTTPRoute', 'GRPCRoute'],
    fields: ['spec.rules[].sessionPersistence.'],
    why: 'every request is balanced by itself: of a rule only matches, filters, backends and timeouts are looked at',
    source: `${outbound}/http.rs convert_gateway_rule, ${outbound}/grpc.rs convert_rule ${edge}`,
  },
  {
    adapter: 'linkerd',
    kinds: ['TLSRoute', 'TCPRoute'],
    fields: ['spec.parentRefs[].sectionName'],
    why: 'of a Service only the number of a port is looked at',
    source: `${outbound}.rs apply_tls_route, apply_tcp_route ${edge}`,
  },
  {
    adapter: 'linkerd',
    kinds: ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'],
    fields: ['spec.useDefaultGateways'],
    why: 'routes of Gateways are for others',
    source: `${outbound}.rs apply_http_route, apply_grpc_route, apply_tls_route, apply_tcp_route ${edge}`,
  },
  {
    adapter: 'linkerd',
    kinds: ['ServiceProfile'],
    fields: ['spec.opaquePorts[]'],
    why: 'the annotation of the Service takes its place before a proxy sees the profile',
    source: `linkerd2 controller/api/destination/opaque_ports_adaptor.go ${edge}`,
  },
  {
    adapter: 'linkerd',
    kinds: ['ServiceProfile'],
    fields: ['spec.routes[].condition.not[]'],
    why: 'the schema takes only a list, and the validator only a single condition: one of them refuses it',
    source: `linkerd2 charts/linkerd-crds/templates/serviceprofile.yaml, controller/gen/apis/serviceprofile/v1alpha2/types.go RequestMatch ${edge}`,
  },
];

/** Why a field of a kind is set aside; undefined where no row says so. */
export const whySetAside = (
  { adapter, kind }: Pick<KindAccount, 'adapter' | 'kind'>,
  { path }: Pick<FieldAccount, 'path'>,
): SetAside | undefined =>
  setAside.find(row => row.adapter === adapter && row.kinds.includes(kind) && takes(row, path));

export const takes = ({ fields }: SetAside, path: string): boolean => fields.some(part => path.includes(part));

/** How many fields of a kind are in each class, and which share of those that are not set aside changes an answer. */
export const shareOf = (account: KindAccount) => {
  const { fields } = account;
  const reported = fields.filter(({ verdict }) => verdict === 'reported').map(field => whySetAside(account, field));
  const notImplemented = reported.filter(row => row !== undefined).length;
  const changes = fields.filter(({ verdict }) => verdict === 'changes').length;
  const counted = fields.length - notImplemented;
  return {
    fields: fields.length,
    changes,
    notImplemented,
    reported: reported.filter(row => row === undefined).length,
    unaccounted: fields.filter(({ verdict }) => verdict === 'unaccounted').length,
    percent: counted === 0 ? 0 : Math.floor((changes / counted) * 100),
  };
};
