import { byKey } from '../base/order.ts';
import { selects } from '../model/scope.ts';
import { groupOf, metadataOf, type Snapshot } from '../native/snapshot.ts';
import { type Manifest, ownershipLabel } from './adapter.ts';

/**
 * Manifests of ours under names that no object of a user's has: applying them changes nothing that is not ours. A name
 * that is taken gets a suffix, and so does every reference to it from another manifest.
 */
export const withFreeNames = (manifests: readonly Manifest[], snapshot: Snapshot): readonly Manifest[] => {
  const made = new Set<string>();
  const isTaken = (manifest: Manifest, name: string): boolean =>
    made.has(placeOf(manifest, name)) || isOfUser(manifest, name, snapshot);
  if (!manifests.some(manifest => isOurs(manifest) && isOfUser(manifest, manifest.metadata.name, snapshot)))
    return manifests;
  const renamed = new Map<string, string>();
  for (const manifest of [...manifests].sort(byKey(({ metadata: { name } }) => name))) {
    const { kind, metadata } = manifest;
    if (!isOurs(manifest) || !isTaken(manifest, metadata.name)) continue;
    let name = `${metadata.name}-supergloo`;
    for (let n = 2; isTaken(manifest, name); n += 1) name = `${metadata.name}-supergloo-${n}`;
    made.add(placeOf(manifest, name));
    renamed.set(`${kind} ${metadata.namespace ?? ''}/${metadata.name}`, name);
  }
  return manifests.map(manifest => withRenamed(manifest, renamed));
};

const isOurs = ({ metadata }: Manifest): boolean => selects(ownershipLabel, metadata.labels ?? {});

const isOfUser = ({ apiVersion, kind, metadata }: Manifest, name: string, snapshot: Snapshot): boolean => {
  const object = snapshot.find(groupOf({ apiVersion }), kind, metadata.namespace, name);
  return object !== undefined && !selects(ownershipLabel, metadataOf(object).labels);
};

const placeOf = ({ apiVersion, kind, metadata }: Manifest, name: string): string =>
  `${groupOf({ apiVersion })}/${kind} ${metadata.namespace ?? ''}/${name}`;

const withRenamed = (manifest: Manifest, renamed: ReadonlyMap<string, string>): Manifest => {
  const { kind, metadata } = manifest;
  const namespace = metadata.namespace ?? '';
  const name = isOurs(manifest) ? renamed.get(`${kind} ${namespace}/${metadata.name}`) : undefined;
  return {
    ...manifest,
    metadata: name === undefined ? metadata : { ...metadata, name },
    ...('spec' in manifest ? { spec: references(manifest.spec, 'spec', namespace, renamed) } : {}),
  };
};

/** The kind that a reference means when it names none, by the field that it stands in. */
const usualKinds: Readonly<Record<string, string>> = {
  parentRefs: 'Gateway',
  backendRefs: 'Service',
  backendRef: 'Service',
  gateways: 'Gateway',
};

/** A copy in which every reference leads to the new name: `{kind, namespace, name}`, or `namespace/name` in a list. */
const references = (value: unknown, field: string, home: string, renamed: ReadonlyMap<string, string>): unknown => {
  const usual = usualKinds[field];
  if (Array.isArray(value)) return value.map(item => references(item, field, home, renamed));
  if (typeof value === 'string') {
    if (field !== 'gateways') return value;
    const [name = '', namespace = home] = value.split('/').reverse();
    const other = renamed.get(`${usual} ${namespace}/${name}`);
    return other === undefined ? value : value.includes('/') ? `${namespace}/${other}` : other;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, references(inner, key, home, renamed)]);
  const { kind = usual, namespace = home, name } = value as Readonly<Record<string, unknown>>;
  const other = kind === undefined ? undefined : renamed.get(`${kind} ${namespace}/${name}`);
  return { ...Object.fromEntries(entries), ...(other === undefined ? {} : { name: other }) };
};
