import { describe, expect, it } from 'vitest';
import { written } from '../base/source.ts';
import type { ModelPart } from '../model/model.ts';
import { type Ask, requestOf, worldOf } from './request.ts';
import { simulate } from './simulate.ts';
import { at, callerOf, memberOf, modelOf, port, service, workload } from './testing/model-builder.ts';

const client = workload('shop/client');
const client2 = workload('other/client2');
const inventory = {
  workloads: [client, client2, workload('shop/web'), workload('shop/api')],
  services: [service('shop/web', { ports: [port(80), port(9000, 'tcp', 9000)] }), service('shop/api')],
};

const ask = (part: ModelPart, to: Ask['to'], caller = client, request: Ask['request'] = requestOf()) =>
  simulate(worldOf(modelOf(inventory, part)), { caller: callerOf(caller), to, request });

const deny: ModelPart = {
  egress: [{ id: 'closed', clients: {}, mode: written('deny', at('closed')), deniedStatus: 502 }],
};

describe('hosts that a client does not know', () => {
  it('are reached where nothing forbids it, as the application sends (observed 3.5)', () => {
    expect(ask({}, { host: 'bank.example' }).outcome).toMatchObject({
      decision: 'forwarded',
      backends: [{ service: 'bank.example', endpoints: 'bank.example', weight: 100_000 }],
      encrypted: 'plaintext',
    });
    expect(ask({}, { host: 'bank.example' }, client, requestOf({ scheme: 'https' })).outcome.encrypted).toBe('tls');
  });

  it('are refused where that is the stance: HTTP with a status, TCP with a reset (observed 18.7)', () => {
    const refused = ask(deny, { host: 'bank.example' });
    expect(refused.outcome).toMatchObject({ decision: 'unroutable', status: 502, backends: [] });
    expect(refused.hops.at(-1)?.decisions.at(-1)).toMatchObject({
      rule: 'closed',
      source: { object: { name: 'closed' } },
    });
    const bare = ask(deny, { host: 'db.example', port: 5432 }, client, requestOf({ protocol: 'tcp' })).outcome;
    expect([bare.decision, bare.status]).toEqual(['reset', undefined]);
  });

  it('are refused to those only whom the stance concerns', () => {
    const part: ModelPart = { egress: [{ ...deny.egress![0]!, clients: { namespaces: ['other'] } }] };
    expect(ask(part, { host: 'bank.example' }).outcome.decision).toBe('forwarded');
    expect(ask(part, { host: 'bank.example' }, client2).outcome.decision).toBe('unroutable');
  });

  it('are led through a host of the mesh where that is the stance', () => {
    const part: ModelPart = {
      egress: [
        { id: 'out', clients: {}, mode: written('allow'), deniedStatus: 502, through: { host: 'api', port: 80 } },
      ],
    };
    expect(ask(part, { host: 'bank.example' }).outcome.backends).toMatchObject([{ service: 'shop/api', port: 80 }]);
  });
});

describe('ports that a service does not have', () => {
  it('answer nobody', () => {
    const bare = workload('shop/bare', { memberships: [] });
    const refused = ask({}, { service: 'shop/web', port: 81 }, bare).outcome;
    expect([refused.decision, refused.status]).toEqual(['reset', undefined]);
    expect(ask({}, { service: 'shop/web', port: 81 }).outcome).toMatchObject({ decision: 'unroutable', status: 503 });
    expect(ask(deny, { service: 'shop/web', port: 81 }).outcome).toMatchObject({ decision: 'unroutable', status: 502 });
  });
});

describe('services that a client does not see', () => {
  it('are like any unknown host (observed 16.1, 16.5)', () => {
    const hidden: ModelPart = { exposures: [{ service: 'shop/web', namespaces: ['shop'], source: at('web') }] };
    expect(ask(hidden, { service: 'shop/web' }).outcome).toMatchObject({ encrypted: 'mtls' });
    expect(ask(hidden, { service: 'shop/web' }, client2).outcome).toMatchObject({
      decision: 'forwarded',
      encrypted: 'plaintext',
    });
    expect(ask({ ...hidden, ...deny }, { service: 'shop/web' }, client2).outcome).toMatchObject({
      decision: 'unroutable',
      status: 502,
    });
  });

  it('are all but those that the first fitting statement names', () => {
    const part: ModelPart = {
      ...deny,
      visibility: [
        {
          id: 'mine',
          clients: { labels: { app: 'client' } },
          exposes: [
            { namespace: '.', host: 'web.*' },
            { namespace: '.', host: '*', port: 9000 },
          ],
        },
        {
          id: 'all',
          clients: { namespaces: ['shop'] },
          exposes: [{ namespace: 'shop', host: 'api.shop.svc.cluster.local' }],
        },
      ],
    };
    expect(ask(part, { service: 'shop/api' }).outcome.decision).toBe('unroutable');
    expect(
      ask(part, { service: 'shop/web', port: 9000 }, client, requestOf({ protocol: 'tcp' })).outcome.decision,
    ).toBe('forwarded');
    const other = workload('shop/other');
    expect(ask(part, { service: 'shop/api' }, other).outcome.decision).toBe('forwarded');
    expect(ask(part, { service: 'shop/web' }, other).outcome.decision).toBe('unroutable');
    expect(ask(part, { service: 'shop/web' }, client2).outcome.decision).toBe('forwarded');
  });
});

describe('what the input does not hold', () => {
  it('is supposed to exist, which is noted', () => {
    const story = ask({}, { service: 'pay/ledger' });
    expect(story.outcome).toMatchObject({
      decision: 'forwarded',
      backends: [{ service: 'pay/ledger', endpoints: 'pay/ledger' }],
    });
    expect(story.caveats.map(({ code }) => code)).toContain('VERIFY007');
  });

  it('is supposed to be in the only mesh, where nobody else is seen in that namespace', () => {
    const model = modelOf({ services: [service('shop/web')] });
    const caller = { kind: 'serviceAccount' as const, namespace: 'shop', name: 'client' };
    const story = simulate(worldOf(model), { caller, to: { service: 'shop/web' }, request: requestOf() });
    expect(story.outcome).toMatchObject({ encrypted: 'mtls', identitySeen: 'shop/client' });
    expect(story.assumptions).toHaveLength(2);
  });

  it('takes part as its neighbours do, where some are seen', () => {
    const model = modelOf({
      workloads: [workload('shop/other', { memberships: [] })],
      services: [service('shop/web')],
    });
    const caller = { kind: 'serviceAccount' as const, namespace: 'shop', name: 'client' };
    const story = simulate(worldOf(model), { caller, to: { service: 'shop/web' }, request: requestOf() });
    expect(story.outcome.encrypted).toBe('plaintext');
    expect(story.caveats.map(({ code }) => code)).toContain('VERIFY009');
  });

  it('a workload in two meshes is a caveat', () => {
    const both = workload('shop/client', { memberships: [...memberOf('sidecar'), ...memberOf('sidecar', 'mesh/two')] });
    const model = modelOf(inventory, {}, [modelOf({}).meshes[0]!, { ...modelOf({}).meshes[0]!, id: 'mesh/two' }]);
    const story = simulate(worldOf(model), {
      caller: callerOf(both),
      to: { service: 'shop/web' },
      request: requestOf(),
    });
    expect(story.caveats.map(({ code }) => code)).toContain('VERIFY008');
  });
});
