import { byText } from '../../base/order.ts';
import { idOf, type ObjectId, type StoredObject } from '../port/object.ts';
import type { ObjectStore, StoreOptions } from '../port/object-store.ts';
import { LocalStore } from './local-store.ts';
import { type Change, keyOf, type Records, type Shelf } from './shelf.ts';

/** A shelf in memory, which nobody else sees and which ends with the process. */
class MemoryShelf implements Shelf, Records {
  readonly place = 'memory';
  version: number;
  knownSince: number;
  readonly #objects = new Map<string, StoredObject>();
  #history: Change[] = [];
  readonly #kept: number;

  constructor(start: number, kept: number) {
    this.version = start;
    this.knownSince = start;
    this.#kept = kept;
  }

  async transact<T>(body: (records: Records) => T): Promise<T> {
    return body(this);
  }

  get(id: ObjectId): StoredObject | undefined {
    return this.#objects.get(keyOf(id));
  }

  scan(): StoredObject[] {
    return [...this.#objects].sort(([a], [b]) => byText(a, b)).map(([, object]) => object);
  }

  changesAfter(version: number, limit = Number.POSITIVE_INFINITY): Change[] {
    const from = this.#history.findIndex(change => change.version > version);
    return from < 0 ? [] : this.#history.slice(from, from + limit);
  }

  write(change: Change): void {
    const object = change.after ?? change.before;
    if (!object) return;
    if (change.after) this.#objects.set(keyOf(idOf(object)), change.after);
    else this.#objects.delete(keyOf(idOf(object)));
    this.#history.push(change);
    this.version = change.version;
    if (this.#history.length > 2 * this.#kept) {
      this.#history = this.#history.slice(-this.#kept);
      this.knownSince = this.#history[0]!.version - 1;
    }
  }

  stamp(): string {
    return this.place;
  }

  async findings(): Promise<readonly []> {
    return [];
  }

  async close(): Promise<void> {}
}

/** A store in memory: for one run, and for tests. */
export const openMemory = (options: StoreOptions = {}): ObjectStore =>
  new LocalStore(new MemoryShelf((options.now ?? Date.now)(), options.history ?? 4096), options);
