import { describe, expect, it } from 'vitest';
import { meshDefault, proxyDefault, written } from '../base/source.ts';
import type { Frontend } from '../model/frontend.ts';
import type { Model } from '../model/model.ts';
import { tellApart } from './answers.ts';
import {
  accessRule,
  at,
  backendTo,
  bareWorkload,
  condition,
  encryption,
  exact,
  forward,
  gateway,
  header,
  mesh,
  modelOf,
  policy,
  port,
  prefix,
  present,
  re2,
  rule,
  service,
  table,
  workload,
} from './testing/model-builder.ts';

const versions = ['v1', 'v2'].map(version =>
  workload(`shop/web-${version}`, { labels: { app: 'web', version }, serviceAccount: 'web' }),
);
const to = (weight: number, version: string) => backendTo('shop/web', weight, { version });

const listener: Frontend = {
  ...table('shop/web', [
    rule(
      'legacy',
      { path: { kind: 'segmentPrefix', value: '/old' } },
      {
        kind: 'redirect',
        redirect: {
          status: written(301),
          scheme: 'https',
          hostname: 'new.example',
          port: 8443,
          path: { kind: 'segmentPrefix', value: '/new/' },
        },
      },
    ),
    rule(
      'health',
      { path: { kind: 'exact', value: '/health' } },
      { kind: 'respond', response: { status: 200, body: 'ok' } },
    ),
    rule('rest', {}, forward(backendTo('shop/web'))),
  ]),
  id: 'edge',
  listens: { kind: 'listener', gateway: 'edge/public', listener: 'http', hosts: ['shop.example'] },
};

