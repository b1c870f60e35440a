import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Finding, InvariantError } from '../../base/finding.ts';
import { isSame } from '../../base/same.ts';
import { forgettable } from '../local/replica.ts';
import { type Change, type Decision, keyOf, type Records, type Shelf } from '../local/shelf.ts';
import type { PlaceLock } from '../lock/place-lock.ts';
import { idOf, type ObjectId, type StoredObject, titleOf } from '../port/object.ts';
import { StoreError } from '../store-error.ts';
import type { FolderFiles } from './folder-files.ts';
import type { FiledChange, Journal, Recorded } from './journal.ts';
import { manifestOf, newPaths, newText } from './manifest.ts';
import type { FileWrite, Staging } from './staging.ts';

/** What a shelf in a folder is made of. */
export interface FolderParts {
  /** As the user named it. */
  readonly place: string;
  readonly root: string;
  readonly files: FolderFiles;
  readonly journal: Journal;
  readonly staging: Staging;
  readonly lock: PlaceLock;
  /** How many changes are kept. */
  readonly kept: number;
  /** The version that a new journal starts with. */
  readonly start: () => number;
  /** What an object becomes when somebody writes a manifest by hand. */
  readonly edited: (live: StoredObject | undefined, manifest: StoredObject) => StoredObject;
}

/** How long an object may be missing because somebody is in the middle of writing its file. */
const patienceMs = 2000;

/** A file took its place between two looks: look again, and decide again. */
const again = Symbol('again');

/** Objects in the files of a folder, which people edit too. What they did is a change like any other, made when it is seen. */
export class FolderShelf implements Shelf {
  readonly place: string;
  readonly #parts: FolderParts;
  #recorded: Recorded | undefined;
  #stamp = '';
  /** When the files were looked at last, and how long that took. */
  #lastLook = { end: Number.NEGATIVE_INFINITY, ms: 0 };

  constructor(parts: FolderParts) {
    this.place = parts.place;
    this.#parts = parts;
  }

  async read<T>(body: (records: Records) => T): Promise<T> {
    return body((await this.#current()).replica);
  }

  async write<T extends Decision>(object: ObjectId, decide: (records: Records) => T): Promise<T> {
    const end = performance.now() + patienceMs;
    for (;;) {
      this.#checkRoot();
      const outcome = await this.#parts.lock.alone(() => this.#tryToWrite(object, decide, performance.now() > end));
      if (outcome !== again) return outcome;
      await sleep(20);
    }
  }

  /** A file that was changed so lately that the next change could look the same is looked at once more when it cannot. */
  stamp(): string {
    try {
      const look = [...this.#parts.files.look()].map(([name, { signature, isSettled }]) => [
        name,
        signature,
        isSettled,
      ]);
      return `${this.#parts.journal.stamp()} ${JSON.stringify(look)}`;
    } catch {
      return `unreadable ${performance.now()}`;
    }
  }

  async findings(): Promise<readonly Finding[]> {
    return this.#parts.files.findings(await this.#current());
  }

  async close(): Promise<void> {
    this.#recorded = undefined;
    this.#stamp = '';
    this.#parts.lock.close();
  }

  /** Everything as it is now, what was done by hand included. */
  async #current(): Promise<Recorded> {
    const { files, journal, staging, lock } = this.#parts;
    this.#checkRoot();
    if (this.#recorded && journal.stamp() === this.#stamp && staging.isEmpty() && files.isSame(files.look())) {
      return this.#recorded;
    }
    const end = performance.now() + patienceMs;
    for (;;) {
      const recorded = await lock.alone(() => this.#refresh(performance.now() > end));
      if (recorded) return recorded;
      await sleep(20);
    }
  }

  /** Takes over what others did, by hand or not; undefined if somebody seems to be in the middle of it. */
  #refresh(isLate: boolean): Recorded | undefined {
    const recorded = this.#catchUp();
    return this.#absorb(recorded, isLate) ? recorded : undefined;
  }

  /** Takes over what was done by hand; false if somebody seems to be in the middle of it. */
  #absorb(recorded: Recorded, isLate: boolean): boolean {
    const { files, journal } = this.#parts;
    const start = performance.now();
    const look = files.look();
    if (!files.isSame(look)) {
      const found = files.update(look, recorded, isLate);
      if (!found) return false;
      journal.append(this.#changesOf(found.edits, recorded));
      journal.move(found.moved);
      this.#forget(recorded);
      this.#stamp = journal.stamp();
    }
    this.#lastLook = { end: performance.now(), ms: performance.now() - start };
    return true;
  }

