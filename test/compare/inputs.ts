import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Adapter } from '../../src/adapter/adapter.ts';
import { groupBy } from '../../src/base/order.ts';
import { groupOf, type NativeObject, Snapshot } from '../../src/native/snapshot.ts';
import { readFiles } from '../../src/store/files/store.ts';
import { sharedFolder } from '../../tools/gen/shared.ts';
import { adapters } from '../laws/adapters.ts';
import { applied, readWith } from '../laws/reading.ts';
import { objectsFrom } from '../support/snapshot.ts';
import { scene } from './scene.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const corpus = sharedFolder(root, 'corpus');
if (!corpus) console.log('skipped: there is no corpus beside the project; mutations are tried on the examples alone');
if (process.env.CI && !corpus) throw new Error('the corpus is absent');

/** Configuration of one mesh, as it stands in a file or in a folder. */
export interface Input {
  readonly name: string;
  readonly adapter: Adapter;
  readonly objects: readonly NativeObject[];
  /** Characters of the objects as JSON. */
  readonly size: number;
}

const isReadBy =
  ({ resources }: Adapter) =>
  ({ ref }: NativeObject): boolean =>
    resources.some(({ group, kind, role }) => role === 'read' && kind === ref.kind && group === groupOf(ref));

const inputOf = (name: string, adapter: Adapter, objects: readonly NativeObject[]): Input => ({
  name,
  adapter,
  objects,
  size: objects.reduce((size, { body }) => size + JSON.stringify(body).length, 0),
});

const forEachMesh = (name: string, objects: readonly NativeObject[]): Input[] =>
  adapters.flatMap(adapter => (objects.some(isReadBy(adapter)) ? [inputOf(name, adapter, objects)] : []));

/** Folders that hold more are collections of things that have nothing to do with each other. */
const mostInFolder = 60;

const inputsIn = (folder: string): Input[] => {
  const { objects } = readFiles([folder]);
  const files = groupBy(objects, ({ ref }) => ref.file ?? '');
  const folders = groupBy(objects, ({ ref }) => dirname(ref.file ?? ''));
  const severalFiles = [...folders].filter(
    ([, all]) => all.length <= mostInFolder && new Set(all.map(({ ref }) => ref.file)).size > 1,
  );
  return [...files, ...severalFiles].flatMap(([name, all]) => forEachMesh(relative(folder, name), all));
};

/** Configuration of Istio, and what becomes of it when it is converted to each of the other meshes. */
const inEveryMesh = (name: string, objects: readonly NativeObject[]): Input[] => {
  const istio = adapters.find(({ id }) => id === 'istio')!;
  const { model } = readWith(istio, objects);
  const ground = objects.filter(object => !isReadBy(istio)(object));
  const converted = adapters
    .filter(adapter => adapter !== istio)
    .map(adapter => {
      const written = adapter.write(model, { mesh: adapter.assume(), snapshot: new Snapshot(ground) });
      return inputOf(`${name} as ${adapter.id}`, adapter, applied(ground, written.objects));
    });
  return [inputOf(name, istio, objects), ...converted];
};

export const sceneName = 'the scene';

/** Configuration of our own. */
export const examples: readonly Input[] = [
  ...inEveryMesh('examples/shop', readFiles([join(root, 'examples', 'shop')]).objects),
  ...inEveryMesh(sceneName, objectsFrom(scene)),
];

/** Every file and every folder of the corpus, once for each mesh that it says something to. */
export const corpusInputs: readonly Input[] = corpus ? inputsIn(corpus) : [];
