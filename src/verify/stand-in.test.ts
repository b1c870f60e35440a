import { describe, expect, it } from 'vitest';
import { proxyDefault } from '../base/source.ts';
import type { AccessPolicy } from '../model/capabilities/access.ts';
import type { DestinationSettings } from '../model/capabilities/destination.ts';
import type { Fallback } from '../model/capabilities/locality.ts';
import type { Inventory } from '../model/inventory.ts';
import { compare } from './compare/compare.ts';
import { type Ask, requestOf, worldOf } from './request.ts';
import { simulate } from './simulate.ts';
import { callerOf, modelOf, port, service, workload } from './testing/model-builder.ts';

const client = workload('shop/client');

/** `shop/gone` has nobody behind it, `shop/spare` somebody who listens on another port. */
const inventory = {
  workloads: [client, workload('shop/spare')],
  services: [service('shop/gone'), service('shop/empty'), service('shop/spare', { ports: [port(8000)] })],
};

const whole: Inventory['clusters'] = [{ id: 'one', extent: 'whole' }];

const standsIn = (...fallbacks: readonly Fallback[]): DestinationSettings => ({
  id: 'gone',
  clients: {},
  target: { service: 'shop/gone' },
  loadBalancing: { algorithm: proxyDefault({ kind: 'roundRobin' }) },
  locality: { fallbacks },
});

const modelWith = (
  fallbacks: readonly Fallback[],
  { clusters = whole, access = [] as readonly AccessPolicy[] } = {},
) => {
  const model = modelOf(inventory, { destinations: [standsIn(...fallbacks)], access });
  return { ...model, inventory: { ...model.inventory, clusters } };
};

const ask: Ask = { caller: callerOf(client), to: { service: 'shop/gone' }, request: requestOf({}) };

describe('a service that nobody is behind', () => {
  it('is stood in for by the first that has somebody, on a port of its own', () => {
    const { outcome, assumptions } = simulate(
      worldOf(modelWith([{ service: 'shop/empty' }, { service: 'shop/spare' }])),
      ask,
    );
    expect(outcome).toMatchObject({ decision: 'forwarded', backends: [{ service: 'shop/spare', port: 8000 }] });
    expect(assumptions.join()).toContain('`shop/spare` stands in');
  });

  it('keeps its requests where others may be behind it, or nobody stands in', () => {
    const named = (model: ReturnType<typeof modelWith>) => simulate(worldOf(model), ask).outcome.backends[0]?.service;
    expect(named(modelWith([{ service: 'shop/spare' }], { clusters: [{ id: 'one', extent: 'partial' }] }))).toBe(
      'shop/gone',
    );
    expect(named(modelWith([{ service: 'shop/empty' }]))).toBe('shop/gone');
  });

  it('is guarded by what guards who stands in, which a comparison sees', () => {
    const closed: AccessPolicy = {
      id: 'nobody',
      scope: { labels: { app: 'spare' } },
      tier: 0,
      rules: [],
      otherwise: 'deny',
    };
    const fallbacks = [{ service: 'shop/spare' }];
    const [before, after] = [modelWith(fallbacks), modelWith(fallbacks, { access: [closed] })];
    expect(simulate(worldOf(after), ask).outcome).toMatchObject({ decision: 'denied' });
    const { services } = compare(worldOf(before), worldOf(after), { perTarget: 400, everywhere: true });
    const found = services.filter(({ verdict }) => verdict !== 'equal').map(one => one.service);
    expect(found).toContain('shop/gone');
  });

  it('differs where somebody else stands in', () => {
    const [before, after] = [modelWith([{ service: 'shop/spare' }]), modelWith([{ service: 'client.example' }])];
    const { services } = compare(worldOf(before), worldOf(after), { perTarget: 400, everywhere: true });
    expect(services.some(one => one.service === 'shop/gone' && one.verdict !== 'equal')).toBe(true);
  });
});
