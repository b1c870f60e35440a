import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openWithEngine } from '../../src/store/embedded/open-embedded.ts';
import { nodeEngine, wasmEngine } from '../../src/store/embedded/sqlite.ts';
import { openFolder } from '../../src/store/folder/open-folder.ts';
import { openMemory } from '../../src/store/local/open-memory.ts';
import { scratchFolder } from '../support/scratch.ts';
import { storeContract } from './store.ts';

const folder = scratchFolder('stores');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let places = 0;
const newPlace = (): string => join(folder, String(++places));

storeContract({ name: 'memory', lasts: false, place: () => async options => openMemory(options) });

const wasm = await wasmEngine();
const native = nodeEngine();

const embedded = (name: string, engines: readonly (typeof wasm)[]): void =>
  storeContract({
    name,
    lasts: true,
    place: () => {
      const file = join(newPlace(), 'store.db');
      let opened = 0;
      return options => openWithEngine(file, options, engines[opened++ % engines.length]!);
    },
  });

embedded('embedded, SQLite as WebAssembly', [wasm]);
if (native) {
  embedded('embedded, SQLite of Node', [native]);
  embedded('embedded, both engines on one file', [native, wasm]);
}

storeContract({
  name: 'a folder of files',
  lasts: true,
  place: () => {
    const root = newPlace();
    return options => openFolder(root, options);
  },
});
