import { describe, expect, it } from 'vitest';
import { proxyDefault } from '../base/source.ts';
import type { ModelPart } from '../model/model.ts';
import type { Outcome } from './outcome.ts';
import { type Ask, type Request, requestOf, worldOf } from './request.ts';
import { simulate } from './simulate.ts';
import {
  backendTo,
  callerOf,
  forward,
  mesh,
  modelOf,
  port,
  rule,
  service,
  sidecar,
  table,
  workload,
} from './testing/model-builder.ts';

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

/** Everything to `shop/web`, and nothing else: whatever reaches the table is answered. */
const marked: ModelPart = {
  frontends: [table('shop/web', [rule('mark', {}, { kind: 'respond', response: { status: 299 } })])],
};

describe('how a name finds its table, by authority (observed 3.2–3.4, 18.10)', () => {
  it.each([
    'web',
    'WEB',
    'web:80',
    'web:8080',
    'web.shop',
    'web.shop.svc',
    'web.shop.svc.cluster.local',
    'web.shop.svc.cluster.local.',
    'web.shop.svc.cluster.local:80',
    '10.96.0.1',
    '10.96.0.1:80',
  ])('%s is the service', authority => {
    expect(outcome(marked, { authority }).status).toBe(299);
  });

  it('web.shop. is not', () => {
    expect(outcome(marked, { authority: 'web.shop.' }).decision).toBe('forwarded');
  });

  it('plain web is not, from another namespace', () => {
    const caller = callerOf(client2);
    expect(outcome(marked, { authority: 'web' }, { caller }).decision).toBe('forwarded');
    expect(outcome(marked, { authority: 'web.shop' }, { caller }).status).toBe(299);
  });

  it('the Host decides, and not the address that was dialled', () => {
    expect(outcome(marked, { authority: 'web' }, { to: { service: 'shop/api' } }).status).toBe(299);
    expect(outcome(marked, { authority: 'api' }).backends[0]?.service).toBe('shop/api');
  });

  it('on a port that the service does not have, the Host says nothing', () => {
    expect(outcome(marked, { authority: 'web' }, { to: { host: '10.1.1.1', port: 8080 } })).toMatchObject({
      decision: 'forwarded',
      backends: [{ service: '10.1.1.1' }],
      encrypted: 'plaintext',
    });
  });

  it('dialled by name or by address, the service is found as well', () => {
    for (const host of ['web', 'web.shop', '10.96.0.1', 'web:80']) {
      expect([host, outcome(marked, {}, { to: { host } }).status]).toEqual([host, 299]);
    }
  });
});

describe('how a name finds its table, by address', () => {
  const byAddress = [mesh({ dataPlanes: { sidecar: { ...sidecar, findsRoutesBy: 'address' } } })];
  it('what was dialled decides, and the Host says nothing', () => {
    const request = requestOf({ authority: 'somebody.example' });
    expect(ask(marked, { request }, byAddress).outcome.status).toBe(299);
    expect(
      ask(marked, { request: requestOf({ authority: 'web' }), to: { service: 'shop/api' } }, byAddress).outcome,
    ).toMatchObject({ decision: 'forwarded', backends: [{ service: 'shop/api' }] });
  });
});

describe('what no table takes', () => {
  it('is answered, left to the next table, or passed to the service (observed 3.1)', () => {
    const nothing = (noMatch: 'next' | 'passToService') => ({
      ...table('shop/web', [
        rule('never', { path: { kind: 'exact', value: '/never' } }, forward(backendTo('shop/api'))),
      ]),
      id: noMatch,
      noMatch: { kind: noMatch } as const,
    });
    const other = table('shop/web', [rule('rest', {}, forward(backendTo('shop/api')))]);
    expect(outcome({ frontends: [nothing('next'), other] }).backends[0]?.service).toBe('shop/api');
    expect(outcome({ frontends: [nothing('passToService'), other] }).backends[0]?.service).toBe('shop/web');
    expect(outcome({ frontends: [table('shop/web', []), other] })).toMatchObject({
      decision: 'unroutable',
      status: 404,
    });
    expect(outcome({ frontends: [table('shop/web', [])] }, {}, { to: { service: 'shop/api' } }).decision).toBe(
      'forwarded',
    );
  });

  it('gets the defaults of the mesh', () => {
    const defaults = {
      ...mesh().defaults,
      retries: { max: proxyDefault(2), on: proxyDefault(['reset' as const]) },
      timeouts: { request: proxyDefault(15_000) },
    };
    const run = (part: ModelPart) => ask(part, {}, [mesh({ defaults })]).outcome;
    expect(run({})).toMatchObject({ retries: { max: 2, on: ['reset'] }, timeoutMs: 15_000 });
    const silent = run({ frontends: [table('shop/web', [rule('all', {}, forward(backendTo('shop/web')))])] });
    expect(silent.retries).toBeUndefined();
  });

  it('on one port does not concern another (observed 15.12)', () => {
    const onlyOn80 = { ...marked.frontends![0]!, listens: { kind: 'service' as const, service: 'shop/web', port: 80 } };
    expect(outcome({ frontends: [onlyOn80] }, {}, { to: { service: 'shop/web', port: 81 } }).decision).toBe(
      'forwarded',
    );
    expect(outcome({ frontends: [onlyOn80] }).status).toBe(299);
  });
});

