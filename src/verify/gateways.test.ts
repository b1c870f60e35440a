import { describe, expect, it } from 'vitest';
import { written } from '../base/source.ts';
import type { Frontend } from '../model/frontend.ts';
import type { Gateway } from '../model/inventory.ts';
import type { ModelPart } from '../model/model.ts';
import { type Ask, type Request, requestOf, worldOf } from './request.ts';
import { simulate } from './simulate.ts';
import {
  accessRule,
  backendTo,
  callerOf,
  condition,
  encryption,
  exact,
  forward,
  gateway,
  memberOf,
  modelOf,
  policy,
  port,
  rule,
  service,
  table,
  workload,
} from './testing/model-builder.ts';

const client = workload('shop/client');
const ambient = workload('shop/ambient', { memberships: memberOf('node') });

const routed = (
  listener: string,
  hosts: readonly string[],
  backend = backendTo('shop/web'),
  id = listener,
): Frontend => ({
  ...table('shop/web', [rule('in', { path: { kind: 'prefix', value: '/' } }, forward(backend))]),
  id,
  listens: { kind: 'listener', gateway: 'edge/public', listener, hosts },
});

const world = (part: ModelPart, gateways: readonly Gateway[] = [gateway('edge/public')], waypoint?: string) =>
  worldOf(
    modelOf(
      {
        workloads: [client, ambient, workload('shop/web'), workload('shop/api', { memberships: memberOf('node') })],
        services: [
          service('shop/web', { ports: [port(80), port(81)] }),
          service('shop/api', waypoint === undefined ? {} : { waypoint }),
        ],
        gateways,
      },
      part,
    ),
  );

const enter = (
  part: ModelPart,
  host: string,
  request: Partial<Request> = {},
  more: Partial<Ask> & { gateways?: Gateway[] } = {},
) =>
  simulate(world(part, more.gateways), {
    caller: { kind: 'outside' },
    to: { host },
    via: 'edge/public',
    request: requestOf(request),
    ...more,
  });

