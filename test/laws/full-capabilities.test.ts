/**
 * Law 2, cell by cell: what both sides of a conversion have in full is applied; what the target does not have is not
 * said to be applied.
 */
import { describe, expect, it } from 'vitest';
import type { Disposition } from '../../src/adapter/disposition.ts';
import { type CapabilityId, capabilities } from '../../src/model/capability.ts';
import { adapters, conversions, targets, write } from './adapters.ts';
import { capabilityFixtures } from './capability-fixtures/index.ts';
import { givenOf, worldWith } from './world.ts';

/** Capabilities that are no leaf of their own, and what speaks for them: a gRPC method is a path, a table is one of TCP. */
const speaksFor: Partial<Record<CapabilityId, (disposition: Disposition) => boolean>> = {
  'grpc-match': ({ capability }) => capability === 'path-exact',
  'tcp-route': ({ subject, leaf }) => subject === 'shop/ledger' && leaf !== 'noMatch',
  'tls-route': ({ subject, leaf }) => subject === 'shop/ledger' && leaf !== 'noMatch',
};

/** What the meshes do by themselves is no wish (law 4 is about it), nor is the target of settings. */
const isWish = ({ leaf }: Disposition): boolean => !/^(?:default|data plane)[.]/.test(leaf) && leaf !== 'target';

describe.each(conversions)('from %s to %s', (_from, _to, from, to) => {
  const dispositionsOf = (id: CapabilityId): readonly Disposition[] => {
    const wished = worldWith(from, capabilityFixtures[id](givenOf(from)));
    const speaks = speaksFor[id] ?? (({ capability }) => capability === id);
    return write(to, wished).dispositions.filter(disposition => isWish(disposition) && speaks(disposition));
  };

  it.each(Object.keys(capabilities) as CapabilityId[])('%s', id => {
    const source = from.capabilities[id].level;
    const target = to.capabilities[id].level;
    const dispositions = dispositionsOf(id);
    expect(dispositions.length, 'the wish has a leaf of its own').toBeGreaterThan(0);
    const results = dispositions.map(({ leaf, result, loss }) => ({ leaf, result, why: loss?.message }));
    if (source === 'full' && target === 'full') {
      expect(results.filter(({ result }) => result !== 'applied')).toEqual([]);
    }
    if (target === 'none') expect(results.filter(({ result }) => result === 'applied')).toEqual([]);
  });
});

it('every adapter is tried with every other', () => {
  expect(conversions).toHaveLength(adapters.length * targets.length);
});
