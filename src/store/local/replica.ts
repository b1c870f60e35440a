import { byText } from '../../base/order.ts';
import { idOf, type ObjectId, type StoredObject } from '../port/object.ts';
import { type Change, keyOf, type Records } from './shelf.ts';

/** Fetches the changes from behind one version up to another from where they are kept. */
export type FetchChanges = (after: number, upTo: number) => Change[];

/** What is on a shelf, in memory: the objects, and as much of the history as was asked for. */
export class Replica implements Records {
  version: number;
  knownSince: number;
  readonly #objects: Map<string, StoredObject>;
  /** The changes that came since it is there. What was before is fetched when somebody asks. */
  #history: Change[] = [];
  readonly #fetch: FetchChanges;
  #sorted: StoredObject[] | undefined;

  constructor(
    start: { readonly version: number; readonly knownSince: number; readonly objects: Iterable<StoredObject> },
    fetch: FetchChanges = () => [],
  ) {
    this.version = start.version;
    this.knownSince = start.knownSince;
    this.#objects = new Map([...start.objects].map(object => [keyOf(idOf(object)), object]));
    this.#fetch = fetch;
  }

  get(id: ObjectId): StoredObject | undefined {
    return this.at(keyOf(id));
  }

  /** The object with a key. */
  at(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  keys(): string[] {
    return [...this.#objects.keys()];
  }

  all(): StoredObject[] {
    this.#sorted ??= [...this.#objects].sort(([a], [b]) => byText(a, b)).map(([, object]) => object);
    return this.#sorted;
  }

  changesAfter(version: number): Change[] {
    const oldest = this.version - this.#history.length;
    if (version < oldest) this.#history = [...this.#fetch(version, oldest), ...this.#history];
    return this.#history.slice(this.#history.length - (this.version - version));
  }

  /** Takes over the change that follows. */
  add(change: Change): void {
    const object = change.after ?? change.before;
    if (object && change.after) this.#objects.set(keyOf(idOf(object)), change.after);
    else if (object) this.#objects.delete(keyOf(idOf(object)));
    this.#sorted = undefined;
    this.#history.push(change);
    this.version = change.version;
  }

  /** Forgets the changes up to a version. */
  forget(upTo: number): void {
    this.knownSince = Math.max(this.knownSince, upTo);
    this.#history = this.#history.slice(Math.max(0, this.#history.length - (this.version - this.knownSince)));
  }
}

/** The versions that a history reaches over. */
type Span = Pick<Records, 'version' | 'knownSince'>;

/** Up to which version the history may be forgotten now; undefined as long as it is not twice what is to be kept. */
export const forgettable = ({ version, knownSince }: Span, kept: number): number | undefined =>
  version - knownSince > 2 * kept ? version - kept : undefined;

/** The version that a store starts with, which is made at a time in milliseconds: higher than any of one that was lost before. */
export const firstVersion = (madeAt: number): number => Math.floor(madeAt) * 1000;
