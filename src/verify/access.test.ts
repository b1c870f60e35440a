import { describe, expect, it } from 'vitest';
import { proxyDefault } from '../base/source.ts';
import type { AccessCondition, AccessPolicy, AccessValue } from '../model/capabilities/access.ts';
import type { RequestAuthentication } from '../model/capabilities/request-authentication.ts';
import type { ModelPart } from '../model/model.ts';
import { type Caller, type Request, requestOf, type Token, worldOf } from './request.ts';
import { simulate } from './simulate.ts';
import {
  accessRule,
  bareWorkload,
  callerOf,
  condition,
  encryption,
  exact,
  memberOf,
  mesh,
  modelOf,
  policy,
  port,
  prefix,
  present,
  service,
  workload,
} from './testing/model-builder.ts';

const client = workload('shop/client');
const client2 = workload('other/client2');
const plain = bareWorkload('shop/plain');
const inventory = {
  workloads: [client, client2, plain, workload('shop/web'), workload('shop/api')],
  services: [service('shop/web', { ports: [port(80), port(9000, 'tcp', 9000)] }), service('shop/api')],
};

const ask = (
  part: ModelPart,
  caller: Caller,
  request: Partial<Request> = {},
  to: { service: string; port?: number } = { service: 'shop/web' },
) => simulate(worldOf(modelOf(inventory, part)), { caller, to, request: requestOf(request) });

/** What client, client2 and plain get, as the observations list it. */
const three = (access: readonly AccessPolicy[], request: Partial<Request> = {}): string =>
  [client, client2, plain]
    .map(who => ask({ access }, callerOf(who), request).outcome)
    .map(({ decision, status }) => (decision === 'forwarded' ? 'ok' : (status ?? decision)))
    .join(' ');

const allow = (...conditions: AccessCondition[]): AccessPolicy =>
  policy('allow', [accessRule('0', 'allow', conditions)], { tier: 2, otherwise: 'deny' });
const deny = (...conditions: AccessCondition[]): AccessPolicy =>
  policy('deny', [accessRule('0', 'deny', conditions)], { tier: 1 });

const account = (namespace: string, name: string): AccessValue => ({ kind: 'serviceAccount', namespace, name });
const identity = (...values: AccessValue[]) => condition('peer.identity', values);
const notIdentity = (...values: AccessValue[]) =>
  condition('peer.identity', values, { negated: true, whenAbsent: 'holds' });

describe('rules about who calls, where plain callers are let in (observed 13b)', () => {
  it.each<[string, AccessPolicy, string]>([
    ['allow one account', allow(identity(account('shop', 'client'))), 'ok 403 403'],
    ['allow any identity', allow(identity(present)), 'ok ok 403'],
    ['allow a namespace', allow(condition('peer.namespace', [exact('shop')])), 'ok 403 403'],
    ['allow a trust domain', allow(condition('peer.trustDomain', [exact('cluster.local')])), 'ok ok 403'],
    ['allow everyone', allow(), 'ok ok ok'],
    ['allow all but one account', allow(notIdentity(account('shop', 'client'))), '403 ok ok'],
    ['deny one account', deny(identity(account('shop', 'client'))), '403 ok ok'],
    ['deny all but one account', deny(notIdentity(account('shop', 'client'))), 'ok 403 403'],
    ['deny all without an identity', deny(notIdentity(present)), 'ok ok 403'],
    [
      'an id with its scheme is nobody',
      allow(identity(exact('spiffe://cluster.local/ns/shop/sa/client'))),
      '403 403 403',
    ],
    ['a whole id', allow(identity(exact('cluster.local/ns/shop/sa/client'))), 'ok 403 403'],
    ['an id by its end', allow(identity({ kind: 'suffix', value: '/sa/client' })), 'ok 403 403'],
    ['an id by its start', allow(identity(prefix('cluster.local/ns/shop/'))), 'ok 403 403'],
    [
      'account and namespace are both needed',
      allow(identity(present), condition('peer.namespace', [exact('other')])),
      '403 ok 403',
    ],
    [
      'an account of another trust domain',
      allow(identity({ kind: 'serviceAccount', namespace: 'shop', name: 'client', trustDomains: ['elsewhere'] })),
      '403 403 403',
    ],
  ])('%s', (_, access, results) => {
    expect(three([access])).toBe(results);
  });
});

