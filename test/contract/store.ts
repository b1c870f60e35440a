/** What every store promises, whatever is behind it. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ObjectId, StoredObject } from '../../src/store/port/object.ts';
import type { ObjectStore, StoreOptions, WatchEvent, WatchQuery } from '../../src/store/port/object-store.ts';
import type { StructuralSchema } from '../../src/store/port/structural-schema.ts';
import type { OwnedFieldsError } from '../../src/store/port/write-errors.ts';

/** A kind of store: each call of `place` gives a new place, which stores are opened on one after the other, or at once. */
export interface StoreKind {
  readonly name: string;
  /** Whether what is written is there for the next who opens the place. */
  readonly lasts: boolean;
  readonly place: () => (options: StoreOptions) => Promise<ObjectStore>;
}

const routeSchema: StructuralSchema = {
  properties: {
    spec: {
      properties: {
        rules: {
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: { properties: { hosts: { 'x-kubernetes-list-type': 'set' } } },
        },
        tls: { 'x-kubernetes-map-type': 'atomic' },
        ports: {
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['port', 'protocol'],
          items: { properties: { protocol: { default: 'TCP' } } },
        },
      },
    },
  },
};

/** Options of a test: a clock that stands still until it is set, and uids that count. */
export const steady = (overrides: Partial<StoreOptions> = {}): StoreOptions & { clock: { now: number } } => {
  const clock = { now: Date.UTC(2030, 0, 1) };
  let uids = 0;
  return {
    clock,
    schemaOf: ({ kind }) => (kind === 'Route' ? routeSchema : undefined),
    now: () => clock.now,
    newUid: () => `uid-${++uids}`,
    pollMs: 5,
    ...overrides,
  };
};

export const route = (name: string, spec?: object, metadata: object = {}): StoredObject => ({
  apiVersion: 'example.dev/v1',
  kind: 'Route',
  metadata: { name, namespace: 'shop', ...metadata },
  ...(spec ? { spec: spec as Record<string, unknown> } : {}),
});

export const routeId = (name: string): ObjectId => ({ group: 'example.dev', kind: 'Route', namespace: 'shop', name });

const me = { manager: 'me' };
const you = { manager: 'you' };

const fails = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ name: 'StoreError', code, message: expect.stringMatching(message) });

/** The next events of a watch, as many as are asked for. */
export const take = async (events: AsyncIterator<WatchEvent>, count: number): Promise<WatchEvent[]> => {
  const taken: WatchEvent[] = [];
  while (taken.length < count) {
    const { value, done } = await events.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
};

/** `ADDED a`, the way these tests read events; the version is checked by itself. */
const told = (event: WatchEvent): string =>
  event.type === 'BOOKMARK' ? event.type : `${event.type} ${event.object.metadata.name}`;

export const storeContract = (kind: StoreKind): void => {
  describe(`a store: ${kind.name}`, () => {
    const opened: ObjectStore[] = [];
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });
    const opener = (options = steady()): (() => Promise<ObjectStore>) => {
      const open = kind.place();
      return async () => {
        const store = await open(options);
        opened.push(store);
        return store;
      };
    };
    const openNew = (options?: StoreOptions & { clock: { now: number } }): Promise<ObjectStore> => opener(options)();
    const watching = (store: ObjectStore, query: WatchQuery = {}): AsyncIterator<WatchEvent> =>
      store.watch(query)[Symbol.asyncIterator]();

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
        expect(names((await store.list({ labels: rest, kind: 'Route' })).items)).toEqual([
          'Route /z',
          'Route shop-2/a',
        ]);
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
        await expect(store.list({ limit: 2, continue: page.continue! })).rejects.toEqual(
          fails('expired', /list again/),
        );
        await expect(store.list({ continue: 'odd' })).rejects.toEqual(fails('invalid'));
      });
    });

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
        for (let x = 0; x < 50; x++) {
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

    if (kind.lasts) {
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
    }
  });
};

/** Adds one to `spec.x` of an object, as often as it takes. */
const increment = async (store: ObjectStore): Promise<void> => {
  for (;;) {
    const live = await store.get(routeId('a'));
    const next = { ...live!, spec: { x: Number(live?.spec?.x) + 1 } };
    const error = await store.update(next, me).then(
      () => undefined,
      reason => reason,
    );
    if (!error) return;
    if (error.code !== 'conflict') throw error;
  }
};
