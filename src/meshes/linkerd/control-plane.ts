import type { Source } from '../../base/source.ts';
import { type NativeObject, namespaceOf, type Snapshot } from '../../native/snapshot.ts';
import { blockScalars } from './block-yaml.ts';
import { type DefaultPolicy, defaultPolicyOf, parseDefaultPolicy } from './default-policy.ts';
import { defaultOpaquePorts, type PortSet, parsePortSet } from './port-set.ts';

/** How the control plane was installed, as far as it changes what happens to traffic. */
export interface ControlPlane {
  readonly namespace: string;
  readonly version?: string;
  readonly clusterDomain: string;
  readonly trustDomain: string;
  /** What `cluster-*` policies take for the cluster, CIDR. */
  readonly clusterNetworks: readonly string[];
  /** What a port does that no Server and no annotation speaks of. */
  readonly defaultPolicy: DefaultPolicy;
  readonly opaquePorts: PortSet;
  /** Where the values stand; absent for a control plane that is only assumed. */
  readonly source?: Source;
}

/** A default installation of the 2.20 chart. */
export const defaultControlPlane: ControlPlane = {
  namespace: 'linkerd',
  clusterDomain: 'cluster.local',
  trustDomain: 'cluster.local',
  clusterNetworks: ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fd00::/8'],
  defaultPolicy: defaultPolicyOf('all-unauthenticated'),
  opaquePorts: parsePortSet(defaultOpaquePorts)!,
};

/** ConfigMap `linkerd-config`, which lies in the control plane's namespace. */
export const configObject = (snapshot: Snapshot): NativeObject | undefined =>
  snapshot.of('', 'ConfigMap').find(({ ref }) => ref.name === 'linkerd-config');

/**
 * The effective Helm values (key `values` of ConfigMap `linkerd-config`), with the chart's defaults where they are
 * silent. An empty trust domain means the cluster domain (chart template config.yaml, 2.20).
 */
export const readControlPlane = (snapshot: Snapshot): ControlPlane => {
  const object = configObject(snapshot);
  if (!object) return defaultControlPlane;
  const field = snapshot.field(object).find('data', 'values');
  const values = blockScalars(field?.asText() ?? '');
  const clusterDomain = values.get('clusterDomain') || defaultControlPlane.clusterDomain;
  const version = values.get('linkerdVersion');
  const networks = values.get('clusterNetworks');
  const opaque = values.get('proxy.opaquePorts');
  const policy = parseDefaultPolicy(values.get('proxy.defaultInboundPolicy') ?? '');
  return {
    namespace: namespaceOf(object.ref),
    ...(version ? { version } : {}),
    clusterDomain,
    trustDomain: values.get('identityTrustDomain') || clusterDomain,
    clusterNetworks: networks?.split(',').map(one => one.trim()) ?? defaultControlPlane.clusterNetworks,
    defaultPolicy: policy ?? defaultControlPlane.defaultPolicy,
    opaquePorts: (opaque === undefined ? undefined : parsePortSet(opaque)) ?? defaultControlPlane.opaquePorts,
    source: field ?? { object: object.ref, path: '' },
  };
};
