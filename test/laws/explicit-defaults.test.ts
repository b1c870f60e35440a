/**
 * Law 4: defaults are explicit. Reading fills in what a mesh does by itself, and says that nobody wrote it; writing
 * spells out what the target would do otherwise, or says what is lost.
 */
import { describe, expect, it } from 'vitest';
import type { Adapter } from '../../src/adapter/adapter.ts';
import type { Retries } from '../../src/model/capabilities/retries.ts';
import type { MeshDefaults } from '../../src/model/mesh.ts';
import type { Model } from '../../src/model/model.ts';
import type { Outcome } from '../../src/verify/outcome.ts';
import { plain } from '../../src/verify/questions/plain.ts';
import { type Caller, requestOf, worldOf } from '../../src/verify/request.ts';
import { simulate } from '../../src/verify/simulate.ts';
import { adapters, pairs, readBack, write } from './adapters.ts';
import { tableDoing } from './capability-fixtures/fixture.ts';
import { bareWorld, givenOf, worldWith } from './world.ts';

const web: Caller = {
  kind: 'workload',
  namespace: 'shop',
  name: 'web-v1',
  labels: { app: 'web', version: 'v1' },
  serviceAccount: 'web',
};

const ask = (model: Model, service: string, port: number): Outcome =>
  simulate(worldOf(model), { caller: web, to: { service, port }, request: requestOf() }).outcome;

/** `retriable-status-codes` names no code by itself, and does nothing (observed). */
const resilienceOf = ({ retries, timeoutMs, perTryTimeoutMs }: Outcome): unknown => ({
  retries: retries && { ...retries, on: retries.on.filter(condition => condition !== 'retriable-status-codes') },
  timeoutMs,
  perTryTimeoutMs,
});

/** A route as a mesh reads one that says nothing: with what the mesh does by itself. */
const silentRoute = (adapter: Adapter): Model => {
  const { retries, timeouts } = adapter.assume().defaults;
  const action = { ...(retries ? { retries } : {}), ...(timeouts ? { timeouts } : {}) };
  return worldWith(adapter, tableDoing(action)(givenOf(adapter)));
};

const isRetried = (retries: Retries | undefined): boolean => (retries?.max.value ?? 0) > 0;

describe.each(adapters.map(adapter => [adapter.id, adapter] as const))('%s', (_, adapter) => {
  const { defaults } = adapter.assume();

  it('says of each of its defaults that nobody wrote it', () => {
    const origins = [...JSON.stringify(defaults).matchAll(/"origin":"(\w+)"/g)].map(([, origin]) => origin);
    expect(origins.length).toBeGreaterThan(0);
    expect(origins.filter(origin => origin === 'written')).toEqual([]);
  });

  it('reads a route that says nothing of retries as one with the retries of the mesh', () => {
    const { objects } = write(adapter, silentRoute(adapter));
    const { frontends } = readBack(adapter, objects).model;
    const actions = frontends.flatMap(({ rules }) => rules.map(({ action }) => action));
    expect(actions.length).toBeGreaterThan(0);
    for (const { retries } of actions) {
      if (!isRetried(defaults.retries)) expect(isRetried(retries)).toBe(false);
      else expect(plain(retries)).toEqual(plain(defaults.retries));
    }
  });

  it('answers for a service without a route with what the mesh does by itself', () => {
    const { retries } = ask(bareWorld(adapter), 'shop/reviews', 9080);
    if (isRetried(defaults.retries)) expect(retries?.max).toBe(defaults.retries?.max.value);
    else expect(retries).toBeUndefined();
  });
});

describe.each(pairs)('from %s to %s', (_from, _to, from, to) => {
  it('a route that says nothing does what it did, or the loss is told', () => {
    const model = silentRoute(from);
    const { objects, dispositions } = write(to, model);
    const lost = dispositions.some(
      ({ leaf, loss }) => /retries|timeout/.test(leaf) && !leaf.startsWith('default.') && loss?.effect === 'differs',
    );
    const before = resilienceOf(ask(model, 'shop/reviews', 9080));
    const after = resilienceOf(ask(readBack(to, objects).model, 'shop/reviews', 9080));
    if (lost) expect(after).not.toEqual(before);
    else expect(after).toEqual(before);
  });

  it('a route that is not retried is not retried in a mesh that retries by itself', () => {
    const model = worldWith(from, tableDoing({})(givenOf(from)));
    const { objects } = write(to, model);
    expect(ask(readBack(to, objects).model, 'shop/reviews', 9080).retries).toBeUndefined();
  });

  it('what each does for services without a route is the same, spelled out, or told as lost', () => {
    const model = bareWorld(from);
    const { objects, dispositions, expected } = write(to, model);
    const fields: readonly (keyof MeshDefaults)[] = [
      'retries',
      'timeouts',
      'loadBalancing',
      'connectionLimits',
      'outlierDetection',
      'access',
    ];
    const results = fields.map(field => dispositions.find(({ leaf }) => leaf === `default.${field}`)?.result);
    expect(results.filter(result => result === undefined)).toEqual([]);
    const back = readBack(to, objects).model;
    for (const [service, port] of [
      ['shop/reviews', 9080],
      ['shop/web', 80],
    ] as const) {
      const outcomes = [model, expected, back].map(each => resilienceOf(ask(each, service, port)));
      expect(outcomes[2]).toEqual(outcomes[1]);
      if (results[0] === 'applied' && results[1] === 'applied') expect(outcomes[1]).toEqual(outcomes[0]);
    }
  });
});
