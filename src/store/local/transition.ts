import { isSame } from '../../base/same.ts';
import { applyOver, type Body, replace, type Written } from '../ownership/owners.ts';
import type { ManagedFields, ObjectMeta, StoredObject } from '../port/object.ts';
import type { StructuralSchema } from '../port/structural-schema.ts';
import type { OwnedField } from '../port/write-errors.ts';

/** One write, and all that it takes to carry it out. */
export interface Write {
  readonly object: StoredObject;
  readonly manager: string;
  readonly subresource: 'status' | undefined;
  readonly schema: StructuralSchema | undefined;
  readonly now: number;
  readonly newUid: () => string;
}

/** What the store says about an object. A writer says nothing there. */
export const storeFields: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
]);

const identity = new Set(['name', 'namespace']);

const entriesWithout = (value: object, ...left: ReadonlySet<string>[]): [string, unknown][] =>
  Object.entries(value).filter(([key]) => !left.some(each => each.has(key)));

const notInBody = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/** What a writer can own of an object: its status alone, or everything else. */
const bodyOf = (object: StoredObject | undefined, subresource: 'status' | undefined): Body => {
  if (!object) return {};
  if (subresource === 'status') return object.status === undefined ? {} : { status: object.status };
  const metadata = Object.fromEntries(entriesWithout(object.metadata, storeFields, identity));
  const rest = Object.fromEntries(entriesWithout(object, notInBody));
  return Object.keys(metadata).length === 0 ? rest : { metadata, ...rest };
};

/** The lists in the metadata of every object, as Kubernetes defines them. */
const metadataSchema: StructuralSchema = {
  properties: {
    ownerReferences: { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['uid'] },
    finalizers: { 'x-kubernetes-list-type': 'set' },
  },
};

const withMetadata = (schema: StructuralSchema | undefined): StructuralSchema => ({
  ...schema,
  properties: { ...schema?.properties, metadata: metadataSchema },
});

const rfc3339 = (now: number): string => new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');

/** What is there after an update; the same object if nothing changes by it. The version is set by whoever keeps it. */
export const updated = (live: StoredObject | undefined, write: Write): StoredObject => {
  const sides = sidesOf(live, write, 'Update');
  return combined(live, write, replace(sides.live, sides.next, withMetadata(write.schema)));
};

/** What is there after an apply, or what others own of that. */
export const applied = (
  live: StoredObject | undefined,
  write: Write,
  force: boolean,
): StoredObject | { readonly owned: readonly OwnedField[] } => {
  const sides = sidesOf(live, write, 'Apply');
  const result = applyOver(sides.live, { ...sides.next, force }, withMetadata(write.schema));
  return 'owned' in result ? result : combined(live, write, result);
};

const sidesOf = (live: StoredObject | undefined, write: Write, operation: ManagedFields['operation']) => {
  const { object, manager, subresource, now } = write;
  const writer = {
    manager,
    operation,
    apiVersion: object.apiVersion,
    ...(subresource ? { subresource } : {}),
    time: rfc3339(now),
  };
  return {
    live: { ...(live ? { object: live } : {}), body: bodyOf(live, subresource) },
    next: { body: bodyOf(object, subresource), writer },
  };
};

const combined = (live: StoredObject | undefined, write: Write, { body, managedFields }: Written): StoredObject => {
  const { object, subresource } = write;
  const kept = subresource === 'status' ? bodyOf(live, undefined) : body;
  const status = subresource === 'status' ? body.status : live?.status;
  const { metadata, ...fields } = kept as { metadata?: object } & Body;
  const next = {
    apiVersion: subresource === 'status' && live ? live.apiVersion : object.apiVersion,
    kind: object.kind,
    metadata: { ...startOf(live, write), ...metadata, managedFields } as ObjectMeta,
    ...fields,
    ...(status === undefined ? {} : { status }),
  } as StoredObject;
  if (!live) return next;
  if (isSame(live, next)) return live;
  if (!isWantedAlike(live, next)) next.metadata.generation = (live.metadata.generation ?? 0) + 1;
  return next;
};

const startOf = (live: StoredObject | undefined, { object, now, newUid }: Write): Partial<ObjectMeta> => {
  const { name, namespace } = object.metadata;
  const { uid, resourceVersion, generation, creationTimestamp } = live?.metadata ?? {};
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: uid ?? newUid(),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    generation: generation ?? 1,
    creationTimestamp: creationTimestamp ?? rfc3339(now),
  };
};

const notWanted = new Set(['apiVersion', 'metadata', 'status']);

const isWantedAlike = (a: StoredObject, b: StoredObject): boolean =>
  isSame(Object.fromEntries(entriesWithout(a, notWanted)), Object.fromEntries(entriesWithout(b, notWanted)));