describe('how policies add up (observed 14.1–14.5)', () => {
  const clientOnly = allow(identity(account('shop', 'client')));
  const client2Only = { ...allow(identity(account('other', 'client2'))), id: 'allow2' };
  it.each<[string, AccessPolicy[], string]>([
    ['none', [], 'ok ok ok'],
    ['an allow without rules', [policy('empty', [], { tier: 2, otherwise: 'deny' })], '403 403 403'],
    [
      'a rule without clauses takes nobody',
      [policy('none', [accessRule('0', 'allow')], { otherwise: 'deny' })],
      '403 403 403',
    ],
    ['allow all', [allow()], 'ok ok ok'],
    ['deny all', [deny()], '403 403 403'],
    ['allow all and deny one, in whatever order', [allow(), deny(identity(account('shop', 'client')))], '403 ok ok'],
    ['two allows', [clientOnly, client2Only], 'ok ok 403'],
    ['an empty allow beside another', [policy('empty', [], { tier: 2, otherwise: 'deny' }), clientOnly], 'ok 403 403'],
    ['audit', [policy('audit', [accessRule('0', 'audit', [])])], 'ok ok ok'],
    [
      'another server',
      [policy('elsewhere', [accessRule('0', 'deny', [])], { scope: { labels: { app: 'api' } } })],
      'ok ok ok',
    ],
    [
      'another namespace',
      [policy('elsewhere', [accessRule('0', 'deny', [])], { scope: { namespaces: ['other'] } })],
      'ok ok ok',
    ],
    [
      'for waypoints of the service',
      [policy('elsewhere', [accessRule('0', 'deny', [])], { scope: { services: ['shop/web'] } })],
      'ok ok ok',
    ],
  ])('%s', (_, access, results) => {
    expect(three(access)).toBe(results);
  });

  it('takes the stance of the mesh where nobody speaks, and a policy that opens before it', () => {
    const closed = mesh({ defaults: { ...mesh().defaults, access: proxyDefault('deny') } });
    const run = (access: readonly AccessPolicy[]) =>
      simulate(worldOf(modelOf(inventory, { access }, [closed])), {
        caller: callerOf(client),
        to: { service: 'shop/web' },
        request: requestOf(),
      }).outcome.decision;
    expect(run([])).toBe('denied');
    expect(run([policy('open', [], { otherwise: 'allow' })])).toBe('forwarded');
    expect(run([policy('open', [], { otherwise: 'allow' }), policy('closed', [], { otherwise: 'deny' })])).toBe(
      'denied',
    );
  });

  it('denies with the status that is written', () => {
    const teapot = policy('teapot', [{ ...accessRule('0', 'deny', []), status: 418 }]);
    expect(three([teapot])).toBe('418 418 418');
    expect(three([policy('closed', [], { otherwise: 'deny', deniedStatus: 404 })])).toBe('404 404 404');
  });

  it('says which rule decided, and where it is written', () => {
    const { hops } = ask({ access: [deny(identity(account('shop', 'client')))] }, callerOf(client));
    const decision = hops.at(-1)?.decisions.find(({ capability }) => capability === 'access');
    expect(decision).toMatchObject({ rule: 'deny 0', source: { object: { name: '0' } } });
    expect(decision?.result).toBe('`shop/client` is denied by `0` of `deny`');
  });

  it('leaves the word of an external authoriser open', () => {
    const asks = policy('asks', [{ ...accessRule('0', 'ask', []), authoriser: 'opa' }], { tier: 0 });
    const { outcome, caveats } = ask({ access: [asks, deny(identity(present))] }, callerOf(client));
    expect(outcome.decision).toBe('denied');
    expect(caveats).toMatchObject([{ code: 'VERIFY005' }]);
  });
});

