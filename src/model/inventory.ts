import type { Setting, Source } from '../base/source.ts';
import type { Identity } from './identity.ts';
import type { EndpointSet, Labels } from './scope.ts';

/** What is there: the facts that every capability refers to. */
export interface Inventory {
  readonly clusters: readonly Cluster[];
  readonly namespaces: readonly Namespace[];
  readonly workloads: readonly Workload[];
  readonly services: readonly Service[];
  readonly gateways: readonly Gateway[];
  readonly serviceAccounts: readonly ServiceAccount[];
}

export interface Cluster {
  readonly id: string;
  /** `whole`: what is not in the inventory does not exist. `partial`: it may exist elsewhere. */
  readonly extent: 'whole' | 'partial';
}

export interface Namespace {
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly source?: Source;
}

/** An account that the input holds. Workloads may name others: an account need not be written to be used. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly source?: Source;
}

/** Why something is believed, in words for people. */
export interface Evidence {
  readonly says: string;
  readonly source?: Source;
}

/** How a workload takes part in a mesh. */
export interface Membership {
  readonly mesh: string;
  /** The key into the mesh's `dataPlanes`: `sidecar`, `ambient`, `gateway`, … */
  readonly mode: string;
  /**
   * `running`: its proxy was seen. `requested`: labels ask for it, no pod was seen. `assumed`: the input holds
   * configuration of the mesh and nothing that tells who is in it.
   */
  readonly certainty: 'running' | 'requested' | 'assumed';
  readonly evidence: readonly Evidence[];
}

/** What was seen of one pod of a workload, as it runs: proxies that were injected are here and not in the template. */
export interface Pod {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly containers: readonly string[];
  readonly source?: Source;
}

export interface Workload {
  /** `namespace/name`; `namespace/kind/name` (kind in lower case) when another kind of workload has that name already. */
  readonly id: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Empty for a machine that has none. */
  readonly serviceAccount: string;
  /** A machine outside the cluster that takes part by an object of its own; its `pods` are machines as well. */
  readonly isMachine?: boolean;
  /** What its proxy shows in place of the identity of its service account. */
  readonly identity?: Identity;
  /** Container ports. */
  readonly ports: readonly { readonly port: number; readonly name?: string }[];
  /** Names of all containers, of the template and of the pods that were seen, those that start first included. */
  readonly containers: readonly string[];
  /** The pods that were seen running; absent if none was. */
  readonly pods?: readonly Pod[];
  /** Its pods share the network of their node, so that no proxy can be put in front of them. */
  readonly hostNetwork?: boolean;
  /** Meshes that this workload is in; empty for none. Two at once is a finding. */
  readonly memberships: readonly Membership[];
  readonly source?: Source;
}

/** What travels on a port. `detect`: nothing is declared and the proxy looks at the first bytes. */
export type Protocol = 'http' | 'http2' | 'grpc' | 'https' | 'tls' | 'tcp' | 'udp' | 'detect';

export interface ServicePort {
  readonly port: number;
  readonly name?: string;
  /** By the rule that most meshes share; a mesh with another one decides anew, from `appProtocol`, `name` and `port`. */
  readonly protocol: Protocol;
  /** As written. */
  readonly appProtocol?: string;
  /** The container port, a number or a name; the same number if absent. */
  readonly targetPort?: number | string;
}

/** A name under which endpoints are reached: a Kubernetes Service, or a host outside the cluster. */
export interface Service {
  /** `namespace/name`, or the host name for a service that is no Kubernetes object. */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  /** The fully qualified host name first, then every other name that means this service everywhere. */
  readonly hosts: readonly string[];
  /** Virtual addresses. */
  readonly addresses: readonly string[];
  /** Empty if unknown (a service that is only referred to). */
  readonly ports: readonly ServicePort[];
  readonly endpoints: EndpointSet;
  /** Reached outside the mesh: no proxy, no mesh identity at the other end. */
  readonly external: boolean;
  /** Id of the mesh in which its clients have to be: it runs in one that is joined with it, and takes its mTLS. */
  readonly joinedWith?: string;
  readonly headless: boolean;
  /** `object`: the input holds it. `referenced`: only other objects mention it. */
  readonly evidence: 'object' | 'referenced';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly source?: Source;
  /** The waypoint that traffic to this service passes, if one is in place. A gateway id. */
  readonly waypoint?: string;
  /** Traffic from the mesh's ingress gateways passes the waypoint as well. */
  readonly waypointAtIngress?: boolean;
}

/** A proxy that accepts traffic for others: at the edge of a cluster, or before a set of services (a waypoint). */
export interface Gateway {
  /** `namespace/name`. */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly purpose: 'ingress' | 'waypoint' | 'egress';
  /** The mesh whose client the gateway is, if any. */
  readonly mesh?: string;
  /** Labels and account of the pods that run it, if known. */
  readonly labels: Labels;
  /** Where those pods are, if not in the gateway's own namespace. */
  readonly podNamespace?: string;
  readonly serviceAccount?: string;
  /** What it shows to servers in place of the identity of its service account. */
  readonly identity?: Identity;
  /** `referenced`: only routes mention it, and its listeners are what those need; absent: the input holds it. */
  readonly evidence?: 'referenced';
  readonly listeners: readonly Listener[];
  readonly source?: Source;
}

export interface Listener {
  readonly name: string;
  readonly port: number;
  /** Where it listens is not known: on any port that no other listener of the gateway names. `port` is the usual one. */
  readonly anyPort?: true;
  readonly protocol: Protocol;
  /** Host patterns (`*` matches one or more labels in front); empty is every host. */
  readonly hosts: readonly string[];
  readonly tls?: ListenerTls;
  /** Answers every plain request with a redirect to https. */
  readonly httpsRedirect?: boolean;
  readonly source?: Source;
}

export interface ListenerTls {
  readonly mode: 'terminate' | 'passthrough' | 'mutual' | 'optionalMutual' | 'meshMutual';
  /** Names of the certificates, as the gateway finds them. */
  readonly certificates: readonly string[];
  /** Where their keys are, in the same order, if not under the same names. */
  readonly keys?: readonly string[];
  /** Who must have signed the certificates of callers; an empty list: nobody checks. */
  readonly clientAuthorities?: readonly string[];
  /** Names that the certificates of callers must have; `hash:…` and `spki:…` are fingerprints of whole certificates and keys. */
  readonly subjectNames?: readonly string[];
  readonly revocationList?: string;
  readonly minVersion?: Setting<string>;
  readonly maxVersion?: Setting<string>;
  readonly ciphers?: readonly string[];
  readonly source?: Source;
}

/** The container port that a service port leads to on one workload; undefined if it is a name that no container has. */
export const containerPort = (port: ServicePort, workload: Workload): number | undefined => {
  const target = port.targetPort ?? port.port;
  return typeof target === 'number' ? target : workload.ports.find(({ name }) => name === target)?.port;
};

/** The fully qualified name of a Kubernetes service. */
export const serviceHost = (namespace: string, name: string, clusterDomain = 'cluster.local'): string =>
  `${name}.${namespace}.svc.${clusterDomain}`;

export const serviceId = (namespace: string, name: string): string => `${namespace}/${name}`;
