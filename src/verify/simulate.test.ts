import { describe, expect, it } from 'vitest';
import { written } from '../base/source.ts';
import { type Ask, requestOf, worldOf } from './request.ts';
import { simulate } from './simulate.ts';
import {
  backendTo,
  bareWorkload,
  callerOf,
  forward,
  modelOf,
  port,
  rule,
  service,
  table,
  workload,
} from './testing/model-builder.ts';

const client = workload('shop/client');
const inventory = {
  workloads: [client, workload('shop/web'), workload('other/client2'), bareWorkload('shop/plain')],
  services: [service('shop/web', { ports: [port(80), port(81), port(9000, 'tcp', 9000)] }), service('shop/api')],
};

const ask = (parts: Partial<Ask> & { path?: string } = {}): Ask => ({
  caller: callerOf(client),
  to: { service: 'shop/web' },
  request: requestOf({ path: parts.path ?? '/' }),
  ...parts,
});

describe('the client hop', () => {
  const model = modelOf(inventory, {
    frontends: [
      table('shop/web', [
        rule(
          'foo',
          { path: { kind: 'prefix', value: '/foo' } },
          forward(backendTo('shop/web', 20, { version: 'v1' }), backendTo('shop/web', 30, { version: 'v2' })),
          { timeouts: { request: written(1000) } },
        ),
        rule('api', { path: { kind: 'exact', value: '/api' } }, forward(backendTo('shop/api'))),
      ]),
    ],
  });
  const outcome = (path: string, more: Partial<Ask> = {}) => simulate(worldOf(model), ask({ path, ...more })).outcome;

  it('follows the first rule that takes the request and splits by weight', () => {
    const story = simulate(worldOf(model), ask({ path: '/foo?x' }));
    expect(story.outcome).toMatchObject({
      decision: 'forwarded',
      timeoutMs: 1000,
      encrypted: 'mtls',
      identitySeen: 'shop/client',
      backends: [
        { service: 'shop/web', subset: 'v1', endpoints: 'shop{app=web,version=v1}', weight: 40_000 },
        { service: 'shop/web', subset: 'v2', endpoints: 'shop{app=web,version=v2}', weight: 60_000 },
      ],
    });
    expect(story.hops[0]).toMatchObject({ at: 'client', workload: 'shop/client', mesh: 'mesh/one' });
  });

  it('answers 404 when a table has no rule for it', () => {
    expect(outcome('/b')).toMatchObject({ decision: 'unroutable', status: 404, backends: [] });
  });

  it('passes a service without a table through', () => {
    expect(outcome('/b', { to: { service: 'shop/api' } })).toMatchObject({ decision: 'forwarded' });
  });

  it('sends a request whose backend lacks the dialled port to 503', () => {
    expect(outcome('/api', { to: { service: 'shop/web', port: 81 } })).toMatchObject({
      decision: 'unroutable',
      status: 503,
    });
  });

  it('lets callers without a proxy bypass the table', () => {
    expect(outcome('/b', { caller: { kind: 'outside' } })).toMatchObject({
      decision: 'forwarded',
      encrypted: 'plaintext',
    });
  });
});