describe('rules about requests', () => {
  const paths = (...values: AccessValue[]) => condition('request.path', values);
  it('deny by path what the normalised path says, and nothing that merely looks like it (observed 14.7)', () => {
    const blocked = ['/admin', '/admin?x=1', '/./admin', '/x/../admin', '/%61dmin', '/admin#f', '/x\\..\\admin'];
    const through = ['//admin', '/admin/', '/ADMIN', '/admin%2f', '/admin;x', '/\\admin', '/%2fadmin'];
    for (const path of blocked)
      expect([path, three([deny(paths(exact('/admin')))], { path })]).toEqual([path, '403 403 403']);
    for (const path of through)
      expect([path, three([deny(paths(exact('/admin')))], { path })]).toEqual([path, 'ok ok ok']);
  });

  it('take patterns and templates (observed 14.8)', () => {
    const taken = (value: AccessValue, path: string): boolean => three([deny(paths(value))], { path }) !== 'ok ok ok';
    expect(taken(prefix('/admin'), '/adminx')).toBe(true);
    expect(taken({ kind: 'suffix', value: '.txt' }, '/a.txt?x')).toBe(true);
    const template = (text: string): AccessValue => ({ kind: 'pathTemplate', template: text });
    expect(taken(template('/a/{*}'), '/a/b')).toBe(true);
    expect(taken(template('/a/{*}'), '/a/')).toBe(false);
    expect(taken(template('/a/{*}'), '/a/b/c')).toBe(false);
    expect(taken(template('/a/{**}'), '/a/')).toBe(true);
    expect(taken(template('/a/{**}'), '/a/b/c')).toBe(true);
    expect(taken(template('/a/{**}'), '/a')).toBe(false);
    expect(taken(template('/{*}.x/{**}/z'), '/a.x/b/z')).toBe(true);
    expect(taken(template('/{*}.x/{**}/z'), '/a_x/b/z')).toBe(false);
  });

  it('compare methods and hosts as they are sent (observed 14.9, 14.10)', () => {
    expect(three([deny(condition('request.method', [exact('GET')]))], { method: 'HEAD' })).toBe('ok ok ok');
    expect(three([deny(condition('request.method', [prefix('G')]))])).toBe('403 403 403');
    const host = condition('request.host', [{ kind: 'exact', value: 'web', ignoreCase: true }]);
    expect(three([deny(host)], { authority: 'WEB' })).toBe('403 403 403');
    expect(three([deny(host)], { authority: 'web:80' })).toBe('ok ok ok');
  });

  it('know the container port only (observed 14.11)', () => {
    const ports = (number: number) => deny(condition('destination.port', [{ kind: 'port', port: number }]));
    expect(three([ports(8080)])).toBe('403 403 403');
    expect(three([ports(80)])).toBe('ok ok ok');
  });

  it('take any line of a header; an absent one is not a value (observed 14.12)', () => {
    const one = deny(condition('request.header:x', [exact('a')]));
    const not = deny(condition('request.header:x', [exact('a')], { negated: true, whenAbsent: 'holds' }));
    const some = deny(condition('request.header:x', [present]));
    expect(
      three([one], {
        headers: [
          ['x', 'b'],
          ['x', 'a'],
        ],
      }),
    ).toBe('403 403 403');
    expect(three([one], { headers: [['x', 'a,b']] })).toBe('ok ok ok');
    expect(three([one])).toBe('ok ok ok');
    expect(three([not])).toBe('403 403 403');
    expect(three([not], { headers: [['x', 'a']] })).toBe('ok ok ok');
    expect(three([some], { headers: [['x', '']] })).toBe('403 403 403');
    expect(three([some])).toBe('ok ok ok');
  });

  it('look at addresses, and believe a forwarded one where the proxy does (observed 13b.7, 13b.8)', () => {
    const range = (attribute: 'peer.address' | 'client.address'): AccessPolicy =>
      allow(condition(attribute, [{ kind: 'addresses', cidr: '10.0.0.0/8', except: ['10.9.0.0/16'] }]));
    expect(three([range('peer.address')], { sourceAddress: '10.1.1.1' })).toBe('ok ok ok');
    expect(three([range('peer.address')], { sourceAddress: '10.9.1.1' })).toBe('403 403 403');
    const forged: Partial<Request> = { sourceAddress: '1.2.3.4', headers: [['x-forwarded-for', '9.9.9.9, 10.1.1.1']] };
    expect(three([range('client.address')], forged)).toBe('ok ok ok');
    expect(three([range('peer.address')], forged)).toBe('403 403 403');
  });

  it('assume an address that nobody told to be in no range, and say so', () => {
    const inside = condition('peer.address', [{ kind: 'addresses', cidr: '10.0.0.0/8' }]);
    const { outcome, assumptions } = ask({ access: [allow(inside)] }, callerOf(client));
    expect(outcome.decision).toBe('denied');
    expect(assumptions.join()).toContain('peer.address');
    expect(three([allow(condition('peer.address', [{ kind: 'addresses', cidr: '0.0.0.0/0' }]))])).toBe('ok ok ok');
  });

  it('narrow by an ordinary match, which bytes never satisfy', () => {
    const routes: AccessPolicy = policy(
      'routes',
      [{ id: '0', effect: 'allow', clauses: [{ conditions: [], request: { method: exact('GET') } }] }],
      { otherwise: 'deny' },
    );
    expect(three([routes])).toBe('ok ok ok');
    expect(three([routes], { method: 'POST' })).toBe('403 403 403');
    const tcp = ask({ access: [routes] }, callerOf(client), { protocol: 'tcp' }, { service: 'shop/web', port: 9000 });
    expect(tcp.outcome).toMatchObject({ decision: 'denied' });
  });
});

