import { randomUUID } from 'node:crypto';
import type { Finding } from '../../base/finding.ts';
import { groupOf, idOf, type ObjectId, type StoredObject, titleOf } from '../port/object.ts';
import type {
  ApplyOptions,
  DeleteOptions,
  ListQuery,
  ObjectList,
  ObjectStore,
  StoreOptions,
  WatchEvent,
  WatchQuery,
  WriteOptions,
} from '../port/object-store.ts';
import { ConflictError, OwnedFieldsError } from '../port/write-errors.ts';
import { StoreError } from '../store-error.ts';
import { admitted, checkId } from './admission.ts';
import { pageOf } from './pages.ts';
import { Pulse } from './pulse.ts';
import type { Records, Shelf } from './shelf.ts';
import { applied, updated, type Write } from './transition.ts';
import { type Watched, watchShelf } from './watch.ts';

/** A store on this machine: everything that the port promises, over a shelf that keeps the objects. */
export class LocalStore implements ObjectStore {
  readonly #shelf: Shelf;
  readonly #options: StoreOptions;
  readonly #pulse: Pulse;
  readonly #closing = new AbortController();

  constructor(shelf: Shelf, options: StoreOptions) {
    this.#shelf = shelf;
    this.#options = options;
    this.#pulse = new Pulse(() => shelf.stamp(), options.pollMs ?? 250);
  }

  async get(id: ObjectId): Promise<StoredObject | undefined> {
    checkId(this.#shelf.place, id);
    return structuredClone(await this.#read(records => records.get(id)));
  }

  async list(query: ListQuery = {}): Promise<ObjectList> {
    return this.#read(records => pageOf(this.#shelf.place, records, query));
  }

  watch(query: WatchQuery): AsyncIterable<WatchEvent> {
    const closing = this.#closing.signal;
    const signal = query.signal ? AbortSignal.any([query.signal, closing]) : closing;
    const read: Watched['read'] = body => this.#read(body);
    return watchShelf({ place: this.#shelf.place, read, pulse: this.#pulse, signal }, query);
  }

  create(object: StoredObject, options: WriteOptions): Promise<StoredObject> {
    if (options.subresource) return Promise.reject(this.#error('invalid', 'only whole objects are created'));
    return this.#write(object, options, (live, write) => {
      if (live)
        throw this.#error('exists', `${titleOf(idOf(live))} exists; update or apply it, or choose another name`);
      return updated(undefined, write);
    });
  }

  update(object: StoredObject, options: WriteOptions): Promise<StoredObject> {
    return this.#write(object, options, (live, write) => {
      if (!live) throw this.#missing(idOf(write.object));
      if (write.object.metadata.resourceVersion === undefined) {
        const advice = 'read the object, change it, and leave `metadata.resourceVersion` as it is';
        throw this.#error(
          'invalid',
          `${titleOf(idOf(live))} was not updated, for it is not said which version; ${advice}`,
        );
      }
      this.#checkPreconditions(live, write.object.metadata);
      return updated(live, write);
    });
  }

  apply(object: StoredObject, options: ApplyOptions): Promise<StoredObject> {
    return this.#write(object, options, (live, write) => {
      const { uid, resourceVersion } = write.object.metadata;
      if (live) this.#checkPreconditions(live, write.object.metadata);
      else if (uid !== undefined || resourceVersion !== undefined || write.subresource) {
        throw this.#missing(idOf(write.object));
      }
      const next = applied(live, write, options.force ?? false);
      if ('owned' in next && !('metadata' in next)) {
        throw new OwnedFieldsError(this.#shelf.place, idOf(write.object), next.owned);
      }
      return next as StoredObject;
    });
  }

  async delete(id: ObjectId, options: DeleteOptions = {}): Promise<StoredObject> {
    checkId(this.#shelf.place, id);
    this.#checkOpen();
    const { live } = await this.#shelf.write(id, records => {
      const live = records.get(id);
      if (!live) throw this.#missing(id);
      this.#checkPreconditions(live, options);
      const change = { version: records.version + 1, before: live, after: undefined };
      return { live, ...(options.dryRun ? {} : { change }) };
    });
    this.#pulse.beat();
    return structuredClone(live);
  }

  async findings(): Promise<readonly Finding[]> {
    return this.#shelf.findings();
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#pulse.beat();
    await this.#shelf.close();
  }

  #checkOpen(): void {
    if (!this.#closing.signal.aborted) return;
    throw this.#error('closed', `the store \`${this.#shelf.place}\` was closed; open it again`);
  }

  async #read<T>(body: (records: Records) => T): Promise<T> {
    this.#checkOpen();
    return this.#shelf.read(body);
  }

  async #write(
    given: StoredObject,
    { manager, subresource, dryRun }: WriteOptions,
    change: (live: StoredObject | undefined, write: Write) => StoredObject,
  ): Promise<StoredObject> {
    const object = admitted(this.#shelf.place, given);
    if (!/^[!-~]{1,128}$/.test(manager)) {
      throw this.#error('invalid', 'who writes must be named: 1 to 128 visible ASCII characters, without blanks');
    }
    const { now = Date.now, newUid = randomUUID, schemaOf } = this.#options;
    const schema = schemaOf?.({ group: groupOf(object.apiVersion), kind: object.kind });
    this.#checkOpen();
    const { result } = await this.#shelf.write(idOf(object), records => {
      const live = records.get(idOf(object));
      const result = change(live, { object, manager, subresource, schema, now: now(), newUid });
      if (result === live || dryRun) return { result };
      const version = records.version + 1;
      const after = { ...result, metadata: { ...result.metadata, resourceVersion: String(version) } };
      return { result: after, change: { version, before: live, after } };
    });
    this.#pulse.beat();
    return structuredClone(result);
  }

  #checkPreconditions(live: StoredObject, { uid, resourceVersion }: { uid?: string; resourceVersion?: string }): void {
    const { metadata } = live;
    for (const [precondition, expected] of [
      ['uid', uid],
      ['resourceVersion', resourceVersion],
    ] as const) {
      const found = metadata[precondition];
      if (expected !== undefined && expected !== found) {
        throw new ConflictError(this.#shelf.place, idOf(live), { precondition, expected, found: String(found) });
      }
    }
  }

  #missing(id: ObjectId): StoreError {
    return this.#error('notFound', `${titleOf(id)} is not there; check its name and namespace, or create it`);
  }

  #error(code: StoreError['code'], message: string): StoreError {
    return new StoreError(code, this.#shelf.place, message);
  }
}
