import { findFiles, readBytes, stdinName } from './find.ts';
import { type FilesRead, parseFiles } from './parse-files.ts';

/**
 * Reads what the user named with `-f`: files, folders and `-`, for which the bytes of standard input are given. A snapshot
 * of it is `new Snapshot(objects, 'partial')`. Throws StoreError if a file cannot be read; everything else that is wrong
 * is a finding.
 */
export const readFiles = (paths: readonly string[], stdin: Uint8Array = new Uint8Array()): FilesRead =>
  parseFiles(bytesOf(findFiles(paths), stdin));

/** One after the other, so that the bytes of one file are gone when the next is read. */
function* bytesOf(files: readonly string[], stdin: Uint8Array): Generator<[string, Uint8Array]> {
  for (const file of files) yield [file, file === stdinName ? stdin : readBytes(file)];
}