describe('HTTP rules on a TCP port (observed 14.13)', () => {
  const tcp = (access: AccessPolicy, who = client): string => {
    const { outcome } = ask(
      { access: [access] },
      callerOf(who),
      { protocol: 'tcp' },
      { service: 'shop/web', port: 9000 },
    );
    expect(outcome.status).toBeUndefined();
    return outcome.decision;
  };
  it('deny rules take every connection, unless the port says otherwise', () => {
    const post = condition('request.method', [exact('POST')], { whenNotHttp: 'holds' });
    expect(tcp(deny(post))).toBe('denied');
    expect(tcp(deny(post, condition('destination.port', [{ kind: 'port', port: 8080 }])))).toBe('forwarded');
    const fromOther = deny(condition('peer.namespace', [exact('other')]), post);
    expect([tcp(fromOther), tcp(fromOther, client2)]).toEqual(['forwarded', 'denied']);
  });

  it('allow rules take none, and rules without HTTP work', () => {
    const get = condition('request.method', [exact('GET')]);
    expect(tcp(allow(get))).toBe('denied');
    expect(tcp(allow(condition('peer.namespace', [exact('shop')])))).toBe('forwarded');
    const either = policy(
      'either',
      [accessRule('get', 'allow', [get]), accessRule('shop', 'allow', [condition('peer.namespace', [exact('shop')])])],
      { otherwise: 'deny' },
    );
    expect([tcp(either), tcp(either, client2)]).toEqual(['forwarded', 'denied']);
  });
});

