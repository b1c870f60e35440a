/** Processes that write to a store are killed at any moment, many times; nothing that they were told is done is lost. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { beforeAll, describe, expect, it } from 'vitest';
import { openEmbedded } from '../../src/store/embedded/open-embedded.ts';
import { openFolder } from '../../src/store/folder/open-folder.ts';
import type { StoredObject } from '../../src/store/port/object.ts';
import type { ObjectStore } from '../../src/store/port/object-store.ts';
import { runs, seed } from '../support/runs.ts';
import { scratchFolder } from '../support/scratch.ts';
import type { Said } from './store/writer.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Within the project, so that packages are found from there. */
const program = join(root, '.tsbuild', 'kill', 'writer.mjs');

beforeAll(async () => {
  await build({
    input: { writer: join(root, 'test', 'contract', 'store', 'writer.ts') },
    platform: 'node',
    external: [/^node:/, 'node-sqlite3-wasm'],
    output: { dir: dirname(program), format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
    logLevel: 'warn',
  });
});

/** What is known of one object: the turns in which its two parts were written, or `gone`. */
type Turns = { readonly spec: number; readonly status: number } | 'gone';

const turnsOf = (object: StoredObject | undefined): Turns =>
  object ? { spec: Number(object.spec?.turn), status: Number(object.status?.turn ?? 0) } : 'gone';

const outcomeOf = (before: Turns, said: Exclude<Said, { acknowledged: number }>): Turns => {
  if (said.asks === 'delete') return 'gone';
  if (said.asks === 'status') return before === 'gone' ? before : { ...before, status: said.turn };
  return { spec: said.turn, status: before === 'gone' ? 0 : before.status };
};

interface Killed {
  readonly said: readonly Said[];
  readonly trouble: string;
}

/** Starts a writer, and kills it some time after it said so many lines. */
const writeUntilKilled = (args: readonly string[], lines: number, ms: number): Promise<Killed> =>
  new Promise(resolve => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said: Said[] = [];
    let trouble = '';
    let timer: NodeJS.Timeout | undefined;
    child.stderr.on('data', text => (trouble += text));
    createInterface(child.stdout).on('line', line => {
      if (line.endsWith('}')) said.push(JSON.parse(line) as Said);
      if (said.length >= lines) timer ??= setTimeout(() => child.kill('SIGKILL'), ms);
    });
    child.on('close', () => {
      clearTimeout(timer);
      resolve({ said, trouble });
    });
  });

/** The stores, and in how many rounds two writers of each are killed: a hundred in all. */
const stores: readonly (readonly [string, number, (place: string) => Promise<ObjectStore>])[] = [
  ['folder', 32, place => openFolder(place, { history: 20 })],
  ['embedded', 18, place => openEmbedded(join(place, 'store.db'), { history: 20 })],
];

describe.concurrent.each(stores)('a %s', (kind, usual, open) => {
  it('keeps what it acknowledged, whenever who writes is killed', async () => {
    const place = scratchFolder('kill');
    const target = kind === 'folder' ? place : join(place, 'store.db');
    const chance = fractions(seed(kind === 'folder' ? 11 : 12));
    const known = new Map<string, Turns>();
    let acknowledged = 0;
    let inFlight = 0;
    const rounds = runs(usual);
    const empty = await open(place);
    const first = Number((await empty.list()).resourceVersion);
    await empty.close();
    for (let round = 0; round < rounds; round++) {
      const writers = ['p', 'q'].map(writer => [kind, target, writer, String(Math.floor(chance() * 1e9))]);
      const killed = await Promise.all(writers.map(args => writeUntilKilled(args, 1 + chance() * 12, chance() * 8)));
      const store = await open(place);
      const objects = new Map((await store.list()).items.map(object => [object.metadata.name, object]));
      for (const { said, trouble } of killed) {
        // Nor does Node say anything of modules that it calls experimental.
        expect(trouble).toBe('');
        const expected = new Map<string, Turns[]>();
        for (const [index, each] of said.entries()) {
          if ('acknowledged' in each) continue;
          const before = expected.get(each.name)?.at(-1) ?? known.get(each.name) ?? 'gone';
          const isDone = said[index + 1] !== undefined;
          expected.set(each.name, isDone ? [outcomeOf(before, each)] : [before, outcomeOf(before, each)]);
          if (isDone) acknowledged += 1;
          else inFlight += 1;
        }
        for (const [name, possible] of expected) {
          const found = turnsOf(objects.get(name));
          expect(possible, `round ${round}, ${name}: ${JSON.stringify(found)}`).toContainEqual(found);
          known.set(name, found);
        }
      }
      for (const [name, turns] of known) expect(turnsOf(objects.get(name)), `round ${round}, ${name}`).toEqual(turns);
      await expectSound(store, objects, first);
      await store.close();
    }
    expect(acknowledged).toBeGreaterThan(rounds * 2);
    expect(inFlight).toBeGreaterThan(rounds);
    rmSync(place, { recursive: true, force: true });
    // A machine that does other things besides may take long to start a hundred processes.
  }, 600_000);
});

/** Each object is whole, nothing is out of place, and the history leads to what is there. */
const expectSound = async (
  store: ObjectStore,
  objects: ReadonlyMap<string, StoredObject>,
  first: number,
): Promise<void> => {
  for (const { spec, metadata } of objects.values()) {
    expect(metadata.labels).toEqual({ turn: String(spec?.turn) });
    expect(String(spec?.filler)).toHaveLength((Number(spec?.turn) * 379) % 9000);
  }
  expect(await store.findings()).toEqual([]);
  const { resourceVersion } = await store.list();
  const latest = [...objects.values()].map(({ metadata }) => Number(metadata.resourceVersion));
  expect(Math.max(0, ...latest)).toBeLessThanOrEqual(Number(resourceVersion));
  const since = Math.max(first, Number(resourceVersion) - 10);
  if (since === Number(resourceVersion)) return;
  const versions: number[] = [];
  const stop = new AbortController();
  for await (const event of store.watch({ resourceVersion: String(since), signal: stop.signal })) {
    versions.push(Number(event.resourceVersion));
    const found = event.type === 'BOOKMARK' ? undefined : objects.get(event.object.metadata.name);
    if (found && found.metadata.resourceVersion === event.resourceVersion)
      expect(event).toMatchObject({ object: found });
    if (event.resourceVersion === resourceVersion) stop.abort();
  }
  expect(versions).toEqual(Array.from({ length: Number(resourceVersion) - since }, (_, index) => since + index + 1));
};

/** Numbers from 0 to 1, the same for the same seed. */
const fractions = (start: number): (() => number) => {
  let state = start;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x9e37_79b9) >>> 0;
    return state / 2 ** 32;
  };
};
