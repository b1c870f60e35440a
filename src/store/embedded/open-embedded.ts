import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ioError } from '../io-error.ts';
import { LocalStore } from '../local/local-store.ts';
import { defaultHistory } from '../local/open-memory.ts';
import { firstVersion } from '../local/replica.ts';
import { PlaceLock } from '../lock/place-lock.ts';
import type { ObjectStore, StoreOptions } from '../port/object-store.ts';
import { StoreError } from '../store-error.ts';
import { DatabaseFile } from './database-file.ts';
import { nodeEngine, type SqliteEngine, wasmEngine } from './sqlite.ts';
import { SqliteShelf } from './sqlite-shelf.ts';

/**
 * A store in one SQLite file, which is made if it is not there. Beside it stand the folder `FILE-turns`, by which
 * processes take turns, and at times SQLite's own files.
 */
export const openEmbedded = async (file: string, options: StoreOptions = {}): Promise<ObjectStore> =>
  openWithEngine(file, options, nodeEngine() ?? (await wasmEngine()));

/** With an engine that the caller chose. Both read what the other wrote. */
export const openWithEngine = async (
  file: string,
  options: StoreOptions,
  engine: SqliteEngine,
): Promise<ObjectStore> => {
  const path = resolve(file);
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw ioError(dirname(file), 'cannot be made', cause);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new StoreError('invalid', file, `\`${file}\` is a folder; name the file that is to hold the store`);
  }
  const shelf = new SqliteShelf({
    place: file,
    database: new DatabaseFile(path, engine, () => firstVersion((options.now ?? Date.now)())),
    lockWith: finish => new PlaceLock(file, `${path}-turns`, { finish }),
    kept: options.history ?? defaultHistory,
  });
  // What is wrong with the file is said at once.
  await shelf.read(() => undefined);
  return new LocalStore(shelf, options);
};
