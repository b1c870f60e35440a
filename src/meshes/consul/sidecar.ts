/** How pods get their sidecars (consul-k8s, control-plane/connect-inject). */

/** Asks for a sidecar with `true`, and for none with `false`; the chart's `connectInject.default` decides the rest. */
export const injectAnnotation = 'consul.hashicorp.com/connect-inject';

/** The name under which the pods are registered, if not that of their Service; a list for pods of several services. */
export const serviceAnnotation = 'consul.hashicorp.com/connect-service';

/** `…version: v2` becomes the metadata `version` of the service instance. */
export const metaAnnotation = (key: string): string => `${metaPrefix}${key}`;
export const metaPrefix = 'consul.hashicorp.com/service-meta-';

/** What a pod dials at ports of its own: `NAME.svc.PEER.peer:PORT` for a service of a peer, a list of such. */
export const upstreamsAnnotation = 'consul.hashicorp.com/connect-service-upstreams';

/** Since 1.0 the data plane is one container; before, Envoy had one of its own. */
export const sidecarContainers: ReadonlySet<string> = new Set([
  'consul-dataplane',
  'envoy-sidecar',
  'consul-connect-envoy-sidecar',
]);

/** Namespaces whose pods never get a sidecar. */
export const passedOver: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'local-path-storage']);
