/** Law 2: writing accounts for every wish: exactly one disposition per leaf, with a loss wherever it is not applied. */
import { describe, it } from 'vitest';
import type { Adapter, WriteResult } from '../../src/adapter/adapter.ts';
import { groupBy } from '../../src/base/order.ts';
import type { Model } from '../../src/model/model.ts';
import { conversions, write } from './adapters.ts';
import { leavesOf } from './leaves.ts';
import { forRandomModels } from './random.ts';

const key = ({ subject, leaf }: { readonly subject: string; readonly leaf: string }): string => `${subject} | ${leaf}`;

/** What is wrong with a ledger; nothing if every leaf has its line and every line is a leaf. */
const ledgerFaults = (to: Adapter, model: Model, { dispositions }: WriteResult): readonly string[] => {
  const wanted = groupBy(leavesOf(model, to.assume()), key);
  // How proxies behave without being told is no leaf of the model; that it changes is said all the same.
  const found = groupBy(
    dispositions.filter(({ leaf }) => !leaf.startsWith('data plane.')),
    key,
  );
  const counted = [...wanted].flatMap(([leaf, all]) => {
    const count = found.get(leaf)?.length ?? 0;
    return count === all.length ? [] : [`${leaf}: ${count} dispositions`];
  });
  const invented = [...found.keys()].filter(leaf => !wanted.has(leaf)).map(leaf => `${leaf}: no leaf of the model`);
  const silent = dispositions
    .filter(({ result, loss }) => (result === 'applied') !== (loss === undefined))
    .map(disposition => `${key(disposition)}: ${disposition.result} ${disposition.loss ? 'with' : 'without'} a loss`);
  return [...counted, ...invented, ...silent];
};

describe.each(conversions)('from %s to %s', (_from, _to, from, to) => {
  it('every leaf has exactly one disposition', () => {
    forRandomModels(from, 60, model => {
      const faults = ledgerFaults(to, model, write(to, model));
      return faults.length > 0 ? faults.join('\n') : undefined;
    });
  });
});
