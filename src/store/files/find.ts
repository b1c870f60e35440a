import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { byText } from '../../base/order.ts';
import { StoreError, type StoreErrorCode } from '../store-error.ts';

/** What a file held, as bytes; the name is the one by which the user can open it. */
export interface FoundFile {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** How `-f` spells standard input. */
export const stdinName = '-';

const isManifest = (name: string): boolean => /\.(?:yaml|yml|json)$/i.test(name);

/** Editors, version control and package managers keep their own files there; no one means them by naming the folder. */
const isSkipped = (name: string): boolean => name.startsWith('.') || name === 'node_modules';

const advice: Readonly<Record<StoreErrorCode, string>> = {
  notFound: 'no such file or folder; check the path and the current directory',
  denied: 'not allowed to read it; change its permissions or run as a user who may',
  empty: 'no .yaml, .yml or .json file in this folder or below it; name the folder that holds the configuration',
  busy: 'too many files are open; close some programs or raise the limit with `ulimit -n`, then try again',
  unreadable: 'it cannot be read',
};

const codes: Readonly<Record<string, StoreErrorCode>> = {
  ENOENT: 'notFound',
  ENOTDIR: 'notFound',
  EACCES: 'denied',
  EPERM: 'denied',
  EMFILE: 'busy',
  ENFILE: 'busy',
};

const storeError = (path: string, cause: unknown): StoreError => {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const code = codes[reason] ?? 'unreadable';
  const detail = code === 'unreadable' && cause instanceof Error ? `${advice[code]}: ${cause.message}` : advice[code];
  return new StoreError(code, path, `\`${path}\`: ${detail}`, cause);
};

const orFail = <T>(path: string, read: () => T): T => {
  try {
    return read();
  } catch (cause) {
    throw storeError(path, cause);
  }
};

/** The manifests below a folder, depth first in the order of names. `seen` holds real paths, so links cannot loop. */
const filesBelow = (folder: string, seen: Set<string>): string[] => {
  const real = orFail(folder, () => realpathSync(folder));
  if (seen.has(real)) return [];
  seen.add(real);
  const names = orFail(folder, () => readdirSync(folder)).filter(name => !isSkipped(name));
  return names.sort(byText).flatMap(name => {
    const path = join(folder, name);
    if (isManifest(name) && orFail(path, () => statSync(path)).isFile()) return [path];
    const entry = statSync(path, { throwIfNoEntry: false });
    return entry?.isDirectory() ? filesBelow(path, seen) : [];
  });
};

const filesAt = (path: string): string[] => {
  if (!orFail(path, () => statSync(path)).isDirectory()) return [path];
  const files = filesBelow(path, new Set());
  if (files.length === 0) throw new StoreError('empty', path, `\`${path}\`: ${advice.empty}`);
  return files;
};

/**
 * The files that the user named: files whatever their ending, folders with every .yaml, .yml and .json file in them and
 * below (hidden entries and node_modules apart), and `-` for the given standard input. A file named twice is read once.
 * Throws StoreError.
 */
export const findFiles = (paths: readonly string[], stdin?: Uint8Array): FoundFile[] => {
  const found: FoundFile[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    if (path === stdinName) {
      if (stdin && !seen.has(stdinName)) found.push({ file: stdinName, bytes: stdin });
      seen.add(stdinName);
      continue;
    }
    for (const file of filesAt(path)) {
      const key = resolve(file);
      if (seen.has(key)) continue;
      seen.add(key);
      found.push({ file, bytes: orFail(file, () => readFileSync(file)) });
    }
  }
  return found;
};
