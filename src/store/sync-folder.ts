import { closeSync, fsyncSync, openSync } from 'node:fs';

/** The names in a folder are on the disk afterwards. Windows keeps them by itself, and opens no folder. */
export const syncFolder = (path: string): void => {
  if (process.platform === 'win32') return;
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};
