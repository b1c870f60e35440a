import { describe, expect, it } from 'vitest';
import type { StoredObject } from '../../../src/store/port/object.ts';
import { fails, me, route, routeId, type Stores, you } from './setting.ts';

/** Making, replacing, deleting; the status apart. */
export const writingContract = ({ kind, opener, openNew }: Stores): void => {
  describe('making', () => {
    it('says what the store knows of a new object', async () => {
      const store = await openNew();
      const made = await store.create(route('a', { x: 1 }), me);
      expect(made).toMatchObject({
        spec: { x: 1 },
        metadata: { uid: 'uid-1', generation: 1, creationTimestamp: '2030-01-01T00:00:00Z' },
      });
      expect(made.metadata.managedFields).toEqual([
        {
          manager: 'me',
          operation: 'Update',
          apiVersion: 'example.dev/v1',
          time: '2030-01-01T00:00:00Z',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:spec': { 'f:x': {} } },
        },
      ]);
      expect(await store.get(routeId('a'))).toEqual(made);
    });

    it('refuses a name that is taken', async () => {
      const store = await openNew();
      await store.create(route('a'), me);
      await expect(store.create(route('a'), me)).rejects.toEqual(fails('exists', /Route shop\/a exists; update/));
    });

    it.each<[string, (object: StoredObject) => unknown, RegExp]>([
      ['no name', ({ metadata }) => delete (metadata as { name?: string }).name, /metadata.name is missing/],
      ['a name that leaves its folder', ({ metadata }) => (metadata.name = '../a'), /metadata.name is "..\/a"/],
      ['the name `..`', ({ metadata }) => (metadata.name = '..'), /metadata.name is ".."/],
      ['a namespace with a blank', ({ metadata }) => (metadata.namespace = 'a b'), /metadata.namespace/],
      ['no kind', object => delete (object as { kind?: string }).kind, /kind is missing/],
      ['an apiVersion of three parts', object => (object.apiVersion = 'a/b/c'), /apiVersion is "a\/b\/c"; write/],
      ['a label that is no text', o => (o.metadata.labels = { a: true as never }), /metadata.labels.*`a` is no text/],
      ['a number that JSON does not know', object => (object.spec = { x: [Number.NaN] }), /spec\.x\[0\] is NaN/],
      ['a date', object => (object.spec = { x: new Date(0) }), /spec\.x is no plain object/],
    ])('refuses %s', async (_, spoil, message) => {
      const store = await openNew();
      const object = route('a', { x: 1 });
      spoil(object);
      await expect(store.create(object, me)).rejects.toEqual(fails('invalid', message));
      await expect(store.apply(object, me)).rejects.toEqual(fails('invalid', message));
      expect((await store.list()).items).toEqual([]);
    });

    it('refuses a writer without a name', async () => {
      const store = await openNew();
      await expect(store.create(route('a'), { manager: '' })).rejects.toEqual(fails('invalid', /who writes/));
    });

    it('takes no status, and nothing that is for the store to say', async () => {
      const store = await openNew();
      const claimed = { uid: 'mine', generation: 7, resourceVersion: '7', creationTimestamp: 'never' };
      const made = await store.create({ ...route('a', {}, claimed), status: { ready: true } }, me);
      expect(made.status).toBeUndefined();
      expect(made.metadata).toMatchObject({ uid: 'uid-1', generation: 1 });
    });

    it('keeps names, keys and texts as they are, however odd', async () => {
      const open = opener();
      const store = await open();
      const odd = JSON.parse(
        '{"__proto__":{"a":1},"":"","k: v":"- x","#":"#","n":null,"long":"é\\n  x\\n\\n","0":-0.5e-7}',
      );
      const names = ['A', 'a', 'con', 'a:b', 'a"b', "a'b", 'a\\b', 'a*?', '~', 'x'.repeat(253)];
      for (const name of names) await store.create(route(name, odd), me);
      const cluster: StoredObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
      await store.create(cluster, me);
      const again = kind.lasts ? await open() : store;
      for (const name of names)
        expect(JSON.stringify((await again.get(routeId(name)))?.spec)).toBe(JSON.stringify(odd));
      expect(await again.get({ group: '', kind: 'Namespace', name: 'shop' })).toMatchObject(cluster);
      expect((await again.list()).items).toHaveLength(names.length + 1);
    });

    it('gives copies: who changes what they got changes nothing in the store', async () => {
      const store = await openNew();
      const given = route('a', { deep: { x: 1 } });
      const made = await store.create(given, me);
      for (const copy of [given, made, await store.get(routeId('a')), (await store.list()).items[0]]) {
        (copy!.spec as { deep: { x: number } }).deep.x = 2;
      }
      expect((await store.get(routeId('a')))?.spec).toEqual({ deep: { x: 1 } });
    });
  });

  describe('updating', () => {
    it('replaces the object, and counts what is wanted', async () => {
      const store = await openNew();
      const made = await store.create(route('a', { x: 1, y: 1 }), me);
      const next = await store.update({ ...made, spec: { x: 2 } }, me);
      expect(next.spec).toEqual({ x: 2 });
      expect(next.metadata).toMatchObject({ uid: 'uid-1', generation: 2 });
      expect(next.metadata.resourceVersion).not.toBe(made.metadata.resourceVersion);
      const labelled = await store.update({ ...next, metadata: { ...next.metadata, labels: { a: 'b' } } }, me);
      expect(labelled.metadata).toMatchObject({ generation: 2, labels: { a: 'b' } });
    });

    it('counts fields outside `spec` as wanted', async () => {
      const store = await openNew();
      const made = await store.create(
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: '1' } },
        me,
      );
      expect((await store.update({ ...made, data: { x: '2' } }, me)).metadata.generation).toBe(2);
    });

    it('refuses a version that is not there any more, and names both', async () => {
      const store = await openNew();
      const made = await store.create(route('a', { x: 1 }), me);
      const next = await store.update({ ...made, spec: { x: 2 } }, you);
      await expect(store.update({ ...made, spec: { x: 3 } }, me)).rejects.toMatchObject({
        code: 'conflict',
        precondition: 'resourceVersion',
        expected: made.metadata.resourceVersion,
        found: next.metadata.resourceVersion,
        message: `Route shop/a has changed: it is at version ${next.metadata.resourceVersion}, not ${made.metadata.resourceVersion}; read it again and repeat the change`,
      });
      expect((await store.get(routeId('a')))?.spec).toEqual({ x: 2 });
    });

    it('refuses an object that was made again, one that is gone, and one without a version', async () => {
      const store = await openNew();
      const made = await store.create(route('a', { x: 1 }), me);
      const { resourceVersion: _, ...unversioned } = made.metadata;
      await expect(store.update({ ...made, metadata: unversioned }, me)).rejects.toEqual(
        fails('invalid', /which version/),
      );
      await store.delete(routeId('a'));
      await expect(store.update(made, me)).rejects.toEqual(fails('notFound', /Route shop\/a is not there/));
      await store.create(route('a', { x: 1 }), me);
      await expect(store.update(made, me)).rejects.toMatchObject({
        precondition: 'uid',
        expected: 'uid-1',
        found: 'uid-2',
      });
    });

    it('writes nothing where nothing changes', async () => {
      const store = await openNew();
      const made = await store.create(route('a', { x: 1, y: [1] }), me);
      const { resourceVersion } = await store.list();
      expect(await store.update({ ...made, spec: { y: [1], x: 1 } }, me)).toEqual(made);
      expect((await store.list()).resourceVersion).toBe(resourceVersion);
    });
  });

  describe('status', () => {
    it('is written apart: neither touches the other, and the generation stays', async () => {
      const store = await openNew();
      const made = await store.create(route('a', { x: 1 }), me);
      const seen = await store.update(
        { ...made, spec: { x: 9 }, status: { ready: true } },
        { manager: 'engine', subresource: 'status' },
      );
      expect(seen).toMatchObject({ spec: { x: 1 }, status: { ready: true }, metadata: { generation: 1 } });
      const next = await store.update({ ...seen, spec: { x: 2 }, status: { ready: false } }, me);
      expect(next).toMatchObject({ spec: { x: 2 }, status: { ready: true }, metadata: { generation: 2 } });
      const applied = await store.apply(
        { ...route('a'), status: { ready: false } },
        { manager: 'engine', subresource: 'status' },
      );
      expect(applied).toMatchObject({ spec: { x: 2 }, status: { ready: false }, metadata: { generation: 2 } });
      expect(applied.metadata.managedFields).toMatchObject([
        { manager: 'engine', operation: 'Apply', subresource: 'status' },
        { manager: 'me', operation: 'Update' },
      ]);
    });

    it('needs an object', async () => {
      const store = await openNew();
      const status = { ...route('a'), status: { ready: true } };
      const writer = { manager: 'engine', subresource: 'status' } as const;
      await expect(store.apply(status, writer)).rejects.toEqual(fails('notFound'));
      await expect(store.create(status, writer)).rejects.toEqual(fails('invalid'));
    });

    it('survives an apply of the object by who wrote it', async () => {
      const store = await openNew();
      await store.apply(route('a', { x: 1 }), me);
      await store.apply({ ...route('a'), status: { ready: true } }, { ...me, subresource: 'status' });
      expect(await store.apply(route('a', { x: 2 }), me)).toMatchObject({ spec: { x: 2 }, status: { ready: true } });
    });
  });

  it('a dry run checks everything and writes nothing', async () => {
    const store = await openNew();
    const made = await store.create(route('a', { x: 1 }), you);
    const before = await store.list();
    const dry = { ...me, dryRun: true };
    expect((await store.create(route('b', { x: 1 }), dry)).metadata).toMatchObject({ name: 'b', generation: 1 });
    expect((await store.update({ ...made, spec: { x: 2 } }, dry)).metadata.generation).toBe(2);
    expect((await store.apply(route('a', { y: 2 }), dry)).spec).toEqual({ x: 1, y: 2 });
    await expect(store.apply(route('a', { x: 2 }), dry)).rejects.toEqual(fails('owned'));
    await store.delete(routeId('a'), { dryRun: true });
    expect(await store.list()).toEqual(before);
  });

  describe('deleting', () => {
    it('returns what was there; what is made again is another object', async () => {
      const store = await openNew();
      const made = await store.create(route('a', { x: 1 }), me);
      expect(await store.delete(routeId('a'))).toEqual(made);
      expect(await store.get(routeId('a'))).toBeUndefined();
      await expect(store.delete(routeId('a'))).rejects.toEqual(fails('notFound'));
      expect((await store.create(route('a'), me)).metadata).toMatchObject({ uid: 'uid-2', generation: 1 });
    });

    it('keeps preconditions', async () => {
      const store = await openNew();
      const made = await store.create(route('a', { x: 1 }), me);
      const next = await store.update({ ...made, spec: {} }, me);
      const { resourceVersion } = made.metadata;
      await expect(store.delete(routeId('a'), { resourceVersion: resourceVersion! })).rejects.toEqual(
        fails('conflict'),
      );
      await expect(store.delete(routeId('a'), { uid: 'other' })).rejects.toEqual(fails('conflict'));
      await store.delete(routeId('a'), { uid: 'uid-1', resourceVersion: next.metadata.resourceVersion! });
    });
  });
};
