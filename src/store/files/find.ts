import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { byText } from '../../base/order.ts';
import { type FileErrorCode, StoreError } from '../store-error.ts';

/** How `-f` spells standard input. */
export const stdinName = '-';

const isManifest = (name: string): boolean => /\.(?:yaml|yml|json|hcl)$/i.test(name);

/** Editors, version control and package managers keep their own files there; no one means them by naming the folder. */
const isSkipped = (name: string): boolean => name.startsWith('.') || name === 'node_modules';

const advice: Readonly<Record<FileErrorCode, string>> = {
  notFound: 'no such file or folder; check the path and the current directory',
  denied: 'not allowed to read it; change its permissions or run as a user who may',
  empty: 'no .yaml, .yml, .json or .hcl file in this folder or below it; name the folder that holds the configuration',
  busy: 'too many files are open; close some programs or raise the limit with `ulimit -n`, then try again',
  unreadable: 'it cannot be read',
};

const codes: Readonly<Record<string, FileErrorCode>> = {
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

/** Whether a file with this path below a named folder is read with it. */
export const isManifestPath = (path: string): boolean => isManifest(path) && !path.split('/').some(isSkipped);

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
 * The files that the user named: files whatever their ending, folders with every .yaml, .yml, .json and .hcl file in them and
 * below (hidden entries and node_modules apart), `-` as it is. A file named twice counts once. Throws StoreError.
 */
export const findFiles = (paths: readonly string[]): string[] => {
  const found = new Map<string, string>();
  for (const path of paths) {
    const files = path === stdinName ? [path] : filesAt(path);
    for (const file of files) {
      const key = file === stdinName ? file : resolve(file);
      if (!found.has(key)) found.set(key, file);
    }
  }
  return [...found.values()];
};

/** The bytes of a file. Throws StoreError. */
export const readBytes = (file: string): Uint8Array => orFail(file, () => readFileSync(file));
