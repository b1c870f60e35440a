import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../../test/support/scratch.ts';
import type { ObjectId, StoredObject } from '../port/object.ts';
import { openEmbedded, openWithEngine } from './open-embedded.ts';
import { nodeEngine, type SqliteEngine, wasmEngine } from './sqlite.ts';

const wasm = await wasmEngine();
const native = nodeEngine();
const engines: readonly (readonly [string, SqliteEngine])[] = [
  ['WebAssembly', wasm],
  ...(native ? [['Node', native] as const] : []),
];

const route = (x: number): StoredObject => ({
  apiVersion: 'example.dev/v1',
  kind: 'Route',
  metadata: { name: 'a', namespace: 'shop' },
  spec: { x },
});
const id: ObjectId = { group: 'example.dev', kind: 'Route', namespace: 'shop', name: 'a' };
const me = { manager: 'me' };

let folder: string;
let file: string;
beforeEach(() => {
  folder = scratchFolder('embedded');
  file = join(folder, 'store.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An engine that says when it is about to commit. */
const counting =
  (engine: SqliteEngine, onCommit: () => void): SqliteEngine =>
  path => {
    const sqlite = engine(path);
    return {
      ...sqlite,
      exec: sql => {
        if (sql === 'commit') onCommit();
        sqlite.exec(sql);
      },
    };
  };

describe.each(engines)('with SQLite of %s', (_, engine) => {
  it('leaves one file, and the last turn', async () => {
    const store = await openWithEngine(file, {}, engine);
    await store.apply(route(1), me);
    expect(readdirSync(folder).sort()).toEqual(['store.db', 'store.db-turns']);
    await store.close();
    expect(readdirSync(`${file}-turns`)).toHaveLength(1);
  });

  it('commits once for all who write at once, and then tells them', async () => {
    let commits = 0;
    const store = await openWithEngine(
      file,
      {},
      counting(engine, () => {
        commits += 1;
      }),
    );
    commits = 0;
    await Promise.all(Array.from({ length: 100 }, (_, x) => store.apply(route(x), me)));
    expect(commits).toBeGreaterThan(0);
    expect(commits).toBeLessThan(50);
    await store.close();
    const again = await openWithEngine(file, {}, engine);
    expect((await again.get(id))?.metadata.generation).toBe(100);
    await again.close();
  });

  it('has nothing of what could not be committed, and tells everyone', async () => {
    let isFull = false;
    const failing = counting(engine, () => {
      if (isFull) throw new Error('database or disk is full');
    });
    const store = await openWithEngine(file, {}, failing);
    await store.apply(route(1), me);
    const before = await store.list();
    isFull = true;
    const results = await Promise.allSettled([store.apply(route(2), me), store.apply(route(3), me), store.get(id)]);
    expect(results.slice(0, 2)).toMatchObject([
      { reason: { code: 'busy' } },
      { reason: { message: expect.stringMatching(/the disk is full; make room/) } },
    ]);
    isFull = false;
    expect(await store.list()).toEqual(before);
    expect((await store.apply(route(4), me)).metadata.generation).toBe(2);
    await store.close();
  });

  it('makes the folders that it stands in', async () => {
    const store = await openWithEngine(join(folder, 'a', 'b', 'store.db'), {}, engine);
    await store.apply(route(1), me);
    await store.close();
  });

  it('repairs what a process left that was killed before its commit was in the file', async () => {
    const store = await openWithEngine(file, {}, engine);
    await store.apply(route(1), me);
    await store.close();
    // As it is between the commit and the moment when it is put into the file: the log is whole, the file is old.
    const sqlite = engine(file);
    sqlite.exec('pragma locking_mode = exclusive; begin immediate');
    sqlite.run('update objects set body = ?', [
      JSON.stringify({ ...route(2), metadata: { ...route(2).metadata, uid: 'u' } }),
    ]);
    sqlite.exec('commit');
    const copy = join(folder, 'copy.db');
    copyFileSync(file, copy);
    copyFileSync(`${file}-wal`, `${copy}-wal`);
    mkdirSync(`${copy}.lock`);
    sqlite.close();
    for (const [, other] of engines) {
      const again = await openWithEngine(copy, {}, other);
      expect((await again.get(id))?.spec).toEqual({ x: 2 });
      await again.close();
    }
    expect(existsSync(`${copy}.lock`)).toBe(false);
  });

  it('does not take over a transaction that was never committed', async () => {
    const store = await openWithEngine(file, {}, engine);
    await store.apply(route(1), me);
    await store.close();
    const sqlite = engine(file);
    sqlite.exec('pragma locking_mode = exclusive; pragma cache_size = 1; begin immediate');
    for (let row = 0; row < 50; row++)
      sqlite.run('insert into objects values (?, ?)', [`k${row}`, `"${'x'.repeat(4000)}"`]);
    sqlite.run('update objects set body = ? where key not like ?', [JSON.stringify(route(2)), 'k%']);
    const copy = join(folder, 'copy.db');
    copyFileSync(file, copy);
    copyFileSync(`${file}-wal`, `${copy}-wal`);
    sqlite.exec('rollback');
    sqlite.close();
    for (const [, other] of engines) {
      const again = await openWithEngine(copy, {}, other);
      expect((await again.list()).items.map(({ spec }) => spec)).toEqual([{ x: 1 }]);
      await again.close();
    }
  });

  it('refuses what is no store of ours, and leaves it as it is', async () => {
    writeFileSync(
      file,
      'no database, but some text of more than a hundred bytes, so that it is not taken for a new one. '.repeat(3),
    );
    const text = readFileSync(file);
    await expect(openWithEngine(file, {}, engine)).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringMatching(/another program; name another file/),
    });
    expect(readFileSync(file)).toEqual(text);
    const other = join(folder, 'other.db');
    const sqlite = engine(other);
    sqlite.exec('create table theirs (x)');
    sqlite.close();
    await expect(openWithEngine(other, {}, engine)).rejects.toMatchObject({ code: 'unreadable' });
  });

  it('refuses what a later program wrote', async () => {
    await (await openWithEngine(file, {}, engine)).close();
    const sqlite = engine(file);
    sqlite.exec('pragma locking_mode = exclusive; update store set layout = 2');
    sqlite.close();
    await expect(openWithEngine(file, {}, engine)).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringMatching(/layout 2, and this supergloo knows 1/),
    });
  });

  it('says so when pages of the file are damaged', async () => {
    const store = await openWithEngine(file, {}, engine);
    for (let x = 0; x < 5; x++) await store.apply(route(x), me);
    await store.close();
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(8192, 0xa5), 0, 8192, 4096);
    closeSync(handle);
    await expect(openWithEngine(file, {}, engine)).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringMatching(/malformed|corrupt/),
    });
  });
});

it('says what to do where no file can be made', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(openEmbedded(join(folder, 'file', 'store.db'))).rejects.toMatchObject({
    code: 'exists',
    message: expect.stringMatching(/is there already; name another place/),
  });
  await expect(openEmbedded(folder)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringMatching(/is a folder/),
  });
});
