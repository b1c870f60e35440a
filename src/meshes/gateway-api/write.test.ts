import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersOf, boundaryAsks } from '../../../test/support/boundary-asks.ts';
import { objectsFrom } from '../../../test/support/snapshot.ts';
import { toYamlStream } from '../../base/yaml.ts';
import type { PathRewrite } from '../../model/capabilities/rewrite.ts';
import type { Action, Backend, Frontend, Rule, Target } from '../../model/frontend.ts';
import type { HeaderMatch, Match, PathMatch, Regex } from '../../model/match.ts';
import { assemble, type Model } from '../../model/model.ts';
import { readKubernetes } from '../../native/kubernetes/read-kubernetes.ts';
import { type NativeObject, Snapshot } from '../../native/snapshot.ts';
import { adapter } from './adapter.ts';

const ground = objectsFrom(
  ['web', 'api', 'v2']
    .map(
      name => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }, { name: http-alt, port: 8080 }] }
`,
    )
    .join('---'),
);

const mesh = adapter.assume();

const readBack = (objects: readonly NativeObject[]): Model => {
  const snapshot = new Snapshot([...ground, ...objects], 'whole');
  const { inventory } = readKubernetes(snapshot);
  const result = adapter.read({ snapshot, inventory, meshes: [mesh], others: [] });
  return assemble(result.inventory, [result.part]);
};

const modelOf = (...frontends: readonly Frontend[]): Model => ({ ...readBack([]), meshes: [mesh], frontends });

const write = (model: Model) => {
  const result = adapter.write(model, { mesh, snapshot: new Snapshot(ground, 'whole') });
  const objects = result.objects.length > 0 ? objectsFrom(toYamlStream(result.objects)) : [];
  return { ...result, again: readBack(objects) };
};

const service = (name: string, port?: number): Backend => ({
  kind: 'service',
  service: `shop/${name}`,
  ...(port === undefined ? {} : { port }),
});
const forward = (...backends: readonly Backend[]): Target => ({
  kind: 'forward',
  backends: backends.map(backend => ({ backend, weight: { value: 1, origin: 'written' } })),
});
const rule = (id: string, match: Match, target: Target, more: Partial<Action> = {}): Rule => ({
  id,
  match,
  action: { id: `action ${id}`, target, ...more },
});
const table = (rules: readonly Rule[], more: Partial<Frontend> = {}): Frontend => ({
  id: 'shop/web',
  listens: { kind: 'service', service: 'shop/web' },
  protocol: 'http',
  clients: { mesh: mesh.id },
  rules,
  noMatch: { kind: 'respond', status: 404 },
  ...more,
});
const header = (name: string, more: Partial<HeaderMatch> = {}): HeaderMatch => ({
  name,
  match: { kind: 'exact', value: '1' },
  inverted: false,
  missing: 'noMatch',
  repeated: 'any',
  ...more,
});
const regex: Regex = { pattern: '/a.*', dialect: 're2', anchoring: 'full' };
const prefix = (value: string): PathMatch => ({ kind: 'segmentPrefix', value });
const losses = (model: Model): readonly string[] =>
  write(model).dispositions.flatMap(({ leaf, result, loss }) =>
    result === 'applied' ? [] : [`${leaf}: ${result} ${loss?.code} ${loss?.severity} ${loss?.effect}`],
  );

/** Random tables, of what the API can say or of anything. */
const tables = (kind: 'expressible' | 'any'): fc.Arbitrary<Frontend> => {
  const isAny = kind === 'any';
  const paths: fc.Arbitrary<PathMatch | undefined> = fc.oneof(
    fc.constant(undefined),
    fc.constantFrom('', '/a', '/a/b').map(prefix),
    fc.constantFrom('/a', '/a/b', '/c').map((value): PathMatch => ({ kind: 'exact', value })),
    fc.constantFrom(...(isAny ? ['/a', '/a/', '/'] : ['/'])).map((value): PathMatch => ({ kind: 'prefix', value })),
    ...(isAny ? [fc.constant<PathMatch>({ kind: 'regex', regex })] : []),
  );
  const absent = header('z', { inverted: true, match: { kind: 'present' } });
  const headers = [header('x'), header('y'), ...(isAny ? [absent] : [])];
  const matches: fc.Arbitrary<Match> = fc
    .record({
      path: paths,
      method: fc.constantFrom(undefined, undefined, 'GET', 'PUT'),
      headers: fc.subarray(headers, { maxLength: 2 }),
      port: fc.constantFrom(undefined, undefined, undefined, 80, 8080),
      namespace: fc.constantFrom(undefined, undefined, undefined, 'one', 'two'),
    })
    .map(({ path, method, headers, port, namespace }) => ({
      ...(path ? { path } : {}),
      ...(method ? { method: { kind: 'exact' as const, value: method } } : {}),
      ...(headers.length > 0 ? { headers } : {}),
      ...(port ? { port } : {}),
      ...(namespace ? { caller: { namespaces: [namespace] } } : {}),
    }));
  const targets: fc.Arbitrary<Target> = fc.constantFrom<Target>(
    forward(service('web')),
    forward(service('api', 80)),
    forward(service('v2', 8080), service('api', 80)),
    forward({ kind: 'service', service: 'shop/web', port: 80, subset: { name: 'v1', labels: { version: 'v1' } } }),
    ...(isAny
      ? [
          forward({ kind: 'nowhere', status: 503, why: 'no such subset', named: 'shop/web' }, service('v2', 80)),
          { kind: 'respond' as const, response: { status: 418 } },
        ]
      : []),
  );
  return fc
    .tuple(
      fc.array(fc.tuple(matches, targets), { minLength: 1, maxLength: 6 }),
      fc.constantFrom<Frontend['noMatch']>({ kind: 'respond', status: 404 }, { kind: 'passToService' }),
      fc.constantFrom(undefined, 80),
    )
    .map(([rules, noMatch, port]) =>
      table(
        rules.map(([match, target], index) => rule(`${index}`, match, target)),
        { noMatch, listens: { kind: 'service', service: 'shop/web', ...(port ? { port } : {}) } },
      ),
    );
};

describe('any list of rules', () => {
  it('does, once written, what the ledger says it will', () => {
    fc.assert(
      fc.property(tables('any'), frontend => {
        const model = modelOf(frontend);
        const { expected, again, dispositions } = write(model);
        const asks = boundaryAsks(model);
        expect(answersOf(again, asks)).toEqual(answersOf(expected, asks));
        const differs = dispositions.some(({ loss }) => loss?.effect === 'differs');
        if (!differs) expect(answersOf(expected, asks)).toEqual(answersOf(model, asks));
      }),
      { seed: 41, numRuns: 30 },
    );
  });

  it('is written the same again', () => {
    fc.assert(
      fc.property(tables('any'), frontend => {
        const first = write(modelOf(frontend));
        expect(write(first.again).objects).toEqual(first.objects);
      }),
      { seed: 42, numRuns: 30 },
    );
  });

  it('does what it did where the API has words for all of it', () => {
    fc.assert(
      fc.property(tables('expressible'), frontend => {
        const model = modelOf(frontend);
        const { again, dispositions } = write(model);
        expect(dispositions.filter(({ loss }) => loss?.effect === 'differs')).toEqual([]);
        const asks = boundaryAsks(model);
        expect(answersOf(again, asks)).toEqual(answersOf(model, asks));
      }),
      { seed: 43, numRuns: 30 },
    );
  });
});

describe('what the API has no words for', () => {
  const web = forward(service('web', 80));
  const one = (match: Match, target: Target = web, more: Partial<Action> = {}): Model =>
    modelOf(table([rule('r', match, target, more)]));

  it.each<[string, Model, string]>([
    [
      'a prefix of the text',
      one({ path: { kind: 'prefix', value: '/foo' } }),
      'r path: approximated path-prefix behaviour differs',
    ],
    [
      'an absent header',
      one({ headers: [header('x', { inverted: true, match: { kind: 'present' } })] }),
      'r headers[0] x: refused header-absent behaviour differs',
    ],
    [
      'a negated header',
      one({ headers: [header('x', { inverted: true })] }),
      'r headers[0] x: refused header-negation behaviour differs',
    ],
    [
      'the Host',
      one({ authority: { kind: 'exact', value: 'web' } }),
      'r authority: refused authority-match behaviour differs',
    ],
    ['callers by label', one({ caller: { labels: { app: 'x' } } }), 'r caller: refused caller-match behaviour differs'],
    [
      'callers of the namespace of the service',
      one({ caller: { namespaces: ['shop'] } }),
      'r caller: refused caller-match behaviour differs',
    ],
    [
      'a token claim',
      one({ claims: [{ path: ['iss'], match: { kind: 'exact', value: 'x' }, inverted: false }] }),
      'r claims[0] iss: refused claim-match behaviour differs',
    ],
    [
      'an answer of its own',
      one({}, { kind: 'respond', response: { status: 418 } }),
      'action r response: refused direct-response behaviour differs',
    ],
    [
      'a fault',
      one({}, web, { fault: { abort: { status: 500, percent: { value: 5, origin: 'written' } } } }),
      'action r fault.abort: refused fault-abort behaviour differs',
    ],
    [
      'retries in the standard channel',
      one({}, web, { retries: { max: { value: 3, origin: 'written' }, on: { value: ['5xx'], origin: 'written' } } }),
      'action r retries.max: refused retry-count behaviour differs',
    ],
    [
      'a subset without labels',
      one({}, forward({ kind: 'service', service: 'shop/web', port: 80, subset: { name: 'v9' } })),
      'action r backends[0]: refused subset behaviour differs',
    ],
    [
      'a host outside',
      one({}, forward({ kind: 'service', service: 'api.example.com', port: 443 })),
      'action r backends[0]: refused backend-external behaviour differs',
    ],
    [
      'a host that is no Service',
      modelOf(table([], { listens: { kind: 'hosts', hosts: ['a.example'] } })),
      'listens: refused frontend-host behaviour differs',
    ],
    [
      'strict encryption',
      { ...modelOf(), encryption: [{ id: 'all', scope: {}, mode: { value: 'strict', origin: 'written' } }] },
      'mode: refused encryption-mode security differs',
    ],
    [
      'who may not call',
      {
        ...modelOf(),
        access: [
          {
            id: 'no',
            scope: {},
            tier: 1,
            otherwise: 'nothing',
            rules: [{ id: 'r', effect: 'deny', clauses: [{ conditions: [] }] }],
          },
        ],
      },
      'scope: refused access security differs',
    ],
    [
      'tokens',
      {
        ...modelOf(),
        requestAuthentication: [
          { id: 'jwt', scope: {}, issuers: [{ issuer: 'https://i', keys: { kind: 'inline', keySet: '{}' } }] },
        ],
      },
      'issuers[0]: refused access-token security differs',
    ],
    [
      'unknown hosts that are stopped',
      {
        ...modelOf(),
        egress: [{ id: 'out', clients: {}, mode: { value: 'deny', origin: 'written' }, deniedStatus: 502 }],
      },
      'mode: refused egress-default security differs',
    ],
  ])('is told: %s', (_, model, expected) => {
    expect(losses(model)).toContain(expected);
  });

  it.each(['permissive', 'disabled'] as const)('costs nothing where plaintext was accepted before: %s', mode => {
    const encryption = [{ id: 'all', scope: {}, mode: { value: mode, origin: 'written' as const } }];
    expect(losses({ ...modelOf(), encryption })).toEqual(['mode: refused encryption-mode behaviour none']);
  });

  it('is told of a mesh that encrypts by itself, also where plaintext is accepted beside', () => {
    const plane = { ...mesh.dataPlanes.mesh!, opensMtls: true };
    const encrypting = { ...mesh, id: 'other', dataPlanes: { mesh: plane } };
    const encryption = [{ id: 'all', scope: {}, mode: { value: 'permissive' as const, origin: 'written' as const } }];
    expect(losses({ ...modelOf(), meshes: [encrypting], encryption })).toContain(
      'data plane.opensMtls: refused mesh-encryption security differs',
    );
  });

  it('costs nothing in a rule that no request reaches', () => {
    const dead = rule('dead', { path: prefix('/a'), headers: [header('x', { inverted: true })] }, web);
    expect(losses(modelOf(table([rule('all', {}, web), dead])))).toEqual([
      'dead path: refused header-negation behaviour none',
      'dead headers[0] x: refused header-negation behaviour none',
    ]);
  });
});

describe('written routes', () => {
  const paths = (model: Model): readonly unknown[] =>
    write(model).objects.map(({ kind, metadata, spec }) => [
      kind,
      metadata.namespace,
      metadata.name,
      (spec as { parentRefs?: unknown }).parentRefs,
    ]);

  it('stand for everyone in the namespace of the Service, and for a namespace of clients in that one', () => {
    const web = forward(service('web', 80));
    const model = modelOf(
      table([rule('theirs', { caller: { namespaces: ['one'] } }, forward(service('v2', 80))), rule('all', {}, web)]),
    );
    expect(paths(model)).toEqual([
      ['HTTPRoute', 'one', 'web-shop', [{ group: '', kind: 'Service', name: 'web', namespace: 'shop' }]],
      ['HTTPRoute', 'shop', 'web', [{ group: '', kind: 'Service', name: 'web' }]],
    ]);
  });

  it('leave to an earlier table the ports that it has', () => {
    const model = modelOf(
      table([rule('one', { path: prefix('/a') }, forward(service('v2', 80)))], {
        id: 'one port',
        listens: { kind: 'service', service: 'shop/web', port: 80 },
      }),
      table([rule('all', {}, forward(service('api', 80)))]),
    );
    expect(paths(model)).toEqual([
      ['HTTPRoute', 'shop', 'web-80', [{ group: '', kind: 'Service', name: 'web', port: 80 }]],
      ['HTTPRoute', 'shop', 'web-8080', [{ group: '', kind: 'Service', name: 'web', port: 8080 }]],
    ]);
    const asks = boundaryAsks(model);
    expect(answersOf(write(model).again, asks)).toEqual(answersOf(model, asks));
  });

  it('send a subset to a Service that selects it, with a name of its own', () => {
    const subset = (name: string, version: string): Backend => ({
      kind: 'service',
      service: 'shop/web',
      port: 80,
      subset: { name, labels: { version } },
    });
    const taken = 'x'.repeat(70);
    const model = modelOf(table([rule('r', {}, forward(subset('v1', 'v1'), subset(taken, 'v2')))]));
    const services = write(model).objects.filter(({ kind }) => kind === 'Service');
    expect(
      services.map(({ metadata, spec }) => [metadata.name.length <= 63, (spec as { selector: unknown }).selector]),
    ).toEqual([
      [true, { app: 'web', version: 'v1' }],
      [true, { app: 'web', version: 'v2' }],
    ]);
    expect(services[0]?.metadata.name).toBe('web-v1');
  });

  it('of TLS look at no server name where one of the rules looks at none', () => {
    const ledger = forward(service('web', 80));
    const named = rule('named', { sni: ['ledger.example'] }, ledger);
    const model = modelOf(
      table([named, { ...named, id: 'any', match: {} }], {
        protocol: 'tls',
        noMatch: { kind: 'passToService' },
        listens: { kind: 'service', service: 'shop/web', port: 80 },
      }),
    );
    const [route] = write(model).objects;
    expect([route?.kind, route?.spec]).toEqual([
      'TLSRoute',
      expect.not.objectContaining({ hostnames: expect.anything() }),
    ]);
  });

  it('of TLS for the clients of one namespace leave the service to everyone else', () => {
    const theirs = rule('theirs', { caller: { namespaces: ['one'] } }, forward(service('v2', 80)));
    const tls = (noMatch: Frontend['noMatch']): Model =>
      modelOf(
        table([theirs], { protocol: 'tls', noMatch, listens: { kind: 'service', service: 'shop/web', port: 80 } }),
      );
    expect(losses(tls({ kind: 'passToService' }))).toEqual([]);
    expect(losses(tls({ kind: 'respond', status: 404 }))).toEqual(['noMatch: approximated no-match behaviour differs']);
    expect(write(tls({ kind: 'respond', status: 404 })).expected.frontends[0]?.noMatch.kind).toBe('passToService');
    expect(paths(tls({ kind: 'passToService' }))).toEqual([
      ['TLSRoute', 'one', 'web-shop-80', [{ group: '', kind: 'Service', name: 'web', namespace: 'shop', port: 80 }]],
      ['TLSRoute', 'shop', 'web-80', [{ group: '', kind: 'Service', name: 'web', port: 80 }]],
    ]);
  });

  it('for gRPC that look at the method of HTTP are HTTPRoutes, since a GRPCRoute does not look', () => {
    const post = rule('post', { method: { kind: 'exact', value: 'POST' } }, forward(service('web', 80)));
    const model = modelOf(table([post], { protocol: 'grpc' }));
    expect(write(model).objects.map(({ kind }) => kind)).toEqual(['HTTPRoute']);
    const asks = boundaryAsks(model);
    expect(answersOf(write(model).again, asks)).toEqual(answersOf(model, asks));
  });

  it.each<Extract<PathRewrite, { kind: 'segmentPrefix' | 'prefix' }>>([
    { kind: 'segmentPrefix', value: '/new' },
    { kind: 'prefix', value: '/new' },
    { kind: 'prefix', value: '/' },
  ])('replace the prefix `/` by segments, and say so where it makes a difference: %o', path => {
    const target = forward(service('web', 80));
    const model = modelOf(table([rule('r', { path: { kind: 'prefix', value: '/' } }, target, { rewrite: { path } })]));
    const { expected, again, dispositions } = write(model);
    const asks = boundaryAsks(model);
    expect(answersOf(again, asks)).toEqual(answersOf(expected, asks));
    expect(dispositions.some(({ loss }) => loss?.effect === 'differs')).toBe(path.value !== '/');
  });

  it('never take text for an expression', () => {
    const text: HeaderMatch = header('x', { match: { kind: 'prefix', value: 'a.b(c' } });
    const [manifest] = write(modelOf(table([rule('r', { headers: [text] }, forward(service('web', 80)))]))).objects;
    expect(JSON.stringify(manifest?.spec)).toContain(JSON.stringify('a\\.b\\(c.*'));
  });
});
