import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../../test/support/scratch.ts';
import type { ObjectId, StoredObject } from '../port/object.ts';
import type { ObjectStore, WatchEvent } from '../port/object-store.ts';
import { openFolder } from './open-folder.ts';

const route = (name: string, x: number): StoredObject => ({
  apiVersion: 'example.dev/v1',
  kind: 'Route',
  metadata: { name, namespace: 'shop' },
  spec: { x },
});
const idOf = (name: string): ObjectId => ({ group: 'example.dev', kind: 'Route', namespace: 'shop', name });
const textOf = (name: string, x: number | string): string =>
  `# ${name}\napiVersion: example.dev/v1\nkind: Route\nmetadata:\n  name: ${name}\n  namespace: shop\nspec:\n  x: ${x} # how many\n`;
const me = { manager: 'me' };

let root: string;
let store: ObjectStore;
const path = (name: string): string => join(root, name);
const put = (name: string, text: string): void => {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), text);
};
const text = (name: string): string => readFileSync(path(name), 'utf8');
const filesIn = (): string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.yaml'))
    .sort();
const xOf = async (name: string): Promise<unknown> => (await store.get(idOf(name)))?.spec?.x;
const reopen = async (): Promise<void> => {
  await store.close();
  store = await openFolder(root, { pollMs: 5 });
};
const codes = async (): Promise<string[]> => (await store.findings()).map(({ code }) => code);

beforeEach(async () => {
  root = scratchFolder('folder');
  store = await openFolder(root, { pollMs: 5 });
});
afterEach(async () => {
  await store.close();
  rmSync(root, { recursive: true, force: true });
});

