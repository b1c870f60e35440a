/** Istio's and Gateway API's objects, with as little around what they say as there must be. */
import type { KubernetesObject } from '../kubernetes/api.ts';

export const namespace = 'shop';
export const hostOf = (service: string): string => `${service}.${namespace}.svc.cluster.local`;

/** The gateway that everyone can enter, with the workload that runs it. */
export const gateway = { id: 'edge/front', workload: 'edge/gateway', port: 8080 } as const;

/** The same pods as a Gateway of the Gateway API, on a port of its own. */
export const door = { id: 'edge/door', port: 8081 } as const;

/** The host under which a service is asked for there. */
export const outsideName = (service: string): string => `${service}.example`;

const object = (apiVersion: string, kind: string, name: string, spec: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { namespace, name },
  spec,
});

/** Routes to a service, in the order given. */
export const virtualService = (service: string, http: readonly object[], more: object = {}): KubernetesObject =>
  object('networking.istio.io/v1', 'VirtualService', service, { hosts: [hostOf(service)], http, ...more });

/** Routes of bytes to the port for bytes. */
export const byteRoutes = (service: string, tcp: readonly object[]): KubernetesObject =>
  object('networking.istio.io/v1', 'VirtualService', service, { hosts: [hostOf(service)], tcp });

export const destinationRule = (service: string, spec: object): KubernetesObject =>
  object('networking.istio.io/v1', 'DestinationRule', service, { host: hostOf(service), ...spec });

/** The two versions of a service as subsets of their names. */
export const versions = (service: string): KubernetesObject =>
  destinationRule(service, { subsets: ['v1', 'v2'].map(version => ({ name: version, labels: { version } })) });

export const to = (service: string, more: object = {}): object => ({ destination: { host: hostOf(service) }, ...more });

export const toSubset = (service: string, subset: string, more: object = {}): object => ({
  destination: { host: hostOf(service), subset },
  ...more,
});

/** Routes to a service in the words of the Gateway API, on its port 80 unless `parent` says otherwise. */
export const httpRoute = (service: string, rules: readonly object[], parent: object = {}): KubernetesObject =>
  object('gateway.networking.k8s.io/v1', 'HTTPRoute', service, {
    parentRefs: [{ group: '', kind: 'Service', name: service, port: 80, ...parent }],
    rules,
  });

export const backend = (name: string, more: object = {}): object => ({ name, port: 80, ...more });

const selector = (app: string): object => ({ selector: { matchLabels: { app } } });

export const authorizationPolicy = (app: string, spec: object, suffix = ''): KubernetesObject =>
  object('security.istio.io/v1', 'AuthorizationPolicy', `${app}${suffix}`, { ...selector(app), ...spec });

export const peerAuthentication = (app: string, spec: object): KubernetesObject =>
  object('security.istio.io/v1', 'PeerAuthentication', app, { ...selector(app), ...spec });

export const requestAuthentication = (app: string, spec: object): KubernetesObject =>
  object('security.istio.io/v1', 'RequestAuthentication', app, { ...selector(app), ...spec });

/** Routes behind the gateway, to hosts that are no services. */
export const gatewayRoutes = (service: string, http: readonly object[], more: object = {}): KubernetesObject =>
  object('networking.istio.io/v1', 'VirtualService', service, {
    hosts: [outsideName(service)],
    gateways: [gateway.id],
    http,
    ...more,
  });

/** The same in the words of the Gateway API. */
export const doorRoute = (service: string, rules: readonly object[], more: object = {}): KubernetesObject =>
  object('gateway.networking.k8s.io/v1', 'HTTPRoute', service, {
    parentRefs: [{ name: 'door', namespace: 'edge' }],
    hostnames: [outsideName(service)],
    rules,
    ...more,
  });
