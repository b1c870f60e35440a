import { readFileSync, realpathSync, statSync } from 'node:fs';
import { type Finding, findingOf } from '../../base/finding.ts';
import { isSame } from '../../base/same.ts';
import { decodeText } from '../files/decode.ts';
import type { FileText } from '../files/file-text.ts';
import { fileFindings } from '../files/findings.ts';
import { parseText } from '../files/parse.ts';
import { ioError } from '../io-error.ts';
import { admitted } from '../local/admission.ts';
import { keyOf } from '../local/shelf.ts';
import { idOf, type JsonObject, type StoredObject, titleOf } from '../port/object.ts';
import { StoreError } from '../store-error.ts';
import { editDocument } from './edit-document.ts';
import { folderFindings } from './findings.ts';
import { hashOf, manifestOf, newText, withUnread } from './manifest.ts';

/** An object where it stands in a file. */
export interface Standing {
  readonly manifest: StoredObject;
  readonly body: JsonObject;
  readonly document: number;
  /** Present for an element of a list. */
  readonly item?: number;
}

/** One file of a folder, as it was read. */
export class ManifestFile {
  /** As the user would name it. */
  readonly name: string;
  readonly hash: string;
  /** By key. */
  readonly objects = new Map<string, Standing>();
  readonly findings: Finding[];
  readonly #raw: string;
  readonly #text: FileText | undefined;

  constructor(name: string, bytes: Buffer) {
    this.name = name;
    const decoded = decodeText(bytes);
    const parsed = decoded === undefined ? undefined : parseText(name, decoded);
    this.#raw = bytes.toString('utf8');
    this.hash = hashOf(this.#raw);
    this.#text = parsed?.text;
    this.findings = parsed ? [...parsed.findings] : [noText(name)];
    for (const { ref, body } of parsed?.objects ?? []) {
      const { document = 0, item } = ref;
      const standing = { body: body as JsonObject, document, ...(item === undefined ? {} : { item }) };
      try {
        this.#add({ ...standing, manifest: manifestOf(admitted(name, withoutNulls(standing.body))) });
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.findings.push(findingOf(folderFindings, 'FOLDER003', ref, error.message));
      }
    }
  }

  static read(path: string, name: string): ManifestFile {
    try {
      return new ManifestFile(name, readFileSync(path));
    } catch (error) {
      throw error instanceof StoreError ? error : ioError(name, 'cannot be read', error);
    }
  }

  /** Whether everything in it could be read. */
  get isSound(): boolean {
    return this.findings.every(({ severity }) => severity !== 'error');
  }

  /** The text of the file with another manifest for one of its objects; undefined if it holds nothing without it. */
  textWith(key: string, manifest: StoredObject | undefined): string | undefined {
    const standing = this.objects.get(key);
    const text = this.#text;
    if (!standing || !text) throw this.#unchangeable('it cannot be read');
    if (!manifest && text.documents.length === 1 && standing.item === undefined) return undefined;
    if (standing.item !== undefined) throw this.#unchangeable('it stands in a list; give it a document of its own');
    const { start, end, lineStart } = text.documents[standing.document]!;
    if (!manifest) return this.#asWritten(text.text.slice(0, lineStart) + text.text.slice(end));
    const desired = withUnread(manifest, standing.body);
    for (const document of this.#candidates(text, standing, desired)) {
      const whole = this.#asWritten(text.text.slice(0, start) + document + text.text.slice(end));
      const readBack = new ManifestFile(this.name, Buffer.from(whole)).objects.get(key)?.manifest;
      if (isSame(readBack, manifest)) return whole;
    }
    throw this.#unchangeable('it is laid out in a way that cannot be edited; write it as one plain document');
  }

  /** Texts for a document, the one that leaves most of it as it is first. */
  *#candidates(text: FileText, { document }: Standing, desired: JsonObject): Generator<string> {
    const { start, end } = text.documents[document]!;
    const isJson = /\.json$/i.test(this.name);
    const { value, marks } = text.marked(document);
    if (!isJson) {
      const shifted = new Map(
        [...marks].map(([node, at]) => [node, new Map([...at].map(([key, offset]) => [key, offset - start]))]),
      );
      const edited = editDocument({ text: text.text.slice(start, end), value, marks: shifted }, desired);
      if (edited !== undefined) yield edited;
    }
    const comments = isJson ? '' : (/^(?:[ \t]*(?:#[^\n]*)?\n)*/.exec(text.text.slice(start, end))?.[0] ?? '');
    yield `${comments}${newText(desired, isJson)}`;
  }

  #add(standing: Standing): void {
    const id = idOf(standing.manifest);
    const key = keyOf(id);
    if (!this.objects.has(key)) this.objects.set(key, standing);
    else {
      const message = `${titleOf(id)} stands in \`${this.name}\` twice; the first one counts`;
      this.findings.push(findingOf(folderFindings, 'FOLDER001', undefined, message));
    }
  }

  /** With the line ends and the mark of the file. */
  #asWritten(text: string): string {
    const ended = this.#raw.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text;
    return this.#raw.startsWith('\ufeff') ? `\ufeff${ended}` : ended;
  }

  #unchangeable(why: string): StoreError {
    return new StoreError('invalid', this.name, `\`${this.name}\` was not changed: ${why}, or change it by hand`);
  }
}

const noText = (file: string): Finding =>
  findingOf(fileFindings, 'FILE007', { file, line: 1, column: 1 }, 'neither UTF-8 nor UTF-16 text');

/** `namespace:` with nothing behind it says nothing. */
const withoutNulls = (body: JsonObject): StoredObject => {
  const metadata = Object.entries(body.metadata ?? {}).filter(([, value]) => value !== null && value !== '');
  return { ...body, metadata: Object.fromEntries(metadata) } as unknown as StoredObject;
};

/** What is looked at to see whether a file is another than before. */
export interface Glance {
  readonly signature: string;
  /**
   * Whether it was changed long enough ago that the next change has another signature: file systems count time in steps
   * of some milliseconds. Until then, whoever writes it may also be in the middle of it.
   */
  readonly isSettled: boolean;
}

const settlingMs = 100;

/** Undefined where there is nothing. */
export const glanceAt = (path: string): Glance | undefined => {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!found) return undefined;
  const { ino, size, mtimeNs, ctimeNs, ctimeMs } = found;
  return {
    signature: `${ino} ${size} ${mtimeNs} ${ctimeNs}`,
    isSettled: Date.now() - Number(ctimeMs) > settlingMs,
  };
};

/** Where the text of a file really is, if it is a link. */
export const realPath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};
