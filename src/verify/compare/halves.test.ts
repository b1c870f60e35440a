/** Differences that show only where what a gateway or a client decided meets what servers decide. */
import { describe, expect, it } from 'vitest';
import { written } from '../../base/source.ts';
import type { AccessCondition, AccessPolicy } from '../../model/capabilities/access.ts';
import type { DestinationSettings } from '../../model/capabilities/destination.ts';
import type { RequestAuthentication, TokenIssuer } from '../../model/capabilities/request-authentication.ts';
import type { PathRewrite } from '../../model/capabilities/rewrite.ts';
import type { EgressDefault } from '../../model/capabilities/visibility.ts';
import type { Frontend, Rule } from '../../model/frontend.ts';
import type { Gateway, Listener, Workload } from '../../model/inventory.ts';
import type { PathMatch } from '../../model/match.ts';
import type { Model, ModelPart } from '../../model/model.ts';
import { requestOf, worldOf } from '../request.ts';
import { simulate } from '../simulate.ts';
import {
  accessRule,
  backendTo,
  callerOf,
  condition,
  exact,
  forward,
  gateway,
  header,
  memberOf,
  policy,
  prefix,
  present,
  rule,
  service,
  table,
  workload,
} from '../testing/model-builder.ts';
import { differences, laidOut, routes, shop, toVersion } from '../testing/shop.ts';
import { compare } from './compare.ts';
import type { Comparison } from './comparison.ts';

const starts = (value: string): PathMatch => ({ kind: 'prefix', value });

const deny = (id: string, scope: AccessPolicy['scope'], ...conditions: readonly AccessCondition[]): AccessPolicy =>
  policy(id, [accessRule('0', 'deny', conditions)], { scope });

const onServers: AccessPolicy['scope'] = { namespaces: ['shop'], labels: { app: 'web' } };
const atEdge: AccessPolicy['scope'] = { gateway: 'edge/gate' };

/** A table behind a listener of `edge/gate`. */
const behind = (rules: readonly Rule[], parts: Partial<Frontend> = {}): Frontend =>
  table('shop/web', rules, {
    id: 'behind',
    listens: { kind: 'listener', gateway: 'edge/gate', listener: 'http', hosts: [] },
    ...parts,
  });

const toWeb = rule('all', {}, forward(backendTo('shop/web')));

const edge = (part: ModelPart = {}, parts: Partial<Gateway> = {}, more: Partial<Model['inventory']> = {}): Model =>
  shop({ frontends: [behind([toWeb])], ...part }, { gateways: [gateway('edge/gate', parts)], ...more });

/** What is found in the first place that the gateway has. */
const atGate = ({ services }: Comparison): string[] =>
  services.flatMap(({ via, service: host, aspect, verdict }) =>
    via === undefined || verdict === 'equal' ? [] : [`${host} ${aspect} ${verdict}`],
  );

describe('what was decided at a gateway', () => {
  const noGet = deny('no-get', onServers, condition('request.method', [exact('GET')]));

  it('shows also where the server turns the plainest request away: an authoriser that is no longer asked', () => {
    const ask = policy('ask', [accessRule('0', 'ask', [condition('request.header:x', [exact('1')])])], {
      scope: atEdge,
    });
    const [before, after] = [edge({ access: [ask, noGet] }), edge({ access: [noGet] })];
    expect(atGate(laidOut(before, after))).toEqual(['unknown.example access looser']);
    expect(atGate(laidOut(after, before))).toEqual(['unknown.example access stricter']);
  });

  it('shows also where the server turns the plainest request away: a refusal beside an answer', () => {
    const some = rule('some', { headers: [header('y', exact('1'))] }, forward(backendTo('shop/web')));
    const none = rule('none', {}, { kind: 'respond', response: { status: 404 } });
    const refuse = deny('refuse', atEdge, condition('request.header:x', [exact('1')]));
    const before = edge({ frontends: [behind([some, none])], access: [refuse, noGet] });
    const after = edge({ access: [noGet] });
    expect(atGate(laidOut(before, after))).toEqual([
      'unknown.example routing different',
      'unknown.example access looser',
    ]);
    expect(atGate(laidOut(after, before))).toEqual([
      'unknown.example routing different',
      'unknown.example access stricter',
    ]);
  });

  it('is whether it ends TLS on a port', () => {
    const listens = (listener: Partial<Listener>): Model =>
      edge({}, { listeners: [{ name: 'http', port: 443, protocol: 'http', hosts: [], ...listener }] });
    const sealed = listens({ protocol: 'https', tls: { mode: 'terminate', certificates: [] } });
    for (const [a, b] of [
      [sealed, listens({})],
      [listens({}), sealed],
    ] as const) {
      expect(atGate(laidOut(a, b))).not.toEqual([]);
    }
  });
});