  #catchUp(): Recorded {
    const { files, journal, staging, start } = this.#parts;
    this.#checkRoot();
    const recorded = journal.catchUp(start);
    if (recorded.replica !== this.#recorded?.replica) files.forgetAll();
    this.#recorded = recorded;
    staging.finish(recorded.last);
    this.#stamp = journal.stamp();
    return this.#recorded;
  }

  #changesOf(
    edits: readonly { readonly key: string; readonly manifest?: StoredObject; readonly file?: string }[],
    { replica }: Recorded,
  ): FiledChange[] {
    const changes: FiledChange[] = [];
    for (const { key, manifest, file } of edits) {
      const version = replica.version + changes.length + 1;
      const before = replica.at(key);
      const after = manifest && withVersion(this.#parts.edited(before, manifest), version);
      changes.push({ change: { version, before, after }, file });
    }
    return changes;
  }

  #tryToWrite<T extends Decision>(
    object: ObjectId,
    decide: (records: Records) => T,
    isLate: boolean,
  ): T | typeof again {
    const { files } = this.#parts;
    const recorded = this.#catchUp();
    const home = files.homeOf(keyOf(object));
    const isOld = performance.now() - this.#lastLook.end > 10 * this.#lastLook.ms;
    const isKnown = home !== undefined && files.isFileSame(home);
    if ((isOld || !isKnown) && !this.#absorb(recorded, isLate)) return again;
    const decision = decide(recorded.replica);
    if (decision.change && !this.#keep(decision.change, recorded)) return again;
    return decision;
  }

  /** Makes a change last; false if a file stands in the way that nobody has looked at yet. */
  #keep(change: Change, recorded: Recorded): boolean {
    const { files, journal, staging } = this.#parts;
    const object = (change.after ?? change.before) as StoredObject;
    const key = keyOf(idOf(object));
    if (files.isHeld(key)) throw this.#held(idOf(object), recorded.files.get(key));
    const plan = this.#planFor(change, key);
    if (plan === again) return false;
    const { file, write, text } = plan;
    if (write) staging.stage(change.version, write, text);
    journal.append([{ change, file, ...(write ? { write } : {}) }]);
    this.#stamp = journal.stamp();
    if (write) {
      staging.finish({ ...write, version: change.version });
      files.noteOwn(write.name);
    }
    this.#forget(recorded);
    return true;
  }

  /** What a change means for the files: nothing, if it is about what they do not say. */
  #planFor({ before, after }: Change, key: string): Plan | typeof again {
    const { files } = this.#parts;
    const home = files.homeOf(key);
    if (before && after && home !== undefined && isSame(manifestOf(before), manifestOf(after))) return { file: home };
    if (home === undefined && before) throw new InvariantError(`${key} stands in no file, and nobody noticed`);
    if (home === undefined) return after ? this.#planNew(after) : { file: undefined };
    const file = files.read(home);
    const text = file.textWith(key, after && manifestOf(after));
    const write = { name: home, was: file.hash, ...(text === undefined ? { isRemoval: true } : {}) };
    return { file: after ? home : undefined, write, text };
  }

  #planNew(object: StoredObject): Plan | typeof again {
    const { files } = this.#parts;
    for (const name of newPaths(object)) {
      if (files.has(name)) continue;
      if (existsSync(files.path(name))) return again;
      return { file: name, write: { name }, text: newText(manifestOf(object), false) };
    }
    return again;
  }

  #forget({ replica }: Recorded): void {
    const forgotten = forgettable(replica, this.#parts.kept);
    if (forgotten === undefined) return;
    this.#parts.journal.forget(forgotten);
    this.#stamp = this.#parts.journal.stamp();
  }

  /** A folder that is gone, perhaps because its disk is, is not an empty one. */
  #checkRoot(): void {
    if (existsSync(this.#parts.root)) return;
    throw new StoreError(
      'notFound',
      this.place,
      `\`${this.place}\` is not there any more; bring it back, or open it anew`,
    );
  }

  #held(id: ObjectId, file: string | undefined): StoreError {
    const where = file === undefined ? 'a file' : `\`${this.#parts.files.path(file)}\``;
    return new StoreError(
      'invalid',
      this.place,
      `${titleOf(id)} was not changed: ${where} cannot be read; correct it first`,
    );
  }
}

/** What is done to a file, and where the object stands then. */
interface Plan {
  readonly file: string | undefined;
  readonly write?: FileWrite;
  /** Undefined for a file that goes. */
  readonly text?: string | undefined;
}

const withVersion = (object: StoredObject, version: number): StoredObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(version) },
});
