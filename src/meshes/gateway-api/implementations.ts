import type { Mesh } from '../../model/mesh.ts';
import { gatewayGroup } from '../../native/gateway-api/kinds.ts';
import { type GatewayApiProfile, specificationProfile } from '../../native/gateway-api/profile.ts';
import type { Snapshot } from '../../native/snapshot.ts';

/** Who runs the Gateways of a class, as far as that changes what they do. */
export interface Implementation {
  readonly profile: GatewayApiProfile;
  /** The type of the mesh that runs them; where it is seen, its own adapter reads them. */
  readonly meshType?: string;
}

/** Nobody in particular: the specification is all there is to go by. */
export const unknownImplementation: Implementation = { profile: specificationProfile };

/**
 * Istio's ingress gateways: prefixes before expressions, of which the longer text comes first (observed-istio 15.1);
 * one virtual host per host name, so that a request is never tried with a wider one (17.6).
 */
const istioIngress: Implementation = {
  profile: {
    ...specificationProfile,
    ranking: { kind: 'specification', regex: 'belowPrefixes', regexSpecified: true, regexTies: 'longerPattern' },
    hostFallThrough: false,
    mixedKinds: 'merge',
    retries: false,
  },
  meshType: 'istio',
};

/** Consul's API gateways, whose own adapter reads them wherever Consul is seen. */
const consulIngress: Implementation = { profile: specificationProfile, meshType: 'consul' };

const byController: Readonly<Record<string, Implementation>> = {
  'istio.io/gateway-controller': istioIngress,
  'istio.io/unmanaged-gateway': istioIngress,
  'istio.io/mesh-controller': istioIngress,
  'consul.hashicorp.com/gateway-controller': consulIngress,
};

/** The classes that installations of Istio and Consul make, for input that does not hold them. */
const byClassName: Readonly<Record<string, string>> = {
  istio: 'istio.io/gateway-controller',
  'istio-remote': 'istio.io/unmanaged-gateway',
  'istio-waypoint': 'istio.io/mesh-controller',
  consul: 'consul.hashicorp.com/gateway-controller',
};

/** What is known of a class of gateways: by its controller, else by its name if the mesh is there. */
export const implementationOf = (className: string, snapshot: Snapshot, meshes: readonly Mesh[]): Implementation => {
  const object = snapshot.of(gatewayGroup, 'GatewayClass').find(({ ref }) => ref.name === className);
  const controller = object ? snapshot.field(object).find('spec', 'controllerName')?.value : byClassName[className];
  const found = typeof controller === 'string' ? byController[controller] : undefined;
  if (!found) return unknownImplementation;
  return object || meshes.some(({ type }) => type === found.meshType) ? found : unknownImplementation;
};
