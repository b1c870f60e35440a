import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { openFolder } from '../../src/store/folder/open-folder.ts';
import type { ObjectId, StoredObject } from '../../src/store/port/object.ts';
import type { ObjectStore } from '../../src/store/port/object-store.ts';
import { scratchFolder } from './scratch.ts';

export const route = (name: string, x: number): StoredObject => ({
  apiVersion: 'example.dev/v1',
  kind: 'Route',
  metadata: { name, namespace: 'shop' },
  spec: { x },
});

export const idOf = (name: string): ObjectId => ({ group: 'example.dev', kind: 'Route', namespace: 'shop', name });

/** A route as somebody writes it by hand, with comments. */
export const textOf = (name: string, x: number | string): string =>
  `# ${name}\napiVersion: example.dev/v1\nkind: Route\nmetadata:\n  name: ${name}\n  namespace: shop\nspec:\n  x: ${x} # how many\n`;

export const me = { manager: 'me' };

/** A store in a folder of its own for each test, and hands that work in the folder beside it. */
class FolderBed {
  root = '';
  #store: ObjectStore | undefined;

  get store(): ObjectStore {
    if (!this.#store) throw new Error('the store is opened before each test');
    return this.#store;
  }

  async open(options: Parameters<typeof openFolder>[1] = { pollMs: 5 }): Promise<void> {
    this.#store = await openFolder(this.root, options);
  }

  async reopen(): Promise<void> {
    await this.store.close();
    await this.open();
  }

  path(name: string): string {
    return join(this.root, name);
  }

  put(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  text(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  filesIn(): string[] {
    return readdirSync(this.root, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.yaml'))
      .sort();
  }

  async xOf(name: string): Promise<unknown> {
    return (await this.store.get(idOf(name)))?.spec?.x;
  }

  async codes(): Promise<string[]> {
    return (await this.store.findings()).map(({ code }) => code);
  }
}

export const folderBed = (): FolderBed => {
  const bed = new FolderBed();
  beforeEach(async () => {
    bed.root = scratchFolder('folder');
    await bed.open();
  });
  afterEach(async () => {
    await bed.store.close();
    rmSync(bed.root, { recursive: true, force: true });
  });
  return bed;
};
