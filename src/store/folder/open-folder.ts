import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LocalStore } from '../local/local-store.ts';
import { defaultHistory } from '../local/open-memory.ts';
import { firstVersion } from '../local/replica.ts';
import { updated } from '../local/transition.ts';
import { PlaceLock } from '../lock/place-lock.ts';
import { groupOf } from '../port/object.ts';
import type { ObjectStore, StoreOptions } from '../port/object-store.ts';
import { Disk } from './disk.ts';
import { FolderFiles } from './folder-files.ts';
import { FolderShelf } from './folder-shelf.ts';
import { Journal } from './journal.ts';
import { Staging } from './staging.ts';

/** Who wrote what somebody wrote into a file without this program. */
export const byHand = 'hand';

/**
 * A store in a folder of manifests, which is made if it is not there: one YAML file for each new object, and whatever
 * files people put there. What files do not say (versions, owners, status, history) stands in `.supergloo` within it, which
 * git is told to leave out: who clones the folder has the same objects with new versions.
 */
export const openFolder = (folder: string, options: StoreOptions = {}): Promise<ObjectStore> =>
  openOnDisk(folder, options, new Disk());

/** With a disk of the caller's, which may fail. */
export const openOnDisk = async (folder: string, options: StoreOptions, disk: Disk): Promise<ObjectStore> => {
  const root = resolve(folder);
  const hidden = join(root, '.supergloo');
  disk.makeFolder(hidden);
  writeFileSync(join(hidden, '.gitignore'), '*\n');
  const { now = Date.now, newUid = randomUUID, schemaOf } = options;
  const shelf = new FolderShelf({
    place: folder,
    root,
    files: new FolderFiles(root, folder),
    journal: new Journal(join(hidden, 'journal.jsonl'), disk),
    staging: new Staging(root, join(hidden, 'waiting'), disk),
    lock: new PlaceLock(folder, join(hidden, 'turns')),
    kept: options.history ?? defaultHistory,
    start: () => firstVersion(now()),
    edited: (live, object) => {
      const schema = schemaOf?.({ group: groupOf(object.apiVersion), kind: object.kind });
      return updated(live, { object, manager: byHand, subresource: undefined, schema, now: now(), newUid });
    },
  });
  // What is wrong with the folder is said at once.
  await shelf.read(() => undefined);
  return new LocalStore(shelf, options);
};