describe('tables by host', () => {
  const byHost = (hosts: string[], servicesOnly = false): ModelPart => ({
    frontends: [{ ...marked.frontends![0]!, listens: { kind: 'hosts', hosts, servicesOnly } }],
  });
  it('take every service of a namespace by a wildcard, by short name too, and no other host (observed 2.7)', () => {
    const part = byHost(['*.shop.svc.cluster.local'], true);
    expect(outcome(part, { authority: 'web' }).status).toBe(299);
    expect(outcome(part, {}, { to: { service: 'shop/api' } }).status).toBe(299);
    expect(outcome(part, { authority: 'zzz.shop.svc.cluster.local' }).decision).toBe('forwarded');
  });

  it('take hosts that are no service (observed 16.8)', () => {
    expect(outcome(byHost(['made.up']), {}, { to: { host: 'made.up' } }).status).toBe(299);
    expect(outcome(byHost(['made.up']), {}, { to: { host: 'other.up' } }).decision).toBe('forwarded');
  });
});

describe('who is concerned', () => {
  it('is decided by the scope of the table (observed 2.10, 15.10)', () => {
    const part = (clients: object): ModelPart => ({ frontends: [{ ...marked.frontends![0]!, clients }] });
    const from = (part: ModelPart, who = client) => outcome(part, {}, { caller: callerOf(who) }).decision;
    expect(from(part({ namespaces: ['other'] }))).toBe('forwarded');
    expect(from(part({ namespaces: ['other'] }), client2)).toBe('responded');
    expect(from(part({ labels: { app: 'client' } }))).toBe('responded');
    expect(from(part({ mesh: 'mesh/two' }))).toBe('forwarded');
    expect(from(part({ gateway: 'edge/public' }))).toBe('forwarded');
  });

  it('is decided by the rule as well', () => {
    const part: ModelPart = {
      frontends: [
        table('shop/web', [
          rule('batch', { caller: { namespaces: ['other'] } }, forward(backendTo('shop/api'))),
          rule('rest', {}, forward(backendTo('shop/web'))),
        ]),
      ],
    };
    expect(outcome(part).backends[0]?.service).toBe('shop/web');
    expect(outcome(part, {}, { caller: callerOf(client2) }).backends[0]?.service).toBe('shop/api');
  });
});

describe('bare connections', () => {
  const tcp = { to: { service: 'shop/web', port: 9000 }, request: requestOf({ protocol: 'tcp' }) };
  it('are routed by tables for TCP only', () => {
    const tables: ModelPart = {
      frontends: [
        marked.frontends![0]!,
        {
          ...table('shop/web', [rule('tcp', { port: 9000 }, forward(backendTo('shop/api', 1)))]),
          id: 'tcp',
          protocol: 'tcp',
        },
      ],
    };
    expect(ask(tables, tcp).outcome).toMatchObject({ decision: 'unroutable', status: 503 });
    expect(ask(marked, tcp).outcome).toMatchObject({
      decision: 'forwarded',
      backends: [{ service: 'shop/web', targetPort: 9000 }],
    });
  });

  it('that nothing takes are closed', () => {
    const closed = { ...table('shop/web', []), protocol: 'tcp' as const };
    const { decision, status } = ask({ frontends: [closed] }, tcp).outcome;
    expect([decision, status]).toEqual(['reset', undefined]);
  });

  it('over TLS are routed by the server name', () => {
    const byName = {
      ...table('shop/web', [rule('sni', { sni: ['*.shop.example'] }, forward(backendTo('shop/api')))]),
      listens: { kind: 'hosts' as const, hosts: ['*.shop.example'] },
      protocol: 'tls' as const,
    };
    const request = requestOf({ protocol: 'tls', sni: 'a.shop.example' });
    const { backends } = ask({ frontends: [byName] }, { to: { host: 'a.shop.example', port: 80 }, request }).outcome;
    expect(backends[0]?.service).toBe('shop/api');
  });
});

describe('a path that no proxy forwards', () => {
  it('is answered with 400 (observed 1.7)', () => {
    expect(outcome({}, { path: '/a%00' })).toMatchObject({ decision: 'responded', status: 400 });
  });
});