/** A model in which every kind of statement has a part. */
const rich: Model = modelOf(
  {
    workloads: [...versions, workload('shop/client'), workload('other/batch'), bareWorkload('shop/plain')],
    services: [service('shop/web', { ports: [port(80), port(9000, 'tcp', 9000)] }), service('shop/api')],
    gateways: [
      gateway('edge/public', {
        listeners: [
          { name: 'http', port: 80, protocol: 'http', hosts: ['*.example'] },
          {
            name: 'https',
            port: 443,
            protocol: 'https',
            hosts: ['shop.example'],
            tls: { mode: 'terminate', certificates: ['cert'], minVersion: written('1.2') },
          },
        ],
      }),
    ],
  },
  {
    frontends: [
      table('shop/web', [
        rule(
          'canary',
          {
            path: { kind: 'prefix', value: '/a' },
            method: exact('POST'),
            headers: [header('x-user', re2('a.*b')), header('x-off', present, { inverted: true })],
            query: [{ name: 'q', match: exact('1'), repeated: 'first', decoded: false }],
          },
          forward(to(90, 'v1'), to(10, 'v2')),
          {
            timeouts: { request: written(1000), perTry: written(300), idle: written(5000) },
            retries: {
              max: written(3),
              on: written(['5xx', 'status:429']),
              backoff: written({ baseMs: 10, maxMs: 100 }),
              budget: written({ percent: 20, minPerSecond: 5 }),
            },
            requestHeaders: { set: { source: 'mesh' }, add: { origin: 'b' }, remove: ['c'] },
            responseHeaders: { set: { value: 'x' } },
          },
        ),
        rule(
          'faulty',
          { path: { kind: 'regex', regex: { pattern: '/f[0-9]+', dialect: 're2', anchoring: 'full' } } },
          forward(to(1, 'v1')),
          {
            fault: { delay: { ms: 100, percent: written(10) }, abort: { status: 503, percent: written(5) } },
            mirrors: [{ backend: { kind: 'service', service: 'shop/api', port: 80 }, percent: written(30) }],
            rewrite: { host: 'inner', path: { kind: 'prefix', value: '/g' } },
          },
        ),
        rule('cors', { path: { kind: 'exact', value: '/cors' } }, forward(to(1, 'v2')), {
          cors: {
            allowOrigins: [exact('https://shop.example')],
            allowMethods: ['GET'],
            allowHeaders: ['x-a'],
            exposeHeaders: ['x-b'],
            maxAgeSeconds: 60,
            allowCredentials: true,
            unmatchedPreflights: 'ignore',
          },
        }),
        rule('batch', { caller: { namespaces: ['other'] } }, forward(to(1, 'v2'))),
      ]),
      listener,
      {
        id: 'tcp',
        listens: { kind: 'service', service: 'shop/web', port: 9000 },
        protocol: 'tcp',
        clients: { namespaces: ['shop'] },
        rules: [rule('tcp', { port: 9000 }, forward(backendTo('shop/api')))],
        noMatch: { kind: 'passToService' },
      },
    ],
    destinations: [
      {
        id: 'web-v2',
        clients: { namespaces: ['shop'] },
        target: { service: 'shop/web', subset: { name: 'v2', labels: { version: 'v2' } } },
        loadBalancing: { algorithm: written({ kind: 'roundRobin' }), warmup: { durationMs: 1000, minimumPercent: 10 } },
        connectionLimits: { maxConnections: written(10), maxPendingRequests: meshDefault(20) },
        outlierDetection: { consecutive5xx: written(5), maxEjectionPercent: proxyDefault(10) },
        tls: { mode: written('mesh'), serverName: 'web' },
        locality: { enabled: true, failover: [{ from: 'a', to: 'b' }] },
        retryBudget: written({ percent: 30 }),
      },
    ],
    encryption: [
      encryption('strict', { namespaces: ['shop'], labels: { app: 'web' }, ports: [8080] }),
      encryption('permissive'),
    ],
    access: [
      policy('deny', [accessRule('0', 'deny', [condition('request.path', [exact('/admin'), prefix('/private')])])], {
        scope: { namespaces: ['shop'], labels: { app: 'web' } },
        tier: 1,
      }),
      policy(
        'allow',
        [
          accessRule('0', 'allow', [
            condition('peer.identity', [{ kind: 'serviceAccount', namespace: 'shop', name: 'client' }]),
          ]),
          accessRule('1', 'allow', [
            condition('peer.namespace', [exact('other')]),
            condition('token.claim:role', [exact('boss')]),
          ]),
        ],
        { scope: { namespaces: ['shop'], labels: { version: 'v2' } }, tier: 2, otherwise: 'deny' },
      ),
    ],
    requestAuthentication: [
      {
        id: 'tokens',
        scope: { namespaces: ['shop'] },
        issuers: [
          {
            issuer: 'https://login.example',
            audiences: ['shop'],
            keys: { kind: 'url', url: 'https://keys.example' },
            forwardToken: true,
          },
        ],
      },
    ],
    rateLimits: [{ id: 'limit', scope: { namespaces: ['shop'], labels: { app: 'web' } }, total: 100, status: 429 }],
    visibility: [
      {
        id: 'batch',
        clients: { namespaces: ['other'] },
        exposes: [{ namespace: 'shop', host: 'web.shop.svc.cluster.local', port: 80 }],
      },
    ],
    exposures: [{ service: 'shop/api', namespaces: ['shop'] }],
    egress: [
      { id: 'egress', clients: { namespaces: ['shop'] }, mode: written('deny', at('egress')), deniedStatus: 502 },
    ],
    telemetry: [{ id: 'logs', scope: { namespaces: ['shop'] }, accessLog: { enabled: true, providers: ['otel'] } }],
    opaque: [
      { id: 'patch', what: 'patches the proxy', namespaces: ['shop'], labels: { app: 'web' }, source: at('patch') },
    ],
  },
  [mesh({ defaults: { ...mesh().defaults, retries: { max: proxyDefault(2), on: proxyDefault(['reset']) } } })],
);

type Path = readonly (string | number)[];

/** Every leaf of a model, with its path. */
const leavesOf = (value: unknown, path: Path = []): { path: Path; value: unknown }[] => {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
};

const replaced = (value: unknown, [key, ...rest]: Path, leaf: unknown): unknown => {
  if (key === undefined) return leaf;
  if (Array.isArray(value)) return value.map((inner, index) => (index === key ? replaced(inner, rest, leaf) : inner));
  const record = value as Record<string, unknown>;
  return { ...record, [key]: replaced(record[key], rest, leaf) };
};

