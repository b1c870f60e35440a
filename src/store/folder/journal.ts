import { Replica } from '../local/replica.ts';
import { selectedAt } from '../local/selection.ts';
import { type Change, keyOf } from '../local/shelf.ts';
import { idOf, type StoredObject } from '../port/object.ts';
import { StoreError } from '../store-error.ts';
import type { Disk } from './disk.ts';
import { LineFile } from './line-file.ts';
import type { FileWrite } from './staging.ts';

/** How the lines are laid out. Whoever changes them counts it up. */
const layout = 1;

/** The moment that the journal begins at. */
interface Beginning {
  readonly layout: number;
  readonly version: number;
}

/** An object of that moment. */
interface Base {
  readonly object: StoredObject;
  readonly file?: string;
}

/** What came after it: with a version a change, without one nothing but another file for an object. */
interface Step {
  readonly key: string;
  /** Where it stands from now on; absent if it was deleted. */
  readonly file?: string;
  readonly version?: number;
  /** Absent if it was deleted. */
  readonly after?: StoredObject;
  readonly write?: FileWrite;
}

/** A change, together with what it means for the files. */
export interface FiledChange {
  readonly change: Change;
  /** Where the object stands from then on, relative to the folder; undefined if it was deleted. */
  readonly file: string | undefined;
  /** What is still to be done to a file; absent if the files are as they should be. */
  readonly write?: FileWrite;
}

/** What the last change does to a file. */
export interface LastWrite extends FileWrite {
  readonly version: number;
}

/** What the journal says. */
export interface Recorded {
  readonly replica: Replica;
  /** The file of each object, by key. */
  readonly files: ReadonlyMap<string, string>;
  /** Present if the last change writes to a file, which may not have happened yet. */
  readonly last: LastWrite | undefined;
}

/**
 * What the files of a folder do not say: versions, owners, status and history; the objects of one moment, and every step
 * since. It also holds the objects themselves, so that a file that cannot be read any more loses nothing.
 */
export class Journal {
  readonly #path: string;
  readonly #lines: LineFile;
  #replica: Replica | undefined;
  #files = new Map<string, string>();
  #last: LastWrite | undefined;

  constructor(path: string, disk: Disk) {
    this.#path = path;
    this.#lines = new LineFile(path, disk);
  }

  stamp(): string {
    return this.#lines.stamp();
  }

  /** All that was written until now. `start` gives the version of a journal that is not there yet. */
  catchUp(start: () => number): Recorded {
    if (!this.#lines.exists()) this.#lines.make([{ layout, version: start() }]);
    const { isAnew, lines } = this.#lines.readOn();
    const steps = (isAnew ? this.#begin(lines) : lines) as readonly Step[];
    for (const step of steps) this.#take(step);
    return this.#recorded();
  }

  /** Writes changes down; from now on they last. To be called behind `catchUp`, while nobody else writes. */
  append(changes: readonly FiledChange[]): void {
    this.#write(changes.map(({ change, file, write }) => ({ ...stepOf(change, file), ...(write ? { write } : {}) })));
  }

  /** Notes that objects stand in other files now, and are the same. */
  move(files: readonly (readonly [key: string, file: string])[]): void {
    this.#write(files.map(([key, file]) => ({ key, file })));
  }

  /** Writes the journal anew, without the changes up to a version. */
  forget(upTo: number): void {
    const { replica, files } = this.#recorded();
    const objects = selectedAt(replica, {}, upTo);
    const fileOf = (object: StoredObject): string | undefined => files.get(keyOf(idOf(object)));
    const base = objects.map((object): Base => {
      const file = fileOf(object);
      return file === undefined ? { object } : { object, file };
    });
    const later = replica.changesAfter(upTo).map(change => stepOf(change, change.after && fileOf(change.after)));
    this.#lines.replace([{ layout, version: upTo }, ...base, ...later]);
    replica.forget(upTo);
  }

  #write(steps: readonly Step[]): void {
    if (steps.length === 0) return;
    this.#lines.append(steps);
    for (const step of steps) this.#take(step);
  }

  /** Takes over what a journal begins with, and returns the steps behind it. */
  #begin(lines: readonly unknown[]): unknown[] {
    const [beginning, ...rest] = lines;
    const { layout: found, version } = (beginning ?? {}) as Partial<Beginning>;
    if (found !== layout || version === undefined) throw this.#newer(found);
    const bases = rest.filter((line): line is Base => 'object' in (line as object));
    this.#files = new Map(
      bases.flatMap(({ object, file }) => (file === undefined ? [] : [[keyOf(idOf(object)), file]])),
    );
    this.#last = undefined;
    this.#replica = new Replica({ version, knownSince: version, objects: bases.map(({ object }) => object) });
    return rest.slice(bases.length);
  }

  #take({ key, file, version, after, write }: Step): void {
    const { replica } = this.#recorded();
    if (version !== undefined) {
      replica.add({ version, before: replica.at(key), after });
      this.#last = write && { ...write, version };
    }
    if (file === undefined) this.#files.delete(key);
    else this.#files.set(key, file);
  }

  #recorded(): Recorded {
    if (!this.#replica) throw this.#newer(undefined);
    return { replica: this.#replica, files: this.#files, last: this.#last };
  }

  #newer(found: number | undefined): StoreError {
    const why = `has the layout ${found ?? 'of nothing'}, and this supergloo knows ${layout}; use the version that wrote it`;
    return new StoreError('unreadable', this.#path, `\`${this.#path}\` ${why}`);
  }
}

const stepOf = ({ version, before, after }: Change, file: string | undefined): Step => {
  const object = (after ?? before) as StoredObject;
  return {
    key: keyOf(idOf(object)),
    version,
    ...(after ? { after } : {}),
    ...(after && file !== undefined ? { file } : {}),
  };
};
