import * as consul from './consul/entries.ts';
import * as consulGateways from './consul/gateways.ts';
import {
  backendTlsPolicyLive,
  gatewayClassLive,
  gatewayLive,
  listenerSetLive,
  referenceGrantLive,
  tcpRouteLive,
  tlsRouteLive,
} from './gateway-api/gateways.ts';
import { grpcRouteLive, httpRouteLive, policyHttpRouteLive } from './gateway-api/routes.ts';
import { destinationRuleLive } from './istio/destination-rule.ts';
import * as istioReach from './istio/reach.ts';
import * as istioReported from './istio/reported.ts';
import * as istioSecurity from './istio/security.ts';
import { virtualServiceLive } from './istio/virtual-service.ts';
import * as linkerdPolicy from './linkerd/policy.ts';
import type { Live } from './live.ts';

/** The configuration that shows what the fields of each kind do. */
export const live: readonly Live[] = [
  { ...consul.serviceDefaultsLive, scenes: [...consul.serviceDefaultsLive.scenes, consulGateways.outsideScene] },
  consul.serviceRouterLive,
  consul.serviceSplitterLive,
  consul.serviceResolverLive,
  consul.serviceIntentionsLive,
  consul.proxyDefaultsLive,
  consul.meshLive,
  consul.jwtProviderLive,
  consul.exportedServicesLive,
  consulGateways.ingressGatewayLive,
  consulGateways.terminatingGatewayLive,
  consulGateways.meshServiceLive,
  consulGateways.registrationLive,
  consulGateways.routeRetryFilterLive,
  consulGateways.routeTimeoutFilterLive,
  virtualServiceLive,
  destinationRuleLive,
  istioReach.gatewayLive,
  istioReach.serviceEntryLive,
  istioReach.workloadEntryLive,
  istioReach.sidecarLive,
  istioReported.telemetryLive,
  istioReported.envoyFilterLive,
  istioReported.wasmPluginLive,
  istioReported.trafficExtensionLive,
  istioSecurity.peerAuthenticationLive,
  istioSecurity.requestAuthenticationLive,
  istioSecurity.authorizationPolicyLive,
  linkerdPolicy.serverLive,
  linkerdPolicy.externalWorkloadLive,
  linkerdPolicy.authorizationPolicyLive,
  linkerdPolicy.meshTlsAuthenticationLive,
  linkerdPolicy.networkAuthenticationLive,
  linkerdPolicy.serverAuthorizationLive,
  linkerdPolicy.rateLimitLive,
  linkerdPolicy.serviceProfileLive,
  policyHttpRouteLive,
  httpRouteLive,
  grpcRouteLive,
  gatewayLive,
  listenerSetLive,
  gatewayClassLive,
  referenceGrantLive,
  backendTlsPolicyLive,
  tlsRouteLive,
  tcpRouteLive,
];
