import { describe, expect, it } from 'vitest';
import { written } from '../../base/source.ts';
import type { Action } from '../../model/frontend.ts';
import type { Match } from '../../model/match.ts';
import type { ModelPart } from '../../model/model.ts';
import type { Outcome } from '../outcome.ts';
import { type Ask, type Request, requestOf, worldOf } from '../request.ts';
import { simulate } from '../simulate.ts';
import {
  backendTo,
  callerOf,
  exact,
  forward,
  mesh,
  modelOf,
  port,
  rule,
  service,
  table,
  workload,
} from '../testing/model-builder.ts';

const client = workload('shop/client');
const client2 = workload('other/client2');
const inventory = {
  workloads: [client, client2, workload('shop/web'), workload('shop/api')],
  services: [
    service('shop/web', { addresses: ['10.96.0.1'], ports: [port(80), port(81), port(9000, 'tcp', 9000)] }),
    service('shop/api', { addresses: ['10.96.0.2'] }),
  ],
};

const ask = (part: ModelPart, parts: Partial<Ask> & { readonly request?: Request }, meshes = [mesh()]) =>
  simulate(worldOf(modelOf(inventory, part, meshes)), {
    caller: callerOf(client),
    to: { service: 'shop/web' },
    request: requestOf(),
    ...parts,
  });

const outcome = (part: ModelPart, request: Partial<Request> = {}, parts: Partial<Ask> = {}): Outcome =>
  ask(part, { ...parts, request: requestOf(request) }).outcome;