/** By key, and for `kind` by value: words that mean something else and leave the value well formed. */
const words: Readonly<Record<string, readonly string[]>> = {
  mode: ['none', 'permissive', 'disabled', 'allow', 'deny', 'passthrough'],
  effect: ['allow', 'deny'],
  otherwise: ['nothing', 'deny'],
  missing: ['empty', 'noMatch'],
  repeated: ['any', 'joined', 'first'],
  whenAbsent: ['holds', 'fails'],
  whenNotHttp: ['holds', 'fails'],
  unmatchedPreflights: ['forward'],
  protocol: ['tcp', 'http'],
  attribute: ['request.method', 'peer.trustDomain'],
  anchoring: ['partial'],
  exact: ['prefix', 'suffix'],
  prefix: ['exact', 'suffix'],
  segmentPrefix: ['prefix'],
  passToService: ['next'],
  roundRobin: ['random'],
};

const others = (value: unknown, path: Path): readonly unknown[] => {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value + 7, 0];
  const key = path.at(-1) === 'value' && path.at(-2) === 'mode' ? 'mode' : String(path.at(-1));
  const known = key === 'kind' ? (words[String(value)] ?? []) : words[key];
  return known ? known.filter(word => word !== value) : [`${String(value)}x`];
};

/** Names of statements, provenance, and what is shown to people only. */
const isNoAnswer = (path: Path): boolean => {
  const [part, , field] = path;
  if (path.some(key => key === 'source' && path[path.indexOf(key) - 1] !== 'set') || path.at(-1) === 'origin') {
    return !path.includes('set') && !path.includes('add');
  }
  if (path.includes('evidence') || path.at(-1) === 'id') return true;
  if (part === 'inventory') return ['cluster', 'evidence', 'kind', 'annotations'].some(key => path.includes(key));
  return part === 'opaque' && field === 'what';
};

/** Enough to see every leaf of this model, and no more than a test may take. */
const few = { perTarget: 1200 };

describe('the answers of a model', () => {
  it('are equal for the same model, and for one that was written elsewhere', () => {
    expect(tellApart(rich, rich, few)).toBeUndefined();
    const elsewhere = JSON.parse(
      JSON.stringify(rich).replaceAll('"test/v1"', '"other/v1"').replaceAll('"written"', '"meshDefault"'),
    ) as Model;
    expect(tellApart(rich, elsewhere, few)).toBeUndefined();
  });

  // What cannot matter in this model, and why.
  const inert: readonly [RegExp, string][] = [
    [/dialect$/, 'the dialects take the same texts for these patterns'],
    [/target\.subset\.name$/, 'subsets with known labels are told apart by these'],
    [/rules\.[123]\.action\.target\.backends\.0\.weight|^frontends\.[12].*weight/, 'the only backend gets everything'],
    [/headers\.0\.missing$/, 'the pattern does not take the empty text'],
    [/headers\.1\.(missing|repeated)$/, 'presence is not compared with anything'],
    [/^frontends\.[12]\.noMatch/, 'a rule takes everything'],
    [/^access\.0.*whenAbsent$/, 'every request has a path'],
    [/whenNotHttp$/, 'the ports with these policies carry HTTP'],
    [/^access\.1\.rules\.1.*conditions\.0\.whenAbsent$/, 'strict encryption turns callers without an identity away'],
  ];
  const parts = [
    'frontends',
    'destinations',
    'encryption',
    'access',
    'requestAuthentication',
    'rateLimits',
    'visibility',
    'exposures',
    'egress',
    'telemetry',
  ] as const;
  it.each(parts)('change with every leaf of %s', part => {
    const leaves = leavesOf(rich[part], [part]).filter(
      ({ path, value }) => !isNoAnswer(path) && others(value, path).length > 0,
    );
    expect(leaves.length).toBeGreaterThan(1);
    const unseen = leaves
      .filter(({ path }) => !inert.some(([pattern]) => pattern.test(path.join('.'))))
      .filter(({ path, value }) =>
        others(value, path).every(other => tellApart(rich, replaced(rich, path, other) as Model, few) === undefined),
      )
      .map(({ path, value }) => `${path.join('.')} = ${JSON.stringify(value)}`);
    expect(unseen).toEqual([]);
  });
});
