/**
 * A store as one would write it on a page: objects are flat tables of places with their values and owners. What a store
 * does with random requests is held against it.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject, StoredObject } from '../../../src/store/port/object.ts';
import type { ObjectStore, WatchEvent } from '../../../src/store/port/object-store.ts';
import { runs, seed } from '../../support/runs.ts';
import { route, routeId, type Stores, steady, watching } from './setting.ts';

/** Places of the objects of these tests: `x` and `y` are fields, `p` and `q` items of a list, `p.weight` a field of one. */
const places = ['x', 'y', 'p', 'p.weight', 'q', 'q.weight'] as const;
type Place = (typeof places)[number];
type Values = { readonly [place in Place]?: number };

interface Modelled {
  values: Map<Place, number>;
  /** Who owns a place: `Apply me`, `Update me`. */
  owners: Map<Place, Set<string>>;
  status: number | undefined;
  generation: number;
  version: number;
  incarnation: number;
}

/** An item is there where a field of it is. */
const complete = (values: Values): Map<Place, number> => {
  const all = new Map<Place, number>();
  for (const place of places) {
    const value = values[place];
    if (value !== undefined) all.set(place, value);
    if (value !== undefined && place.endsWith('.weight')) all.set(place.slice(0, 1) as Place, 0);
  }
  for (const item of ['p', 'q'] as const) if (all.has(item)) all.set(item, 0);
  return all;
};

const specOf = (values: ReadonlyMap<Place, number>): JsonObject => {
  const rules = (['p', 'q'] as const)
    .filter(name => values.has(name))
    .map(name => ({ name, ...(values.has(`${name}.weight`) ? { weight: values.get(`${name}.weight`) } : {}) }));
  return {
    ...(values.has('x') ? { x: values.get('x') } : {}),
    ...(values.has('y') ? { y: values.get('y') } : {}),
    ...(rules.length > 0 ? { rules } : {}),
  };
};

export type Request = { readonly name: string; readonly manager: string } & (
  | { readonly kind: 'create' | 'update' | 'staleUpdate'; readonly values: Values }
  | { readonly kind: 'apply' | 'force'; readonly values: Values }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'delete' }
);

/** What the model answers: nothing is said of a request that succeeds, and the code of one that fails. */
class Model {
  readonly objects = new Map<string, Modelled>();
  readonly told: string[] = [];
  version = 0;
  #made = 0;

  carryOut(request: Request): string | undefined {
    const { name, manager } = request;
    const live = this.objects.get(name);
    switch (request.kind) {
      case 'create':
        if (live) return 'exists';
        this.#replace(name, this.#new(), complete(request.values), `Update ${manager}`);
        return undefined;
      case 'update':
        if (!live) return 'notFound';
        this.#replace(name, live, complete(request.values), `Update ${manager}`);
        return undefined;
      case 'staleUpdate':
        return live ? 'conflict' : 'notFound';
      case 'apply':
      case 'force':
        return this.#apply(request, live ?? this.#new(), complete(request.values));
      case 'status':
        if (!live) return 'notFound';
        if (live.status !== request.status) this.#changed(name, live, { status: request.status });
        return undefined;
      case 'delete':
        if (!live) return 'notFound';
        this.objects.delete(name);
        this.version += 1;
        this.told.push(`DELETED ${name} ${this.version}`);
        return undefined;
    }
  }

  #new(): Modelled {
    this.#made += 1;
    return {
      values: new Map(),
      owners: new Map(),
      status: undefined,
      generation: 0,
      version: 0,
      incarnation: this.#made,
    };
  }

  #replace(name: string, live: Modelled, values: Map<Place, number>, owner: string): void {
    const owners = new Map<Place, Set<string>>();
    for (const place of values.keys()) {
      const isSame = live.values.get(place) === values.get(place);
      owners.set(place, isSame ? (live.owners.get(place) ?? new Set()) : new Set([owner]));
    }
    this.#changed(name, live, { values, owners });
  }

  #apply({ name, manager, kind }: Request, live: Modelled, wanted: Map<Place, number>): string | undefined {
    const me = `Apply ${manager}`;
    const changed = [...wanted].filter(([place, value]) => live.values.get(place) !== value).map(([place]) => place);
    const isOthers = (place: Place): boolean =>
      [...(live.owners.get(place) ?? [])].some(owner => owner.split(' ')[1] !== manager);
    if (kind === 'apply' && changed.some(isOthers)) return 'owned';
    const owners = new Map<Place, Set<string>>();
    for (const place of new Set([...live.values.keys(), ...wanted.keys()])) {
      const before = changed.includes(place) ? [] : [...(live.owners.get(place) ?? [])];
      const after = new Set(before.filter(owner => owner !== me));
      if (wanted.has(place)) after.add(me);
      // What the manager let go of and nobody else owns goes; what nobody ever owned stays.
      if (after.size > 0 || !before.includes(me)) owners.set(place, after);
    }
    const isLet = (place: Place): boolean => live.owners.get(place)?.has(me) === true && !wanted.has(place);
    for (const item of ['p', 'q'] as const) {
      const weight = `${item}.weight` as const;
      // An item stays as long as somebody owns it or something in it, and is nothing without.
      if (owners.has(weight) && !owners.has(item)) owners.set(item, new Set());
      const isTouched = isLet(item) || isLet(weight);
      if (isTouched && owners.get(item)?.size === 0 && !owners.has(weight)) owners.delete(item);
    }
    const values = new Map([...owners.keys()].map(place => [place, wanted.get(place) ?? live.values.get(place)!]));
    this.#changed(name, live, { values, owners });
    return undefined;
  }

  #changed(name: string, live: Modelled, next: Partial<Modelled>): void {
    const after = { ...live, ...next };
    const isWanted = textOf(after.values) !== textOf(live.values);
    const isOwned = textOf(after.owners) !== textOf(live.owners);
    const isNew = !this.objects.has(name);
    if (!isNew && !isWanted && !isOwned && after.status === live.status) return;
    this.version += 1;
    this.objects.set(name, {
      ...after,
      version: this.version,
      generation: live.generation + (isWanted || isNew ? 1 : 0),
    });
    this.told.push(`${isNew ? 'ADDED' : 'MODIFIED'} ${name} ${this.version}`);
  }
}

