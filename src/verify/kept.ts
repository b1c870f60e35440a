import { Notes } from './findings.ts';
import { Recent } from './recent.ts';

interface Known<T> {
  readonly circumstances: readonly unknown[];
  readonly value: T;
  readonly notes: Notes;
}

const areSame = (a: readonly unknown[], b: readonly unknown[]): boolean => {
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
};

/** When so much was kept, all is forgotten: what is asked again is asked soon, and what is old is dear to carry along. */
export const mostKept = 100;

/**
 * What was worked out for a thing, with what there was to say about it: of each thing the last, as long as the
 * circumstances are the same. Requests come in runs from one sender, so that is enough.
 */
export class Kept<K extends object, T> {
  private readonly known = new Recent<K, Known<T>>(mostKept);

  /** Works it out if it has to be; what there is to say is said each time. */
  get(key: K, circumstances: readonly unknown[], notes: Notes, make: (notes: Notes) => T): T {
    const before = this.known.get(key);
    const isToldEnough = before !== undefined && (notes.isTerse || !before.notes.isTerse);
    if (before && isToldEnough && areSame(before.circumstances, circumstances)) {
      notes.repeat(before.notes);
      return before.value;
    }
    const own = new Notes(undefined, notes.isTerse);
    const value = make(own);
    this.known.set(key, { circumstances, value, notes: own });
    notes.repeat(own);
    return value;
  }
}

/** One store for each of the things that stores are kept for. */
export const storeFor = <K extends object, T>(make: (key: K) => T): ((key: K) => T) => {
  const stores = new WeakMap<K, T>();
  return key => {
    const known = stores.get(key);
    if (known !== undefined) return known;
    const store = make(key);
    stores.set(key, store);
    return store;
  };
};
