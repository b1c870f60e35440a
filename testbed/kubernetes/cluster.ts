import { bedName } from '../machine/places.ts';

/** Where things are in the bed's cluster: one node, whose network namespace holds the control planes and the bridge. */
export const node = {
  name: 'node',
  get namespace(): string {
    return `${bedName()}-node`;
  },
  address: '10.101.0.1',
  /** Pods are numbered from 10.101.1.1 on. */
  network: 16,
  services: '10.111.0.0/16',
  apiPort: 6443,
} as const;

/** Names that must lead to the node: certificates of the control planes are made out to them. */
export const nodeHosts = `127.0.0.1 localhost
${node.address} istiod.istio-system.svc istiod.istio-system.svc.cluster.local kubernetes.default.svc
`;

export const clusterDomain = 'cluster.local';