describe('a path that is rewritten as a whole', () => {
  const app = (value: string, to: PathRewrite | undefined): Rule =>
    rule(value, { path: starts(value) }, forward(toVersion(1, 'v1')), to ? { rewrite: { path: to } } : {});
  const full = (value: string): PathRewrite => ({ kind: 'full', value });

  it('is told from another one, though the shortest path of each rule stays as it is', () => {
    const rules = routes(app('/a', full('/a')), app('/b', full('/b')));
    const from = condition('peer.namespace', [exact('shop')]);
    const only = (path: string, name: string): AccessPolicy =>
      deny(
        path,
        onServers,
        from,
        condition('request.path', [exact(path)]),
        condition(`request.header:${name}`, [present]),
      );
    const [onA, onB] = [only('/a', 'x'), only('/b', 'y')];
    expect(differences(laidOut(shop({ ...rules, access: [onA, onB] }), shop({ ...rules, access: [onA] })))).toEqual([
      'shop/web access looser',
    ]);
  });

  it('is not one whose beginning is replaced, though the plainest path is nothing but that', () => {
    const begun = routes(
      rule('all', {}, forward(toVersion(1, 'v1')), { rewrite: { path: { kind: 'prefix', value: '/b' } } }),
    );
    const from = condition('peer.namespace', [exact('shop')]);
    const noB = deny('no-b', onServers, from, condition('request.path', [exact('/bx')]));
    expect(differences(laidOut(shop({ ...begun, access: [noB] }), shop(begun)))).toEqual(['shop/web access looser']);
  });

  it('is told from one that is left as it is', () => {
    expect(differences(laidOut(shop(routes(app('/a', full('/a')))), shop(routes(app('/a', undefined)))))).toEqual([
      'shop/web routing different',
    ]);
  });

  it('is told from one that is left as it is where an expression changes some paths', () => {
    const rewritten: PathRewrite = { kind: 'regex', pattern: '/old$', substitution: '/new' };
    expect(differences(laidOut(shop(routes(app('/a', rewritten))), shop(routes(app('/a', undefined)))))).toEqual([
      'shop/web routing different',
    ]);
  });

  it('leaves nothing open where the Host is rewritten to one that is asked about', () => {
    const named = rule('all', {}, forward(toVersion(1, 'v1')), { rewrite: { host: 'web.shop.svc.cluster.local' } });
    const only = deny('host', onServers, condition('request.host', [exact('web')]));
    const kept = { ...routes(named), access: [only] };
    expect(differences(laidOut(shop(kept), shop(kept), { everywhere: true }))).toEqual([]);
    // Whoever has no proxy still chooses the Host.
    expect(differences(laidOut(shop(kept), shop(routes(named))))).toEqual(['shop/web access looser']);
  });
});

describe('tokens', () => {
  const issuer = (parts: Partial<TokenIssuer> = {}): TokenIssuer => ({
    issuer: 'https://issuer.example',
    keys: { kind: 'discovered' },
    ...parts,
  });
  const verifying = (parts: Partial<TokenIssuer>, scope: RequestAuthentication['scope'] = {}): ModelPart => ({
    requestAuthentication: [{ id: 'tokens', scope, issuers: [issuer(parts)] }],
  });

  it.each([
    ['servers', {}, shop],
    ['gateways', atEdge, edge],
  ] as const)('of another audience are taken at %s', (_, scope, world) => {
    const [few, more] = [
      world(verifying({ audiences: ['a'] }, scope)),
      world(verifying({ audiences: ['a', 'b'] }, scope)),
    ];
    expect(laidOut(few, more).verdict).toBe('looser');
    expect(laidOut(more, few).verdict).toBe('stricter');
  });

  it('that the gateway keeps are missing at the servers', () => {
    const demand = policy('demand', [accessRule('0', 'allow', [condition('token.principal', [{ kind: 'present' }])])], {
      scope: onServers,
      otherwise: 'deny',
    });
    const world = (forwardToken: boolean): Model => edge({ ...verifying({ forwardToken }), access: [demand] });
    expect(atGate(laidOut(world(true), world(false)))).toEqual(['unknown.example access stricter']);
    expect(atGate(laidOut(world(false), world(true)))).toEqual(['unknown.example access looser']);
  });
});

