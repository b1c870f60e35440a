import { expect, test } from 'vitest';
import { applied, readWith } from '../../../../test/laws/reading.ts';
import { givenOf, worldObjects, worldWith } from '../../../../test/laws/world.ts';
import { written } from '../../../base/source.ts';
import { toYamlStream } from '../../../base/yaml.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import { Snapshot } from '../../../native/snapshot.ts';
import { adapter } from '../adapter.ts';

const target = { mesh: adapter.assume(), snapshot: new Snapshot(worldObjects) };

type Parts = Partial<DestinationSettings>;

const settings = (id: string, parts: Parts, subset?: string): DestinationSettings => ({
  id,
  clients: { mesh: givenOf(adapter).mesh },
  target: { service: 'shop/reviews', ...(subset ? { subset: { name: subset, labels: { version: subset } } } : {}) },
  ...parts,
});

const write = (...destinations: readonly DestinationSettings[]) => {
  const { objects, dispositions } = adapter.write(worldWith(adapter, { destinations }), target);
  const again = adapter.write(readWith(adapter, applied(worldObjects, objects)).model, target);
  return {
    losses: dispositions.flatMap(({ leaf, result, loss }) => (loss ? [`${leaf} ${result} ${loss.code}`] : [])),
    once: toYamlStream(objects),
    twice: toYamlStream(again.objects),
    policies: objects.map(({ spec }) => spec),
  };
};

const failover = { enabled: true, failover: [{ from: 'eu', to: 'us' }] };
const shares = [{ from: 'eu/a/*', to: { 'eu/a/*': 80, 'eu/b/*': 20 } }];
const outlierDetection = { consecutive5xx: written(3) };

test.each<[string, Parts, string[]]>([
  ['alone', { locality: failover }, ['locality refused locality-failover']],
  ['with shares', { locality: { ...failover, distribute: shares } }, ['locality approximated locality-failover']],
  ['with outlier detection', { locality: failover, outlierDetection }, []],
])('going elsewhere when endpoints fail, %s', (_, parts, expected) => {
  const { losses, once, twice } = write(settings('all', parts));
  expect(losses).toEqual(expected);
  expect(twice).toBe(once);
});

test('a subset that leaves open what its service has is said port by port, and nowhere else', () => {
  const limits = { connectionLimits: { connectTimeoutMs: written(500) } };
  const { losses, once, twice, policies } = write(
    settings('some', limits, 'v1'),
    settings('all', { locality: { enabled: false } }),
  );
  const own = { connectionPool: { tcp: { connectTimeout: '500ms' } } };
  expect(losses).toEqual([]);
  expect(policies).toMatchObject([
    {
      subsets: [
        {
          name: 'v1',
          trafficPolicy: {
            portLevelSettings: [
              { port: { number: 9080 }, ...own },
              { port: { number: 9090 }, ...own },
            ],
          },
        },
      ],
    },
  ]);
  expect(twice).toBe(once);
});

test('a subset cannot do without the retry budget of its service, which is said', () => {
  const { losses } = write(
    settings('some', { outlierDetection }, 'v1'),
    settings('all', { retryBudget: written({ percent: 20, minConcurrent: 5 }) }),
  );
  expect(losses).toContain('target refused destination-subset');
});
