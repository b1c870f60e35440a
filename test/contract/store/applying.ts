import { describe, expect, it } from 'vitest';
import type { OwnedFieldsError } from '../../../src/store/port/write-errors.ts';
import { fails, me, route, routeId, type Stores, steady, you } from './setting.ts';

/** Server-side apply: who owns which field. */
export const applyingContract = ({ openNew }: Stores): void => {
  describe('applying', () => {
    it('makes what is not there, and changes nothing the second time', async () => {
      const options = steady();
      const store = await openNew(options);
      const made = await store.apply(route('a', { x: 1 }), me);
      options.clock.now += 60_000;
      expect(await store.apply(route('a', { x: 1 }), me)).toEqual(made);
      expect((await store.list()).resourceVersion).toBe(made.metadata.resourceVersion);
    });

    it('removes what the manager no longer says', async () => {
      const store = await openNew();
      await store.apply(route('a', { x: 1, y: { z: 1 } }, { labels: { a: 'b' } }), me);
      const next = await store.apply(route('a', { x: 1 }), me);
      expect(next.spec).toEqual({ x: 1 });
      expect(next.metadata.labels).toBeUndefined();
    });

    it('leaves what others own, and what two own until both let go', async () => {
      const store = await openNew();
      await store.apply(route('a', { x: 1, shared: 1 }), me);
      await store.apply(route('a', { y: 1, shared: 1 }), you);
      expect((await store.apply(route('a', { x: 1 }), me)).spec).toEqual({ x: 1, shared: 1, y: 1 });
      expect((await store.apply(route('a', { y: 1 }), you)).spec).toEqual({ x: 1, y: 1 });
    });

    it('names the fields of others that would change, and their owners', async () => {
      const store = await openNew();
      await store.apply(route('a', { x: 1, rules: [{ name: 'r', weight: 1 }] }), you);
      const made = await store.get(routeId('a'));
      await store.update({ ...made!, metadata: { ...made!.metadata, labels: { 'a/b': 'c' } } }, { manager: 'him' });
      const before = await store.get(routeId('a'));
      const mine = route('a', { x: 2, rules: [{ name: 'r', weight: 2 }] }, { labels: { 'a/b': 'd' } });
      const refusal = (await store.apply(mine, me).catch(error => error)) as OwnedFieldsError;
      expect(refusal).toEqual(fails('owned', /him owns `metadata.labels\["a\/b"\]`; you owns `spec\.rules/));
      expect(refusal.fields).toEqual([
        { path: 'metadata.labels["a/b"]', manager: 'him', operation: 'Update' },
        { path: 'spec.rules[name="r"].weight', manager: 'you', operation: 'Apply' },
        { path: 'spec.x', manager: 'you', operation: 'Apply' },
      ]);
      expect(await store.get(routeId('a'))).toEqual(before);
      const forced = await store.apply(mine, { ...me, force: true });
      expect(forced).toMatchObject({ spec: mine.spec!, metadata: { labels: { 'a/b': 'd' } } });
      await expect(store.apply(route('a', { x: 1 }), you)).rejects.toEqual(fails('owned', /me owns `spec.x`/));
    });

    it('refuses to put a whole in the place of parts that others own', async () => {
      const store = await openNew();
      await store.apply(route('a', { x: { y: 1 } }), you);
      await expect(store.apply(route('a', { x: 'all' }), me)).rejects.toMatchObject({
        fields: [{ path: 'spec.x.y' }],
      });
      expect((await store.apply(route('a', { x: 'all' }), { ...me, force: true })).spec).toEqual({ x: 'all' });
    });

    it('merges list items by their keys, in the order of who applies', async () => {
      const store = await openNew();
      await store.apply(
        route('a', {
          rules: [
            { name: 'p', weight: 1 },
            { name: 'q', weight: 1 },
          ],
        }),
        you,
      );
      const merged = await store.apply(
        route('a', {
          rules: [
            { name: 'r', weight: 1 },
            { name: 'p', hosts: ['h'] },
          ],
        }),
        me,
      );
      expect(merged.spec).toEqual({
        rules: [
          { name: 'r', weight: 1 },
          { name: 'p', weight: 1, hosts: ['h'] },
          { name: 'q', weight: 1 },
        ],
      });
      expect((await store.apply(route('a', { rules: [{ name: 'q', weight: 1 }] }), you)).spec).toEqual({
        rules: [
          { name: 'r', weight: 1 },
          { name: 'p', hosts: ['h'] },
          { name: 'q', weight: 1 },
        ],
      });
      expect((await store.apply(route('a', {}), me)).spec).toEqual({ rules: [{ name: 'q', weight: 1 }] });
    });

    it('knows the defaults of keys, and several keys', async () => {
      const store = await openNew();
      await store.apply(route('a', { ports: [{ port: 53, name: 'dns' }] }), you);
      const both = route('a', {
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP', extra: 1 },
        ],
      });
      expect((await store.apply(both, me)).spec).toEqual({
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, name: 'dns', protocol: 'TCP', extra: 1 },
        ],
      });
    });

    it('joins sets, and takes other lists and atomic mappings as a whole', async () => {
      const store = await openNew();
      await store.apply(route('a', { rules: [{ name: 'r', hosts: ['x', 'y'] }], tls: { a: 1 }, list: [1] }), you);
      expect((await store.apply(route('a', { rules: [{ name: 'r', hosts: ['z', 'x'] }] }), me)).spec).toMatchObject({
        rules: [{ name: 'r', hosts: ['z', 'x', 'y'] }],
      });
      await expect(store.apply(route('a', { tls: { b: 1 } }), me)).rejects.toMatchObject({
        fields: [{ path: 'spec.tls' }],
      });
      await expect(store.apply(route('a', { list: [2] }), me)).rejects.toMatchObject({
        fields: [{ path: 'spec.list' }],
      });
      expect((await store.apply(route('a', { tls: { b: 1 } }), { ...me, force: true })).spec).toMatchObject({
        tls: { b: 1 },
      });
    });

    it('takes a list whose items cannot be told apart as a whole', async () => {
      const store = await openNew();
      const twice = route('a', { rules: [{ name: 'r' }, { name: 'r' }] });
      await store.apply(twice, you);
      await expect(store.apply(route('a', { rules: [{ name: 'r' }] }), me)).rejects.toMatchObject({
        fields: [{ path: 'spec.rules' }],
      });
    });

    it('keeps a field that somebody changed since, and gives it to them', async () => {
      const store = await openNew();
      const made = await store.apply(route('a', { x: 1, y: 1 }), me);
      await store.update({ ...made, spec: { x: 2, y: 1 } }, you);
      expect((await store.apply(route('a', { y: 1 }), me)).spec).toEqual({ x: 2, y: 1 });
    });

    it('gives a mapping that somebody emptied to them', async () => {
      const store = await openNew();
      const made = await store.apply(route('a', { x: { y: 1 } }), me);
      const next = await store.update({ ...made, spec: { x: {} } }, you);
      expect(next.metadata.managedFields).toMatchObject([{ manager: 'you', fieldsV1: { 'f:spec': { 'f:x': {} } } }]);
      expect((await store.apply(route('a', { z: 1 }), me)).spec).toEqual({ x: {}, z: 1 });
    });

    it('lets a manager apply what it changed itself', async () => {
      const store = await openNew();
      await store.create(route('a', { x: 1 }), me);
      expect((await store.apply(route('a', { x: 2 }), me)).spec).toEqual({ x: 2 });
    });

    it('keeps preconditions', async () => {
      const store = await openNew();
      await expect(store.apply(route('a', {}, { resourceVersion: '1' }), me)).rejects.toEqual(fails('notFound'));
      const made = await store.apply(route('a', { x: 1 }), me);
      const stale = { resourceVersion: made.metadata.resourceVersion! };
      await store.apply(route('a', { x: 2 }), me);
      await expect(store.apply(route('a', { x: 3 }, stale), me)).rejects.toEqual(fails('conflict'));
      await expect(store.apply(route('a', { x: 3 }, { uid: 'other' }), me)).rejects.toEqual(
        fails('conflict', /made again/),
      );
    });
  });
};
