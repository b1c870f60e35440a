import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { crdOf } from '../../api/crd.ts';
import { apiGroup } from '../../api/kind.ts';
import { apiKinds } from '../../api/kinds/kinds.ts';
import type { ObjectStore, StoreOptions } from '../../store/port/object-store.ts';
import type { StructuralSchema } from '../../store/port/structural-schema.ts';
import { UserError } from '../exit.ts';

/** Where a store is: one file, or a folder whose manifests are the objects. */
export interface StorePlace {
  readonly kind: 'embedded' | 'files';
  readonly path: string;
}

/** What a store keeps for itself, in the folder that it is for. */
export const hiddenFolder = '.supergloo';
export const databaseName = 'store.db';

const placeAt = (folder: string): StorePlace | undefined => {
  const database = join(folder, hiddenFolder, databaseName);
  if (existsSync(database)) return { kind: 'embedded', path: database };
  return existsSync(join(folder, hiddenFolder, '.gitignore')) ? { kind: 'files', path: folder } : undefined;
};

const placeAbove = (folder: string): StorePlace | undefined => {
  const place = placeAt(folder);
  const above = dirname(folder);
  return place ?? (above === folder ? undefined : placeAbove(above));
};

/**
 * The store that is meant: the one that `--store` names, the one of the environment variable `SUPERGLOO_STORE`, or the
 * nearest one from the current folder upwards. Undefined: there is none.
 */
export const findStore = (named?: string): StorePlace | undefined => {
  const path = named ?? process.env.SUPERGLOO_STORE;
  if (path === undefined || path === '') return placeAbove(resolve('.'));
  const entry = statSync(path, { throwIfNoEntry: false });
  if (entry?.isFile()) return { kind: 'embedded', path };
  const place = entry?.isDirectory() ? placeAt(path) : undefined;
  if (place) return place;
  throw new UserError(`there is no store at \`${path}\`; make one with \`supergloo init ${path}\``, 'failed');
};

/** The store that is meant, which a command cannot do without. */
export const needStore = (named?: string): StorePlace => {
  const place = findStore(named);
  if (place) return place;
  throw new UserError(
    'there is no store here or above: make one with `supergloo init`, or name one with --store',
    'failed',
  );
};

/** What decides who owns what in a list: the schemas of our own kinds. */
const schemaOf: StoreOptions['schemaOf'] = ({ group, kind }) => {
  const own = group === apiGroup ? apiKinds.find(one => one.kind === kind) : undefined;
  return own ? schemaIn(crdOf(own)) : undefined;
};

const schemaIn = (crd: object): StructuralSchema | undefined =>
  (crd as { spec: { versions: [{ schema: { openAPIV3Schema: StructuralSchema } }] } }).spec.versions[0].schema
    .openAPIV3Schema;

/** Opens a store; each kind is loaded when it is used. All that one command writes is of one moment. */
export const openStore = async ({ kind, path }: StorePlace): Promise<ObjectStore> => {
  const moment = Date.now();
  const options: StoreOptions = { schemaOf, now: () => moment };
  return kind === 'embedded'
    ? (await import('../../store/embedded/open-embedded.ts')).openEmbedded(path, options)
    : (await import('../../store/folder/open-folder.ts')).openFolder(path, options);
};

/** Opens the store, and closes it whatever happens. */
export const withStore = async <T>(place: StorePlace, work: (store: ObjectStore) => Promise<T>): Promise<T> => {
  const store = await openStore(place);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
};
