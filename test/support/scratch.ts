import { accessSync, constants, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system in memory, where the system has one: nothing here is about what a disk keeps without power. */
const inMemory = '/dev/shm';

const isThere = (): boolean => {
  try {
    accessSync(inMemory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** A new folder for one test, which removes it. */
export const scratchFolder = (name: string): string => mkdtempSync(join(isThere() ? inMemory : tmpdir(), `${name}-`));
