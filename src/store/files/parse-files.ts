import { type Finding, findingOf } from '../../base/finding.ts';
import type { Place, Source } from '../../base/source.ts';
import type { NativeObject } from '../../native/snapshot.ts';
import { decodeText } from './decode.ts';
import type { FileText } from './file-text.ts';
import { fileFindings } from './findings.ts';
import { locate } from './locate.ts';
import { parseText } from './parse.ts';

/** Everything that was in some files, wherever their bytes came from. */
export interface FilesRead {
  readonly objects: readonly NativeObject[];
  readonly findings: readonly Finding[];
  /** How many files were read. */
  readonly files: number;
  /** Where a source is written; undefined if it is in none of these files. Costs a second look at one document. */
  readonly locate: (source: Source) => Promise<Place | undefined>;
  /** The text of a file; undefined if it is none of these, or no text. */
  readonly textOf: (file: string) => string | undefined;
}

/** Names and bytes of files → what is in them. Everything that is wrong is a finding. */
export const parseFiles = (files: Iterable<readonly [name: string, bytes: Uint8Array]>): FilesRead => {
  const objects: NativeObject[] = [];
  const findings: Finding[] = [];
  const texts = new Map<string, FileText>();
  let count = 0;
  for (const [file, bytes] of files) {
    count += 1;
    const text = decodeText(bytes);
    if (text === undefined) {
      findings.push(findingOf(fileFindings, 'FILE007', { file, line: 1, column: 1 }, 'neither UTF-8 nor UTF-16 text'));
      continue;
    }
    const parsed = parseText(file, text);
    for (const object of parsed.objects) objects.push(object);
    for (const finding of parsed.findings) findings.push(finding);
    texts.set(file, parsed.text);
  }
  return {
    objects,
    findings,
    files: count,
    locate: async source => locate(texts, source),
    textOf: file => texts.get(file)?.text,
  };
};
