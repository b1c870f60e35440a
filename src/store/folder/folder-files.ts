import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Finding, findingOf } from '../../base/finding.ts';
import { byText, groupBy } from '../../base/order.ts';
import { isSame } from '../../base/same.ts';
import { ioError } from '../io-error.ts';
import { idOf, type StoredObject, titleOf } from '../port/object.ts';
import { folderFindings } from './findings.ts';
import type { Recorded } from './journal.ts';
import { manifestOf } from './manifest.ts';
import { type Glance, glanceAt, ManifestFile } from './manifest-file.ts';

/** What somebody did to the files by hand, held against the journal. */
export interface HandEdits {
  /** Objects that are new or say something else, and those that are gone. */
  readonly edits: readonly { readonly key: string; readonly manifest?: StoredObject; readonly file?: string }[];
  /** Objects that are the same in other files. */
  readonly moved: readonly (readonly [key: string, file: string])[];
}

interface Known extends Glance {
  readonly file: Pick<ManifestFile, 'findings' | 'isSound'> & { readonly keys: readonly string[] };
}

/** The manifests of a folder and below it; hidden entries and node_modules apart. Files are named relative to it. */
export class FolderFiles {
  readonly #root: string;
  readonly #place: string;
  #known = new Map<string, Known>();
  /** The file that counts for an object, by key. */
  #homes = new Map<string, string>();
  #held: readonly string[] = [];
  /** Whether an object is held only until whoever seems to be writing its file is through. */
  #isWaiting = false;
  #doubles: readonly Finding[] = [];

  constructor(root: string, place: string) {
    this.#root = root;
    this.#place = place;
  }

  /** Where an object stands; undefined if it stands nowhere, or nowhere that can be read. */
  homeOf(key: string): string | undefined {
    return this.#homes.get(key);
  }

  /** Whether an object may stand in a file that cannot be read. */
  isHeld(key: string): boolean {
    return this.#held.includes(key);
  }

  /** Whether there is a file of this name, as far as anyone has looked. */
  has(name: string): boolean {
    return this.#known.has(name);
  }

