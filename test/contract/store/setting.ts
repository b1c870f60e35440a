/** What the parts of the contract of stores have in common. */
import { afterEach, expect } from 'vitest';
import type { ObjectId, StoredObject } from '../../../src/store/port/object.ts';
import type { ObjectStore, StoreOptions, WatchEvent, WatchQuery } from '../../../src/store/port/object-store.ts';
import type { StructuralSchema } from '../../../src/store/port/structural-schema.ts';

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

export const me = { manager: 'me' };
export const you = { manager: 'you' };

export const fails = (code: string, message: RegExp = /./) =>
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
export const told = (event: WatchEvent): string =>
  event.type === 'BOOKMARK' ? event.type : `${event.type} ${event.object.metadata.name}`;

export const watching = (store: ObjectStore, query: WatchQuery = {}): AsyncIterator<WatchEvent> =>
  store.watch(query)[Symbol.asyncIterator]();

/** Stores of one kind, closed again behind each test. */
export interface Stores {
  readonly kind: StoreKind;
  /** Opens a store at a place of its own. */
  readonly openNew: (options?: StoreOptions) => Promise<ObjectStore>;
  /** A new place; each call opens a store there. */
  readonly opener: (options?: StoreOptions) => () => Promise<ObjectStore>;
}

export const storesOf = (kind: StoreKind): Stores => {
  const opened: ObjectStore[] = [];
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });
  const opener: Stores['opener'] = (options = steady()) => {
    const open = kind.place();
    return async () => {
      const store = await open(options);
      opened.push(store);
      return store;
    };
  };
  return { kind, opener, openNew: options => opener(options)() };
};

/** Adds one to `spec.x` of an object, as often as it takes. */
export const increment = async (store: ObjectStore): Promise<void> => {
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
