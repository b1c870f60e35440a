import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { ioError } from '../io-error.ts';
import { syncFolder } from '../sync-folder.ts';

/** What a store does to a disk, step by step: after each of them the process may end. Fails with StoreError. */
export class Disk {
  /** Writes a file that is not there yet; its text is on the disk afterwards, its name may not be. */
  create(path: string, text: string): void {
    this.#doing(path, () => this.writeAt(path, 'wx', { text, position: 0 }));
  }

  /** Cuts a file off at a position and goes on from there. */
  continueAt(path: string, position: number, text: string): void {
    this.#doing(path, () => this.writeAt(path, 'r+', { text, position }));
  }

  rename(from: string, to: string): void {
    this.#doing(to, () => renameSync(from, to));
  }

  /** A second name for a file; fails if there is something of that name. */
  link(from: string, to: string): void {
    this.#doing(to, () => linkSync(from, to));
  }

  remove(path: string): void {
    this.#doing(path, () => rmSync(path, { force: true }));
  }

  /** Makes a folder and those above it; their names are on the disk afterwards. */
  makeFolder(path: string): void {
    this.#doing(path, () => {
      if (statSync(path, { throwIfNoEntry: false })) return;
      const first = mkdirSync(path, { recursive: true });
      for (let made = path; first && made.length >= first.length; made = dirname(made)) this.syncFolder(dirname(made));
    });
  }

  /** The names in a folder are on the disk afterwards. */
  syncFolder(path: string): void {
    this.#doing(path, () => syncFolder(path));
  }

  protected writeAt(path: string, flags: 'wx' | 'r+', { text, position }: Stretch): void {
    withHandle(path, flags, handle => {
      ftruncateSync(handle, position);
      const bytes = Buffer.from(text);
      for (let done = 0; done < bytes.length; )
        done += writeSync(handle, bytes, done, bytes.length - done, position + done);
      fsyncSync(handle);
    });
  }

  #doing(path: string, step: () => void): void {
    try {
      step();
    } catch (error) {
      throw (error as NodeJS.ErrnoException).syscall ? ioError(path, 'cannot be written', error) : error;
    }
  }
}

/** Some text and the byte where it begins. */
export interface Stretch {
  readonly text: string;
  readonly position: number;
}

const withHandle = (path: string, flags: string, use: (handle: number) => void): void => {
  const handle = openSync(path, flags);
  try {
    use(handle);
  } finally {
    closeSync(handle);
  }
};