describe('what stands in the folder', () => {
  it('is one readable file for each object, by namespace, kind and name, without what the store says', async () => {
    await store.apply({ ...route('a', 1), status: { ready: true } }, me);
    await store.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, me);
    expect(filesIn()).toEqual(['namespace-shop.yaml', 'shop/route-a.yaml']);
    expect(text('shop/route-a.yaml')).toBe(
      'apiVersion: example.dev/v1\nkind: Route\nmetadata:\n  name: a\n  namespace: shop\nspec:\n  x: 1\n',
    );
    expect(readFileSync(path('.supergloo/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('does not change with a status', async () => {
    await store.apply(route('a', 1), me);
    const before = text('shop/route-a.yaml');
    await store.apply({ ...route('a', 1), status: { ready: true } }, { ...me, subresource: 'status' });
    expect(text('shop/route-a.yaml')).toBe(before);
    await reopen();
    expect(await store.get(idOf('a'))).toMatchObject({ status: { ready: true } });
  });

  it('gives way to a file of another object that has its name', async () => {
    await store.apply({ ...route('a', 1), apiVersion: 'other.dev/v1' }, me);
    put('shop/route-b.yaml', '# notes of mine\n');
    await store.apply(route('a', 2), me);
    await store.apply(route('b', 3), me);
    expect(filesIn()).toEqual([
      'shop/route-a.yaml',
      'shop/route-b.yaml',
      'shop/route.example.dev-a.yaml',
      'shop/route.example.dev-b.yaml',
    ]);
    expect(text('shop/route-b.yaml')).toBe('# notes of mine\n');
  });

  it('is left as it is, but for the change', async () => {
    put('mine.yml', textOf('a', 1));
    await store.apply({ ...route('a', 2) }, { ...me, force: true });
    expect(text('mine.yml')).toBe(textOf('a', 2));
    await store.delete(idOf('a'));
    expect(existsSync(path('mine.yml'))).toBe(false);
  });

  it('is written where a link points to', async () => {
    put('.elsewhere/a.txt', textOf('a', 1));
    symlinkSync(path('.elsewhere/a.txt'), path('a.yaml'));
    await store.apply(route('a', 2), { ...me, force: true });
    expect(text('.elsewhere/a.txt')).toBe(textOf('a', 2));
    expect(await xOf('a')).toBe(2);
  });
});

describe('an edit by hand', () => {
  it('is a change like any other: new, different, gone', async () => {
    const { resourceVersion } = await store.list();
    put('deep/er/a.yaml', textOf('a', 1));
    const made = await store.get(idOf('a'));
    expect(made?.metadata).toMatchObject({ generation: 1, managedFields: [{ manager: 'hand', operation: 'Update' }] });
    put('deep/er/a.yaml', textOf('a', 2));
    const next = await store.get(idOf('a'));
    expect(next).toMatchObject({ spec: { x: 2 }, metadata: { generation: 2, uid: made?.metadata.uid } });
    rmSync(path('deep/er/a.yaml'));
    expect(await store.get(idOf('a'))).toBeUndefined();
    const seen: WatchEvent[] = [];
    for await (const event of store.watch({ resourceVersion })) if (seen.push(event) === 3) break;
    expect(seen.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
  });

  it('is seen by a watch, and when the folder is opened', async () => {
    put('a.yaml', textOf('a', 1));
    await reopen();
    expect(await xOf('a')).toBe(1);
    const events = store.watch({ resourceVersion: (await store.list()).resourceVersion })[Symbol.asyncIterator]();
    const next = events.next();
    put('a.yaml', textOf('a', 2));
    expect((await next).value).toMatchObject({ type: 'MODIFIED', object: { spec: { x: 2 } } });
  });

  it('of nothing but comments, order and place changes no version', async () => {
    await store.apply(route('a', 1), me);
    const before = await store.list();
    put(
      'other/a.yaml',
      `# moved\nkind: Route\napiVersion: example.dev/v1\nspec: {x: 1}\nmetadata: {namespace: shop, name: a}\n`,
    );
    rmSync(path('shop/route-a.yaml'));
    expect(await store.list()).toEqual(before);
    await reopen();
    expect(await store.list()).toEqual(before);
    await store.apply(route('a', 2), me);
    expect(filesIn()).toEqual(['other/a.yaml']);
  });

  it('is not overwritten: who changed an older version is told so', async () => {
    const made = await store.apply(route('a', 1), me);
    put('shop/route-a.yaml', textOf('a', 5));
    await expect(store.update({ ...made, spec: { x: 2 } }, me)).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.apply(route('a', 2), me)).rejects.toMatchObject({
      code: 'owned',
      fields: [{ path: 'spec.x', manager: 'hand' }],
    });
    expect(text('shop/route-a.yaml')).toBe(textOf('a', 5));
  });

  it('that makes a file before the store does is found', async () => {
    await store.list();
    put('shop/route-a.yaml', textOf('a', 5));
    await expect(store.create(route('a', 1), me)).rejects.toMatchObject({ code: 'exists' });
    expect(text('shop/route-a.yaml')).toBe(textOf('a', 5));
  });

  it('takes nothing from the status, and needs none of what the store says', async () => {
    put(
      'a.yaml',
      `${textOf('a', 1)}status:\n  ready: true\n`.replace(
        '  name: a\n',
        '  name: a\n  resourceVersion: "1"\n  uid: mine\n',
      ),
    );
    const made = await store.get(idOf('a'));
    expect(made?.status).toBeUndefined();
    expect(made?.metadata.uid).not.toBe('mine');
    await store.apply(route('a', 2), { ...me, force: true });
    expect(text('a.yaml')).toContain('uid: mine');
    expect(text('a.yaml')).toContain('ready: true');
  });
});

describe('what cannot be read deletes nothing', () => {
  const broken = 'kind: Route\n  x: [\n';

  it('while a file is broken, its objects are as they were, and cannot be changed', async () => {
    await store.apply(route('a', 1), me);
    await store.apply(route('b', 1), me);
    const before = await store.list();
    put('shop/route-a.yaml', broken);
    for (const turn of ['open', 'opened again']) {
      expect(await store.list(), turn).toEqual(before);
      expect(await codes()).toEqual(['FILE001', 'FOLDER002']);
      await expect(store.apply(route('a', 2), me)).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringMatching(/route-a.yaml` cannot be read; correct it first/),
      });
      await expect(store.delete(idOf('a'))).rejects.toMatchObject({ code: 'invalid' });
      await reopen();
    }
    expect(text('shop/route-a.yaml')).toBe(broken);
    expect((await store.apply(route('b', 2), me)).spec).toEqual({ x: 2 });
    put('shop/route-a.yaml', textOf('a', 3));
    expect(await xOf('a')).toBe(3);
    expect(await codes()).toEqual([]);
  });

  it('a broken file that was moved may hold what is missing', async () => {
    await store.apply(route('a', 1), me);
    renameSync(path('shop/route-a.yaml'), path('shop/moved.yaml'));
    put('shop/moved.yaml', broken);
    await reopen();
    expect(await xOf('a')).toBe(1);
  });

  it('an object that no store can hold is reported, and the one before it counts', async () => {
    await store.apply(route('a', 1), me);
    put('shop/route-a.yaml', textOf('a', 2).replace('  namespace: shop\n', '  namespace: shop\n  labels: { on: 1 }\n'));
    expect(await xOf('a')).toBe(1);
    expect(await codes()).toEqual(['FOLDER003', 'FOLDER002']);
  });

  it('of an object that stands in two files the one that was there first counts, and both are named', async () => {
    await store.apply(route('a', 1), me);
    put('again.yaml', textOf('a', 9));
    expect(await xOf('a')).toBe(1);
    expect(await store.findings()).toMatchObject([
      { code: 'FOLDER001', message: expect.stringMatching(/route-a.yaml`, which counts, and in `.*again.yaml`/) },
    ]);
    rmSync(path('shop/route-a.yaml'));
    expect(await xOf('a')).toBe(9);
  });

  it('an editor that empties a file before it writes it, or removes it, deletes nothing', async () => {
    const made = await store.apply(route('a', 1), me);
    for (const begin of [() => put('shop/route-a.yaml', ''), () => rmSync(path('shop/route-a.yaml'))]) {
      begin();
      const read = store.get(idOf('a'));
      await new Promise(resolve => setTimeout(resolve, 30));
      put('shop/route-a.yaml', textOf('a', 1));
      expect((await read)?.metadata.uid).toBe(made.metadata.uid);
    }
  });

  it('what is missing where somebody keeps writing is gone only when they are through', async () => {
    await store.apply(route('a', 1), me);
    rmSync(path('shop/route-a.yaml'));
    const busy = setInterval(() => utimesSync(path('shop'), new Date(), new Date()), 20);
    expect(await xOf('a')).toBe(1);
    expect(await codes()).toEqual(['FOLDER002']);
    clearInterval(busy);
    await new Promise(resolve => setTimeout(resolve, 150));
    expect(await xOf('a')).toBeUndefined();
    expect(await codes()).toEqual([]);
  });

  it('a folder that is gone is not an empty one', async () => {
    await store.apply(route('a', 1), me);
    renameSync(root, `${root}-away`);
    await expect(store.list()).rejects.toMatchObject({
      code: 'notFound',
      message: expect.stringMatching(/bring it back/),
    });
    await expect(store.apply(route('a', 2), me)).rejects.toMatchObject({ code: 'notFound' });
    expect(existsSync(root)).toBe(false);
    renameSync(`${root}-away`, root);
    expect(await xOf('a')).toBe(1);
  });
});

