import { type Finding, findingOf } from '../../base/finding.ts';
import type { Place, Source } from '../../base/source.ts';
import type { NativeObject } from '../../native/snapshot.ts';
import { findFiles } from './find.ts';
import { fileFindings } from './findings.ts';
import { locator } from './locate.ts';
import { type ParsedFile, parseFile } from './parse.ts';

export interface FilesRead {
  readonly objects: readonly NativeObject[];
  readonly findings: readonly Finding[];
  /** How many files were read. */
  readonly files: number;
  /** The line of a source; undefined for what did not come from these files. */
  readonly locate: (source: Source) => Promise<Place | undefined>;
}

/** Reads files, folders and `-` (standard input, given as bytes). Throws StoreError; bad text is a finding. */
export const readFiles = (paths: readonly string[], stdin?: Uint8Array): FilesRead => {
  const parsed: ParsedFile[] = [];
  const findings: Finding[] = [];
  for (const { file, bytes } of findFiles(paths, stdin)) {
    const { text, isUtf8 } = decode(bytes);
    if (!isUtf8)
      findings.push(
        findingOf(fileFindings, 'FILE007', { file, line: 1, column: 1 }, 'the bytes are not UTF-8; read as Latin-1'),
      );
    parsed.push(parseFile(file, text));
  }
  return {
    objects: parsed.flatMap(file => file.objects),
    findings: [...findings, ...parsed.flatMap(file => file.findings)],
    files: parsed.length,
    locate: locator(parsed),
  };
};

const decode = (bytes: Uint8Array): { readonly text: string; readonly isUtf8: boolean } => {
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined;
  if (utf16) return { text: new TextDecoder(utf16).decode(bytes), isUtf8: true };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isUtf8: true };
  } catch {
    return { text: new TextDecoder('latin1').decode(bytes), isUtf8: false };
  }
};
