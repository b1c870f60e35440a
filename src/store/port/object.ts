/** Objects as a store keeps them: shaped like those of Kubernetes, plain JSON all through. */

/** JSON as parsed. Whoever gets an object from a store may change it: it is a copy. */
export type JsonObject = { [field: string]: unknown };

/** What an object says about itself. A store sets everything that is marked so, and ignores what a writer says there. */
export interface ObjectMeta {
  name: string;
  /** Absent for objects that belong to no namespace. */
  namespace?: string;
  labels?: { [key: string]: string };
  annotations?: { [key: string]: string };
  /** Set by the store, once: an object that is deleted and made again is another one. A writer may name it as a precondition. */
  uid?: string;
  /**
   * Set by the store at each change, from one counter for all objects. It is opaque: it may be compared for equality, and
   * handed to `watch`. A writer may name it as a precondition; `update` wants it.
   */
  resourceVersion?: string;
  /** Set by the store: counts the changes of what is wanted, that is of everything but `metadata` and `status`. From 1. */
  generation?: number;
  /** Set by the store. RFC 3339, whole seconds, UTC. */
  creationTimestamp?: string;
  /** Set by the store: which manager wrote which fields. */
  managedFields?: ManagedFields[];
  [field: string]: unknown;
}

/** An object of any kind. What is wanted stands in `spec` or in fields of its own (`data`), what is observed in `status`. */
export interface StoredObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec?: JsonObject;
  status?: JsonObject;
  [field: string]: unknown;
}

/**
 * The fields that one manager wrote in one way, as Kubernetes writes them down (`FieldsV1`): `f:` before the name of a
 * field, `k:` before the keys of a list item, `v:` before a member of a set, `.` where the thing itself is owned beside
 * what stands in it.
 */
export interface ManagedFields {
  manager: string;
  /** `Apply`: the manager says everything it wants each time. `Update`: it changed these fields, once. */
  operation: 'Apply' | 'Update';
  apiVersion: string;
  /** Present for what was written as the status. */
  subresource?: 'status';
  /** When the set of fields changed last. RFC 3339. */
  time: string;
  fieldsType: 'FieldsV1';
  fieldsV1: JsonObject;
}

/** A kind in any of its versions: the API group is the part of `apiVersion` before the slash, empty for `v1`. */
export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

/** What tells one object from all others. Versions of an API group share their objects. */
export interface ObjectId extends GroupKind {
  readonly namespace?: string;
  readonly name: string;
}

export const groupOf = (apiVersion: string): string => {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
};

export const idOf = ({ apiVersion, kind, metadata }: StoredObject): ObjectId => ({
  group: groupOf(apiVersion),
  kind,
  ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
  name: metadata.name,
});

/** `HTTPRoute shop/reviews`, the way people name an object. */
export const titleOf = ({ kind, namespace, name }: ObjectId): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
