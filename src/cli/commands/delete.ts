import { identityOf } from '../../engine/plan/ownership.ts';
import type { NativeObject } from '../../native/snapshot.ts';
import { type ExitCode, UserError } from '../exit.ts';
import { only, select } from '../objects/selection.ts';
import { storedInputs } from '../planning/inputs.ts';
import type { PlanningOptions } from '../planning/options.ts';
import { load } from '../source.ts';
import { needStore } from '../stores/store-place.ts';
import { runPlan } from './apply.ts';

export interface DeleteOptions extends PlanningOptions {
  readonly namespace?: string;
}

/** `supergloo delete`: takes objects out of the store, and what was written for them alone. */
export const deleteCommand = async (words: readonly string[], options: DeleteOptions): Promise<ExitCode> => {
  const { filename, store } = options;
  if ((words.length === 0) === (filename.length === 0))
    throw new UserError('name what to delete: KIND NAME, or the files that hold it with -f');
  const files = filename.length > 0 ? await load(filename) : undefined;
  const named = new Set(files?.snapshot.objects.map(({ ref }) => identityOf(ref)));
  const removed = (objects: readonly NativeObject[]): readonly NativeObject[] =>
    files ? objects.filter(({ ref }) => named.has(identityOf(ref))) : [only(select(objects, words, options))];
  const inputs = await storedInputs({ ...options, filename: [] }, needStore(store), { removed });
  return runPlan(options, inputs, { kind: 'Delete' });
};
