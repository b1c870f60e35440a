import { expect, it } from 'vitest';
import { fails, increment, me, route, routeId, type Stores, take, watching, you } from './setting.ts';

/** Closing, opening again, and several who use a store at once. */
export const sharingContract = ({ kind, opener, openNew }: Stores): void => {
  it('does nothing after it was closed, and says so', async () => {
    const store = await openNew();
    await store.close();
    await store.close();
    await expect(store.get(routeId('a'))).rejects.toEqual(fails('closed', /open it again/));
    await expect(store.apply(route('a'), me)).rejects.toEqual(fails('closed'));
  });

  it('finds nothing wrong with what it wrote', async () => {
    const store = await openNew();
    await store.apply(route('a', { x: 1 }), me);
    expect(await store.findings()).toEqual([]);
  });

  it('carries out what is asked at once as if one came after the other', async () => {
    const store = await openNew();
    await store.create(route('a', { x: 0 }), me);
    const { resourceVersion } = await store.list();
    await Promise.all(Array.from({ length: 10 }, () => increment(store)));
    expect((await store.get(routeId('a')))?.spec).toEqual({ x: 10 });
    const seen = await take(watching(store, { resourceVersion }), 10);
    expect(seen.map(event => event.type !== 'BOOKMARK' && event.object.spec?.x)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
  });

  if (!kind.lasts) return;

  it('has everything when it is opened again', async () => {
    const open = opener();
    const store = await open();
    const start = (await store.list()).resourceVersion;
    await store.create(route('a', { x: 1 }), me);
    await store.apply({ ...route('a'), status: { ready: true } }, { ...you, subresource: 'status' });
    await store.apply(route('b', { rules: [{ name: 'r' }] }, { labels: { a: 'b' }, annotations: { c: 'd' } }), me);
    await store.create(route('c'), me);
    await store.delete(routeId('c'));
    const list = await store.list();
    const events = await take(watching(store, { resourceVersion: start }), 5);
    await store.close();
    const again = await open();
    expect(await again.list()).toEqual(list);
    expect(await take(watching(again, { resourceVersion: start }), 5)).toEqual(events);
    expect(Number((await again.create(route('d'), me)).metadata.resourceVersion)).toBeGreaterThan(
      Number(list.resourceVersion),
    );
  });

  it('shares its place with another that is open at the same time', async () => {
    const open = opener();
    const [one, two] = [await open(), await open()];
    await one.create(route('a', { x: 0 }), me);
    const events = watching(two, { resourceVersion: (await two.list()).resourceVersion });
    const seen = take(events, 20);
    await Promise.all(Array.from({ length: 20 }, (_, turn) => increment(turn % 2 ? one : two)));
    expect((await one.get(routeId('a')))?.spec).toEqual({ x: 20 });
    expect((await two.get(routeId('a')))?.spec).toEqual({ x: 20 });
    expect((await seen).map(event => event.type !== 'BOOKMARK' && event.object.spec?.x)).toEqual(
      Array.from({ length: 20 }, (_, turn) => turn + 1),
    );
  });
};
