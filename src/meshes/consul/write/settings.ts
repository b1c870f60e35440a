import { formatDuration } from '../../../base/units.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { HashKey } from '../../../model/capabilities/load-balancing.ts';
import { usualConnectTimeoutMs } from '../mesh.ts';
import type { ConsulServices } from '../services.ts';

type Spec = Readonly<Record<string, unknown>>;

/** What a resolver says of how its service is treated; nothing where Consul does so by itself. */
export const settingsSpec = (
  { loadBalancing, connectionLimits, locality }: DestinationSettings,
  names: Pick<ConsulServices, 'nameOf'>,
): Spec => {
  const connect = connectionLimits?.connectTimeoutMs;
  const balancer =
    loadBalancing && balancerSpec(loadBalancing.algorithm.value, loadBalancing.algorithm.origin === 'written');
  return {
    ...(connect && (connect.origin === 'written' || connect.value !== usualConnectTimeoutMs)
      ? { connectTimeout: formatDuration(connect.value) }
      : {}),
    ...(balancer ? { loadBalancer: balancer } : {}),
    ...(locality?.fallbacks
      ? {
          failover: {
            '*': { targets: locality.fallbacks.map(({ service }) => ({ service: names.nameOf({ id: service }) })) },
          },
        }
      : {}),
  };
};

const balancerSpec = (
  algorithm: NonNullable<DestinationSettings['loadBalancing']>['algorithm']['value'],
  isWritten: boolean,
): Spec | undefined => {
  switch (algorithm.kind) {
    case 'random':
      return { policy: 'random' };
    case 'leastRequest':
      return { policy: 'least_request' };
    case 'roundRobin':
      return isWritten ? { policy: 'round_robin' } : undefined;
    case 'consistentHash': {
      const { on, table } = algorithm;
      const hashPolicies = [hashPolicy(on)];
      if (table.kind === 'maglev') return { policy: 'maglev', hashPolicies };
      const ringHashConfig =
        table.minimumSize === undefined ? {} : { ringHashConfig: { minimumRingSize: table.minimumSize } };
      return { policy: 'ring_hash', ...ringHashConfig, hashPolicies };
    }
    default:
      return undefined;
  }
};

const hashPolicy = (on: HashKey): Spec => {
  switch (on.kind) {
    case 'header':
      return { field: 'header', fieldValue: on.name };
    case 'query':
      return { field: 'query_parameter', fieldValue: on.name };
    case 'sourceAddress':
      return { sourceIP: true };
    case 'cookie': {
      const cookieConfig = {
        ...(on.ttlMs === undefined ? {} : on.ttlMs === 0 ? { session: true } : { ttl: formatDuration(on.ttlMs) }),
        ...(on.path === undefined ? {} : { path: on.path }),
      };
      const config = Object.keys(cookieConfig).length > 0 ? { cookieConfig } : {};
      return { field: 'cookie', fieldValue: on.name, ...config };
    }
  }
};
