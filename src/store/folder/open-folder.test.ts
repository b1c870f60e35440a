import { chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folderBed, idOf, me, route, textOf } from '../../../test/support/folder-bed.ts';

const bed = folderBed();

describe('what stands in the folder', () => {
  it('is one readable file for each object, by namespace, kind and name, without what the store says', async () => {
    await bed.store.apply({ ...route('a', 1), status: { ready: true } }, me);
    await bed.store.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, me);
    expect(bed.filesIn()).toEqual(['namespace-shop.yaml', 'shop/route-a.yaml']);
    expect(bed.text('shop/route-a.yaml')).toBe(
      'apiVersion: example.dev/v1\nkind: Route\nmetadata:\n  name: a\n  namespace: shop\nspec:\n  x: 1\n',
    );
    expect(readFileSync(bed.path('.supergloo/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('does not change with a status', async () => {
    await bed.store.apply(route('a', 1), me);
    const before = bed.text('shop/route-a.yaml');
    await bed.store.apply({ ...route('a', 1), status: { ready: true } }, { ...me, subresource: 'status' });
    expect(bed.text('shop/route-a.yaml')).toBe(before);
    await bed.reopen();
    expect(await bed.store.get(idOf('a'))).toMatchObject({ status: { ready: true } });
  });

  it('gives way to a file of another object that has its name', async () => {
    await bed.store.apply({ ...route('a', 1), apiVersion: 'other.dev/v1' }, me);
    bed.put('shop/route-b.yaml', '# notes of mine\n');
    await bed.store.apply(route('a', 2), me);
    await bed.store.apply(route('b', 3), me);
    expect(bed.filesIn()).toEqual([
      'shop/route-a.yaml',
      'shop/route-b.yaml',
      'shop/route.example.dev-a.yaml',
      'shop/route.example.dev-b.yaml',
    ]);
    expect(bed.text('shop/route-b.yaml')).toBe('# notes of mine\n');
  });

  it('is left as it is, but for the change', async () => {
    bed.put('mine.yml', textOf('a', 1));
    await bed.store.apply({ ...route('a', 2) }, { ...me, force: true });
    expect(bed.text('mine.yml')).toBe(textOf('a', 2));
    await bed.store.delete(idOf('a'));
    expect(existsSync(bed.path('mine.yml'))).toBe(false);
  });

  it('is written where a link points to', async () => {
    bed.put('.elsewhere/a.txt', textOf('a', 1));
    symlinkSync(bed.path('.elsewhere/a.txt'), bed.path('a.yaml'));
    await bed.store.apply(route('a', 2), { ...me, force: true });
    expect(bed.text('.elsewhere/a.txt')).toBe(textOf('a', 2));
    expect(await bed.xOf('a')).toBe(2);
  });
});

it.skipIf(process.getuid?.() === 0)('says what to do where it may not write', async () => {
  chmodSync(bed.root, 0o500);
  await expect(bed.store.apply(route('a', 1), me)).rejects.toMatchObject({ code: 'denied' });
  chmodSync(bed.root, 0o700);
});