describe('what lies further on the way', () => {
  it('is a copy that goes to a service which only some see', () => {
    const services = [service('shop/web'), service('shop/api'), service('shop/log')];
    const copied = routes(
      rule('all', {}, forward(toVersion(1, 'v1')), {
        mirrors: [{ backend: { kind: 'service', service: 'shop/log' }, percent: written(100) }],
      }),
    );
    const hidden = { exposures: [{ service: 'shop/log', namespaces: ['shop'] }] };
    expect(differences(laidOut(shop(copied, { services }), shop({ ...copied, ...hidden }, { services })))).toContain(
      'shop/web routing different',
    );
  });

  const through: EgressDefault = {
    id: 'egress',
    clients: {},
    mode: written('allow'),
    deniedStatus: 502,
    through: { host: 'out.shop.svc.cluster.local', port: 80 },
  };
  const out = {
    services: [service('shop/web'), service('shop/api'), service('shop/out')],
    workloads: [workload('shop/out'), workload('shop/client'), workload('other/batch')],
  };
  const leaving = (part: ModelPart): Model => shop({ egress: [through], ...part }, out);
  const outside = ({ services }: Comparison): string[] =>
    services.flatMap(({ service: name, aspect, verdict }) =>
      name === 'unknown.example' && verdict !== 'equal' ? [`${aspect} ${verdict}`] : [],
    );

  it('is who guards the host through which unknown traffic leaves', () => {
    const keep = deny(
      'keep',
      { namespaces: ['shop'], labels: { app: 'out' } },
      condition('peer.namespace', [exact('other')]),
    );
    expect(outside(laidOut(leaving({ access: [keep] }), leaving({})))).toEqual(['access looser']);
  });

  it('is how clients treat the host through which unknown traffic leaves', () => {
    const plain: DestinationSettings = {
      id: 'plain',
      clients: { namespaces: ['other'] },
      target: { service: 'shop/out' },
      tls: { mode: written('none') },
    };
    expect(outside(laidOut(leaving({}), leaving({ destinations: [plain] })))).toEqual(['encryption looser']);
  });

  it('is what guards the pods of a gateway that run in another namespace', () => {
    const pods = { podNamespace: 'infra', labels: { app: 'gate' } };
    const keep = deny('keep', { namespaces: ['infra'] }, condition('request.method', [exact('PUT')]));
    expect(atGate(laidOut(edge({ access: [keep] }, pods), edge({}, pods)))).toEqual(['unknown.example access looser']);
  });

  it('is what guards a service to which only a waypoint sends', () => {
    const more = {
      services: [service('shop/web', { waypoint: 'shop/way', waypointAtIngress: true }), service('shop/api')],
      gateways: [gateway('shop/way', { purpose: 'waypoint' }), gateway('edge/gate')],
      workloads: [workload('shop/web', { memberships: memberOf('node') }), workload('shop/api')],
    };
    const world = (...access: readonly AccessPolicy[]): Model =>
      shop({ frontends: [behind([toWeb]), table('shop/web', [toApi])], access }, more);
    const toApi = rule('api', {}, forward(backendTo('shop/api')));
    const keep = deny('keep', { labels: { app: 'api' } }, condition('request.path', [prefix('/x')]));
    expect(atGate(laidOut(world(keep), world()))).toEqual(['unknown.example access looser']);
  });

  it('is which Host rules ask for behind a listener that may be on any port', () => {
    const odd = rule('odd', { authority: exact('unknown.example:9') }, { kind: 'respond', response: { status: 200 } });
    const listening = (listener: Partial<Listener>) => ({
      listeners: [{ name: 'http', port: 8080, protocol: 'http' as const, hosts: [], ...listener }],
    });
    const after = edge({ frontends: [behind([odd, toWeb])] }, listening({ port: 80, anyPort: true }));
    const { services } = laidOut(edge({}, listening({})), after);
    expect(
      services.flatMap(({ port, aspect, verdict }) =>
        port === 8080 && verdict !== 'equal' ? [`${aspect} ${verdict}`] : [],
      ),
    ).toEqual(['routing different']);
  });
});

