import type { NativeObject, Snapshot } from '../snapshot.ts';

/** The API group of Gateway API, and the one of its experimental resources. */
export const gatewayGroup = 'gateway.networking.k8s.io';
export const experimentalGroup = 'gateway.networking.x-k8s.io';

/** The route kinds that are read, most specific protocol first (GEP-1294: only one kind rules a Service port). */
export const routeKinds = ['GRPCRoute', 'HTTPRoute', 'TLSRoute', 'TCPRoute'] as const;

export type RouteKind = (typeof routeKinds)[number];

/** Every apiVersion of each kind that a released Gateway API (v0.5 to v1.6) has served. */
export const servedVersions: Readonly<Record<string, readonly string[]>> = {
  GatewayClass: ['v1', 'v1beta1', 'v1alpha2'],
  Gateway: ['v1', 'v1beta1', 'v1alpha2'],
  HTTPRoute: ['v1', 'v1beta1', 'v1alpha2'],
  GRPCRoute: ['v1', 'v1alpha2'],
  TLSRoute: ['v1', 'v1alpha3', 'v1alpha2'],
  TCPRoute: ['v1', 'v1alpha2'],
  ReferenceGrant: ['v1', 'v1beta1', 'v1alpha2'],
  BackendTLSPolicy: ['v1', 'v1alpha3', 'v1alpha2'],
  ListenerSet: ['v1'],
  UDPRoute: ['v1', 'v1alpha2'],
};

/** The objects of a route kind, oldest first, in the groups whose routes a mesh reads. */
export const routeObjects = (
  snapshot: Snapshot,
  kind: RouteKind,
  groups: readonly string[] = [gatewayGroup],
): readonly NativeObject[] => groups.flatMap(group => snapshot.of(group, kind));
