import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ioError } from '../io-error.ts';
import { StoreError } from '../store-error.ts';
import type { Disk } from './disk.ts';

/** What was read: the lines behind those that were read before, or all of them because the file is another one. */
export interface LinesRead {
  readonly isAnew: boolean;
  readonly lines: readonly unknown[];
}

/** Longer than any first line. */
const headBytes = 256;

/**
 * A file of JSON lines to which lines are added, by one process at a time. A line is there when it has an end: what a
 * process that was killed began is not read, and the next who writes cuts it off. The first line is a mark by which one
 * file is told from the next that takes its place.
 */
export class LineFile {
  readonly #path: string;
  readonly #disk: Disk;
  #head = '';
  /** How many bytes of the file are whole lines that were read. */
  #end = 0;

  constructor(path: string, disk: Disk) {
    this.#path = path;
    this.#disk = disk;
  }

  exists(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false }) !== undefined;
  }

  /** Another text after every change. */
  stamp(): string {
    const { ino, size, ctimeMs } = statSync(this.#path, { throwIfNoEntry: false }) ?? { ino: 0, size: 0, ctimeMs: 0 };
    return `${ino} ${size} ${ctimeMs}`;
  }

  /** Makes the file; it is yet to be read. */
  make(lines: readonly object[]): void {
    this.replace(lines);
    this.#head = '';
  }

  readOn(): LinesRead {
    const handle = this.#open();
    try {
      const { size } = fstatSync(handle);
      const head = bytesOf(handle, 0, Math.min(headBytes, size)).toString().split('\n', 1)[0] ?? '';
      const isAnew = head !== this.#head || size < this.#end;
      if (isAnew) this.#end = head.length + 1;
      this.#head = head;
      return { isAnew, lines: this.#parse(bytesOf(handle, this.#end, size - this.#end)) };
    } finally {
      closeSync(handle);
    }
  }

  /** Adds lines behind those that were read. They are on the disk afterwards. */
  append(lines: readonly object[]): void {
    const text = textOf(lines);
    this.#disk.continueAt(this.#path, this.#end, text);
    this.#end += Buffer.byteLength(text);
  }

  /** Other lines take the place of all that are there, at once. */
  replace(lines: readonly object[]): void {
    const head = JSON.stringify({ mark: randomUUID() });
    const text = `${head}\n${textOf(lines)}`;
    const draft = `${this.#path}.draft`;
    this.#disk.remove(draft);
    this.#disk.create(draft, text);
    this.#disk.rename(draft, this.#path);
    this.#disk.syncFolder(dirname(this.#path));
    this.#head = head;
    this.#end = Buffer.byteLength(text);
  }

  #open(): number {
    try {
      return openSync(this.#path, 'r');
    } catch (error) {
      throw ioError(this.#path, 'cannot be read', error);
    }
  }

  #parse(bytes: Buffer): unknown[] {
    const lines: unknown[] = [];
    let from = 0;
    for (let to = bytes.indexOf('\n'); to >= 0; to = bytes.indexOf('\n', from)) {
      const line = parsed(bytes.toString('utf8', from, to));
      if (line === undefined) {
        // Power was lost before the last lines were on the disk; but nothing good stands behind something broken.
        if (
          bytes
            .toString('utf8', to)
            .split('\n')
            .some(rest => parsed(rest) !== undefined)
        )
          throw this.#damaged();
        break;
      }
      lines.push(line);
      from = to + 1;
    }
    this.#end += from;
    return lines;
  }

  #damaged(): StoreError {
    const advice =
      'restore it, or remove it: the files of the folder stay as they are, and versions, owners and status start anew';
    return new StoreError('unreadable', this.#path, `\`${this.#path}\` is damaged; ${advice}`);
  }
}

const parsed = (line: string): unknown => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

const bytesOf = (handle: number, from: number, count: number): Buffer => {
  const bytes = Buffer.alloc(count);
  return bytes.subarray(0, readSync(handle, bytes, 0, count, from));
};

const textOf = (lines: readonly object[]): string => lines.map(line => `${JSON.stringify(line)}\n`).join('');
