import { closeSync, openSync, readSync, rmdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../store-error.ts';
import { syncFolder } from '../sync-folder.ts';
import type { Sqlite, SqliteEngine } from './sqlite.ts';

/** `sglo`: what tells a database of ours from others. */
const applicationId = 0x73_67_6c_6f;

/** How the tables are laid out. Whoever changes them counts it up. */
const layout = 1;

const tables = `
  create table store (layout integer not null, version integer not null, known_since integer not null);
  create table objects (key text primary key, body text not null) without rowid;
  create table history (version integer primary key, before text, after text);
  pragma application_id = ${applicationId};
`;

/**
 * A database, opened for each use and closed behind it, by one process at a time (PlaceLock sees to that).
 *
 * It is opened in the write-ahead mode with exclusive locking, the only way in which both engines repair what a killed
 * process left: the one in WebAssembly does not see that a rollback journal is hot, because it takes its own lock for
 * that of a writer (node-sqlite3-wasm 0.8.60, `_nodejsCheckReservedLock`). Its lock is a folder that outlives its owner.
 */
export class DatabaseFile {
  readonly #file: string;
  readonly #engine: SqliteEngine;
  readonly #start: () => number;

  /** `start` gives the version that a new store starts with. */
  constructor(file: string, engine: SqliteEngine, start: () => number) {
    this.#file = file;
    this.#engine = engine;
    this.#start = start;
  }

  /** Reads from it, and makes it if it is not there. To be called while nobody else uses it. */
  read<T>(body: (sqlite: Sqlite) => T): T {
    return this.#use(sqlite => {
      if (this.#isNew(sqlite)) this.#make(sqlite);
      return body(sqlite);
    });
  }

  /** Changes it: all of what `body` does is on the disk when this returns, or nothing is. */
  write(body: (sqlite: Sqlite) => void): void {
    this.#use(sqlite => this.#commit(sqlite, body));
  }

  /**
   * A text that changes with every change to the file: what the last writer noted in its header (`user_version`), and
   * whether there is a log that nobody has put into it yet.
   */
  stamp(): string {
    const header = Buffer.alloc(4);
    const log = statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    try {
      const handle = openSync(this.#file, 'r');
      try {
        readSync(handle, header, 0, 4, 60);
      } finally {
        closeSync(handle);
      }
    } catch {
      return 'absent';
    }
    return `${header.readUInt32BE()} ${log}`;
  }

  #use<T>(body: (sqlite: Sqlite) => T): T {
    this.#removeStaleLock();
    try {
      const sqlite = this.#engine(this.#file);
      try {
        sqlite.exec('pragma locking_mode = exclusive; pragma synchronous = full');
        return body(sqlite);
      } finally {
        sqlite.close();
      }
    } catch (error) {
      throw error instanceof StoreError ? error : this.#failed(error);
    }
  }

  /** That of the engine in WebAssembly: nobody but us is here, so whoever made it was killed. */
  #removeStaleLock(): void {
    const folder = `${this.#file}.lock`;
    if (statSync(folder, { throwIfNoEntry: false })) rmdirSync(folder);
  }

  #commit(sqlite: Sqlite, body: (sqlite: Sqlite) => void): void {
    sqlite.exec('begin immediate');
    try {
      body(sqlite);
      sqlite.exec('commit');
    } catch (error) {
      sqlite.exec('rollback');
      throw error;
    }
    // The log must be found after a power failure, before it is put into the file.
    syncFolder(dirname(this.#file));
  }

  #isNew(sqlite: Sqlite): boolean {
    const id = sqlite.all('pragma application_id')[0]?.application_id;
    if (id === applicationId) {
      const found = sqlite.all('select layout from store')[0]?.layout;
      if (found !== layout) throw this.#newer(found);
      return false;
    }
    const isEmpty = sqlite.all('select name from sqlite_schema').length === 0;
    if (id !== 0 || !isEmpty) throw this.#foreign();
    return true;
  }

  #make(sqlite: Sqlite): void {
    sqlite.exec('pragma journal_mode = wal');
    this.#commit(sqlite, () => {
      const version = this.#start();
      sqlite.exec(tables);
      sqlite.run('insert into store values (?, ?, ?)', [layout, version, version]);
    });
  }

  #foreign(): StoreError {
    return this.#unusable('is a database of another program; name another file');
  }

  #newer(found: unknown): StoreError {
    return this.#unusable(`has the layout ${found}, and this supergloo knows ${layout}; use the version that wrote it`);
  }

  #unusable(why: string): StoreError {
    return new StoreError('unreadable', this.#file, `\`${this.#file}\` ${why}`);
  }

  #failed(cause: unknown): StoreError {
    const message = cause instanceof Error ? cause.message : String(cause);
    if (/locked|busy/i.test(message)) {
      const advice = 'another program has it open; close that and try again';
      return new StoreError('busy', this.#file, `\`${this.#file}\` cannot be used: ${advice}`, cause);
    }
    if (/not a database/i.test(message)) return this.#foreign();
    if (/full/i.test(message)) {
      return new StoreError(
        'busy',
        this.#file,
        `\`${this.#file}\` cannot be written: the disk is full; make room and try again`,
        cause,
      );
    }
    return new StoreError('unreadable', this.#file, `\`${this.#file}\` cannot be used: ${message}`, cause);
  }
}