describe('the journal', () => {
  const journal = '.supergloo/journal.jsonl';

  it('may be lost: the objects are there, with later versions than any before', async () => {
    const made = await store.apply(route('a', 1), me);
    await new Promise(resolve => setTimeout(resolve, 5));
    rmSync(path('.supergloo'), { recursive: true });
    expect(await xOf('a')).toBe(1);
    await reopen();
    const found = await store.get(idOf('a'));
    expect(Number(found?.metadata.resourceVersion)).toBeGreaterThan(Number(made.metadata.resourceVersion));
    const old = store.watch({ resourceVersion: made.metadata.resourceVersion! })[Symbol.asyncIterator]();
    await expect(old.next()).rejects.toMatchObject({ code: 'expired' });
  });

  it('loses nothing but the line that a killed process began', async () => {
    await store.apply(route('a', 1), me);
    const before = await store.list();
    await store.close();
    writeFileSync(path(journal), `${text(journal)}{"key":"example.dev Route shop a","version":17956000`);
    await reopen();
    expect(await store.list()).toEqual(before);
    await store.apply(route('a', 2), me);
    await reopen();
    expect(await xOf('a')).toBe(2);
  });

  it('that is damaged in the middle, or of a later program, is not used, and it is said what to do', async () => {
    for (let x = 0; x < 3; x++) await store.apply(route('a', x), me);
    await store.close();
    const good = text(journal).split('\n');
    writeFileSync(path(journal), good.with(3, 'x'.repeat(50)).join('\n'));
    await expect(openFolder(root)).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringMatching(/is damaged; restore it, or remove it/),
    });
    writeFileSync(path(journal), good.join('\n').replace('"layout":1', '"layout":2'));
    await expect(openFolder(root)).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringMatching(/layout 2/),
    });
    writeFileSync(path(journal), good.join('\n'));
    await reopen();
    expect(await xOf('a')).toBe(2);
  });

  it('is written anew now and then, and stays small', async () => {
    await store.close();
    store = await openFolder(root, { history: 5 });
    for (let x = 0; x < 40; x++) await store.apply(route('a', x), me);
    expect(text(journal).split('\n').length).toBeLessThan(16);
    await reopen();
    expect(await xOf('a')).toBe(39);
  });
});

it.skipIf(process.getuid?.() === 0)('says what to do where it may not write', async () => {
  chmodSync(root, 0o500);
  await expect(store.apply(route('a', 1), me)).rejects.toMatchObject({ code: 'denied' });
  chmodSync(root, 0o700);
});
