import type { ObjectId } from '../port/object.ts';
import type { ObjectStore, StoreOptions } from '../port/object-store.ts';
import { LocalStore } from './local-store.ts';
import { firstVersion, forgettable, Replica } from './replica.ts';
import type { Decision, Records, Shelf } from './shelf.ts';

/** A shelf in memory, which nobody else sees and which ends with the process. */
class MemoryShelf implements Shelf {
  readonly place = 'memory';
  readonly #replica: Replica;
  readonly #kept: number;

  constructor(start: number, kept: number) {
    this.#replica = new Replica({ version: start, knownSince: start, objects: [] });
    this.#kept = kept;
  }

  async read<T>(body: (records: Records) => T): Promise<T> {
    return body(this.#replica);
  }

  async write<T extends Decision>(_: ObjectId, decide: (records: Records) => T): Promise<T> {
    const decision = decide(this.#replica);
    if (decision.change) this.#replica.add(decision.change);
    const forgotten = forgettable(this.#replica, this.#kept);
    if (forgotten !== undefined) this.#replica.forget(forgotten);
    return decision;
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
  new LocalStore(
    new MemoryShelf(firstVersion((options.now ?? Date.now)()), options.history ?? defaultHistory),
    options,
  );

/** How many changes a store keeps if nobody says. */
export const defaultHistory = 4096;
