import { existsSync, readdirSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { Snapshot } from '../../native/snapshot.ts';
import { type Loaded, load } from '../source.ts';
import type { PlanningOptions } from './options.ts';

/** Everything that a plan is made from. */
export interface Inputs extends Loaded {
  /** What stands in the folder that the objects are for. */
  readonly there: Snapshot;
}

const isBelow = (folder: string, file: string | undefined): boolean =>
  file !== undefined && resolve(file).startsWith(`${resolve(folder)}${sep}`);

/** What `-f` names, and beside it what stands in the folder that the objects are for. */
export const readInputs = async ({ filename, to }: PlanningOptions): Promise<Inputs> => {
  const isThere = to !== undefined && existsSync(to) && readdirSync(to).some(name => /\.(?:ya?ml|json)$/.test(name));
  const loaded = await load(isThere ? [...filename, to] : filename);
  const there = to === undefined ? [] : loaded.snapshot.objects.filter(({ ref }) => isBelow(to, ref.file));
  return { ...loaded, there: new Snapshot(there) };
};
