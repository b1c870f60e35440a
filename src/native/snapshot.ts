import { Field } from '../base/field.ts';
import { byAll, byKey, byText } from '../base/order.ts';
import type { ObjectRef } from '../base/source.ts';

/** One object as its author wrote it, with the identity that sources point to. */
export interface NativeObject {
  readonly ref: ObjectRef;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Metadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339; absent in files, and then nobody knows which object is older. */
  readonly creationTimestamp?: string;
}

const stringMap = (value: unknown): Record<string, string> => {
  const map: Record<string, string> = {};
  if (typeof value === 'object' && value !== null) {
    for (const [key, text] of Object.entries(value)) if (typeof text === 'string') map[key] = text;
  }
  return map;
};

const noLabels: Metadata = { labels: {}, annotations: {} };

export const metadataOf = (object: NativeObject): Metadata => {
  const metadata = object.body.metadata;
  if (typeof metadata !== 'object' || metadata === null) return noLabels;
  const { labels, annotations, creationTimestamp } = metadata as Record<string, unknown>;
  return {
    labels: labels ? stringMap(labels) : noLabels.labels,
    annotations: annotations ? stringMap(annotations) : noLabels.annotations,
    ...(typeof creationTimestamp === 'string' ? { creationTimestamp } : {}),
  };
};

/** The namespace of an object of a namespaced kind: what kubectl makes of one that names none. */
export const namespaceOf = (ref: Pick<ObjectRef, 'namespace'>): string => ref.namespace ?? 'default';

/** The API group of an object: `networking.istio.io`, or `` for Kubernetes core. */
export const groupOf = (ref: Pick<ObjectRef, 'apiVersion'>): string => {
  const slash = ref.apiVersion.indexOf('/');
  return slash < 0 ? '' : ref.apiVersion.slice(0, slash);
};

/**
 * Objects are older first; without a creation time the order is namespace and name, as the API server's own fallback.
 * What is compared is worked out once for each object.
 */
const olderFirst = (objects: readonly NativeObject[]): NativeObject[] =>
  objects
    .map(object => ({ object, created: createdAt(object), place: `${namespaceOf(object.ref)} ${object.ref.name}` }))
    .sort((a, b) => byText(a.created, b.created) || byText(a.place, b.place) || byPlace(a.object, b.object))
    .map(({ object }) => object);

/** RFC 3339; empty in files, where nobody knows which object is older. */
export const createdAt = ({ body }: NativeObject): string => {
  const created = (body.metadata as Record<string, unknown> | null | undefined)?.creationTimestamp;
  return typeof created === 'string' ? created : '';
};

const nameKey = (ref: Pick<ObjectRef, 'namespace' | 'name'>): string => `${namespaceOf(ref)}/${ref.name}`;

/**
 * All objects read at one moment from one source. It is indexed by group and kind, so that a reader touches only the
 * objects of its own kinds. The order of the input does not matter (law 5).
 */
export class Snapshot {
  /**
   * `whole`: everything there is was read (a cluster), so what is not here does not exist.
   * `partial`: some files; what they mention but do not hold is assumed to exist.
   */
  readonly extent: 'whole' | 'partial';
  /** Everything that was read, also what a later copy stands in place of. */
  readonly objects: readonly NativeObject[];
  /** Objects written more than once: each copy that does not count, with the one that does. */
  readonly superseded: Map<NativeObject, NativeObject> = new Map();
  private readonly kinds: Map<string, readonly NativeObject[]>;
  private isAccounted = true;
  private readonly fields = new Map<NativeObject, Field>();
  private readonly names = new Map<string, Map<string, NativeObject>>();

  constructor(
    objects: readonly NativeObject[],
    extent: 'whole' | 'partial' = 'partial',
    kinds?: Map<string, readonly NativeObject[]>,
  ) {
    this.objects = objects;
    this.extent = extent;
    this.kinds = kinds ?? byKind(lastOfEach(objects, this.superseded));
  }

  /** Objects that are read for what they say only: nobody will ask what was read of them, nor whether it could be. */
  static unaccounted(objects: readonly NativeObject[], extent: Snapshot['extent']): Snapshot {
    const snapshot = new Snapshot(objects, extent);
    snapshot.isAccounted = false;
    return snapshot;
  }

