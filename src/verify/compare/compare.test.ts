import { describe, expect, it } from 'vitest';
import { written } from '../../base/source.ts';
import type { Action } from '../../model/frontend.ts';
import type { Service } from '../../model/inventory.ts';
import type { Match } from '../../model/match.ts';
import type { Model } from '../../model/model.ts';
import {
  at,
  backendTo,
  encryption,
  exact,
  forward,
  gateway,
  header,
  mesh,
  present,
  rule,
  service,
  sidecar,
  table,
  workload,
} from '../testing/model-builder.ts';
import { differences, laidOut, routes, shop, toVersion, witnessFor } from '../testing/shop.ts';
import { compare } from './compare.ts';

describe('routing', () => {
  const split = (a: number, b: number) =>
    shop(routes(rule('all', {}, forward(toVersion(a, 'v1'), toVersion(b, 'v2')))));

  it('is compared as shares of endpoint sets', () => {
    expect(differences(laidOut(split(1, 3), split(25, 75)))).toEqual([]);
    expect(differences(laidOut(split(1, 3), split(1, 1)))).toEqual(['shop/web routing different']);
    const turned = shop(routes(rule('all', {}, forward(toVersion(3, 'v2'), toVersion(1, 'v1')))));
    expect(differences(laidOut(split(1, 3), turned))).toEqual([]);
    const twice = shop(routes(rule('all', {}, forward(toVersion(1, 'v1'), toVersion(1, 'v2'), toVersion(2, 'v2')))));
    expect(differences(laidOut(split(1, 3), twice))).toEqual([]);
  });

  it('minds what browsers are told, also where each share has header edits of its own', () => {
    const told = (origin: string): Model => {
      const edited = (subset: string) => ({ ...toVersion(1, subset), responseHeaders: { set: { from: subset } } });
      const cors = { allowOrigins: [exact(origin)], allowCredentials: true };
      return shop(routes(rule('all', {}, forward(edited('v1'), edited('v2')), { cors })));
    };
    expect(differences(laidOut(told('https://a.example'), told('https://a.example')))).toEqual([]);
    expect(differences(laidOut(told('https://a.example'), told('https://b.example')))).toContain(
      'shop/web routing different',
    );
  });

  it('does not mind that a subset became a service', () => {
    const own = service('shop/web-v2', {
      endpoints: { kind: 'pods', namespace: 'shop', labels: { app: 'web', version: 'v2' } },
    });
    const before = shop(routes(rule('all', {}, forward(toVersion(1, 'v2')))));
    const after = shop(routes(rule('all', {}, forward(backendTo('shop/web-v2')))), {
      services: [service('shop/web'), service('shop/api'), own],
    });
    const comparison = laidOut(before, after);
    expect(differences(comparison)).toEqual([]);
    expect(comparison.unmatched).toEqual([{ side: 'b', kind: 'service', name: 'shop/web-v2' }]);
  });

  it('minds what is asked of the Host, where routes are found by the address and the Host is free', () => {
    const addressed = mesh({ dataPlanes: { sidecar: { ...sidecar, findsRoutesBy: 'address' } } });
    const toV1 = (...patterns: readonly string[]): Model => {
      const headers = patterns.map(pattern =>
        header(':authority', { kind: 'regex', regex: { pattern, dialect: 're2', anchoring: 'full' } }),
      );
      const first = rule('host', { headers }, forward(toVersion(1, 'v1')));
      return shop({ ...routes(first, rule('rest', {}, forward(toVersion(1, 'v2')))), meshes: [addressed] });
    };
    expect(differences(laidOut(toV1('rev.*'), shop({ meshes: [addressed] })))).toContain('shop/web routing different');
    expect(differences(laidOut(toV1('rev.*'), toV1('rev[a-z]*')))).toEqual(['shop/web routing different']);
    // Each alone is like many names; both together are like few.
    expect(differences(laidOut(toV1('a.*', '.*[.]b[.].*'), toV1('a.*', '.*[.]c[.].*')))).toEqual([
      'shop/web routing different',
    ]);
    expect(differences(laidOut(toV1('rev.*'), toV1('rev.*', 'r.*')))).toEqual([]);
  });

  it('minds that what is outside takes the mTLS of a mesh that it is joined with', () => {
    const endpoints = { kind: 'addresses', addresses: ['192.0.2.9'] } as const;
    const far = (more: Partial<Service>): Model =>
      shop({}, { services: [service('shop/web', { external: true, endpoints, ...more }), service('shop/api')] });
    const joined = mesh({}).id;
    expect(differences(laidOut(far({ joinedWith: joined }), far({})))).toContain('shop/web encryption looser');
    expect(differences(laidOut(far({ joinedWith: joined }), far({ joinedWith: joined })))).toEqual([]);
  });

  it('minds endpoints that listen on another port', () => {
    const moved = service('shop/web', { ports: [{ port: 80, protocol: 'http', targetPort: 9090 }] });
    expect(differences(laidOut(shop(), shop({}, { services: [moved, service('shop/api')] })))).toEqual([
      'shop/web routing different',
    ]);
  });

  const one = (match: Match, action: Partial<Action> = {}): Model =>
    shop(
      routes(rule('one', match, forward(toVersion(1, 'v1')), action), rule('rest', {}, forward(toVersion(1, 'v2')))),
    );

  it('finds a string prefix in place of a segment prefix, and shows the shortest request', () => {
    const comparison = laidOut(
      one({ path: { kind: 'prefix', value: '/foo' } }),
      one({ path: { kind: 'segmentPrefix', value: '/foo' } }),
    );
    expect(differences(comparison)).toEqual(['shop/web routing different']);
    expect(witnessFor(comparison, 'routing')?.request).toEqual({
      protocol: 'http',
      method: 'GET',
      scheme: 'http',
      path: expect.stringMatching(/^\/foo[^/]$/),
      headers: [],
    });
  });

  it.each<[string, Match, Match]>([
    ['a method', { method: exact('GET') }, { method: exact('POST') }],
    [
      'a missing header',
      { headers: [header('x', exact(''), { missing: 'empty' })] },
      { headers: [header('x', exact(''))] },
    ],
    [
      'a repeated header',
      { headers: [header('x', exact('a'))] },
      { headers: [header('x', exact('a'), { repeated: 'joined' })] },
    ],
    ['a negation', { headers: [header('x', exact('a'))] }, { headers: [header('x', exact('a'), { inverted: true })] }],
    ['case', { path: { kind: 'exact', value: '/A' } }, { path: { kind: 'exact', value: '/A', ignoreCase: true } }],
    ['a caller', { caller: { namespaces: ['other'] } }, { caller: { namespaces: ['elsewhere'] } }],
    ['a dropped caller', { caller: { labels: { app: 'client' } } }, {}],
    [
      'an unescaped dot',
      { path: { kind: 'exact', value: '/v1.0' } },
      { path: { kind: 'regex', regex: { pattern: '/v1.0', dialect: 're2', anchoring: 'full' } } },
    ],
    [
      'repeated query parameters',
      { query: [{ name: 'a', match: exact('1'), repeated: 'first', decoded: false }] },
      { query: [{ name: 'a', match: exact('1'), repeated: 'any', decoded: false }] },
    ],
  ])('finds %s', (_, before, after) => {
    const comparison = laidOut(one(before), one(after));
    expect(differences(comparison)).toEqual(['shop/web routing different']);
  });

  it('finds two rules swapped only where they overlap', () => {
    const two = (...order: ('a' | 'b')[]): Model =>
      shop(
        routes(
          ...order.map(name =>
            name === 'a'
              ? rule('a', { path: { kind: 'prefix', value: '/a' } }, forward(toVersion(1, 'v1')))
              : rule('b', { headers: [header('x', present)] }, forward(toVersion(1, 'v2'))),
          ),
        ),
      );
    const comparison = laidOut(two('a', 'b'), two('b', 'a'));
    expect(differences(comparison)).toEqual(['shop/web routing different']);
    expect(witnessFor(comparison, 'routing')?.request).toMatchObject({ path: '/a', headers: [['x', '']] });
    const disjoint = (...paths: string[]): Model =>
      shop(
        routes(
          ...paths.map(path =>
            rule(path, { path: { kind: 'exact', value: path } }, forward(toVersion(1, path === '/a' ? 'v1' : 'v2'))),
          ),
        ),
      );
    expect(differences(laidOut(disjoint('/a', '/b'), disjoint('/b', '/a')))).toEqual([]);
  });

  it.each<[string, Partial<Action>, Partial<Action>]>([
    [
      'mirrors',
      { mirrors: [{ backend: { kind: 'service', service: 'shop/api' }, percent: written(5) }] },
      { mirrors: [{ backend: { kind: 'service', service: 'shop/api' }, percent: written(100) }] },
    ],
    ['header edits', { requestHeaders: { set: { a: 'b' } } }, { requestHeaders: { add: { a: 'b' } } }],
    ['answers’ header edits', { responseHeaders: { remove: ['a'] } }, {}],
    [
      'rewrites',
      { rewrite: { path: { kind: 'prefix', value: '/x' } } },
      { rewrite: { path: { kind: 'full', value: '/x' } } },
    ],
  ])('compares %s as values', (_, before, after) => {
    const path: Match = { path: { kind: 'prefix', value: '/a' } };
    expect(differences(laidOut(one(path, before), one(path, before)))).toEqual([]);
    expect(differences(laidOut(one(path, before), one(path, after)))).toEqual(['shop/web routing different']);
  });

  it('goes by the server name where a gateway passes TLS on', () => {
    const on80 = (service: string) => ({
      ...backendTo(service),
      backend: { kind: 'service', service, port: 80 } as const,
    });
    const passing = (backend: string): Model => {
      const listener = {
        name: 'tls',
        port: 443,
        protocol: 'tls',
        hosts: [],
        tls: { mode: 'passthrough', certificates: [] },
      } as const;
      const tables = ['a.example', 'b.example'].map(name =>
        table(name, [rule(name, { sni: [name] }, forward(on80(name === 'a.example' ? 'shop/web' : backend)))], {
          listens: { kind: 'listener', gateway: 'edge/public', listener: 'tls', hosts: [name] },
          protocol: 'tls',
        }),
      );
      return shop({ frontends: tables }, { gateways: [gateway('edge/public', { listeners: [listener] })] });
    };
    expect(differences(laidOut(passing('shop/api'), passing('shop/api')))).toEqual([]);
    expect(differences(laidOut(passing('shop/api'), passing('shop/web')))).toContain('b.example routing different');
  });

  it('is looked at behind gateways as well', () => {
    const behind = (path: string): Model =>
      shop(
        {
          frontends: [
            {
              ...table('shop/web', [rule('in', { path: { kind: 'exact', value: path } }, forward(toVersion(1, 'v1')))]),
              listens: { kind: 'listener', gateway: 'edge/public', listener: 'http', hosts: ['shop.example'] },
            },
          ],
        },
        { gateways: [gateway('edge/public')] },
      );
    const comparison = laidOut(behind('/a'), behind('/b'));
    expect(comparison.services.filter(({ verdict }) => verdict !== 'equal')).toMatchObject([
      { service: 'shop.example', port: 80, via: 'edge/public', aspect: 'routing', verdict: 'different' },
    ]);
  });
});

