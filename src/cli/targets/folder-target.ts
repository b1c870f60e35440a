import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Manifest } from '../../adapter/adapter.ts';
import { groupBy } from '../../base/order.ts';
import { isSame } from '../../base/same.ts';
import { toYaml } from '../../base/yaml.ts';
import { identityOf, identityOfManifest, isOwnedBy } from '../../engine/plan/ownership.ts';
import { asWritten, type Step } from '../../engine/plan/steps.ts';
import { metadataOf, type NativeObject } from '../../native/snapshot.ts';
import { ioError } from '../../store/io-error.ts';
import type { Target } from './target.ts';

/** On a copy of a user's object to which we added what a mesh needs: whose addition it is. */
export const adoptedBy = 'supergloo.dev/adopted-by';

interface Folder {
  readonly path: string;
  readonly owner: string;
  /** What stands in it, and what the user named beside it. */
  readonly there: readonly NativeObject[];
  readonly named: readonly NativeObject[];
}

/**
 * A folder with one file for each object, below a folder for each kind of mesh. The user's own files are elsewhere: of an
 * object that is adopted, a copy stands here, which goes before the user's when both are applied.
 */
export const folderTarget = ({ path, owner, there, named }: Folder): Target => {
  const originals = new Map(named.map(object => [identityOf(object.ref), object]));
  const isCopy = (object: NativeObject): boolean =>
    metadataOf(object).annotations[adoptedBy] === owner && originals.has(identityOf(object.ref));
  const copies = new Map(there.filter(isCopy).map(object => [identityOf(object.ref), object]));
  const files = groupBy(there, ({ ref }) => ref.file ?? '');
  const isAlone = (file: string): boolean => files.get(file)?.length === 1;

  const overCopy = (step: Step, after: Manifest): Step => {
    const copy = copies.get(identityOf(step.object));
    if (!copy) return { ...step, after };
    const rest = { ...step, object: copy.ref, before: copy.body, after };
    return isSame(asWritten(copy.body), after) ? { ...rest, action: 'keep' } : rest;
  };

  return {
    objects: there.filter(object => !isCopy(object)),
    taken: [],
    state: Object.fromEntries(there.map(({ ref }) => [ref.file ?? '', ''])),
    isAdopted: ref => copies.has(identityOf(ref)),
    adopting: step => (step.after ? overCopy(step, marked(step.after, owner)) : step),
    obstacle: ({ action, object, before }) => {
      const { file } = object;
      const isOurs = before !== undefined && isOwnedBy(owner)({ ref: object, body: before });
      if (!isOurs || file === undefined || action === 'keep') return undefined;
      if (!files.has(file)) return `it stands in \`${file}\`, outside of \`${path}\``;
      return isAlone(file) ? undefined : `it stands in \`${file}\` with other objects; give it a file of its own`;
    },
    releases: async ({ steps }) => {
      const wanted = new Set(steps.flatMap(({ after }) => (after ? [identityOfManifest(after)] : [])));
      return [...copies].flatMap(([identity, { ref }]) => {
        const original = originals.get(identity);
        if (wanted.has(identity) || !original) return [];
        return overCopy(
          { action: 'update', object: ref },
          marked(asWritten(original.body) as unknown as Manifest, owner),
        );
      });
    },
    takeUp: async () => {},
    carryOut: async ({ action, object, after, mesh }) => {
      const file = object.file !== undefined && files.has(object.file) ? object.file : undefined;
      if (action === 'delete' && file !== undefined) rmSync(file, { force: true });
      else if (after) writeWhole(file ?? join(path, fileName(after, mesh)), toYaml(inOrder(after)));
    },
    writeStatus: async () => {},
  };
};

const marked = (manifest: Manifest, owner: string): Manifest => {
  const { metadata } = manifest as Manifest & { metadata: { annotations?: Readonly<Record<string, string>> } };
  return { ...manifest, metadata: { ...metadata, annotations: { ...metadata.annotations, [adoptedBy]: owner } } };
};

const fileName = ({ kind, metadata: { namespace, name } }: Manifest, mesh = ''): string =>
  join(mesh.split('/')[0] ?? '', `${[kind.toLowerCase(), namespace, name].filter(part => part).join('-')}.yaml`);

/** In the customary order of an object. */
const inOrder = ({ apiVersion, kind, metadata, ...rest }: Manifest): object => ({
  apiVersion,
  kind,
  metadata,
  ...rest,
});

/** All of it or nothing, whenever the machine stops. */
const writeWhole = (file: string, text: string): void => {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const half = join(dirname(file), `.${process.pid}.half`);
    const handle = openSync(half, 'w');
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(half, file);
  } catch (cause) {
    throw ioError(file, 'cannot be written', cause);
  }
};