  /**
   * The same after an edit: `gone` is not there any more, `come` is. They are one object in two versions, or one of them
   * is missing; no other object has their name. What is known of other kinds is kept.
   */
  edited(gone: NativeObject | undefined, come: NativeObject | undefined): Snapshot {
    const isLeft = (object: NativeObject): boolean => object !== gone;
    const kinds = new Map(this.kinds);
    for (const key of new Set([gone, come].flatMap(object => (object ? kindKey(object) : [])))) {
      const list = (kinds.get(key) ?? []).filter(isLeft);
      const now = come && kindKey(come) === key ? olderFirst([...list, come]) : list;
      if (now.length > 0) kinds.set(key, now);
      else kinds.delete(key);
    }
    const left = this.objects.filter(isLeft);
    const edited = new Snapshot(come ? [...left, come] : left, this.extent, kinds);
    for (const [key, names] of this.names) if (kinds.get(key) === this.kinds.get(key)) edited.names.set(key, names);
    return edited;
  }

  /** The objects of a kind in any served version, older first. */
  of(group: string, kind: string): readonly NativeObject[] {
    return this.kinds.get(`${group}/${kind}`) ?? [];
  }

  /** The root field of an object. It is one and the same for all readers of this snapshot, so that accounting is whole. */
  field(object: NativeObject): Field {
    let field = this.fields.get(object);
    if (!field) {
      field = (this.isAccounted ? Field.of : Field.unaccounted)(object.ref, object.body);
      this.fields.set(object, field);
    }
    return field;
  }

  /** The oldest object of that name. `namespace` is undefined for kinds that have none. */
  find(group: string, kind: string, namespace: string | undefined, name: string): NativeObject | undefined {
    const key = `${group}/${kind}`;
    let names = this.names.get(key);
    if (!names) {
      names = new Map();
      for (const object of this.of(group, kind).toReversed()) names.set(nameKey(object.ref), object);
      this.names.set(key, names);
    }
    if (names.size === 0) return undefined;
    return names.get(nameKey(namespace === undefined ? { name } : { namespace, name }));
  }

  /** `group/kind` of everything here, in stable order. */
  kindsPresent(): string[] {
    return [...this.kinds.keys()].sort();
  }
}

const kindKey = ({ ref }: NativeObject): string => `${groupOf(ref)}/${ref.kind}`;

const byKind = (objects: readonly NativeObject[]): Map<string, readonly NativeObject[]> => {
  const lists = new Map<string, NativeObject[]>();
  for (const object of objects) {
    const key = kindKey(object);
    const list = lists.get(key);
    if (list) list.push(object);
    else lists.set(key, [object]);
  }
  return new Map([...lists].map(([key, list]) => [key, list.length > 1 ? olderFirst(list) : list]));
};

const identityOf = ({ ref }: NativeObject): string =>
  `${ref.cluster ?? ''}|${groupOf(ref)}|${ref.kind}|${nameKey(ref)}`;

/** Files by name, then documents as written: the order in which `kubectl apply -f` goes through a folder. */
const byPlace = byAll<NativeObject>(
  byKey(object => object.ref.file ?? ''),
  (a, b) => (a.ref.document ?? 0) - (b.ref.document ?? 0) || (a.ref.item ?? 0) - (b.ref.item ?? 0),
);

/** One object for each identity: of several copies the last, which is what a cluster would hold after an apply. */
const lastOfEach = (objects: readonly NativeObject[], superseded: Map<NativeObject, NativeObject>): NativeObject[] => {
  const kept = new Map<string, NativeObject>();
  for (const object of objects) {
    const identity = identityOf(object);
    const other = kept.get(identity);
    if (!other || byPlace(other, object) <= 0) kept.set(identity, object);
  }
  if (kept.size === objects.length) return [...objects];
  for (const object of objects) {
    const last = kept.get(identityOf(object));
    if (last && last !== object) superseded.set(object, last);
  }
  return [...kept.values()];
};
