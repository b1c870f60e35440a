import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folderBed, idOf, me, route, textOf } from '../../../test/support/folder-bed.ts';
import type { WatchEvent } from '../port/object-store.ts';

const bed = folderBed();

describe('an edit by hand', () => {
  it('is a change like any other: new, different, gone', async () => {
    const { resourceVersion } = await bed.store.list();
    bed.put('deep/er/a.yaml', textOf('a', 1));
    const made = await bed.store.get(idOf('a'));
    expect(made?.metadata).toMatchObject({ generation: 1, managedFields: [{ manager: 'hand', operation: 'Update' }] });
    bed.put('deep/er/a.yaml', textOf('a', 2));
    const next = await bed.store.get(idOf('a'));
    expect(next).toMatchObject({ spec: { x: 2 }, metadata: { generation: 2, uid: made?.metadata.uid } });
    rmSync(bed.path('deep/er/a.yaml'));
    expect(await bed.store.get(idOf('a'))).toBeUndefined();
    const seen: WatchEvent[] = [];
    for await (const event of bed.store.watch({ resourceVersion })) if (seen.push(event) === 3) break;
    expect(seen.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
  });

  it('is seen by a watch, and when the folder is opened', async () => {
    bed.put('a.yaml', textOf('a', 1));
    await bed.reopen();
    expect(await bed.xOf('a')).toBe(1);
    const events = bed.store
      .watch({ resourceVersion: (await bed.store.list()).resourceVersion })
      [Symbol.asyncIterator]();
    const next = events.next();
    bed.put('a.yaml', textOf('a', 2));
    expect((await next).value).toMatchObject({ type: 'MODIFIED', object: { spec: { x: 2 } } });
  });

  it('of nothing but comments, order and place changes no version', async () => {
    await bed.store.apply(route('a', 1), me);
    const before = await bed.store.list();
    bed.put(
      'other/a.yaml',
      `# moved\nkind: Route\napiVersion: example.dev/v1\nspec: {x: 1}\nmetadata: {namespace: shop, name: a}\n`,
    );
    rmSync(bed.path('shop/route-a.yaml'));
    expect(await bed.store.list()).toEqual(before);
    await bed.reopen();
    expect(await bed.store.list()).toEqual(before);
    await bed.store.apply(route('a', 2), me);
    expect(bed.filesIn()).toEqual(['other/a.yaml']);
  });

  it('is not overwritten: who changed an older version is told so', async () => {
    const made = await bed.store.apply(route('a', 1), me);
    bed.put('shop/route-a.yaml', textOf('a', 5));
    await expect(bed.store.update({ ...made, spec: { x: 2 } }, me)).rejects.toMatchObject({ code: 'conflict' });
    await expect(bed.store.apply(route('a', 2), me)).rejects.toMatchObject({
      code: 'owned',
      fields: [{ path: 'spec.x', manager: 'hand' }],
    });
    expect(bed.text('shop/route-a.yaml')).toBe(textOf('a', 5));
  });

  it('that makes a file before the store does is found', async () => {
    await bed.store.list();
    bed.put('shop/route-a.yaml', textOf('a', 5));
    await expect(bed.store.create(route('a', 1), me)).rejects.toMatchObject({ code: 'exists' });
    expect(bed.text('shop/route-a.yaml')).toBe(textOf('a', 5));
  });

  it('takes nothing from the status, and needs none of what the store says', async () => {
    bed.put(
      'a.yaml',
      `${textOf('a', 1)}status:\n  ready: true\n`.replace(
        '  name: a\n',
        '  name: a\n  resourceVersion: "1"\n  uid: mine\n',
      ),
    );
    const made = await bed.store.get(idOf('a'));
    expect(made?.status).toBeUndefined();
    expect(made?.metadata.uid).not.toBe('mine');
    await bed.store.apply(route('a', 2), { ...me, force: true });
    expect(bed.text('a.yaml')).toContain('uid: mine');
    expect(bed.text('a.yaml')).toContain('ready: true');
  });
});
