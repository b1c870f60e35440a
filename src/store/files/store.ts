import { type Finding, findingOf } from '../../base/finding.ts';
import type { Place, Source } from '../../base/source.ts';
import type { NativeObject } from '../../native/snapshot.ts';
import { decodeText } from './decode.ts';
import type { FileText } from './file-text.ts';
import { findFiles, readBytes, stdinName } from './find.ts';
import { fileFindings } from './findings.ts';
import { locate } from './locate.ts';
import { parseText } from './parse.ts';

/** Everything that was in the named files. */
export interface FilesRead {
  readonly objects: readonly NativeObject[];
  readonly findings: readonly Finding[];
  /** How many files were read. */
  readonly files: number;
  /** Where a source is written; undefined if it is in none of these files. Costs a second look at one document. */
  readonly locate: (source: Source) => Promise<Place | undefined>;
}

/**
 * Reads what the user named with `-f`: files, folders and `-`, for which the bytes of standard input are given. A snapshot
 * of it is `new Snapshot(objects, 'partial')`. Throws StoreError if a file cannot be read; everything else that is wrong
 * is a finding.
 */
export const readFiles = (paths: readonly string[], stdin: Uint8Array = new Uint8Array()): FilesRead => {
  const objects: NativeObject[] = [];
  const findings: Finding[] = [];
  const texts = new Map<string, FileText>();
  const files = findFiles(paths);
  for (const file of files) {
    const text = decodeText(file === stdinName ? stdin : readBytes(file));
    if (text === undefined) {
      findings.push(findingOf(fileFindings, 'FILE007', { file, line: 1, column: 1 }, 'neither UTF-8 nor UTF-16 text'));
      continue;
    }
    const parsed = parseText(file, text);
    for (const object of parsed.objects) objects.push(object);
    for (const finding of parsed.findings) findings.push(finding);
    texts.set(file, parsed.text);
  }
  return { objects, findings, files: files.length, locate: async source => locate(texts, source) };
};
