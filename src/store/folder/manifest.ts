import { createHash } from 'node:crypto';
import { digest } from '../../base/digest.ts';
import { toYaml } from '../../base/yaml.ts';
import { storeFields } from '../local/transition.ts';
import { idOf, type JsonObject, type ObjectId, type StoredObject } from '../port/object.ts';

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The part of an object that a file says: everything but its status and what the store itself says. */
export const manifestOf = ({ apiVersion, kind, metadata, ...fields }: StoredObject): StoredObject => {
  const { status: _, ...rest } = fields;
  const said = Object.entries(metadata).filter(([field, value]) => !storeFields.has(field) && value !== null);
  return { apiVersion, kind, metadata: Object.fromEntries(said) as StoredObject['metadata'], ...rest };
};

/** A manifest with what a file says beside it, which the store neither reads nor removes. */
export const withUnread = (manifest: StoredObject, body: Mapping): JsonObject => {
  const unread = isMapping(body.metadata)
    ? Object.entries(body.metadata).filter(([field]) => storeFields.has(field))
    : [];
  return {
    ...manifest,
    metadata: { ...manifest.metadata, ...Object.fromEntries(unread) },
    ...('status' in body ? { status: body.status } : {}),
  };
};

/** The text of a new file. */
export const newText = (manifest: object, isJson: boolean): string =>
  isJson ? `${JSON.stringify(manifest, null, 2)}\n` : toYaml(manifest);

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** As a part of a path everywhere: small letters, digits, dots, dashes; anything else by its code. */
const pathPart = (text: string): string => {
  const part = text.replace(/[^a-z0-9.-]|^\./g, char => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return part.length <= 150 ? part : `${part.slice(0, 130)}-${digest(text)}${digest([...text].reverse().join(''))}`;
};

/**
 * Where a new object may stand, the best place first: `shop/route-reviews.yaml`, and with its API group or a number where
 * that is taken.
 */
export function* newPaths(object: StoredObject): Generator<string> {
  const { group, kind, namespace, name }: ObjectId = idOf(object);
  const folder = namespace === undefined ? '' : `${pathPart(namespace)}/`;
  const short = pathPart(kind.toLowerCase());
  yield `${folder}${short}-${pathPart(name)}.yaml`;
  if (group !== '') yield `${folder}${short}.${pathPart(group)}-${pathPart(name)}.yaml`;
  for (let count = 2; ; count += 1) yield `${folder}${short}-${pathPart(name)}-${count}.yaml`;
}
