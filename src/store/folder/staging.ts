import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ioError } from '../io-error.ts';
import { StoreError } from '../store-error.ts';
import type { Disk } from './disk.ts';
import type { LastWrite } from './journal.ts';
import { hashOf } from './manifest.ts';
import { realPath } from './manifest-file.ts';

/** What a change does to a file. The journal says it, so that whoever comes next can finish it. */
export interface FileWrite {
  /** Relative to the folder. */
  readonly name: string;
  /** The digest of the text that was there; absent if nothing was. */
  readonly was?: string;
  /** Whether nothing is there afterwards. */
  readonly isRemoval?: boolean;
}

/**
 * How a change gets into its file, so that it is there as a whole or not at all. The new text waits in a file of its own
 * under the version of the change; then the journal says that the change is made; then the file takes its place. For a
 * file that goes, a second name of it waits. What waits for a version that the journal does not know was never made; what
 * waits for one that it knows is finished by whoever comes next.
 *
 * A file that is not what it was when the change was made is left alone: somebody edited it since, and that is kept.
 */
export class Staging {
  readonly #root: string;
  readonly #folder: string;
  readonly #disk: Disk;

  constructor(root: string, folder: string, disk: Disk) {
    this.#root = root;
    this.#folder = folder;
    this.#disk = disk;
  }

  isEmpty(): boolean {
    return this.#waiting().length === 0;
  }

  /** Lets a text wait; undefined stands for the end of the file. */
  stage(version: number, { name }: FileWrite, text: string | undefined): void {
    const target = realPath(join(this.#root, name));
    this.#disk.makeFolder(this.#folder);
    this.#disk.makeFolder(dirname(target));
    this.#checkFolder(dirname(target));
    if (text === undefined) this.#disk.link(target, this.#file(version));
    else this.#disk.create(this.#file(version), text);
    this.#disk.syncFolder(this.#folder);
  }

  /** Finishes what waits for the last change of the journal, and clears away what was never made. */
  finish(last: LastWrite | undefined): void {
    for (const name of this.#waiting()) {
      if (last && Number(name) === last.version) this.#finishOne(last);
      else this.#disk.remove(join(this.#folder, name));
    }
  }

  #finishOne({ version, name, was, isRemoval }: LastWrite): void {
    const waiting = this.#file(version);
    const target = realPath(join(this.#root, name));
    const found = textAt(target);
    const isUntouched = (found === undefined ? undefined : hashOf(found)) === was;
    if (isRemoval) {
      if (isUntouched && isSameFile(target, waiting)) this.#disk.remove(target);
      this.#disk.remove(waiting);
    } else if (!isUntouched) this.#disk.remove(waiting);
    else if (found === undefined) {
      this.#disk.link(waiting, target);
      this.#disk.remove(waiting);
    } else this.#disk.rename(waiting, target);
    this.#disk.syncFolder(dirname(target));
  }

  /** What would fail after the change is made is refused before. */
  #checkFolder(folder: string): void {
    try {
      accessSync(folder, constants.W_OK);
    } catch (error) {
      throw ioError(folder, 'cannot be written', error);
    }
    if (statSync(folder).dev === statSync(this.#folder).dev) return;
    const advice = `move \`${folder}\` to the file system of \`${this.#root}\``;
    throw new StoreError(
      'unreadable',
      folder,
      `\`${folder}\` cannot be written as a part of \`${this.#root}\`: ${advice}`,
    );
  }

  #file(version: number): string {
    return join(this.#folder, String(version));
  }

  #waiting(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch {
      return [];
    }
  }
}

const textAt = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw ioError(path, 'cannot be read', error);
  }
};

const isSameFile = (a: string, b: string): boolean => statSync(a).ino === statSync(b).ino;