describe('a gateway', () => {
  it('answers 404 for hosts and paths that no route takes (observed 17.1, 17.6)', () => {
    expect(enter({}, 'shop.example').outcome).toMatchObject({ decision: 'unroutable', status: 404 });
    const part = { frontends: [routed('http', ['shop.example'])] };
    expect(enter(part, 'other.example').outcome).toMatchObject({ decision: 'unroutable', status: 404 });
    expect(enter(part, 'shop.example').outcome).toMatchObject({
      decision: 'forwarded',
      backends: [{ service: 'shop/web' }],
    });
  });

  it('takes a host with its port and in any case, but not with a trailing dot (observed 17.11)', () => {
    const part = { frontends: [routed('http', ['shop.example'])] };
    for (const authority of ['shop.example:8080', 'SHOP.example']) {
      expect(enter(part, 'shop.example', { authority }).outcome.decision).toBe('forwarded');
    }
    expect(enter(part, 'shop.example', { authority: 'shop.example.' }).outcome.status).toBe(404);
  });

  it('sends on in its own name, over mesh mTLS (observed 17.10, 19.1)', () => {
    const part = { frontends: [routed('http', [])] };
    const { outcome, hops } = enter(part, 'shop.example');
    expect(outcome.identitySeen).toBe('edge/public');
    expect(outcome.encrypted).toBe('plaintext');
    expect(hops.map(({ at }) => at)).toEqual(['gateway', 'server']);
    expect(hops[1]?.decisions[0]?.result).toContain('mtls');
    const allow = (name: string, namespace: string): ModelPart => ({
      ...part,
      access: [
        policy(
          'allow',
          [accessRule('0', 'allow', [condition('peer.identity', [{ kind: 'serviceAccount', namespace, name }])])],
          {
            scope: { labels: { app: 'web' } },
            otherwise: 'deny',
          },
        ),
      ],
    });
    expect(enter(allow('public', 'edge'), 'shop.example').outcome.decision).toBe('forwarded');
    expect(enter(allow('client', 'shop'), 'shop.example').outcome.decision).toBe('denied');
  });

  it('does not ask the tables of the service it sends to (observed 17.8)', () => {
    const part = { frontends: [routed('http', []), table('shop/web', [])] };
    expect(enter(part, 'shop.example').outcome.decision).toBe('forwarded');
  });

  it('sends to its own port where none is written (observed 17.2)', () => {
    const part = { frontends: [routed('http', [])] };
    const at8080 = [gateway('edge/public', { listeners: [{ name: 'http', port: 8080, protocol: 'http', hosts: [] }] })];
    expect(enter(part, 'shop.example', {}, { gateways: at8080 }).outcome).toMatchObject({
      decision: 'unroutable',
      status: 503,
    });
  });

  it('tells the server where the request came from; the server believes it (observed 19.2)', () => {
    const from = (attribute: 'peer.address' | 'client.address'): ModelPart => ({
      frontends: [routed('http', [])],
      access: [
        policy('allow', [accessRule('0', 'allow', [condition(attribute, [{ kind: 'addresses', cidr: '9.9.9.9' }])])], {
          scope: { labels: { app: 'web' } },
          otherwise: 'deny',
        }),
      ],
    });
    expect(enter(from('peer.address'), 'shop.example', { sourceAddress: '9.9.9.9' }).outcome.decision).toBe('denied');
    expect(enter(from('client.address'), 'shop.example', { sourceAddress: '9.9.9.9' }).outcome.decision).toBe(
      'forwarded',
    );
  });

  it('guards itself, and does not believe forged addresses (observed 19.3)', () => {
    const guard = (attribute: 'peer.address' | 'client.address', cidr: string): ModelPart => ({
      frontends: [routed('http', [])],
      access: [
        policy('allow', [accessRule('0', 'allow', [condition(attribute, [{ kind: 'addresses', cidr }])])], {
          scope: { gateway: 'edge/public' },
          otherwise: 'deny',
        }),
      ],
    });
    const forged: Partial<Request> = { sourceAddress: '9.9.9.9', headers: [['x-forwarded-for', '1.1.1.1']] };
    expect(enter(guard('peer.address', '9.9.9.9'), 'shop.example', forged).outcome.decision).toBe('forwarded');
    expect(enter(guard('client.address', '1.1.1.1'), 'shop.example', forged).outcome).toMatchObject({
      decision: 'denied',
      status: 403,
    });
  });

  it('compares callers with itself (observed 17.14)', () => {
    const labelled = [gateway('edge/public', { labels: { istio: 'gw' } })];
    const by = (caller: object): ModelPart => ({
      frontends: [{ ...routed('http', []), rules: [rule('in', { caller }, forward(backendTo('shop/web')))] }],
    });
    const decision = (caller: object) => enter(by(caller), 'shop.example', {}, { gateways: labelled }).outcome.decision;
    expect(decision({ labels: { istio: 'gw' } })).toBe('forwarded');
    expect(decision({ labels: { app: 'client' } })).toBe('unroutable');
    expect(decision({ via: ['edge/public'] })).toBe('forwarded');
    expect(decision({ via: ['mesh'] })).toBe('unroutable');
  });

  it('verifies a token and keeps it, unless it is told to pass it on (observed 14.14)', () => {
    const token = { issuer: 'https://login.example', audiences: [], claims: {}, valid: true };
    const issuer = { issuer: token.issuer, keys: { kind: 'discovered' as const } };
    const both = (forwardToken: boolean): ModelPart => ({
      frontends: [routed('http', [])],
      requestAuthentication: [
        { id: 'edge', scope: { gateway: 'edge/public' }, issuers: [{ ...issuer, forwardToken }] },
        { id: 'shop', scope: { namespaces: ['shop'] }, issuers: [issuer] },
      ],
      access: [
        policy('allow', [accessRule('0', 'allow', [condition('token.principal', [{ kind: 'present' }])])], {
          scope: { namespaces: ['shop'] },
          otherwise: 'deny',
        }),
      ],
    });
    expect(enter(both(true), 'shop.example', { token }).outcome.decision).toBe('forwarded');
    expect(enter(both(false), 'shop.example', { token }).outcome.decision).toBe('denied');
    expect(enter(both(true), 'shop.example', { token: { ...token, valid: false } }).outcome.status).toBe(401);
  });

  it('that the input does not hold is a caveat', () => {
    const { outcome, caveats } = enter({}, 'shop.example', {}, { gateways: [] });
    expect(outcome.decision).toBe('unroutable');
    expect(caveats.map(({ code }) => code)).toEqual(['VERIFY011']);
  });

  it('without a mesh behind it still routes', () => {
    const { mesh: _, ...bare } = gateway('edge/public');
    const { outcome } = enter({ frontends: [routed('http', [])] }, 'shop.example', {}, { gateways: [bare] });
    expect(outcome).toMatchObject({ decision: 'forwarded', encrypted: 'plaintext' });
    const strict = enter(
      { frontends: [routed('http', [])], encryption: [encryption('strict')] },
      'shop.example',
      {},
      { gateways: [bare] },
    );
    expect(strict.outcome).toMatchObject({ decision: 'reset' });
  });
});

