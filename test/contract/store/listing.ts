import { describe, expect, it } from 'vitest';
import type { StoredObject } from '../../../src/store/port/object.ts';
import type { ObjectStore } from '../../../src/store/port/object-store.ts';
import { fails, me, route, routeId, type Stores, steady } from './setting.ts';

/** Lists and their pages. */
export const listingContract = ({ openNew }: Stores): void => {
  describe('listing', () => {
    const fill = async (store: ObjectStore): Promise<void> => {
      for (const name of ['c', 'a', 'b'])
        await store.create(route(name, {}, { labels: { tier: name === 'b' ? 'web' : 'db' } }), me);
      await store.create({ ...route('a'), kind: 'Policy' }, me);
      await store.create(route('a', {}, { namespace: 'shop-2' }), me);
      await store.create({ ...route('z'), apiVersion: 'v1', metadata: { name: 'z' } }, me);
    };
    const names = (items: readonly StoredObject[]): string[] =>
      items.map(({ kind: each, metadata }) => `${each} ${metadata.namespace ?? ''}/${metadata.name}`);

    it('orders by group, kind, namespace and name, and narrows', async () => {
      const store = await openNew();
      await fill(store);
      const all = ['Route /z', 'Policy shop/a', 'Route shop/a', 'Route shop/b', 'Route shop/c', 'Route shop-2/a'];
      expect(names((await store.list()).items)).toEqual(all);
      expect(names((await store.list({ group: '' })).items)).toEqual(['Route /z']);
      expect(names((await store.list({ kind: 'Policy' })).items)).toEqual(['Policy shop/a']);
      expect(names((await store.list({ namespace: 'shop-2' })).items)).toEqual(['Route shop-2/a']);
      const web = { matchLabels: { tier: 'web' } };
      expect(names((await store.list({ labels: web })).items)).toEqual(['Route shop/b']);
      const rest = { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['web', 'db'] }] } as const;
      expect(names((await store.list({ labels: rest, kind: 'Route' })).items)).toEqual(['Route /z', 'Route shop-2/a']);
    });

    it('gives pages of one moment, whatever is written meanwhile', async () => {
      const store = await openNew();
      await fill(store);
      const whole = await store.list();
      const seen: StoredObject[] = [];
      let page = await store.list({ limit: 2 });
      for (let turn = 0; ; turn++) {
        seen.push(...page.items);
        expect(page.resourceVersion).toBe(whole.resourceVersion);
        if (page.continue === undefined) break;
        await store.create(route(`n${turn}`), me);
        if (turn === 0) await store.delete(routeId('c'));
        if (turn === 1) await store.apply(route('b', { y: 1 }, { namespace: 'shop' }), me);
        if (turn === 1) await store.create(route('c', { new: true }), me);
        page = await store.list({ limit: 2, continue: page.continue });
      }
      expect(seen).toEqual(whole.items);
    });

    it('refuses pages of a moment that is too long ago, and what is no mark', async () => {
      const store = await openNew(steady({ history: 3 }));
      await fill(store);
      const page = await store.list({ limit: 2 });
      for (let x = 0; x < 20; x++) await store.apply(route('a', { x }), me);
      await expect(store.list({ limit: 2, continue: page.continue! })).rejects.toEqual(fails('expired', /list again/));
      await expect(store.list({ continue: 'odd' })).rejects.toEqual(fails('invalid'));
    });
  });
};
