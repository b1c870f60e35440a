import { describe, expect, it } from 'vitest';
import { type Bed, istioBed } from '../../../../test/support/istio-bed.ts';
import type { DestinationSettings } from '../../../model/capabilities/destination.ts';
import { Lookup } from '../../../verify/lookup/lookup.ts';

/** A DestinationRule `namespace/name`, older with an earlier day. */
const rule = (id: string, spec: string, day = 1): string => {
  const [namespace, name] = id.split('/');
  return `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: ${namespace}, creationTimestamp: "2026-01-0${day}T00:00:00Z" }
spec: ${spec}
`;
};

const route = (destinations: string, more = '') => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec: { hosts: [web], http: [{ route: [${destinations}]${more} }] }
`;

const to = (subset: string, weight = 1) => `{ destination: { host: web, subset: ${subset} }, weight: ${weight} }`;

const web = 'web.shop.svc.cluster.local';
const full = (limit: number) => `{ connectionPool: { http: { http2MaxRequests: ${limit} } } }`;
const v1 = '{ name: v1, labels: { version: v1 } }';
const v2 = '{ name: v2, labels: { version: v2 } }';

/** How the proxy of a client in a namespace treats a service. */
const settings = (
  { model }: Bed,
  { service = 'shop/web', port = 80, subset = '', namespace = 'shop', labels = {} } = {},
): DestinationSettings | undefined => {
  const lookup = Lookup.of(model);
  const found = lookup.services.find(service)!;
  return lookup.destinations.settingsFor(
    { host: found.hosts[0]!, service: found, port, ...(subset ? { subset: { name: subset } } : {}) },
    { mesh: model.meshes[0]!.id, namespace, labels },
  );
};

const limit = (found: DestinationSettings | undefined): number | undefined =>
  found?.connectionLimits?.maxRequests?.value;

describe('section 20: DestinationRule', () => {
  const twoForWeb = (newer: string) =>
    istioBed(
      [
        rule('shop/first', `{ host: web, trafficPolicy: ${full(1)}, subsets: [${v1}] }`, 1),
        rule('shop/second', newer, 2),
        route(`${to('v1')}, ${to('v2')}`),
      ].join('---'),
    );

  it('20.1 rules for one host in one namespace add up: subsets of all, the policy of the oldest', () => {
    const newer = `{ host: web, trafficPolicy: ${full(100)}, subsets: [${v2}, { name: v1, labels: { version: v9 } }] }`;
    const bed = twoForWeb(newer);
    expect(bed.send('shop/client').backends.map(({ endpoints }) => endpoints)).toEqual([
      'shop{app=web,version=v1}',
      'shop{app=web,version=v2}',
    ]);
    expect(limit(settings(bed))).toBe(1);
    expect(limit(settings(bed, { subset: 'v2' }))).toBe(1);
    expect(bed.findings.filter(({ code }) => code === 'ISTIO104').map(({ path }) => path)).toEqual([
      'spec.trafficPolicy',
      'spec.subsets[1]',
    ]);
  });

  it('20.1 the newer policy counts if the older rule has none', () => {
    const bed = istioBed(
      [
        rule('shop/first', `{ host: web, subsets: [${v1}] }`, 1),
        rule('shop/second', `{ host: ${web}, trafficPolicy: ${full(5)} }`, 2),
      ].join('---'),
    );
    expect(limit(settings(bed))).toBe(5);
    expect(bed.codes).not.toContain('ISTIO104');
  });

  it('20.2 a subset takes over the parts that it does not have itself; a connection pool is one part, as its proxies are told', () => {
    const subset = (policy: string) => `{ name: v1, labels: { version: v1 }, trafficPolicy: ${policy} }`;
    const host = `{ connectionPool: { http: { http2MaxRequests: 1 } } }`;
    const bed = (policy: string) =>
      istioBed(rule('shop/web', `{ host: web, trafficPolicy: ${host}, subsets: [${subset(policy)}] }`));
    const balanced = settings(bed('{ loadBalancer: { simple: RANDOM } }'), { subset: 'v1' });
    expect(limit(balanced)).toBe(1);
    expect(balanced?.loadBalancing?.algorithm.value.kind).toBe('random');
    const pooled = settings(bed('{ connectionPool: { tcp: { maxConnections: 9 } } }'), { subset: 'v1' });
    expect(limit(pooled)).toBeUndefined();
    expect(pooled?.connectionLimits?.maxConnections?.value).toBe(9);
  });

  it('20.3 settings of a port take the place of everything else', () => {
    const portLevel = '[{ port: { number: 80 }, loadBalancer: { simple: RANDOM } }]';
    const pool = 'connectionPool: { http: { http2MaxRequests: 1 } }';
    const bed = istioBed(
      rule('shop/web', `{ host: web, trafficPolicy: { ${pool}, portLevelSettings: ${portLevel} } }`),
    );
    expect(settings(bed, { port: 80 })?.connectionLimits).toBeUndefined();
    expect(limit(settings(bed, { port: 81 }))).toBe(1);
  });

  it('20.4 an exact host takes the place of a pattern, which holds for the others', () => {
    const bed = istioBed(
      [
        rule('shop/all', `{ host: "*.shop.svc.cluster.local", trafficPolicy: ${full(1)} }`, 1),
        rule('shop/web', '{ host: web, trafficPolicy: { loadBalancer: { simple: RANDOM } } }', 2),
      ].join('---'),
    );
    expect(settings(bed)?.connectionLimits).toBeUndefined();
    expect(settings(bed)?.loadBalancing?.algorithm.value.kind).toBe('random');
    expect(limit(settings(bed, { service: 'shop/api' }))).toBe(1);
    expect(limit(settings(bed, { service: 'shop/api', namespace: 'other' }))).toBe(1);
  });

  it('20.5 the root namespace speaks where the service’s namespace says nothing', () => {
    const root = rule('istio-system/web', `{ host: ${web}, trafficPolicy: ${full(1)} }`);
    expect(limit(settings(istioBed(root)))).toBe(1);
    const own = rule('shop/web', '{ host: web, trafficPolicy: { loadBalancer: { simple: RANDOM } } }', 2);
    expect(settings(istioBed(`${root}---${own}`))?.connectionLimits).toBeUndefined();
  });

  it('20.5 even a rule that sets nothing keeps the root namespace’s away', () => {
    const root = rule('istio-system/all', `{ host: "*.local", trafficPolicy: ${full(1)} }`);
    const own = rule('shop/web', `{ host: web, subsets: [${v1}] }`, 2);
    const bed = istioBed(`${root}---${own}`);
    expect(settings(bed)?.connectionLimits).toBeUndefined();
    expect(limit(settings(bed, { service: 'shop/api' }))).toBe(1);
  });

  it('20.6 a single word is a service of the rule’s own namespace; two words are no name at all', () => {
    expect(limit(settings(istioBed(rule('shop/web', `{ host: web, trafficPolicy: ${full(3)} }`))))).toBe(3);
    for (const host of ['web.shop', 'web.shop.svc']) {
      const bed = istioBed(rule('shop/web', `{ host: ${host}, trafficPolicy: ${full(3)} }`));
      expect(settings(bed)).toBeUndefined();
      expect(bed.codes).toContain('ISTIO103');
    }
  });
});

describe('section 16: who sees which DestinationRule', () => {
  it('16.4 clients elsewhere do not know a subset that is not exported to them', () => {
    const bed = istioBed(
      `${rule('shop/web', `{ host: web, exportTo: ["."], subsets: [${v1}] }`)}---${route(to('v1'))}`,
    );
    expect(bed.status('shop/client')).toBe(200);
    expect(bed.send('shop/client').backends[0]?.endpoints).toBe('shop{app=web,version=v1}');
    expect(bed.status('other/client2')).toBe(503);
  });

  it('16.6 a rule in the client’s namespace is the whole answer for its clients', () => {
    const bed = istioBed(
      [
        rule('shop/web', `{ host: web, trafficPolicy: ${full(1)}, subsets: [${v1}] }`),
        rule('other/web', `{ host: ${web}, trafficPolicy: { loadBalancer: { simple: RANDOM } } }`),
        route(to('v1')),
      ].join('---'),
    );
    expect(limit(settings(bed))).toBe(1);
    expect(settings(bed, { namespace: 'other' })?.connectionLimits).toBeUndefined();
    // Their rule has no subsets, so they know none.
    expect(bed.status('shop/client')).toBe(200);
    expect(bed.status('other/client2')).toBe(503);
  });

  it('a rule for some pods is for pods of its own namespace, which get nothing else', () => {
    const bed = istioBed(
      [
        rule('shop/web', `{ host: web, trafficPolicy: ${full(1)} }`, 2),
        rule(
          'shop/canary',
          `{ host: web, workloadSelector: { matchLabels: { app: client } }, trafficPolicy: ${full(7)} }`,
        ),
      ].join('---'),
    );
    expect(limit(settings(bed, { labels: { app: 'client' } }))).toBe(7);
    expect(limit(settings(bed, { labels: { app: 'api' } }))).toBe(1);
    expect(limit(settings(bed, { labels: { app: 'client' }, namespace: 'other' }))).toBe(1);
  });
});

describe('section 12: outlier detection, pools, hashes', () => {
  const outlier = (body: string) => rule('shop/web', `{ host: web, trafficPolicy: { outlierDetection: ${body} } }`);

  it('12.1 the silent ten percent take nobody out, which is said', () => {
    const bed = istioBed(outlier('{ consecutive5xxErrors: 3 }'));
    expect(settings(bed)?.outlierDetection).toMatchObject({
      consecutive5xx: { value: 3, origin: 'written' },
      maxEjectionPercent: { value: 10, origin: 'proxyDefault' },
      intervalMs: { value: 10_000, origin: 'proxyDefault' },
      baseEjectionMs: { value: 30_000, origin: 'proxyDefault' },
      minHealthPercent: { value: 0, origin: 'proxyDefault' },
    });
    expect(bed.codes).toContain('ISTIO101');
    expect(istioBed(outlier('{ maxEjectionPercent: 100 }')).codes).not.toContain('ISTIO101');
  });

  it('where to go when endpoints fail says nothing without a way to tell that they do', () => {
    const near = (setting: string, more = '') =>
      istioBed(
        rule('shop/web', `{ host: web, trafficPolicy: { loadBalancer: { localityLbSetting: ${setting} }${more} } }`),
      );
    const failover = '{ failoverPriority: [version] }';
    expect(near(failover).codes).toContain('ISTIO102');
    expect(settings(near(failover))?.locality?.priority).toBeUndefined();
    expect(near(failover, ', outlierDetection: {}').codes).not.toContain('ISTIO102');
    expect(settings(near(failover, ', outlierDetection: {}'))?.locality?.priority).toEqual(['version']);
    expect(near('{ enabled: false, failoverPriority: [version] }').codes).not.toContain('ISTIO102');
    expect(near('{ distribute: [{ from: a/*, to: { a/*: 100 } }] }').codes).not.toContain('ISTIO102');
  });

  it('12.2 an empty block switches outlier detection on with five 5xx', () => {
    expect(settings(istioBed(outlier('{}')))?.outlierDetection?.consecutive5xx).toEqual({
      value: 5,
      origin: 'proxyDefault',
    });
  });

  it('12.3 the limit named after HTTP/2 is one for all requests', () => {
    const pool = '{ tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1, http2MaxRequests: 2 } }';
    const bed = istioBed(rule('shop/web', `{ host: web, trafficPolicy: { connectionPool: ${pool} } }`));
    expect(settings(bed)?.connectionLimits).toMatchObject({
      maxConnections: { value: 1 },
      maxPendingRequests: { value: 1 },
      maxRequests: { value: 2 },
      connectTimeoutMs: { value: 10_000, origin: 'proxyDefault' },
    });
  });

  it('12.4 what requests are hashed on', () => {
    const hash = (body: string) =>
      settings(
        istioBed(rule('shop/web', `{ host: web, trafficPolicy: { loadBalancer: { consistentHash: ${body} } } }`)),
      )?.loadBalancing?.algorithm.value;
    expect(hash('{ httpHeaderName: X-User }')).toMatchObject({ on: { kind: 'header', name: 'x-user' } });
    expect(hash('{ httpQueryParameterName: User }')).toMatchObject({ on: { kind: 'query', name: 'User' } });
    expect(hash('{ useSourceIp: true, maglev: { tableSize: 5 } }')).toEqual({
      kind: 'consistentHash',
      on: { kind: 'sourceAddress' },
      table: { kind: 'maglev', size: 5 },
    });
    expect(hash('{ httpCookie: { name: sid, ttl: 60s } }')).toMatchObject({
      on: { kind: 'cookie', name: 'sid', ttlMs: 60_000 },
      table: { kind: 'ring' },
    });
  });
});

describe('section 13: a DestinationRule about TLS', () => {
  it('13.8 tls DISABLE against STRICT fails, ISTIO_MUTUAL against DISABLE too', () => {
    const peer = (mode: string) => `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: ${mode} } }
`;
    const tls = (mode: string) => rule('shop/web', `{ host: web, trafficPolicy: { tls: { mode: ${mode} } } }`);
    expect(istioBed(`${peer('STRICT')}---${tls('DISABLE')}`).status('shop/client')).toBe(503);
    const plain = istioBed(`${peer('PERMISSIVE')}---${tls('DISABLE')}`).send('shop/client');
    expect(plain).toMatchObject({ decision: 'forwarded', encrypted: 'plaintext' });
    expect(plain.identitySeen).toBeUndefined();
    expect(istioBed(`${peer('DISABLE')}---${tls('ISTIO_MUTUAL')}`).status('shop/client')).toBe(503);
  });
});