describe('resilience', () => {
  it.each<[string, Partial<Action>, Partial<Action>, boolean]>([
    ['timeouts', { timeouts: { request: written(1000) } }, { timeouts: { request: written(2000) } }, false],
    ['no timeout, said or not', { timeouts: { request: written(0) } }, {}, true],
    ['retries', { retries: { max: written(2), on: written(['5xx']) } }, {}, false],
    [
      'conditions in another order',
      { retries: { max: written(2), on: written(['5xx', 'reset']) } },
      { retries: { max: written(2), on: written(['reset', '5xx']) } },
      true,
    ],
    [
      'faults',
      { fault: { abort: { status: 503, percent: written(10) } } },
      { fault: { abort: { status: 503, percent: written(20) } } },
      false,
    ],
  ])('compares %s', (_, before, after, equal) => {
    const with_ = (action: Partial<Action>): Model =>
      shop(routes(rule('all', {}, forward(toVersion(1, 'v1')), action)));
    expect(differences(laidOut(with_(before), with_(after)))).toEqual(equal ? [] : ['shop/web resilience different']);
  });
});

describe('what cannot be compared', () => {
  it('is listed, and compared under its new name where the map says so', () => {
    const renamed = {
      services: [
        service('shop/front', { endpoints: { kind: 'pods', namespace: 'shop', labels: { app: 'web', tier: 'x' } } }),
        service('shop/api'),
      ],
    };
    const comparison = laidOut(shop(), shop({}, renamed));
    expect(comparison.unmatched).toEqual([
      { side: 'a', kind: 'service', name: 'shop/web' },
      { side: 'b', kind: 'service', name: 'shop/front' },
    ]);
    const mapped = laidOut(shop(), shop({}, renamed), { map: { 'shop/web': 'shop/front' } });
    expect(mapped.unmatched).toEqual([]);
    expect(differences(mapped)).toEqual(['shop/web routing different']);
  });

  it('goes together by its endpoints, where the name alone is new', () => {
    const renamed = {
      services: [
        service('shop/front', { endpoints: { kind: 'pods', namespace: 'shop', labels: { app: 'web' } } }),
        service('shop/api'),
      ],
    };
    const comparison = laidOut(shop(), shop({}, renamed));
    expect(comparison.unmatched).toEqual([]);
    expect(differences(comparison)).toEqual([]);
  });

  it('is undecided where something opaque stands on one side only', () => {
    const patched = shop({
      opaque: [
        { id: 'patch', what: 'patches the proxy', namespaces: ['shop'], labels: { app: 'web' }, source: at('patch') },
      ],
    });
    const comparison = laidOut(shop(), patched);
    expect(comparison.verdict).toBe('undecided');
    expect(comparison.services.find(({ verdict }) => verdict === 'undecided')?.reason).toContain('patch');
    expect(laidOut(patched, patched).verdict).toBe('equal');
  });

  it('knows that a short Host names another service in another namespace', () => {
    const named = (status: number): Model =>
      shop(
        { frontends: [table('other/web', [rule('all', {}, { kind: 'respond', response: { status } })])] },
        { services: [service('shop/web'), service('other/web')], workloads: [workload('other/batch')] },
      );
    expect(differences(laidOut(named(404), named(410)))).toContain('shop/web routing different');
  });

  it('says how much was asked, and is undecided where classes were left out', () => {
    expect(laidOut(shop(), shop(), { everywhere: true })).toMatchObject({ verdict: 'equal', method: 'exact', left: 0 });
    const routed = shop(
      routes(
        ...['/a', '/b', '/c', '/d'].map(value =>
          rule(value, { path: { kind: 'exact', value } }, forward(toVersion(1, 'v1'))),
        ),
      ),
    );
    const whole = laidOut(routed, structuredClone(routed), { everywhere: true });
    expect(whole).toMatchObject({ verdict: 'equal', left: 0 });
    const few = laidOut(routed, structuredClone(routed), { everywhere: true, perTarget: 2 });
    expect(few.verdict).toBe('undecided');
    expect(few.left).toBeGreaterThan(0);
    expect(few.asked).toBeLessThan(whole.asked);
  });

  describe('within its budget', () => {
    const toV1 = forward(toVersion(1, 'v1'));
    const overlapping = (rules: number): Model =>
      shop(
        routes(
          ...Array.from({ length: rules }, (_, index) => {
            const [first, second] = [index % 26, (index * 7 + 3) % 26].map(at => String.fromCharCode(0x61 + at));
            const pattern = `.*${first}.{${index % 9}}${second}`;
            const regex = { pattern, dialect: 're2', anchoring: 'full' } as const;
            const version = index % 2 === 0 ? 'v1' : 'v2';
            return rule(String(index), { path: { kind: 'regex', regex } }, forward(toVersion(1, version)));
          }),
        ),
      );

    it('200 overlapping expressions on one path are answered, or left open', () => {
      const { services } = laidOut(overlapping(200), overlapping(199));
      const verdict = services.find(({ service, aspect }) => service === 'shop/web' && aspect === 'routing')?.verdict;
      expect(['different', 'undecided']).toContain(verdict);
    });

    it('it is undecided where patterns take more work, the same each time', () => {
      const routed = shop(
        routes(
          ...['/.*a.*', '/.*b.*', '/.*c.*', '/.*d.*'].map(pattern =>
            rule(pattern, { path: { kind: 'regex', regex: { pattern, dialect: 're2', anchoring: 'full' } } }, toV1),
          ),
        ),
      );
      const everywhere = true;
      expect(laidOut(routed, routed, { everywhere })).toMatchObject({ verdict: 'equal', left: 0 });
      const tried = () => laidOut(routed, routed, { everywhere, work: 0 });
      const first = tried();
      expect(first.verdict).toBe('undecided');
      expect(first.left).toBeGreaterThan(0);
      expect(first.services.map(({ reason }) => reason)).toContain('its patterns take too much work to compare');
      const again = tried();
      expect([again.asked, again.left, again.verdict]).toEqual([first.asked, first.left, first.verdict]);
    });
  });
});

describe('a client and a server whose configurations differ', () => {
  it('are worlds like any other', () => {
    const [open, closed] = [
      shop({ encryption: [encryption('permissive')] }),
      shop({ encryption: [encryption('strict')] }),
    ];
    const off = shop({
      destinations: [{ id: 'off', clients: {}, target: { service: 'shop/web' }, tls: { mode: written('none') } }],
    });
    const comparison = compare({ client: off, server: open }, { client: off, server: closed });
    expect(differences(comparison)).toContain('shop/web access stricter');
  });
});
