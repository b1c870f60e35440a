/** What a resolver says beside where it leads: who stands in, how endpoints take turns, and which of them there are. */
import { asks } from './chains.ts';
import { type Case, type ConsulConfiguration, each, guarding, resolver, routing } from './families.ts';

const back = { service: 'back' };
const failovers: readonly Case[] = each(
  [
    { '*': back },
    { '*': { ...back, serviceSubset: 'v2' } },
    { '*': { targets: [{ service: 'other' }] } },
    { '*': { targets: [{ ...back, serviceSubset: 'v1' }, { service: 'other' }] } },
  ],
  (failover, s) => [resolver(s, { failover })],
);

const balancing: readonly Case[] = each(
  [
    { connectTimeout: '2s' },
    { connectTimeout: '250ms', requestTimeout: '3s' },
    { loadBalancer: { policy: 'random' } },
    { loadBalancer: { policy: 'round_robin' } },
    { loadBalancer: { policy: 'least_request', leastRequestConfig: { choiceCount: 3 } } },
    { loadBalancer: { policy: 'ring_hash', hashPolicies: [{ field: 'header', fieldValue: 'x-one' }] } },
    { loadBalancer: { policy: 'ring_hash', hashPolicies: [{ sourceIP: true }] } },
    { loadBalancer: { policy: 'maglev', hashPolicies: [{ field: 'query_parameter', fieldValue: 'q' }] } },
    {
      loadBalancer: {
        policy: 'maglev',
        hashPolicies: [{ field: 'cookie', fieldValue: 'c', cookieConfig: { ttl: '60s', path: '/' } }],
      },
    },
    { subsets: { one: { filter: 'Service.Meta.version == one' } } },
    { subsets: { all: { filter: '' } }, defaultSubset: 'all' },
    { subsets: { one: { filter: 'Service.Meta.version == one' } }, defaultSubset: 'one' },
  ],
  (spec, s) => [resolver(s, spec)],
);

const failed = guarding('failover of those that are there', [
  { name: 'to back', write: s => [resolver(s, { failover: { '*': back } })] },
  {
    name: 'of an empty subset',
    write: s => [
      resolver(s, {
        subsets: { one: { filter: 'Service.Meta.version == one' } },
        defaultSubset: 'one',
        failover: { one: { ...back, serviceSubset: 'v2' } },
      }),
    ],
  },
]);

export const resolverFamilies: readonly ConsulConfiguration[] = [
  ...routing('failover of those that nobody has', failovers, asks),
  ...failed,
  ...guarding('resolvers of servers', balancing, asks),
];
