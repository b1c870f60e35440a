import { describe, expect, it } from 'vitest';
import { meshDefault, proxyDefault, written } from '../../base/source.ts';
import { refused } from '../disposition.ts';
import { fieldParts, isByDefault, Ledger } from './ledger.ts';

describe('what nobody wrote', () => {
  it.each<[string, object, boolean]>([
    ['what proxies do by themselves', { max: proxyDefault(2), on: proxyDefault(['reset']) }, true],
    ['inside a setting that is none itself', { algorithm: proxyDefault({ kind: 'roundRobin' }) }, true],
    ['a setting of the mesh, which somebody made', { max: meshDefault(2), on: proxyDefault([]) }, false],
    ['the conditions of retries that somebody wrote', { max: written(2), on: proxyDefault(['reset']) }, false],
    ['nothing at all', {}, true],
  ])('%s', (_, value, byDefault) => {
    expect(isByDefault(value)).toBe(byDefault);
  });
});

describe('the ledger', () => {
  const parts = fieldParts(
    { max: proxyDefault(2) },
    {
      leaf: 'retries',
      capability: () => 'retry-count',
      ask: () => refused('retry-count', 'there are none'),
      put: () => {},
    },
  );

  it('says of a loss that nobody wrote what is lost', () => {
    const ledger = new Ledger();
    ledger.settle('table', {}, parts);
    expect(ledger.dispositions).toMatchObject([{ leaf: 'retries.max', byDefault: true }]);
  });

  it('counts what goes with something written among what was written', () => {
    const ledger = new Ledger();
    ledger.settle('table', {}, parts, refused('gateway', 'there is no gateway').loss);
    const [disposition] = ledger.dispositions;
    expect(disposition?.loss?.code).toBe('gateway');
    expect(disposition?.byDefault).toBeUndefined();
  });
});
