import { Notes } from './findings.ts';

/** What was worked out once for a thing, with what there was to say about it. */
export class Kept<K extends object, T> {
  private readonly known = new WeakMap<K, { readonly value: T; readonly notes: Notes }>();

  /** Works it out the first time; what there is to say is said each time. */
  get(key: K, notes: Notes, make: (notes: Notes) => T): T {
    let found = this.known.get(key);
    if (!found) {
      const own = new Notes();
      found = { value: make(own), notes: own };
      this.known.set(key, found);
    }
    notes.repeat(found.notes);
    return found.value;
  }
}

/** One store for each combination of things, as long as they are there. */
export const storeFor = <T>(make: () => T): ((first: object, ...others: readonly object[]) => T) => {
  const root = new WeakMap<object, unknown>();
  return (...keys) => {
    let at = root;
    const last = keys.length - 1;
    for (let index = 0; index < last; index++) {
      const key = keys[index] ?? root;
      let next = at.get(key) as WeakMap<object, unknown> | undefined;
      if (!next) {
        next = new WeakMap();
        at.set(key, next);
      }
      at = next;
    }
    const key = keys[last] ?? root;
    let store = at.get(key) as T | undefined;
    if (store === undefined) {
      store = make();
      at.set(key, store);
    }
    return store;
  };
};