describe('what a rule does', () => {
  const one = (action: Partial<Action>, match: Match = {}): ModelPart => ({
    frontends: [table('shop/web', [rule('one', match, forward(backendTo('shop/web')), action)])],
  });

  it('nowhere backends answer for their share (observed 4.6)', () => {
    const ghost = {
      backend: { kind: 'nowhere' as const, status: 503, why: 'no such host', named: 'ghost' },
      weight: written(1),
    };
    const half: ModelPart = {
      frontends: [table('shop/web', [rule('one', {}, forward(backendTo('shop/web'), ghost))])],
    };
    expect(outcome(half)).toMatchObject({
      decision: 'forwarded',
      backends: [
        { service: 'shop/web', weight: 50_000 },
        { service: 'ghost', weight: 50_000, endpoints: '', decision: 'unroutable', status: 503 },
      ],
    });
    const all: ModelPart = { frontends: [table('shop/web', [rule('one', {}, forward(ghost))])] };
    expect(outcome(all)).toMatchObject({ decision: 'unroutable', status: 503 });
  });

  it('thirds are shared out to the last (observed 4.4)', () => {
    const thirds = forward(
      backendTo('shop/web'),
      backendTo('shop/api'),
      backendTo('shop/web', 1, { version: 'v2' }),
      backendTo('shop/web', 0),
    );
    const { backends } = outcome({ frontends: [table('shop/web', [rule('one', {}, thirds)])] });
    expect(backends.map(({ weight }) => weight)).toEqual([33_334, 33_333, 33_333]);
  });

  it.each<[string, Partial<Action>, Match, string, string]>([
    [
      'prefix as text',
      { rewrite: { path: { kind: 'prefix', value: '/q' } } },
      { path: { kind: 'prefix', value: '/p' } },
      '/pp?x',
      '/qp',
    ],
    [
      'prefix as text, to nothing',
      { rewrite: { path: { kind: 'prefix', value: '/' } } },
      { path: { kind: 'prefix', value: '/s' } },
      '/s/x',
      '//x',
    ],
    [
      'prefix that ends in a slash',
      { rewrite: { path: { kind: 'prefix', value: '/' } } },
      { path: { kind: 'prefix', value: '/t/' } },
      '/t/x',
      '/x',
    ],
    [
      'exact match, prefix rewrite',
      { rewrite: { path: { kind: 'prefix', value: '/n' } } },
      { path: { kind: 'exact', value: '/e' } },
      '/e?q=1',
      '/n',
    ],
    ['no match, prefix rewrite', { rewrite: { path: { kind: 'prefix', value: '/all' } } }, {}, '/other', '/allother'],
    [
      'prefix by segment, to the root',
      { rewrite: { path: { kind: 'segmentPrefix', value: '/' } } },
      { path: { kind: 'segmentPrefix', value: '/rw' } },
      '/rw/x',
      '/x',
    ],
    [
      'prefix by segment, alone',
      { rewrite: { path: { kind: 'segmentPrefix', value: '/' } } },
      { path: { kind: 'segmentPrefix', value: '/rw' } },
      '/rw',
      '/',
    ],
    [
      'prefix by segment, slash',
      { rewrite: { path: { kind: 'segmentPrefix', value: '/new/' } } },
      { path: { kind: 'segmentPrefix', value: '/rx' } },
      '/rx/',
      '/new/',
    ],
    [
      'prefix by segment, no slash',
      { rewrite: { path: { kind: 'segmentPrefix', value: '/new/' } } },
      { path: { kind: 'segmentPrefix', value: '/rx' } },
      '/rx',
      '/new',
    ],
    [
      'whole',
      { rewrite: { path: { kind: 'full', value: '/w' } } },
      { path: { kind: 'prefix', value: '/p' } },
      '/p/x?y',
      '/w',
    ],
    [
      'expression',
      { rewrite: { path: { kind: 'regex', pattern: '/v([0-9])', substitution: '/\\1' } } },
      {},
      '/v1/v2',
      '/1/2',
    ],
  ])('rewrites: %s (observed 11.4, 11.5, 15.7)', (_, action, match, path, result) => {
    expect(outcome(one(action, match), { path }).rewrite).toEqual({ path: result });
  });

  it('a rewrite is seen by the server, and decides nothing more at the client', () => {
    const rewritten = { ...one({ rewrite: { host: 'inner', path: { kind: 'full', value: '/in' } } }) };
    const deny = {
      id: 'deny',
      scope: { labels: { app: 'web' } },
      tier: 0,
      otherwise: 'nothing' as const,
      rules: [
        {
          id: '0',
          effect: 'deny' as const,
          clauses: [
            { conditions: [], request: { path: { kind: 'exact' as const, value: '/in' }, authority: exact('inner') } },
          ],
        },
      ],
    };
    expect(outcome({ ...rewritten, access: [deny] }, { path: '/out' })).toMatchObject({
      decision: 'denied',
      status: 403,
    });
  });

  it('faults that may happen are told, those that must decide (observed 8.1, 8.6)', () => {
    const abort = (percent: number) => one({ fault: { abort: { status: 500, percent: written(percent) } } });
    expect(outcome(abort(0)).faults).toBeUndefined();
    expect(outcome(abort(30))).toMatchObject({ decision: 'forwarded', faults: { abortStatus: 500, abortPercent: 30 } });
    expect(outcome(abort(100))).toMatchObject({ decision: 'responded', status: 500, backends: [] });
    const grpc = one({ fault: { abort: { grpcStatus: 'UNAVAILABLE', percent: written(100) } } });
    expect(outcome(grpc)).toMatchObject({
      decision: 'responded',
      status: 200,
      faults: { abortGrpcStatus: 'UNAVAILABLE' },
    });
  });

  it('mirrors are told with their share (observed 9.1)', () => {
    const mirror = (percent: number) =>
      one({ mirrors: [{ backend: { kind: 'service', service: 'shop/api', port: 80 }, percent: written(percent) }] });
    expect(outcome(mirror(5)).mirrors).toEqual([
      { service: 'shop/api', port: 80, endpoints: 'shop{app=api}', percent: 5 },
    ]);
    expect(outcome(mirror(0)).mirrors).toEqual([]);
  });

  it('what is answered at once is not copied and has no deadline', () => {
    const answer = { kind: 'respond' as const, response: { status: 204 } };
    const action: Partial<Action> = {
      timeouts: { request: written(100) },
      mirrors: [{ backend: { kind: 'service', service: 'shop/api', port: 80 }, percent: written(100) }],
      fault: { delay: { ms: 10, percent: written(50) } },
    };
    const { status, mirrors, timeoutMs, faults } = outcome({
      frontends: [table('shop/web', [rule('one', {}, answer, action)])],
    });
    expect([status, mirrors, timeoutMs]).toEqual([204, [], undefined]);
    expect(faults).toEqual({ delayMs: 10, delayPercent: 50 });
  });

  it('retries of zero and timeouts of zero are none', () => {
    const none = outcome(
      one({ retries: { max: written(0), on: written(['5xx']) }, timeouts: { request: written(0) } }),
    );
    expect([none.retries, none.timeoutMs]).toEqual([undefined, undefined]);
  });

  it.each<[Partial<Request>, Partial<Outcome>]>([
    [{}, { decision: 'forwarded' }],
    [
      { headers: [['origin', 'https://a.example']] },
      { decision: 'forwarded', responseHeaders: { set: { 'access-control-allow-origin': 'https://a.example' } } },
    ],
    [{ headers: [['origin', 'https://b.example']] }, { decision: 'forwarded' }],
    [
      {
        method: 'OPTIONS',
        headers: [
          ['origin', 'https://a.example'],
          ['access-control-request-method', 'PUT'],
        ],
      },
      {
        decision: 'responded',
        status: 200,
        responseHeaders: {
          set: { 'access-control-allow-methods': 'GET', 'access-control-allow-origin': 'https://a.example' },
        },
      },
    ],
    [
      {
        method: 'OPTIONS',
        headers: [
          ['origin', 'https://b.example'],
          ['access-control-request-method', 'PUT'],
        ],
      },
      { decision: 'forwarded' },
    ],
    [
      {
        method: 'OPTIONS',
        headers: [
          ['origin', 'https://A.example'],
          ['access-control-request-method', 'PUT'],
        ],
      },
      { decision: 'forwarded' },
    ],
  ])('cross-origin: %j (observed 10.1–10.3, 10.5)', (request, expected) => {
    const cors = { allowOrigins: [exact('https://a.example')], allowMethods: ['GET'] };
    expect(outcome(one({ cors }), request)).toMatchObject(expected);
  });

  it('preflights from elsewhere are answered without permission where that is asked for (observed 10.2)', () => {
    const cors = { allowOrigins: [exact('https://a.example')], unmatchedPreflights: 'ignore' as const };
    const headers = [
      ['origin', 'https://b.example'],
      ['access-control-request-method', 'PUT'],
    ] as const;
    expect(outcome(one({ cors }), { method: 'OPTIONS', headers })).toMatchObject({
      decision: 'responded',
      status: 200,
    });
  });

  it('a rule that redirects gives no cross-origin answers (observed, Envoy 1.40)', () => {
    const cors = { allowOrigins: [exact('https://a.example')], allowMethods: ['GET'] };
    const redirect = { kind: 'redirect', redirect: { status: written(301), hostname: 'there.example' } } as const;
    const redirecting: ModelPart = { frontends: [table('shop/web', [rule('one', {}, redirect, { cors })])] };
    const origin = ['origin', 'https://a.example'] as const;
    const preflight = { method: 'OPTIONS', headers: [origin, ['access-control-request-method', 'PUT'] as const] };
    for (const request of [{ headers: [origin] }, preflight]) {
      const { decision, responseHeaders } = outcome(redirecting, request);
      expect([decision, responseHeaders]).toEqual(['redirected', undefined]);
    }
  });

  it('header edits of a rule and of its only backend become one', () => {
    const backend = { ...backendTo('shop/web'), requestHeaders: { set: { a: 'backend' }, add: { b: '2' } } };
    const both: ModelPart = {
      frontends: [
        table('shop/web', [
          rule('one', {}, forward(backend), { requestHeaders: { set: { a: 'rule' }, add: { b: '1' }, remove: ['c'] } }),
        ]),
      ],
    };
    expect(outcome(both).requestHeaders).toEqual({ set: { a: 'backend' }, add: { b: '1,2' }, remove: ['c'] });
  });

  it('header edits that differ stand on the backends', () => {
    const edited = { ...backendTo('shop/api'), requestHeaders: { set: { a: 'x' } } };
    const { requestHeaders, backends } = outcome({
      frontends: [table('shop/web', [rule('one', {}, forward(backendTo('shop/web'), edited))])],
    });
    expect(requestHeaders).toBeUndefined();
    expect(backends.map(backend => backend.requestHeaders)).toEqual([undefined, { set: { a: 'x' } }]);
  });
});

