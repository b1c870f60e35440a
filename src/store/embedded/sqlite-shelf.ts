import { forgettable, Replica } from '../local/replica.ts';
import { type Change, type Decision, keyOf, type Records, type Shelf } from '../local/shelf.ts';
import type { PlaceLock } from '../lock/place-lock.ts';
import type { StoredObject } from '../port/object.ts';
import { idOf, type ObjectId } from '../port/object.ts';
import type { DatabaseFile } from './database-file.ts';
import type { Sqlite, SqlRow, SqlValue } from './sqlite.ts';

/** What a shelf in a database is made of. */
export interface SqliteParts {
  /** As the user named it. */
  readonly place: string;
  readonly database: DatabaseFile;
  /** A lock, the turns of which end with what is given. */
  readonly lockWith: (finish: () => void) => PlaceLock;
  /** How many changes are kept. */
  readonly kept: number;
}

/** Objects in a database. What is in it is kept in memory too, as long as the file is the same. */
export class SqliteShelf implements Shelf {
  readonly place: string;
  readonly #parts: SqliteParts;
  readonly #lock: PlaceLock;
  #replica: Replica | undefined;
  #stamp = '';
  /** What was decided in this turn, and is in memory but not in the file. */
  #pending: Change[] = [];

  constructor(parts: SqliteParts) {
    this.place = parts.place;
    this.#parts = parts;
    this.#lock = parts.lockWith(() => this.#commit());
  }

  async read<T>(body: (records: Records) => T): Promise<T> {
    if (this.#replica && this.stamp() === this.#stamp) return body(this.#replica);
    return this.#lock.alone(() => body(this.#fresh()));
  }

  write<T extends Decision>(_: ObjectId, decide: (records: Records) => T): Promise<T> {
    return this.#lock.alone(() => {
      const replica = this.#fresh();
      const decision = decide(replica);
      if (decision.change) {
        replica.add(decision.change);
        this.#pending.push(decision.change);
      }
      return decision;
    });
  }

  stamp(): string {
    return this.#parts.database.stamp();
  }

  async findings(): Promise<readonly []> {
    return [];
  }

  async close(): Promise<void> {
    this.#replica = undefined;
    this.#lock.close();
  }

  /** What is in the file now. To be called while nobody else uses it. */
  #fresh(): Replica {
    if (this.#replica && (this.#pending.length > 0 || this.stamp() === this.#stamp)) return this.#replica;
    this.#replica = this.#parts.database.read(sqlite => this.#catchUp(sqlite, this.#replica) ?? this.#load(sqlite));
    this.#stamp = this.stamp();
    return this.#replica;
  }

  /** Adds what others changed since; undefined if that is not known any more. */
  #catchUp(sqlite: Sqlite, replica: Replica | undefined): Replica | undefined {
    const { version, knownSince } = storeRow(sqlite);
    if (!replica || replica.version < knownSince || replica.version > version) return undefined;
    for (const change of readChanges(sqlite, replica.version, version)) replica.add(change);
    replica.forget(knownSince);
    return replica;
  }

  #load(sqlite: Sqlite): Replica {
    const objects = sqlite.all('select body from objects').map(row => objectOf(row.body));
    const fetch = (after: number, upTo: number): Change[] =>
      this.#parts.database.read(database => readChanges(database, after, upTo));
    return new Replica({ ...storeRow(sqlite), objects: objects.filter(object => object !== undefined) }, fetch);
  }

  /** Writes down what was decided in a turn: all of it, with one commit, or nothing. */
  #commit(): void {
    const { database, kept } = this.#parts;
    const changes = this.#pending.splice(0);
    const replica = this.#replica;
    if (!replica || changes.length === 0) return;
    const forgotten = forgettable(replica, kept);
    // Until it is known to be in the file, what is in memory is not to be trusted.
    this.#replica = undefined;
    database.write(sqlite => {
      for (const change of changes) writeChange(sqlite, change);
      if (forgotten !== undefined) forget(sqlite, forgotten);
    });
    if (forgotten !== undefined) replica.forget(forgotten);
    this.#replica = replica;
    this.#stamp = this.stamp();
  }
}

const storeRow = (sqlite: Sqlite): { readonly version: number; readonly knownSince: number } => {
  const row = sqlite.all('select version, known_since from store')[0];
  return { version: Number(row?.version), knownSince: Number(row?.known_since) };
};

const objectOf = (text: SqlValue | undefined): StoredObject | undefined =>
  typeof text === 'string' ? (JSON.parse(text) as StoredObject) : undefined;

const changeOf = ({ version, before, after }: SqlRow): Change => ({
  version: Number(version),
  before: objectOf(before),
  after: objectOf(after),
});

const readChanges = (sqlite: Sqlite, after: number, upTo: number): Change[] =>
  sqlite
    .all('select version, before, after from history where version > ? and version <= ? order by version', [
      after,
      upTo,
    ])
    .map(changeOf);

const textOf = (object: StoredObject | undefined): string | null => (object ? JSON.stringify(object) : null);

const writeChange = (sqlite: Sqlite, { version, before, after }: Change): void => {
  const object = after ?? before;
  if (!object) return;
  const key = keyOf(idOf(object));
  if (after) sqlite.run('insert or replace into objects values (?, ?)', [key, textOf(after)]);
  else sqlite.run('delete from objects where key = ?', [key]);
  sqlite.run('insert into history values (?, ?, ?)', [version, textOf(before), textOf(after)]);
  sqlite.run('update store set version = ?', [version]);
  sqlite.exec(`pragma user_version = ${version % 0x7fff_ffff}`);
};

const forget = (sqlite: Sqlite, upTo: number): void => {
  sqlite.run('delete from history where version <= ?', [upTo]);
  sqlite.run('update store set known_since = ?', [upTo]);
};