  path(name: string): string {
    return join(this.#root, name);
  }

  read(name: string): ManifestFile {
    return ManifestFile.read(this.path(name), join(this.#place, name));
  }

  /** What is wrong with the files, as they were when they were looked at last. */
  findings(recorded: Recorded): Finding[] {
    const held = this.#held.flatMap(key => {
      const object = recorded.replica.at(key);
      const file = recorded.files.get(key);
      if (!object) return [];
      const where = file === undefined ? '' : `; it stood in \`${join(this.#place, file)}\``;
      return [
        findingOf(
          folderFindings,
          'FOLDER002',
          undefined,
          `${titleOf(idOf(object))} is in no file that can be read${where}`,
        ),
      ];
    });
    return [...[...this.#known.values()].flatMap(({ file }) => file.findings), ...this.#doubles, ...held];
  }

  /** A look at all files; cheap beside reading them. Throws StoreError where one is not allowed to look. */
  look(): Map<string, Glance> {
    const found = new Map<string, Glance>();
    this.#lookIn('', found);
    return found;
  }

  /** Everything is to be read again, and held against another journal. */
  forgetAll(): void {
    this.#known.clear();
    this.#homes.clear();
  }

  /** Whether everything is as it was when it was read. */
  isSame(look: ReadonlyMap<string, Glance>): boolean {
    return (
      !this.#isWaiting &&
      look.size === this.#known.size &&
      [...look].every(([name, glance]) => this.#isKnown(name, glance))
    );
  }

  /** Whether one file is as it was when it was read. */
  isFileSame(name: string): boolean {
    const glance = glanceAt(this.path(name));
    return glance === undefined ? !this.#known.has(name) : this.#isKnown(name, glance);
  }

  /**
   * Reads what is new and says what is different. Undefined if an object is missing where somebody may be in the middle of
   * writing; nothing is taken over then. With `isLate` such an object counts as one in a file that cannot be read.
   */
  update(look: ReadonlyMap<string, Glance>, recorded: Recorded, isLate: boolean): HandEdits | undefined {
    const read = new Map<string, ManifestFile>();
    const known = new Map<string, Known>();
    for (const [name, glance] of look) {
      const before = this.#known.get(name);
      if (before && this.#isKnown(name, glance)) known.set(name, before);
      else {
        const file = this.read(name);
        read.set(name, file);
        known.set(name, {
          ...glance,
          file: { findings: file.findings, isSound: file.isSound, keys: [...file.objects.keys()] },
        });
      }
    }
    const homes = homesIn(known, recorded.files);
    const missing = recorded.replica.keys().filter(key => !homes.has(key));
    const unsettled = missing.filter(key => this.#isUnsettled(known, recorded.files.get(key)));
    if (unsettled.length > 0 && !isLate) return undefined;

    const held = new Set([...unsettled, ...missing.filter(key => mayHold(known, recorded.files, key))]);
    this.#known = known;
    this.#homes = homes;
    this.#held = [...held];
    this.#isWaiting = unsettled.length > 0;
    this.#doubles = doublesIn(known, homes, name => join(this.#place, name));
    return this.#compare(
      read,
      recorded,
      missing.filter(key => !held.has(key)),
    );
  }

  /** Takes over a file that we wrote, or removed. */
  noteOwn(name: string): void {
    const glance = glanceAt(this.path(name));
    const file = glance && this.read(name);
    for (const [key, home] of this.#homes) if (home === name && !file?.objects.has(key)) this.#homes.delete(key);
    if (!glance || !file) {
      this.#known.delete(name);
      return;
    }
    const keys = [...file.objects.keys()];
    this.#known.set(name, {
      ...glance,
      isSettled: false,
      file: { findings: file.findings, isSound: file.isSound, keys },
    });
    for (const key of keys) if (!this.#homes.has(key)) this.#homes.set(key, name);
  }

  #compare(read: Map<string, ManifestFile>, { replica, files }: Recorded, gone: readonly string[]): HandEdits {
    const edits: { key: string; manifest?: StoredObject; file?: string }[] = gone.map(key => ({ key }));
    const moved: [string, string][] = [];
    for (const [key, name] of this.#homes) {
      const isMoved = files.get(key) !== name;
      if (!isMoved && !read.has(name)) continue;
      const file = read.get(name) ?? this.read(name);
      read.set(name, file);
      const manifest = file.objects.get(key)?.manifest;
      const live = replica.at(key);
      if (manifest && !(live && isSame(manifestOf(live), manifest))) edits.push({ key, manifest, file: name });
      else if (isMoved) moved.push([key, name]);
    }
    return { edits: edits.sort((a, b) => byText(a.key, b.key)), moved };
  }

  #isKnown(name: string, { signature }: Glance): boolean {
    const known = this.#known.get(name);
    return known?.signature === signature && known.isSettled;
  }

  /** Whether somebody may be writing where an object stood: an editor that empties a file first, or removes it first. */
  #isUnsettled(known: ReadonlyMap<string, Known>, name: string | undefined): boolean {
    if (name === undefined) return false;
    const place = known.get(name) ?? glanceAt(dirname(this.path(name)));
    return place !== undefined && !place.isSettled;
  }

  #lookIn(folder: string, found: Map<string, Glance>): void {
    for (const entry of this.#entriesOf(folder)) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) this.#lookIn(name, found);
      else if (/\.(?:yaml|yml|json)$/i.test(name) && (entry.isFile() || entry.isSymbolicLink())) {
        const glance = glanceAt(this.path(name));
        if (glance) found.set(name, glance);
      }
    }
  }

  #entriesOf(folder: string) {
    try {
      return readdirSync(this.path(folder), { withFileTypes: true }).sort((a, b) => byText(a.name, b.name));
    } catch (error) {
      // A folder within it may go while we look; the folder itself may not.
      if (folder !== '' && (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw ioError(join(this.#place, folder), 'cannot be read', error);
    }
  }
}

/** For each object the file that it is recorded in, if it stands there, or else the first one. */
const homesIn = (known: ReadonlyMap<string, Known>, files: ReadonlyMap<string, string>): Map<string, string> => {
  const homes = new Map<string, string>();
  for (const [name, { file }] of known) {
    for (const key of file.keys) if (!homes.has(key) || files.get(key) === name) homes.set(key, name);
  }
  return homes;
};

/** Whether an object may stand in a file that cannot be read: the one it stood in, or one of which nobody knows what it held. */
const mayHold = (known: ReadonlyMap<string, Known>, files: ReadonlyMap<string, string>, key: string): boolean => {
  const recorded = new Set(files.values());
  return [...known].some(([name, { file }]) => !file.isSound && (files.get(key) === name || !recorded.has(name)));
};

const doublesIn = (
  known: ReadonlyMap<string, Known>,
  homes: ReadonlyMap<string, string>,
  nameOf: (name: string) => string,
): Finding[] => {
  const standings = [...known].flatMap(([name, { file }]) => file.keys.map(key => [key, name] as const));
  return [...groupBy(standings, ([key]) => key)].flatMap(([key, places]) => {
    if (places.length === 1) return [];
    const home = homes.get(key) ?? '';
    const others = places.flatMap(([, name]) => (name === home ? [] : [`\`${nameOf(name)}\``]));
    const [, kind, namespace, name] = key.split(' ');
    const title = `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
    const message = `${title} stands in \`${nameOf(home)}\`, which counts, and in ${others.join(', ')}`;
    return [findingOf(folderFindings, 'FOLDER001', undefined, message)];
  });
};
