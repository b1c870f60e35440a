import {
  closeSync,
  cpSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../../test/support/scratch.ts';
import { isSame } from '../../base/same.ts';
import { type JsonObject, type ObjectId, type StoredObject, titleOf } from '../port/object.ts';
import type { ObjectStore, StoreOptions, WatchEvent } from '../port/object-store.ts';
import { Disk, type Stretch } from './disk.ts';
import { hashOf, manifestOf } from './manifest.ts';
import { ManifestFile } from './manifest-file.ts';
import { openFolder, openOnDisk } from './open-folder.ts';
import { Staging } from './staging.ts';

class PowerCut extends Error {}

/** A disk that is cut off at one of its steps: before it, after it, or, of something written, in the middle. */
class FailingDisk extends Disk {
  steps = 0;
  readonly #last: number;
  readonly #share: number;

  constructor(last: number, share: number) {
    super();
    this.#last = last;
    this.#share = share;
  }

  #step(whole: () => void, part: () => void = () => undefined): void {
    this.steps += 1;
    if (this.steps > this.#last) throw new PowerCut();
    if (this.steps < this.#last) whole();
    else {
      if (this.#share === 1) whole();
      else if (this.#share > 0) part();
      throw new PowerCut();
    }
  }

  protected override writeAt(path: string, flags: 'wx' | 'r+', { text, position }: Stretch): void {
    const bytes = Buffer.from(text);
    const write = (share: number): void => {
      const handle = openSync(path, flags);
      ftruncateSync(handle, position);
      writeSync(handle, bytes, 0, Math.floor(bytes.length * share), position);
      closeSync(handle);
    };
    this.#step(
      () => write(1),
      () => write(this.#share),
    );
  }
  /** Everything is in memory here, and the cut is not one of the power: waiting for the disk would show nothing. */
  override syncFolder(): void {}
  override rename(from: string, to: string): void {
    this.#step(() => super.rename(from, to));
  }
  override link(from: string, to: string): void {
    this.#step(() => super.link(from, to));
  }
  override remove(path: string): void {
    this.#step(() => super.remove(path));
  }
  override makeFolder(path: string): void {
    this.#step(() => super.makeFolder(path));
  }
}

const soundDisk = (): Disk => new FailingDisk(Number.POSITIVE_INFINITY, 1);

const me = { manager: 'me' };
const idOf = (name: string): ObjectId => ({ group: 'example.dev', kind: 'Route', namespace: 'shop', name });
const route = (name: string, spec: JsonObject): StoredObject => ({
  apiVersion: 'example.dev/v1',
  kind: 'Route',
  metadata: { name, namespace: 'shop' },
  spec,
});

/** What is asked of a store in these tests, one after the other: every way in which it writes. */
const requests: readonly ((store: ObjectStore) => Promise<StoredObject>)[] = [
  store => store.create(route('a', { x: 1 }), me),
  store => store.apply(route('b', { x: 1 }), me),
  store => store.apply(route('a', { x: 2, y: 'text' }), me),
  store => store.apply({ ...route('a', {}), status: { ready: true } }, { ...me, subresource: 'status' }),
  store => store.apply(route('mine', { x: 7 }), { ...me, force: true }),
  store => store.delete(idOf('b')),
  store => store.create(route('b', { x: 3 }), me),
  store => store.delete(idOf('mine')),
  store => store.apply(route('c', { list: ['a', 'b'] }), me),
];

const folders: string[] = [];
const newFolder = (): string => {
  const folder = scratchFolder('faults');
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with a file of the user's, in which two objects stand. */
const prepared = async (): Promise<string> => {
  const folder = newFolder();
  const text = (name: string): string =>
    `apiVersion: example.dev/v1\nkind: Route\nmetadata: {name: ${name}, namespace: shop}\n`;
  writeFileSync(join(folder, 'mine.yaml'), `# mine\n${text('mine')}---\n# yours\n${text('yours')}`);
  await (await openFolder(folder, options())).close();
  return folder;
};

/** Few changes are kept, so that the journal is written anew in between. */
const options = (): StoreOptions => ({ history: 3, now: () => Date.UTC(2030, 0, 1) });

/** Everything but what is different in each run. */
const stateOf = (objects: readonly StoredObject[]): JsonObject =>
  Object.fromEntries(
    objects.map(({ kind, metadata, spec, status }) => [
      titleOf({ group: '', kind, namespace: metadata.namespace ?? '', name: metadata.name }),
      { spec, status, generation: metadata.generation },
    ]),
  );

/** The states that a store goes through, from the one before the first request to the one behind the last. */
const statesOf = async (folder: string): Promise<JsonObject[]> => {
  const store = await openOnDisk(folder, options(), soundDisk());
  const states = [stateOf((await store.list()).items)];
  for (const request of requests) {
    await request(store);
    states.push(stateOf((await store.list()).items));
  }
  await store.close();
  return states;
};

const eventsSince = async (store: ObjectStore, resourceVersion: string, count: number): Promise<WatchEvent[]> => {
  const events: WatchEvent[] = [];
  if (count > 0) for await (const event of store.watch({ resourceVersion })) if (events.push(event) === count) break;
  return events;
};

/** The objects as the files say them. */
const inFiles = (folder: string): StoredObject[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.yaml'))
    .flatMap(name => [...new ManifestFile(name, readFileSync(join(folder, name))).objects.values()])
    .map(({ manifest }) => manifest);

const putBack = (file: string, text: string): void => {
  rmSync(file);
  writeFileSync(file, text);
};

/** What waits to take the place of a file. */
const waitingIn = (folder: string): string[] => {
  const waiting = join(folder, '.supergloo', 'waiting');
  return existsSync(waiting) ? readdirSync(waiting) : [];
};

describe('whatever step of the disk is the last one', () => {
  it.each([0, 0.5, 1])(
    'nothing that was acknowledged is lost, and what was asked last is done or not (%f of the step)',
    async share => {
      const start = await prepared();
      const copy = newFolder();
      cpSync(start, copy, { recursive: true });
      const states = await statesOf(copy);
      let cuts = 0;
      for (let last = 1; ; last++) {
        const folder = newFolder();
        cpSync(start, folder, { recursive: true });
        const disk = new FailingDisk(last, share);
        let done = 0;
        let version = '';
        let store: ObjectStore | undefined;
        try {
          store = await openOnDisk(folder, options(), disk);
          for (const request of requests) {
            version = (await store.list()).resourceVersion;
            await request(store);
            done += 1;
          }
        } catch (error) {
          if (!(error instanceof PowerCut)) throw error;
          cuts += 1;
        }
        await store?.close();

        const again = await openOnDisk(folder, options(), soundDisk());
        const list = await again.list();
        const state = stateOf(list.items);
        const made = [done, done + 1].find(count => isSame(state, states[count]));
        expect(
          made,
          `cut at step ${last} of the disk, behind ${done} acknowledged requests: ${JSON.stringify(state)}`,
        ).toBeDefined();
        expect(await again.findings()).toEqual([]);
        expect(
          list.items.filter(object => !inFiles(folder).some(manifest => isSame(manifest, manifestOf(object)))),
        ).toEqual([]);
        expect(inFiles(folder)).toHaveLength(list.items.length);
        expect(waitingIn(folder)).toEqual([]);
        if (version !== '') expect(await eventsSince(again, version, made! - done)).toHaveLength(made! - done);
        for (const request of requests.slice(made!)) await request(again);
        expect(stateOf((await again.list()).items)).toEqual(states.at(-1));
        await again.close();
        if (disk.steps < last) break;
      }
      expect(cuts).toBeGreaterThan(50);
    },
  );

  it('a file that somebody edited before the change was finished is kept as they left it', async () => {
    let isEdited = false;
    for (let last = 1; last < 40; last++) {
      const folder = await prepared();
      const store = await openOnDisk(folder, options(), new FailingDisk(last, 1)).catch(() => undefined);
      await store?.apply(route('mine', { x: 1 }), { ...me, force: true }).catch(() => undefined);
      await store?.close();
      const edited = `# edited\n${readFileSync(join(folder, 'mine.yaml'), 'utf8')}`;
      writeFileSync(join(folder, 'mine.yaml'), edited);
      const again = await openFolder(folder, options());
      await again.list();
      await again.close();
      expect(readFileSync(join(folder, 'mine.yaml'), 'utf8')).toBe(edited);
      isEdited ||= store !== undefined;
    }
    expect(isEdited).toBe(true);
  });

  it.each<[string, (file: string) => void]>([
    ['edited', file => writeFileSync(file, 'edited: true\n')],
    ['put back', file => putBack(file, 'text: true\n')],
    ['put back with another text', file => putBack(file, 'edited: true\n')],
  ])('a file that is to go and was %s meanwhile stays', (_, edit) => {
    const folder = newFolder();
    const file = join(folder, 'a.yaml');
    writeFileSync(file, 'text: true\n');
    const staging = new Staging(folder, join(folder, '.waiting'), new Disk());
    const write = { name: 'a.yaml', was: hashOf('text: true\n'), isRemoval: true };
    staging.stage(7, write, undefined);
    edit(file);
    const left = readFileSync(file, 'utf8');
    staging.finish({ ...write, version: 7 });
    expect(readFileSync(file, 'utf8')).toBe(left);
    expect(staging.isEmpty()).toBe(true);
  });

  it('a file that goes is gone, and what was never decided leaves no trace', () => {
    const folder = newFolder();
    const file = join(folder, 'a.yaml');
    writeFileSync(file, 'text: true\n');
    const staging = new Staging(folder, join(folder, '.waiting'), new Disk());
    const write = { name: 'a.yaml', was: hashOf('text: true\n'), isRemoval: true };
    staging.stage(7, write, undefined);
    staging.finish({ ...write, version: 6 });
    expect(existsSync(file)).toBe(true);
    staging.stage(7, write, undefined);
    staging.finish({ ...write, version: 7 });
    expect(existsSync(file)).toBe(false);
  });
});