describe('listeners', () => {
  const listeners: Gateway['listeners'] = [
    { name: 'http', port: 80, protocol: 'http', hosts: ['*.example'], httpsRedirect: true },
    {
      name: 'https',
      port: 443,
      protocol: 'https',
      hosts: ['*.example'],
      tls: { mode: 'terminate', certificates: ['c'] },
    },
    {
      name: 'shop',
      port: 443,
      protocol: 'https',
      hosts: ['shop.example'],
      tls: { mode: 'terminate', certificates: ['c'] },
    },
    {
      name: 'raw',
      port: 8443,
      protocol: 'tls',
      hosts: ['raw.example'],
      tls: { mode: 'passthrough', certificates: [] },
    },
    { name: 'mesh', port: 15443, protocol: 'https', hosts: [], tls: { mode: 'meshMutual', certificates: [] } },
  ];
  const gateways = [gateway('edge/public', { listeners })];
  const frontends = [
    routed('https', [], backendTo('shop/web'), 'https'),
    routed('shop', [], { backend: { kind: 'service', service: 'shop/web', port: 81 }, weight: written(1) }, 'shop'),
    {
      ...routed(
        'raw',
        ['raw.example'],
        { backend: { kind: 'service', service: 'shop/web', port: 80 }, weight: written(1) },
        'raw',
      ),
      protocol: 'tls' as const,
      rules: [
        rule(
          'raw',
          { sni: ['raw.example'] },
          forward({ backend: { kind: 'service', service: 'shop/web', port: 80 }, weight: written(1) }),
        ),
      ],
    },
    {
      ...routed(
        'mesh',
        [],
        { backend: { kind: 'service', service: 'shop/web', port: 80 }, weight: written(1) },
        'mesh',
      ),
    },
  ];
  const get = (
    host: string,
    request: Partial<Request> = {},
    port?: number,
    caller: Ask['caller'] = { kind: 'outside' },
  ) =>
    enter({ frontends }, host, request, { gateways, caller, to: { host, ...(port === undefined ? {} : { port }) } })
      .outcome;

  it('send plain requests to https where they are told to', () => {
    expect(get('shop.example', { path: '/a?b' })).toMatchObject({
      decision: 'redirected',
      status: 301,
      location: 'https://shop.example/a?b',
    });
  });

  it('the most specific one takes a host, and no other does', () => {
    expect(get('shop.example', { scheme: 'https' })).toMatchObject({
      decision: 'forwarded',
      encrypted: 'tls',
      backends: [{ port: 81 }],
    });
    expect(get('other.example', { scheme: 'https' })).toMatchObject({ decision: 'unroutable', status: 503 });
    expect(get('other.test', { scheme: 'https' }, 443).decision).toBe('reset');
  });

  it('that are not there refuse the connection', () => {
    const refused = get('shop.example', {}, 9999);
    expect([refused.decision, refused.status]).toEqual(['reset', undefined]);
  });

  it('pass TLS through by its server name', () => {
    const raw = get('raw.example', { protocol: 'tls', sni: 'raw.example' }, 8443);
    expect(raw).toMatchObject({ decision: 'forwarded', encrypted: 'tls' });
    expect(get('raw.example', { protocol: 'tls', sni: 'unknown.test' }, 8443).decision).toBe('reset');
  });

  it('for members of the mesh take no one else', () => {
    expect(get('any.test', { scheme: 'https' }, 15443).decision).toBe('reset');
    expect(get('any.test', { scheme: 'https' }, 15443, callerOf(client))).toMatchObject({
      decision: 'forwarded',
      encrypted: 'mtls',
    });
  });
});

