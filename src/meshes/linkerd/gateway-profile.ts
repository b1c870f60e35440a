import type { GatewayApiProfile } from '../../native/gateway-api/profile.ts';

/**
 * How Linkerd acts on routes (policy-controller k8s/index and grpc, linkerd2-proxy http/route, 2.20). Where a fact is
 * not obvious from its name, docs/meshes/linkerd.md says more.
 */
export const gatewayProfile: GatewayApiProfile = {
  // http/route/src/http/match.rs: RequestMatch is ordered by matched path length, headers, query parameters, method.
  ranking: { kind: 'matchedLength' },
  // match/path.rs, header.rs, query_param.rs: `Regex::find` must span the whole value.
  regex: { dialect: 'rust', anchoring: 'full' },
  repeatedHeaders: 'any',
  repeatedQuery: 'any',
  decodesQuery: true,
  // outbound/index/http.rs: any other filter fails the conversion of the whole route.
  filters: ['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect'],
  // The same of a backend fails its share instead; convert_gateway_backend_filter knows redirects too.
  backendFilters: ['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect'],
  unsupportedFilter: 'routeFails',
  retries: false,
  backendRequestTimeout: false,
  withoutBackends: 'parentService',
  // linkerd2-proxy distribute/src/params.rs: fewer than two keys are not drawn by weight.
  soleBackendTakesAll: true,
  invalidBackendStatus: 500,
  noMatchStatus: 404,
  consumerRoutes: 'merge',
  portRoutes: 'share',
  serviceHostnames: 'honoured',
  hostFallThrough: true,
  grantsForServiceRoutes: false,
  mixedKinds: 'mostSpecificKind',
};
