import { type Manifest, ownershipLabel } from '../../adapter/adapter.ts';
import { selects } from '../../model/scope.ts';
import { groupOf, metadataOf, type NativeObject } from '../../native/snapshot.ts';

/** Whose an object is that a plan wrote: the name under which plans are made, `default` unless the user says another. */
export const ownerLabel = 'supergloo.dev/owner';

/** What a plan of this owner wrote; nothing else is ever changed or deleted (law 8). */
export const isOwnedBy =
  (owner: string) =>
  (object: NativeObject): boolean =>
    selects({ ...ownershipLabel, [ownerLabel]: owner }, metadataOf(object).labels);

const marked = new WeakMap<Manifest, { readonly owner: string; readonly manifest: Manifest }>();

/**
 * The manifest with the mark of its owner: one and the same each time. One of a user's object that a mesh needs a word on
 * stays the user's.
 */
export const owned = (manifest: Manifest, owner: string): Manifest => {
  const { metadata } = manifest;
  if (!selects(ownershipLabel, metadata.labels ?? {})) return manifest;
  const known = marked.get(manifest);
  if (known?.owner === owner) return known.manifest;
  const made = { ...manifest, metadata: { ...metadata, labels: { ...metadata.labels, [ownerLabel]: owner } } };
  marked.set(manifest, { owner, manifest: made });
  return made;
};

/** Equal for two objects that the same place cannot hold both. */
export const identityOf = (ref: Pick<Manifest, 'apiVersion' | 'kind'> & { name: string; namespace?: string }): string =>
  `${groupOf(ref)}/${ref.kind} ${ref.namespace ?? ''}/${ref.name}`;

export const identityOfManifest = ({ apiVersion, kind, metadata }: Manifest): string =>
  identityOf({ apiVersion, kind, ...metadata });
