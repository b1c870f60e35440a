import { describe, expect, it } from 'vitest';
import { fails, me, route, routeId, type Stores, steady, take, told, watching, you } from './setting.ts';

/** Watches: nothing missed, nothing twice. */
export const watchingContract = ({ openNew }: Stores): void => {
  describe('watching', () => {
    it('tells every change after a version, once and in order', async () => {
      const store = await openNew();
      await store.create(route('a', { x: 1 }), me);
      const { resourceVersion } = await store.list();
      const b = await store.create(route('b'), me);
      const events = watching(store, { resourceVersion });
      const a = await store.apply(route('a', { y: 1 }), you);
      await store.delete(routeId('b'));
      const seen = await take(events, 3);
      expect(seen.map(told)).toEqual(['ADDED b', 'MODIFIED a', 'DELETED b']);
      expect(seen[0]).toEqual({ type: 'ADDED', object: b, resourceVersion: b.metadata.resourceVersion });
      expect(seen[1]).toEqual({ type: 'MODIFIED', object: a, resourceVersion: a.metadata.resourceVersion });
      const gone = (await store.list()).resourceVersion;
      expect(seen[2]).toMatchObject({
        resourceVersion: gone,
        object: { metadata: { resourceVersion: gone, uid: b.metadata.uid } },
      });
    });

    it('begins with what is there, if no version is said', async () => {
      const store = await openNew();
      await store.create(route('a'), me);
      await store.create(route('b'), me);
      const events = watching(store);
      const seen = await take(events, 3);
      expect(seen.map(told)).toEqual(['ADDED a', 'ADDED b', 'BOOKMARK']);
      expect(seen.at(-1)).toEqual({ type: 'BOOKMARK', resourceVersion: (await store.list()).resourceVersion });
      await store.create(route('c'), me);
      expect((await take(events, 1)).map(told)).toEqual(['ADDED c']);
    });

    it('goes on where it was left, wherever that is', async () => {
      const store = await openNew();
      const start = (await store.list()).resourceVersion;
      for (const name of ['a', 'b']) await store.create(route(name), me);
      for (let x = 0; x < 3; x++) await store.apply(route('a', { x }), you);
      await store.delete(routeId('b'));
      const whole = await take(watching(store, { resourceVersion: start }), 6);
      expect(whole.map(told)).toEqual(['ADDED a', 'ADDED b', 'MODIFIED a', 'MODIFIED a', 'MODIFIED a', 'DELETED b']);
      for (const [index, { resourceVersion }] of whole.slice(0, -1).entries()) {
        expect(await take(watching(store, { resourceVersion }), 5 - index)).toEqual(whole.slice(index + 1));
      }
    });

    it('tells what comes to match and what ceases to, and marks how far it is', async () => {
      const store = await openNew();
      const { resourceVersion } = await store.list();
      const labels = (tier: string) => ({ labels: { tier } });
      await store.apply(route('a', {}, labels('db')), me);
      await store.apply(route('a', {}, labels('web')), me);
      await store.apply(route('a', { x: 1 }, labels('web')), me);
      await store.apply(route('a', { x: 1 }, labels('db')), me);
      const other = await store.apply({ ...route('b'), kind: 'Policy' }, me);
      const events = watching(store, { resourceVersion, kind: 'Route', labels: { matchLabels: { tier: 'web' } } });
      const seen = await take(events, 4);
      expect(seen.map(told)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a', 'BOOKMARK']);
      expect(seen.at(-1)?.resourceVersion).toBe(other.metadata.resourceVersion);
      expect(seen[2]).toMatchObject({ object: { metadata: { labels: { tier: 'web' } } } });
    });

    it('says so when a version is too long ago, not of this store, or none', async () => {
      const store = await openNew(steady({ history: 3 }));
      const { resourceVersion } = await store.list();
      for (let x = 0; x < 20; x++) await store.apply(route('a', { x }), me);
      await expect(take(watching(store, { resourceVersion }), 1)).rejects.toEqual(fails('expired', /list again/));
      const future = String(Number((await store.list()).resourceVersion) + 1);
      await expect(take(watching(store, { resourceVersion: future }), 1)).rejects.toEqual(fails('expired'));
      await expect(take(watching(store, { resourceVersion: 'x' }), 1)).rejects.toEqual(fails('invalid'));
    });

    it('keeps at least as many changes as it was told to', async () => {
      const store = await openNew(steady({ history: 3 }));
      for (let x = 0; x < 15; x++) {
        const { resourceVersion } = await store.apply(route('a', { x }), me).then(object => object.metadata);
        for (let y = 0; y < 3; y++) await store.apply(route('b', { x, y }), me);
        expect(await take(watching(store, { resourceVersion: resourceVersion! }), 3)).toHaveLength(3);
      }
    });

    it('ends by its signal, by leaving, and with the store', async () => {
      const store = await openNew();
      const stop = new AbortController();
      const waiting = watching(store, { signal: stop.signal });
      expect((await take(waiting, 1)).map(told)).toEqual(['BOOKMARK']);
      const next = waiting.next();
      stop.abort();
      expect(await next).toEqual({ done: true, value: undefined });
      const late = watching(store, { signal: stop.signal });
      expect(await late.next()).toEqual({ done: true, value: undefined });
      for await (const event of store.watch({})) {
        expect(event.type).toBe('BOOKMARK');
        break;
      }
      const last = watching(store);
      await take(last, 1);
      const end = last.next();
      await store.close();
      expect(await end).toEqual({ done: true, value: undefined });
    });

    it('tells several watches the same', async () => {
      const store = await openNew();
      const all = [watching(store), watching(store), watching(store)];
      for (const events of all) await take(events, 1);
      const waiting = all.map(events => take(events, 10));
      for (let x = 0; x < 10; x++) await store.apply(route('a', { x }), me);
      const [first, ...others] = await Promise.all(waiting);
      expect(first).toHaveLength(10);
      for (const seen of others) expect(seen).toEqual(first);
    });
  });
};
