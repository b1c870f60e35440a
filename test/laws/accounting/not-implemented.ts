import type { FieldAccount } from './account-kind.ts';
import type { KindAccount } from './accounts.ts';

/** Fields of a native kind for which a mesh has nothing behind, by its own sources. */
export interface NotImplemented {
  readonly adapter: string;
  readonly kinds: readonly string[];
  /** What the paths begin with, or hold. */
  readonly fields: readonly string[];
  readonly why: string;
  /** Where the mesh itself says so: repository, file and function or field, and the version that was read. */
  readonly source: string;
}

const outbound = 'linkerd2 policy-controller/k8s/index/src/outbound/index';
const edge = '(edge of August 2026)';

/**
 * What a mesh does not implement of a kind that it shares with others. Such a field is reported wherever it is written,
 * and cannot change the model. A row that takes a field which changes an answer, or none at all, fails the law.
 */
export const notImplemented: readonly NotImplemented[] = [
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
];

/** Why a mesh has nothing behind a field; undefined where no row says so. */
export const whyNotImplemented = (
  { adapter, kind }: Pick<KindAccount, 'adapter' | 'kind'>,
  { path }: Pick<FieldAccount, 'path'>,
): NotImplemented | undefined =>
  notImplemented.find(row => row.adapter === adapter && row.kinds.includes(kind) && takes(row, path));

export const takes = ({ fields }: NotImplemented, path: string): boolean => fields.some(part => path.includes(part));

/** How many fields of a kind are in each class, and which share of those that the mesh implements changes an answer. */
export const shareOf = (account: KindAccount) => {
  const count = (verdict: FieldAccount['verdict'], implemented: boolean): number =>
    account.fields.filter(
      field => field.verdict === verdict && (whyNotImplemented(account, field) === undefined) === implemented,
    ).length;
  const absent = count('reported', false);
  const changes = account.fields.filter(({ verdict }) => verdict === 'changes').length;
  const implemented = account.fields.length - absent;
  return {
    fields: account.fields.length,
    changes,
    absent,
    reported: count('reported', true),
    unaccounted: account.fields.filter(({ verdict }) => verdict === 'unaccounted').length,
    percent: implemented === 0 ? 0 : Math.floor((changes / implemented) * 100),
  };
};