describe('redirects (observed 11.7)', () => {
  const to = (redirect: object, match: Match = {}): ModelPart => ({
    frontends: [
      table('shop/web', [rule('one', match, { kind: 'redirect', redirect: { status: written(301), ...redirect } })]),
    ],
  });
  it.each<[string, object, Match, string, string]>([
    ['the path, keeping the query', { path: { kind: 'full', value: '/n' } }, {}, '/o?q=1', 'http://web/n?q=1'],
    ['the host, without its port', { hostname: 'new.example' }, {}, '/o', 'http://new.example/o'],
    ['the scheme, without port 80', { scheme: 'https' }, {}, '/o', 'https://web/o'],
    ['the port', { port: 8443, scheme: 'https' }, {}, '/o', 'https://web:8443/o'],
    [
      'the default port of the scheme',
      { scheme: 'https', portFrom: 'scheme', hostname: 'n.example' },
      {},
      '/',
      'https://n.example/',
    ],
    ['the port of the request', { hostname: 'n.example', portFrom: 'request' }, {}, '/', 'http://n.example/'],
    [
      'a prefix',
      { path: { kind: 'prefix', value: '/n' } },
      { path: { kind: 'prefix', value: '/o' } },
      '/o/x',
      'http://web/n/x',
    ],
  ])('%s', (_, redirect, match, path, location) => {
    expect(outcome(to(redirect, match), { path, authority: 'web' })).toMatchObject({
      decision: 'redirected',
      status: 301,
      location,
    });
  });
});
