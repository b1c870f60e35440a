import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folderBed, idOf, me, route } from '../../../test/support/folder-bed.ts';
import { openFolder } from './open-folder.ts';

const bed = folderBed();

describe('the journal', () => {
  const journal = '.supergloo/journal.jsonl';

  it('may be lost: the objects are there, with later versions than any before', async () => {
    const made = await bed.store.apply(route('a', 1), me);
    await new Promise(resolve => setTimeout(resolve, 5));
    rmSync(bed.path('.supergloo'), { recursive: true });
    expect(await bed.xOf('a')).toBe(1);
    await bed.reopen();
    const found = await bed.store.get(idOf('a'));
    expect(Number(found?.metadata.resourceVersion)).toBeGreaterThan(Number(made.metadata.resourceVersion));
    const old = bed.store.watch({ resourceVersion: made.metadata.resourceVersion! })[Symbol.asyncIterator]();
    await expect(old.next()).rejects.toMatchObject({ code: 'expired' });
  });

  it('loses nothing but the line that a killed process began', async () => {
    await bed.store.apply(route('a', 1), me);
    const before = await bed.store.list();
    await bed.store.close();
    writeFileSync(bed.path(journal), `${bed.text(journal)}{"key":"example.dev Route shop a","version":17956000`);
    await bed.reopen();
    expect(await bed.store.list()).toEqual(before);
    await bed.store.apply(route('a', 2), me);
    await bed.reopen();
    expect(await bed.xOf('a')).toBe(2);
  });

  it('that is damaged in the middle, or of a later program, is not used, and it is said what to do', async () => {
    for (let x = 0; x < 3; x++) await bed.store.apply(route('a', x), me);
    await bed.store.close();
    const good = bed.text(journal).split('\n');
    writeFileSync(bed.path(journal), good.with(3, 'x'.repeat(50)).join('\n'));
    await expect(openFolder(bed.root)).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringMatching(/is damaged; restore it, or remove it/),
    });
    writeFileSync(bed.path(journal), good.join('\n').replace('"layout":1', '"layout":2'));
    await expect(openFolder(bed.root)).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringMatching(/layout 2/),
    });
    writeFileSync(bed.path(journal), good.join('\n'));
    await bed.reopen();
    expect(await bed.xOf('a')).toBe(2);
  });

  it('is written anew now and then, and stays small', async () => {
    await bed.store.close();
    await bed.open({ history: 5 });
    for (let x = 0; x < 40; x++) await bed.store.apply(route('a', x), me);
    expect(bed.text(journal).split('\n').length).toBeLessThan(16);
    await bed.reopen();
    expect(await bed.xOf('a')).toBe(39);
  });
});
