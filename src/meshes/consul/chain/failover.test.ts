import { describe, expect, it } from 'vitest';
import { consulBed, route, router, subsets } from '../../../../test/support/consul-bed.ts';

const failover = (words: string): string => subsets.replace('subsets =', `failover = { ${words} }\nsubsets =`);

/** What stands in for `back`, or for one of its subsets. */
const fallbacks = (words: string, subset?: string) =>
  consulBed(failover(words))
    .model.destinations.find(({ target }) => target.service === 'shop/back' && target.subset?.name === subset)
    ?.locality?.fallbacks?.map(one => (one.subset ? `${one.service} ${one.subset.name}` : one.service));

describe('failover of a resolver', () => {
  it('3.14 goes through its targets in order', () => {
    expect(fallbacks('"*" = { targets = [{ service_subset = "v2" }, { service = "other" }] }')).toEqual([
      'shop/back v2',
      'shop/other',
    ]);
  });

  it('is for one subset where one is named, before the service as a whole', () => {
    const words = 'v1 = { service_subset = "v2" } "*" = { service = "other" }';
    expect([fallbacks(words, 'v1'), fallbacks(words)]).toEqual([['shop/back v2'], ['shop/other']]);
  });

  it('3.16 leads to peers and datacenters that the input does not hold', () => {
    expect(fallbacks('"*" = { targets = [{ service = "other" peer = "east" }] }')).toEqual([
      'other.virtual.east.consul',
    ]);
    expect(fallbacks('"*" = { datacenters = ["dc2", "dc1"] }')).toEqual(['back.virtual.dc2.consul']);
  });

  it('is there whatever a client says of limits', () => {
    const client =
      'kind = "service-defaults"\nname = "web"\nprotocol = "http"\nupstream_config { overrides = [{ name = "back" limits { max_connections = 1 } }] }';
    const bed = consulBed(failover('"*" = { service = "other" }'), client);
    const own = bed.model.destinations.find(({ id }) => id === 'web to shop/back');
    expect(own?.locality?.fallbacks).toEqual([{ service: 'shop/other' }]);
  });

  it('3.14 serves requests while nobody is there, in a subset or under the name', () => {
    const empty = subsets.replace('== v3', '== v9');
    const inSubset = empty.replace(
      'subsets =',
      'default_subset = "v3"\nfailover = { v3 = { service = "other" } }\nsubsets =',
    );
    const ghost = 'kind = "service-resolver"\nname = "ghost"\nfailover = { "*" = { service = "other" } }';
    const toGhost = router(route('path_prefix = "/"', 'service = "ghost"'));
    for (const bed of [consulBed(inSubset), consulBed(ghost, toGhost)]) {
      expect(bed.send('shop/web-v1', { to: { service: 'shop/back', port: 80 } })).toMatchObject({
        decision: 'forwarded',
        backends: [{ service: 'shop/other' }],
      });
    }
  });
});
