import { proxyDefault, written } from '../../../base/source.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import type { BalancingAlgorithm, HashKey, LoadBalancing } from '../../../model/capabilities/load-balancing.ts';
import type { OutlierDetection } from '../../../model/capabilities/outlier-detection.ts';
import { leaveNamespace } from '../entries/untold.ts';
import type { EntryField } from '../entry-field.ts';
import { usualBehaviour } from '../mesh.ts';
import { type Entry, type Reading, report } from '../reading.ts';
import { readFailovers, withFailovers } from './failover.ts';

/** How clients treat each service: the resolver's balancing, time to connect and failover, beside what they do by themselves. */
export const readSettings = (reading: Reading, resolvers: ReadonlyMap<string, Entry>): readonly DestinationSettings[] =>
  [...resolvers].flatMap(([name, entry]) => {
    const { spec } = entry;
    const loadBalancing = readBalancing(spec?.at('loadBalancer'), reading);
    const connect = spec?.durationMs('connectTimeout');
    const failovers = readFailovers({ reading, resolvers, name });
    leaveRest(spec);
    if (!loadBalancing && !connect && failovers.length === 0) return [];
    const known = reading.services.named(name);
    const one = reading.services.resolve(name, entry.namespace);
    const services = known.length > 0 ? known : one ? [one] : [];
    return services.flatMap(service => {
      const common: DestinationSettings = {
        id: service.id,
        clients: { mesh: reading.mesh.id },
        target: { service: service.id },
        ...usualSettings,
        ...(loadBalancing ? { loadBalancing } : {}),
        connectionLimits: {
          ...usualBehaviour.connectionLimits,
          ...(connect ? { connectTimeoutMs: written(connect, spec?.at('connectTimeout')) } : {}),
        },
        source: { object: entry.object.ref, path: '' },
      };
      return withFailovers(common, failovers, service);
    });
  });

const leaveRest = (spec: EntryField | undefined): void => {
  leaveNamespace(spec?.at('redirect'));
  const balancer = spec?.at('loadBalancer');
  for (const policy of balancer?.list('hashPolicies') ?? [])
    policy.leave('terminal', 'only the first thing that is hashed is told');
  balancer?.find('leastRequestConfig')?.leave('choiceCount', 'how many endpoints are compared is not told');
  balancer?.find('ringHashConfig')?.leave('maximumRingSize', 'how large the ring may get is not told');
  spec?.leave('prioritizeByLocality', 'near instances are preferred in the Enterprise edition only');
  for (const [, subset] of spec?.entries('subsets') ?? [])
    subset.leave('onlyPassing', 'whether checks that warn count is nothing that the input shows');
};

/** What proxies do of which no entry says anything; nothing of it is inherited where settings stand. */
export const usualSettings = {
  loadBalancing: usualBehaviour.loadBalancing,
  connectionLimits: usualBehaviour.connectionLimits,
  outlierDetection: usualBehaviour.outlierDetection,
} as const;

/**
 * The same towards a service of another cluster, which is one endpoint: its gateway. That may be taken out as a whole
 * (observed, row 7.3; `makeUpstreamClusterForPeerService`, agent/xds/clusters.go, 1.21).
 */
export const takenOutWhole = (outliers: OutlierDetection = usualSettings.outlierDetection): OutlierDetection => ({
  ...outliers,
  maxEjectionPercent: proxyDefault(100),
});

/** How every client treats what something here leads to in other clusters. */
export const settingsAway = ({
  mesh,
  elsewhere,
}: Pick<Reading, 'mesh' | 'elsewhere'>): readonly DestinationSettings[] =>
  [...elsewhere.keys()].map(host => ({
    id: host,
    clients: { mesh: mesh.id },
    target: { hosts: [host] },
    ...usualSettings,
    outlierDetection: takenOutWhole(),
  }));

const plainPolicies: ReadonlyMap<string, BalancingAlgorithm> = new Map([
  ['random', { kind: 'random' }],
  ['round_robin', { kind: 'roundRobin' }],
  ['least_request', { kind: 'leastRequest' }],
]);

const readBalancing = (field: EntryField | undefined, reading: Reading): LoadBalancing | undefined => {
  const policy = field?.text('policy');
  if (!field || policy === undefined) return undefined;
  const at = field.at('policy');
  const plain = plainPolicies.get(policy);
  if (plain) {
    field.find('leastRequestConfig')?.leave('choiceCount', 'how many endpoints are compared is not told');
    field.leave('ringHashConfig', 'the policy is another one');
    return { algorithm: written(plain, at), source: field };
  }
  if (policy !== 'ring_hash' && policy !== 'maglev') {
    report(reading, 'CONSUL104', at, `\`${policy}\` is no policy of balancing`);
    return undefined;
  }
  const [first, ...more] = field.list('hashPolicies');
  for (const policy of more) policy.field.leave('only the first thing that is hashed is told');
  const on = first && readHashKey(first);
  if (!on) return undefined;
  field.leave('leastRequestConfig', 'the policy is another one');
  if (policy === 'maglev') {
    field.leave('ringHashConfig', 'the policy is another one');
    return { algorithm: written({ kind: 'consistentHash', on, table: { kind: 'maglev' } }, at), source: field };
  }
  const minimumSize = field.find('ringHashConfig')?.number('minimumRingSize');
  field.find('ringHashConfig')?.leave('maximumRingSize', 'how large the ring may get is not told');
  const table = { kind: 'ring', ...(minimumSize ? { minimumSize } : {}) } as const;
  return { algorithm: written({ kind: 'consistentHash', on, table }, at), source: field };
};

/** With a time to live, or as one of the session, a cookie that is missing is made (observed, row 3.19). */
const readHashKey = (policy: EntryField): HashKey | undefined => {
  policy.leave('terminal', 'only the first thing that is hashed is told');
  if (policy.boolean('sourceIP')) return { kind: 'sourceAddress' };
  const name = policy.text('fieldValue');
  if (name === undefined) return undefined;
  switch (policy.text('field')) {
    case 'header':
      return { kind: 'header', name };
    case 'query_parameter':
      return { kind: 'query', name };
    case 'cookie': {
      const cookie = policy.at('cookieConfig');
      const ttlMs = cookie?.durationMs('ttl') ?? (cookie?.boolean('session') ? 0 : undefined);
      const path = cookie?.text('path');
      return {
        kind: 'cookie',
        name,
        ...(path === undefined ? {} : { path }),
        ...(ttlMs === undefined ? {} : { ttlMs }),
      };
    }
    default:
      return undefined;
  }
};