const textOf = (map: ReadonlyMap<string, number | ReadonlySet<string>>): string =>
  JSON.stringify([...map].map(([key, value]) => [key, typeof value === 'number' ? value : [...value].sort()]).sort());

const asked = (store: ObjectStore, request: Request, live: StoredObject | undefined): Promise<StoredObject> => {
  const { name, manager } = request;
  switch (request.kind) {
    case 'create':
      return store.create(route(name, specOf(complete(request.values))), { manager });
    case 'update':
    case 'staleUpdate': {
      const resourceVersion = request.kind === 'update' ? live?.metadata.resourceVersion : '1';
      const metadata = { ...live?.metadata, name, namespace: 'shop', resourceVersion: resourceVersion ?? '1' };
      return store.update({ ...route(name, specOf(complete(request.values))), metadata }, { manager });
    }
    case 'apply':
    case 'force':
      return store.apply(route(name, specOf(complete(request.values))), { manager, force: request.kind === 'force' });
    case 'status':
      return store.apply(
        { ...route(name), status: { seen: request.status } },
        { manager: 'engine', subresource: 'status', force: true },
      );
    case 'delete':
      return store.delete(routeId(name));
  }
};

const values: fc.Arbitrary<Values> = fc.record(
  Object.fromEntries(places.map(place => [place, fc.nat(1)])) as { [place in Place]: fc.Arbitrary<number> },
  { requiredKeys: [] },
);
const who = { name: fc.constantFrom('a', 'b'), manager: fc.constantFrom('me', 'you', 'they') };
const request: fc.Arbitrary<Request> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('create', 'update', 'staleUpdate'), values, ...who }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('apply', 'apply', 'force'), values, ...who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('status'), status: fc.nat(2), ...who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete'), ...who }) },
) as fc.Arbitrary<Request>;

/** `spec` with its list in the order of names: who applies decides about the order, which the model leaves out. */
const unordered = ({ rules, ...spec }: JsonObject): JsonObject => ({
  ...spec,
  ...(Array.isArray(rules) ? { rules: [...rules].sort((a, b) => (a.name < b.name ? -1 : 1)) } : {}),
});

/** Random requests give what the model gives: objects, generations, versions, refusals and events. */
export const modelContract = ({ openNew, kind }: Stores): void => {
  it('does what the model does, whatever is asked of it', async () => {
    const answers = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 8, maxLength: 24 }), async requests => {
        const store = await openNew(steady());
        const start = (await store.list()).resourceVersion;
        const model = new Model();
        for (const each of requests) {
          const live = await store.get(routeId(each.name));
          const answer = await asked(store, each, live).then(
            () => undefined,
            error => error.code as string,
          );
          expect(answer).toBe(model.carryOut(each));
          answers.set(`${each.kind} ${answer ?? 'done'}`, 1 + (answers.get(`${each.kind} ${answer ?? 'done'}`) ?? 0));
          const { items, resourceVersion } = await store.list();
          expect(Number(resourceVersion) - Number(start)).toBe(model.version);
          expect(
            items.map(({ metadata, spec, status }) => ({
              name: metadata.name,
              spec: unordered(spec ?? {}),
              status: status?.seen,
              generation: metadata.generation,
              version: Number(metadata.resourceVersion) - Number(start),
            })),
          ).toEqual(
            [...model.objects]
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([name, object]) => ({
                name,
                spec: specOf(object.values),
                status: object.status,
                generation: object.generation,
                version: object.version,
              })),
          );
        }
        expect(await eventsOf(store, start, model.told.length)).toEqual(model.told);
        await store.close();
      }),
      { numRuns: kind.lasts ? runs(12) : Math.max(300, runs(300)), seed: seed(9) },
    );
    if (!kind.lasts) for (const [answer, count] of answers) expect(count, answer).toBeGreaterThan(20);
    if (!kind.lasts) expect([...answers.keys()].sort()).toEqual(everyAnswer);
  });
};

const everyAnswer = [
  'apply done',
  'apply owned',
  'create done',
  'create exists',
  'delete done',
  'delete notFound',
  'force done',
  'staleUpdate conflict',
  'staleUpdate notFound',
  'status done',
  'status notFound',
  'update done',
  'update notFound',
];

const eventsOf = async (store: ObjectStore, start: string, count: number): Promise<string[]> => {
  const events = watching(store, { resourceVersion: start });
  const seen: WatchEvent[] = [];
  while (seen.length < count) seen.push((await events.next()).value as WatchEvent);
  return seen.map(event =>
    event.type === 'BOOKMARK'
      ? event.type
      : `${event.type} ${event.object.metadata.name} ${Number(event.resourceVersion) - Number(start)}`,
  );
};