describe('a waypoint', () => {
  const waypoint = gateway('shop/waypoint', { purpose: 'waypoint', listeners: [] });
  const ask = (part: ModelPart, caller: Ask['caller'], request: Partial<Request> = {}) =>
    simulate(world(part, [waypoint, gateway('edge/public')], 'shop/waypoint'), {
      caller,
      to: { service: 'shop/api' },
      request: requestOf(request),
    });
  const routes: ModelPart = {
    frontends: [
      table('shop/api', [
        rule('all', { method: exact('GET') }, forward(backendTo('shop/api')), { timeouts: { request: written(500) } }),
      ]),
    ],
  };
  const denies: ModelPart = {
    access: [
      policy('deny', [accessRule('0', 'deny', [condition('request.path', [exact('/admin')])])], {
        scope: { services: ['shop/api'] },
      }),
    ],
  };

  it('routes for callers whose own proxy does not', () => {
    const { outcome, hops } = ask(routes, callerOf(ambient));
    expect(outcome).toMatchObject({
      decision: 'forwarded',
      timeoutMs: 500,
      encrypted: 'mtls',
      identitySeen: 'shop/waypoint',
    });
    expect(hops.map(({ at }) => at)).toEqual(['client', 'waypoint', 'server']);
    expect(ask(routes, callerOf(ambient), { method: 'POST' }).outcome).toMatchObject({
      decision: 'unroutable',
      status: 404,
    });
  });

  it('guards its services, knowing who calls', () => {
    expect(ask(denies, callerOf(ambient), { path: '/admin' }).outcome).toMatchObject({
      decision: 'denied',
      status: 403,
      identitySeen: 'shop/ambient',
    });
    expect(ask(denies, callerOf(ambient)).outcome.decision).toBe('forwarded');
  });

  it('acts on no statement for workloads, and workloads on none for services', () => {
    const forAll: ModelPart = {
      access: [policy('all', [accessRule('0', 'deny', [condition('request.path', [exact('/admin')])])])],
    };
    expect(ask(forAll, callerOf(ambient), { path: '/admin' }).outcome.decision).toBe('forwarded');
    const forIt: ModelPart = {
      access: [policy('it', [accessRule('0', 'deny', [])], { scope: { gateway: 'shop/waypoint' } })],
    };
    expect(ask(forIt, callerOf(ambient)).outcome.decision).toBe('denied');
  });

  it('is bypassed by callers whose proxy does not look for it, which is an error where it guards', () => {
    const bypass = ask(denies, callerOf(client), { path: '/admin' });
    expect(bypass.outcome).toMatchObject({ decision: 'forwarded', identitySeen: 'shop/client' });
    expect(bypass.caveats).toMatchObject([{ code: 'VERIFY004', severity: 'error' }]);
    expect(ask({}, callerOf(client)).caveats).toMatchObject([{ code: 'VERIFY003', severity: 'warning' }]);
    expect(ask(denies, { kind: 'outside' }, { path: '/admin' }).caveats[0]?.code).toBe('VERIFY004');
  });

  it('adds its tries to those of the proxy before it', () => {
    const retries = { max: written(2), on: written(['5xx' as const]) };
    const through: ModelPart = {
      frontends: [
        {
          ...routed('http', [], backendTo('shop/api')),
          rules: [rule('in', {}, forward(backendTo('shop/api')), { retries, timeouts: { request: written(900) } })],
        },
        table('shop/api', [
          rule('all', {}, forward(backendTo('shop/api')), { retries, timeouts: { request: written(500) } }),
        ]),
      ],
    };
    const model = world(through, [waypoint, gateway('edge/public')], 'shop/waypoint').client;
    const services = model.inventory.services.map(each => ({ ...each, waypointAtIngress: true }));
    const asked = {
      caller: { kind: 'outside' as const },
      to: { host: 'shop.example' },
      via: 'edge/public',
      request: requestOf(),
    };
    const { outcome } = simulate(worldOf({ ...model, inventory: { ...model.inventory, services } }), asked);
    expect(outcome).toMatchObject({ retries: { max: 8 }, timeoutMs: 500 });
  });
});
