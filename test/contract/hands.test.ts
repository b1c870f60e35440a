/** People and programs change one folder in turns; what is there is always what was written last, by whomever. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openFolder } from '../../src/store/folder/open-folder.ts';
import type { ObjectStore } from '../../src/store/port/object-store.ts';
import { runs, seed } from '../support/runs.ts';
import { scratchFolder } from '../support/scratch.ts';
import { route, routeId } from './store/setting.ts';

const names = ['a', 'b', 'c'] as const;

type Step =
  | { readonly kind: 'apply' | 'remove'; readonly name: string; readonly x: number; readonly by: 0 | 1 }
  | {
      readonly kind: 'write' | 'edit' | 'erase' | 'move' | 'break';
      readonly name: string;
      readonly x: number;
      readonly by: 0 | 1;
    };

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('apply', 'apply', 'remove', 'write', 'edit', 'edit', 'erase', 'move', 'break'),
  name: fc.constantFrom(...names),
  x: fc.nat(99),
  by: fc.constantFrom(0, 1),
});

/** What a person does to the files, and the value of the object afterwards. */
class Hand {
  readonly #root: string;
  #moves = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** The file that holds an object; undefined if there is none. */
  fileOf(name: string): string | undefined {
    return readdirSync(this.#root, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.yaml'))
      .map(file => join(this.#root, file))
      .find(file => readFileSync(file, 'utf8').includes(`  name: ${name}\n`));
  }

  write(name: string, x: number): void {
    const file = this.fileOf(name) ?? join(this.#root, 'mine', `${name}.yaml`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      `# note of ${name}\napiVersion: example.dev/v1\nkind: Route\nmetadata:\n  name: ${name}\n  namespace: shop\nspec:\n  x: ${x}\n`,
    );
  }

  edit(name: string, x: number): boolean {
    const file = this.fileOf(name);
    if (file) writeFileSync(file, readFileSync(file, 'utf8').replace(/^ {2}x: .*$/m, `  x: ${x} # by hand`));
    return file !== undefined;
  }

  erase(name: string): void {
    const file = this.fileOf(name);
    if (file) rmSync(file);
  }

  move(name: string): void {
    const file = this.fileOf(name);
    this.#moves += 1;
    if (file) renameSync(file, join(this.#root, `moved-${this.#moves}.yaml`));
  }

  break(name: string): boolean {
    const file = this.fileOf(name);
    if (file) writeFileSync(file, readFileSync(file, 'utf8').replace(/^spec:$/m, 'spec: ['));
    return file !== undefined;
  }

  mend(name: string): void {
    const file = this.fileOf(name);
    if (file) writeFileSync(file, readFileSync(file, 'utf8').replace('spec: [', 'spec:'));
  }
}

const valuesIn = async (store: ObjectStore): Promise<Map<string, unknown>> =>
  new Map((await store.list()).items.map(({ metadata, spec }) => [metadata.name, spec?.x]));

it('whoever changes a folder, nothing is lost and nothing comes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async steps => {
      const root = scratchFolder('hands');
      const hand = new Hand(root);
      const stores = [await openFolder(root), await openFolder(root)];
      const model = new Map<string, unknown>();
      const uids = new Map<string, string | undefined>();
      const me = { manager: 'me', force: true };
      for (const { kind, name, x, by } of steps) {
        const store = stores[by]!;
        if (kind === 'apply') {
          await store.apply(route(name, { x }), me);
          model.set(name, x);
        } else if (kind === 'remove') {
          await store.delete(routeId(name)).catch(error => expect(error.code).toBe('notFound'));
          model.delete(name);
        } else if (kind === 'write') {
          hand.write(name, x);
          model.set(name, x);
        } else if (kind === 'edit') {
          if (hand.edit(name, x)) model.set(name, x);
        } else if (kind === 'erase') {
          hand.erase(name);
          model.delete(name);
        } else if (kind === 'move') hand.move(name);
        else if (hand.break(name)) {
          await expect(store.apply(route(name, { x: 1000 }), me)).rejects.toMatchObject({ code: 'invalid' });
          expect(await valuesIn(stores[1 - by]!)).toEqual(model);
          hand.mend(name);
        }
        expect(await valuesIn(stores[1 - by]!), kind).toEqual(model);
        expect(await valuesIn(store), kind).toEqual(model);
        for (const each of names) {
          const uid = (await store.get(routeId(each)))?.metadata.uid;
          // Neither a move nor an edit makes another object of it.
          if (kind !== 'remove' && kind !== 'erase' && uids.get(each)) expect(uid).toBe(uids.get(each));
          uids.set(each, uid);
        }
      }
      expect(await stores[0]!.findings()).toEqual([]);
      expect((await stores[0]!.list()).items).toEqual((await stores[1]!.list()).items);
      for (const store of stores) await store.close();
      const again = await openFolder(root);
      expect(await valuesIn(again)).toEqual(model);
      await again.close();
      rmSync(root, { recursive: true });
      expect(existsSync(root)).toBe(false);
    }),
    { numRuns: runs(20), seed: seed(3) },
  );
});
