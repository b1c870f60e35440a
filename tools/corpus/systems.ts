/** Which system an API group belongs to, by its end. */
const systems: readonly (readonly [suffix: string, system: string])[] = [
  ['istio.io', 'Istio'],
  ['linkerd.io', 'Linkerd 2'],
  ['gateway.networking.k8s.io', 'Gateway API'],
  ['gateway.networking.x-k8s.io', 'Gateway API'],
  ['consul.hashicorp.com', 'Consul'],
  ['kuma.io', 'Kuma'],
  ['appmesh.k8s.aws', 'App Mesh'],
  ['smi-spec.io', 'SMI'],
  ['openservicemesh.io', 'OSM'],
  ['gateway.envoyproxy.io', 'Envoy Gateway'],
  ['solo.io', 'Gloo'],
  ['networking.k8s.io', 'Ingress'],
];

/** The system that an object of this API group is configuration of; `Kubernetes and others` for all that is none. */
export const systemOf = (group: string): string =>
  systems.find(([suffix]) => group === suffix || group.endsWith(`.${suffix}`))?.[1] ?? 'Kubernetes and others';
