import { existsSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folderBed, idOf, me, route, textOf } from '../../../test/support/folder-bed.ts';

const bed = folderBed();

describe('what cannot be read deletes nothing', () => {
  const broken = 'kind: Route\n  x: [\n';

  it('while a file is broken, its objects are as they were, and cannot be changed', async () => {
    await bed.store.apply(route('a', 1), me);
    await bed.store.apply(route('b', 1), me);
    const before = await bed.store.list();
    bed.put('shop/route-a.yaml', broken);
    for (const turn of ['open', 'opened again']) {
      expect(await bed.store.list(), turn).toEqual(before);
      expect(await bed.codes()).toEqual(['FILE001', 'FOLDER002']);
      await expect(bed.store.apply(route('a', 2), me)).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringMatching(/route-a.yaml` cannot be read; correct it first/),
      });
      await expect(bed.store.delete(idOf('a'))).rejects.toMatchObject({ code: 'invalid' });
      await bed.reopen();
    }
    expect(bed.text('shop/route-a.yaml')).toBe(broken);
    expect((await bed.store.apply(route('b', 2), me)).spec).toEqual({ x: 2 });
    bed.put('shop/route-a.yaml', textOf('a', 3));
    expect(await bed.xOf('a')).toBe(3);
    expect(await bed.codes()).toEqual([]);
  });

  it('a broken file that was moved may hold what is missing', async () => {
    await bed.store.apply(route('a', 1), me);
    renameSync(bed.path('shop/route-a.yaml'), bed.path('shop/moved.yaml'));
    bed.put('shop/moved.yaml', broken);
    await bed.reopen();
    expect(await bed.xOf('a')).toBe(1);
  });

  it('an object that no store can hold is reported, and the one before it counts', async () => {
    await bed.store.apply(route('a', 1), me);
    bed.put(
      'shop/route-a.yaml',
      textOf('a', 2).replace('  namespace: shop\n', '  namespace: shop\n  labels: { on: 1 }\n'),
    );
    expect(await bed.xOf('a')).toBe(1);
    expect(await bed.codes()).toEqual(['FOLDER003', 'FOLDER002']);
  });

  it('of an object that stands in two files the one that was there first counts, and both are named', async () => {
    await bed.store.apply(route('a', 1), me);
    bed.put('again.yaml', textOf('a', 9));
    expect(await bed.xOf('a')).toBe(1);
    expect(await bed.store.findings()).toMatchObject([
      { code: 'FOLDER001', message: expect.stringMatching(/route-a.yaml`, which counts, and in `.*again.yaml`/) },
    ]);
    rmSync(bed.path('shop/route-a.yaml'));
    expect(await bed.xOf('a')).toBe(9);
  });

  it('an editor that empties a file before it writes it, or removes it, deletes nothing', async () => {
    const made = await bed.store.apply(route('a', 1), me);
    for (const begin of [() => bed.put('shop/route-a.yaml', ''), () => rmSync(bed.path('shop/route-a.yaml'))]) {
      begin();
      const read = bed.store.get(idOf('a'));
      await new Promise(resolve => setTimeout(resolve, 30));
      bed.put('shop/route-a.yaml', textOf('a', 1));
      expect((await read)?.metadata.uid).toBe(made.metadata.uid);
    }
  });

  it('what is missing where somebody keeps writing is gone only when they are through', async () => {
    await bed.store.apply(route('a', 1), me);
    rmSync(bed.path('shop/route-a.yaml'));
    const busy = setInterval(() => utimesSync(bed.path('shop'), new Date(), new Date()), 20);
    expect(await bed.xOf('a')).toBe(1);
    expect(await bed.codes()).toEqual(['FOLDER002']);
    clearInterval(busy);
    await new Promise(resolve => setTimeout(resolve, 150));
    expect(await bed.xOf('a')).toBeUndefined();
    expect(await bed.codes()).toEqual([]);
  });

  it('a folder that is gone is not an empty one', async () => {
    await bed.store.apply(route('a', 1), me);
    renameSync(bed.root, `${bed.root}-away`);
    await expect(bed.store.list()).rejects.toMatchObject({
      code: 'notFound',
      message: expect.stringMatching(/bring it back/),
    });
    await expect(bed.store.apply(route('a', 2), me)).rejects.toMatchObject({ code: 'notFound' });
    expect(existsSync(bed.root)).toBe(false);
    renameSync(`${bed.root}-away`, bed.root);
    expect(await bed.xOf('a')).toBe(1);
  });
});