describe('what seems to say the same', () => {
  it('is not the same where a client does not know what it dials', () => {
    const own = { exposures: [{ service: 'shop/web', namespaces: ['shop'] }] };
    expect(differences(laidOut(shop(own), shop()))).toContain('shop/web encryption stricter');
    expect(differences(laidOut(shop(), shop(own)))).toContain('shop/web encryption looser');
  });

  it('is not the same where a caller is somebody else', () => {
    const cron = (identity: Partial<Workload>): Partial<Model['inventory']> => ({
      workloads: [workload('shop/web'), workload('shop/client'), workload('shop/cron', identity)],
    });
    const keep = deny(
      'keep',
      onServers,
      condition('peer.identity', [{ kind: 'serviceAccount', namespace: 'shop', name: 'cron' }]),
    );
    const machine = { identity: { kind: 'spiffe' as const, id: 'spiffe://elsewhere/cron' } };
    expect(differences(laidOut(shop({ access: [keep] }, cron({})), shop({ access: [keep] }, cron(machine))))).toContain(
      'shop/web access looser',
    );
  });

  const moved = (id: string, path: PathMatch, to: string): Rule =>
    rule(id, { path }, forward(toVersion(1, 'v1')), { rewrite: { path: { kind: 'prefix', value: to } } });
  const one = (path: PathMatch): Model => shop(routes(moved('one', path, '/new/')));

  it('is not the same where the rule says how much of the path is replaced', () => {
    const spelled: PathMatch = { kind: 'regex', regex: { pattern: '/old.*', dialect: 're2', anchoring: 'full' } };
    expect(differences(laidOut(one(starts('/old')), one(spelled)))).toEqual(['shop/web routing different']);
    const [long, short] = [moved('long', starts('/old'), '/new'), moved('short', starts('/'), '/new')];
    expect(differences(laidOut(shop(routes(long, short)), shop(routes(short, long))))).toEqual([
      'shop/web routing different',
    ]);
  });

  it('is not the same where a redirect keeps the rest of the path', () => {
    const sent = (path: PathMatch): Model =>
      shop(
        routes(
          rule(
            'one',
            { path },
            { kind: 'redirect', redirect: { status: written(302), path: { kind: 'prefix', value: '/new' } } },
          ),
        ),
      );
    const spelled: PathMatch = { kind: 'regex', regex: { pattern: '/old.*', dialect: 're2', anchoring: 'full' } };
    expect(differences(laidOut(sent(starts('/old')), sent(spelled)))).toEqual(['shop/web routing different']);
  });

  it('is asked where rules are about a subset of servers that nobody has seen', () => {
    const world = (...access: readonly AccessPolicy[]): Model =>
      shop(
        { ...routes(rule('all', {}, forward(toVersion(1, 'v1')))), access },
        { workloads: [workload('other/batch')] },
      );
    const keep = deny(
      'keep',
      { namespaces: ['shop'], labels: { version: 'v1' } },
      condition('request.path', [exact('/x')]),
    );
    expect(differences(laidOut(world(keep), world()))).toEqual(['shop/web access looser']);
  });
});

describe('clients and servers with configurations of their own', () => {
  it('a waypoint that is put in place at the servers stops those who look for it, and no sidecar', () => {
    const sidecar = workload('shop/client');
    const workloads = [sidecar, workload('shop/web', { memberships: memberOf('node') })];
    const old = shop({}, { workloads, services: [service('shop/web')] });
    const moved = shop(
      { access: [deny('no-put', { services: ['shop/web'] }, condition('request.method', [exact('PUT')]))] },
      {
        workloads,
        services: [service('shop/web', { waypoint: 'shop/way' })],
        gateways: [gateway('shop/way', { purpose: 'waypoint' })],
      },
    );
    const [before, after] = [worldOf(old), { client: old, server: moved }];
    const { services } = compare(before, after);
    const found = services.find(({ service: name, aspect }) => name === 'shop/web' && aspect === 'access');
    expect([found?.verdict, found?.witness?.client]).toEqual(['stricter', expect.objectContaining({ name: 'web' })]);
    const ask = { caller: callerOf(sidecar), to: { service: 'shop/web' }, request: requestOf({ method: 'PUT' }) };
    const bypassing = simulate(after, ask);
    expect(bypassing.outcome.decision).toBe('forwarded');
    expect(bypassing.caveats.map(({ code }) => code)).toContain('VERIFY004');
  });
});
