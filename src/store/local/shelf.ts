import type { Finding } from '../../base/finding.ts';
import type { ObjectId, StoredObject } from '../port/object.ts';
import type { ObjectQuery } from '../port/object-store.ts';

/** One change to one object, as the history keeps it. */
export interface Change {
  /** Higher than that of every change before. */
  readonly version: number;
  /** What is there from now on; undefined if it was deleted. */
  readonly after: StoredObject | undefined;
  /** What was there before; undefined if nothing was. */
  readonly before: StoredObject | undefined;
}

/** What is on a shelf, seen and changed within one transaction. */
export interface Records {
  /** The version of the last change. A new shelf starts with the time of its making, so that no two count alike. */
  readonly version: number;
  /** The changes after this version are known. */
  readonly knownSince: number;
  get(id: ObjectId): StoredObject | undefined;
  /** All objects of a kind and namespace, where given, in the order of their keys. */
  scan(query: Pick<ObjectQuery, 'group' | 'kind' | 'namespace'>): StoredObject[];
  /** The changes after a version that is not before `knownSince`, in order. */
  changesAfter(version: number, limit?: number): Change[];
  /** Keeps a change, the version of which is higher than `version`. */
  write(change: Change): void;
}

/** Where objects are kept: the part of a store that differs from one to the other. */
export interface Shelf {
  /** As the user named it. */
  readonly place: string;
  /**
   * Runs `body` while nobody else reads or writes the shelf, in this process or another. What it writes is all there and
   * on the disk when the promise is fulfilled, or none of it is there. `body` is called once.
   */
  transact<T>(body: (records: Records) => T): Promise<T>;
  /** A text that is another one whenever another process has changed something; cheap. It never fails. */
  stamp(): string;
  findings(): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

/** Orders objects by group, kind, namespace and name: no part of it holds a blank, which comes before all other characters. */
export const keyOf = ({ group, kind, namespace = '', name }: ObjectId): string =>
  `${group} ${kind} ${namespace} ${name}`;