describe('tokens (observed 14.14–14.16)', () => {
  const verifies: RequestAuthentication = {
    id: 'tokens',
    scope: { namespaces: ['shop'] },
    issuers: [{ issuer: 'https://login.example', keys: { kind: 'discovered' }, spaceDelimitedClaims: ['scope'] }],
  };
  const token: Token = {
    issuer: 'https://login.example',
    subject: 'ann',
    audiences: ['shop'],
    claims: { scope: 'read write', realm: { roles: ['admin'] } },
    valid: true,
  };
  const get = (part: ModelPart, given?: Token): number | string => {
    const { decision, status } = ask(part, callerOf(client), given ? { token: given } : {}).outcome;
    return status ?? decision;
  };
  const principal = allow(condition('token.principal', [present]));

  it('alone: a missing one passes, an invalid or foreign one is refused with 401', () => {
    const part = { requestAuthentication: [verifies] };
    expect(get(part)).toBe('forwarded');
    expect(get(part, token)).toBe('forwarded');
    expect(get(part, { ...token, valid: false })).toBe(401);
    expect(get(part, { ...token, issuer: 'https://elsewhere.example' })).toBe(401);
  });

  it('demanded: a missing one is denied, an invalid one still refused with 401', () => {
    const part = { requestAuthentication: [verifies], access: [principal] };
    expect(get(part)).toBe(403);
    expect(get(part, token)).toBe('forwarded');
    expect(get(part, { ...token, valid: false })).toBe(401);
    const not = deny(condition('token.principal', [present], { negated: true, whenAbsent: 'holds' }));
    expect(get({ requestAuthentication: [verifies], access: [not] })).toBe(403);
  });

  it('demanded and never verified: nobody has one', () => {
    expect(get({ access: [principal] }, token)).toBe(403);
    expect(
      get({ access: [principal], requestAuthentication: [{ ...verifies, scope: { namespaces: ['other'] } }] }, token),
    ).toBe(403);
  });

  it('for another audience are refused', () => {
    const issuers = [{ ...verifies.issuers[0]!, audiences: ['bank'] }];
    expect(get({ requestAuthentication: [{ ...verifies, issuers }] }, token)).toBe(403);
    expect(get({ requestAuthentication: [{ ...verifies, issuers }] }, { ...token, audiences: ['bank'] })).toBe(
      'forwarded',
    );
  });

  it.each<[AccessCondition, boolean]>([
    [condition('token.principal', [exact('https://login.example/ann')]), true],
    [condition('token.audience', [exact('shop')]), true],
    [condition('token.presenter', [present]), false],
    [condition('token.claim:scope', [exact('write')]), true],
    [condition('token.claim:realm/roles', [exact('admin')]), true],
    [condition('token.claim:realm/roles', [exact('root')]), false],
  ])('are looked into: %j', (wanted, taken) => {
    const part = { requestAuthentication: [verifies], access: [allow(wanted)] };
    expect(get(part, token)).toBe(taken ? 'forwarded' : 403);
  });
});

describe('where nothing enforces access', () => {
  it('warns of rules over a server without a proxy', () => {
    const bare = { ...inventory, workloads: [client, bareWorkload('shop/web')] };
    const model = modelOf(bare, {
      access: [policy('closed', [], { otherwise: 'deny', scope: { mesh: 'mesh/one', namespaces: ['shop'] } })],
    });
    const { outcome, caveats } = simulate(worldOf(model), {
      caller: callerOf(client),
      to: { service: 'shop/web' },
      request: requestOf(),
    });
    expect(outcome).toMatchObject({ decision: 'forwarded', encrypted: 'plaintext' });
    expect(caveats).toMatchObject([{ code: 'VERIFY006' }]);
  });

  it('judges connections only, where the proxy of the server reads no HTTP', () => {
    const ambient = {
      ...inventory,
      workloads: [client, client2, workload('shop/web', { memberships: memberOf('node') })],
    };
    const run = (access: AccessPolicy, who = client) =>
      simulate(worldOf(modelOf(ambient, { access: [access], encryption: [encryption('permissive')] })), {
        caller: callerOf(who),
        to: { service: 'shop/web' },
        request: requestOf({ path: '/admin' }),
      }).outcome;
    const path = condition('request.path', [exact('/admin')]);
    expect(run(allow(path)).decision).toBe('denied');
    expect(run(deny(path)).decision).toBe('forwarded');
    expect(run(deny({ ...path, whenNotHttp: 'holds' })).decision).toBe('denied');
    expect(run(allow(identity(account('shop', 'client'))))).toMatchObject({ decision: 'forwarded' });
    expect(run(allow(identity(account('shop', 'client'))), client2).status).toBeUndefined();
  });
});
