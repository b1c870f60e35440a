import { existsSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { Finding } from '../../base/finding.ts';
import { type NativeObject, Snapshot } from '../../native/snapshot.ts';
import { findFiles } from '../../store/files/find.ts';
import { StoreError } from '../../store/store-error.ts';
import { UserError } from '../exit.ts';
import { type Loaded, load } from '../source.ts';
import { findStore, openStore, type StorePlace } from '../stores/store-place.ts';
import type { Target } from '../targets/target.ts';
import type { PlanningOptions } from './options.ts';

/** Everything that a plan is made from. */
export interface Inputs extends Loaded {
  readonly target: Target;
  /** Why nothing that is there may be changed or taken away; absent: it may. */
  readonly held?: string;
  /** Gives back what is open. */
  readonly close: () => Promise<void>;
}

const nothing: Loaded = {
  snapshot: new Snapshot([]),
  findings: [],
  locate: async () => undefined,
  textOf: () => undefined,
  files: 0,
};

/** What `-f` names, and beside it what stands where the objects are to go. */
export const readInputs = async (options: PlanningOptions, stdin?: Uint8Array): Promise<Inputs> => {
  const { filename, to, store } = options;
  if (to !== undefined && store !== undefined)
    throw new UserError('--to and --store: the objects can go to one of them');
  if (to !== undefined) return withFolder(options, to, stdin);
  const place = findStore(store);
  if (place) return storedInputs(options, place, { stdin });
  const loaded = await load(filename, stdin);
  const { noTarget } = await import('../targets/no-target.ts');
  return { ...loaded, target: noTarget, close: async () => {} };
};

const isBelow = (folder: string, { ref: { file } }: NativeObject): boolean =>
  file !== undefined && resolve(file).startsWith(`${resolve(folder)}${sep}`);

const withFolder = async (
  { filename, owner }: PlanningOptions,
  path: string,
  stdin: Uint8Array | undefined,
): Promise<Inputs> => {
  const loaded = await loadBeside(filename, path, stdin);
  const there = loaded.snapshot.objects.filter(object => isBelow(path, object));
  const named = loaded.snapshot.objects.filter(object => !isBelow(path, object));
  const { folderTarget } = await import('../targets/folder-target.ts');
  const target = folderTarget({ path, owner, there, named });
  const broken = loaded.findings.find(({ severity }) => severity === 'error');
  return {
    ...loaded,
    snapshot: new Snapshot([...named, ...target.objects]),
    target,
    ...(broken ? { held: 'a part of the input could not be read, and may be what wants it as it is' } : {}),
    close: async () => {},
  };
};

/** The folder may be new, or have nothing in it yet. */
const loadBeside = async (
  filename: readonly string[],
  folder: string,
  stdin: Uint8Array | undefined,
): Promise<Loaded> => load(existsSync(folder) && hasFiles(folder) ? [...filename, folder] : filename, stdin);

const hasFiles = (folder: string): boolean => {
  try {
    return findFiles([folder]).length > 0;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'empty') return false;
    throw error;
  }
};

interface Besides {
  readonly stdin?: Uint8Array | undefined;
  /** Which objects are to be taken out. */
  readonly removed?: (objects: readonly NativeObject[]) => readonly NativeObject[];
}

/** A store, with what `-f` names and without what is `removed`. */
export const storedInputs = async (
  { filename, owner, forceConflicts }: PlanningOptions,
  place: StorePlace,
  { stdin, removed = () => [] }: Besides = {},
): Promise<Inputs> => {
  const loaded = filename.length > 0 ? await load(filename, stdin) : nothing;
  const named = loaded.snapshot.objects.filter(object => !loaded.snapshot.superseded.has(object));
  const store = await openStore(place);
  const { storeTarget } = await import('../targets/store-target.ts');
  const target = await storeTarget({ store, owner, named, removed, force: forceConflicts === true });
  const findings: readonly Finding[] = [...loaded.findings, ...target.findings];
  return {
    ...loaded,
    snapshot: new Snapshot([
      ...target.objects,
      ...target.taken.flatMap(({ action, object }) => (action === 'delete' ? [] : object)),
    ]),
    findings,
    target,
    close: () => store.close(),
  };
};
