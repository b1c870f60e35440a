import type { Finding } from '../../base/finding.ts';
import type { LabelSelector } from '../../native/kubernetes/label-selector.ts';
import type { GroupKind, ObjectId, StoredObject } from './object.ts';
import type { StructuralSchema } from './structural-schema.ts';

/**
 * The port: where the objects of the API live. A folder, a SQLite file and, later, a cluster do the same behind it.
 *
 * A write is acknowledged when its promise is fulfilled; from then on it survives the end of the process at any moment.
 * Several processes may have the same store open. What fails, fails with a StoreError, whose `code` tells them apart:
 * `notFound`, `exists`, `conflict` (ConflictError), `owned` (OwnedFieldsError), `expired`, `invalid`, `busy`, `closed`, `unreadable`.
 */
export interface ObjectStore {
  /** The object, or undefined where there is none. */
  get(id: ObjectId): Promise<StoredObject | undefined>;

  /** All objects that a query selects, as they were at one moment, ordered by group, kind, namespace and name. */
  list(query?: ListQuery): Promise<ObjectList>;

  /**
   * What happens to the objects that a query selects, from a version on: each change once, in order, none missed. An
   * object that ceases to match is DELETED for this watch, one that begins to is ADDED. It ends when `signal` is aborted,
   * or when the caller leaves the loop. Fails with `expired` where the store no longer knows what happened since the
   * version: the caller lists again.
   */
  watch(query: WatchQuery): AsyncIterable<WatchEvent>;

  /** Makes an object that was not there; `exists` if it was. A status is not taken: it is written as the status. */
  create(object: StoredObject, options: WriteOptions): Promise<StoredObject>;

  /**
   * Replaces an object by another version of it, whose `metadata.resourceVersion` names the one that it was made from;
   * `conflict` if that is not the one that is there, `invalid` without it. The fields that change become the manager's.
   */
  update(object: StoredObject, options: WriteOptions): Promise<StoredObject>;

  /**
   * Makes what the manager says true, whether the object was there or not (server-side apply). The manager says everything
   * that it wants: fields that it applied before and no longer says are removed, unless others own them too. Fields that
   * others own and that would change are refused (`owned`) and named, unless `force` takes them over. To apply a status
   * the object must be there. `metadata.resourceVersion` and `uid`, where given, are preconditions.
   */
  apply(object: StoredObject, options: ApplyOptions): Promise<StoredObject>;

  /** Deletes an object and returns it as it was last; `notFound` if there is none. */
  delete(id: ObjectId, options?: DeleteOptions): Promise<StoredObject>;

  /** What stands in the store and cannot be used as it is, such as a file that is no YAML. What was there before it stays. */
  findings(): Promise<readonly Finding[]>;

  /** Ends all watches and gives everything back. */
  close(): Promise<void>;
}

export interface WriteOptions {
  /** Who writes. A name that stays the same from run to run, such as `supergloo-apply`. */
  readonly manager: string;
  /** `status`: only the status is taken, and the generation stays. Absent: everything but the status is taken. */
  readonly subresource?: 'status';
  /** Everything is checked and the result returned, and nothing is written. */
  readonly dryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  /** Takes over fields that others own. */
  readonly force?: boolean;
}

export interface DeleteOptions {
  /** Only if it is this very object. */
  readonly uid?: string;
  /** Only if nobody changed it since. */
  readonly resourceVersion?: string;
  readonly dryRun?: boolean;
}

/** Each property that is present narrows it; an empty query selects all objects. */
export interface ObjectQuery extends Partial<GroupKind> {
  readonly namespace?: string;
  readonly labels?: LabelSelector;
}

export interface ListQuery extends ObjectQuery {
  /** At most so many objects. The rest follows with `continue`. */
  readonly limit?: number;
  /** The `continue` of the page before, with the same query. All pages are of one moment; `expired` if that is too long ago. */
  readonly continue?: string;
}

export interface ObjectList {
  readonly items: StoredObject[];
  /** The moment of the list; a watch from here on misses nothing. */
  readonly resourceVersion: string;
  /** Present if there is more. */
  readonly continue?: string;
}

export interface WatchQuery extends ObjectQuery {
  /**
   * The version after which to begin: that of a list, or that of the last event seen. Absent: the watch begins with an
   * ADDED for every object that is there, and a BOOKMARK after the last one of them.
   */
  readonly resourceVersion?: string;
  /** Ends the watch. */
  readonly signal?: AbortSignal;
}

/** `DELETED` holds the object as it was last, with the version at which it went. */
export interface ObjectEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: StoredObject;
  /** The version to go on from after this event. */
  readonly resourceVersion: string;
}

/** Nothing happened to the objects of this watch up to a version, from which it may go on later. */
export interface Bookmark {
  readonly type: 'BOOKMARK';
  readonly resourceVersion: string;
}

export type WatchEvent = ObjectEvent | Bookmark;

/** What every store needs from outside. */
export interface StoreOptions {
  /** The structural schema of a kind; without one, objects are owned field by field and lists as a whole. */
  readonly schemaOf?: (kind: GroupKind) => StructuralSchema | undefined;
  /** Milliseconds since 1970. Absent: the clock of the machine. */
  readonly now?: () => number;
  /** A new uid. Absent: a random UUID. */
  readonly newUid?: () => string;
  /** How many of the latest changes are kept for watches that resume and for pages that follow. Absent: 4096. */
  readonly history?: number;
  /** How often a watch looks for changes by other processes. Absent: every 250 ms. */
  readonly pollMs?: number;
}
