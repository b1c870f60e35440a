import type { Finding } from '../../base/finding.ts';
import type { ObjectId, StoredObject } from '../port/object.ts';

/** One change to one object, as the history keeps it. */
export interface Change {
  /** Higher by one than that of the change before. */
  readonly version: number;
  /** What is there from now on; undefined if it was deleted. */
  readonly after: StoredObject | undefined;
  /** What was there before; undefined if nothing was. */
  readonly before: StoredObject | undefined;
}

/** What is on a shelf at one moment. Its objects are shared, and nobody changes them. */
export interface Records {
  /** The version of the last change. A new shelf starts with the time of its making, so that no two count alike. */
  readonly version: number;
  /** The changes after this version are known. */
  readonly knownSince: number;
  get(id: ObjectId): StoredObject | undefined;
  /** All objects, ordered by their keys. */
  all(): StoredObject[];
  /** The changes after a version that is not before `knownSince`, in order. */
  changesAfter(version: number): Change[];
}

/** Where objects are kept: the part of a store that differs from one to the other. */
export interface Shelf {
  /** As the user named it. */
  readonly place: string;
  /** What is there now, with all that anyone has been told is written. */
  read<T>(body: (records: Records) => T): Promise<T>;
  /**
   * Runs `decide` while nobody else writes to the shelf, in this process or another. The change that it wants is there,
   * and on the disk, when the promise is fulfilled; none is if it fails. `object` is the one that it is about. `decide` may
   * be called more than once, and the last answer counts.
   */
  write<T extends Decision>(object: ObjectId, decide: (records: Records) => T): Promise<T>;
  /** A text that is another one whenever another process has changed something; cheap. It never fails. */
  stamp(): string;
  findings(): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

/** What comes of looking at a shelf: a change, or none. */
export interface Decision {
  readonly change?: Change;
}

/** Orders objects by group, kind, namespace and name: no part of it holds a blank, which comes before all other characters. */
export const keyOf = ({ group, kind, namespace = '', name }: ObjectId): string =>
  `${group} ${kind} ${namespace} ${name}`;
