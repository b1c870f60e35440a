import type { NativeObject } from '../native/snapshot.ts';
import type { Manifest } from './adapter.ts';

/** Annotations to add to an object of the user's. */
export interface Addition {
  readonly object: NativeObject;
  /** Where they go: on the object, or on the template of its pods. */
  readonly on: 'object' | 'podTemplate';
  readonly annotations: Readonly<Record<string, string>>;
}

/** Everything that is added to one object at once; later additions go before earlier ones. */
export const joinAdditions = (additions: readonly Addition[]): readonly Addition[] => {
  const joined = new Map<NativeObject, Addition>();
  for (const addition of additions) {
    const { annotations = {} } = joined.get(addition.object) ?? {};
    joined.set(addition.object, { ...addition, annotations: { ...annotations, ...addition.annotations } });
  }
  return [...joined.values()];
};

type Json = Readonly<Record<string, unknown>>;

/** What a cluster adds to an object when it is read from there. */
const clusterFields = ['managedFields', 'resourceVersion', 'uid', 'creationTimestamp', 'generation', 'selfLink'];
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object as the user wrote it, whole, with annotations added: applying it changes nothing else. */
export const annotated = ({ object, on, annotations }: Addition): Manifest => {
  const { status: _status, ...body } = object.body as Json & { status?: unknown };
  const metadata = Object.fromEntries(
    Object.entries((body.metadata ?? {}) as Json).filter(([key]) => !clusterFields.includes(key)),
  );
  const { spec } = body as { spec?: { template?: Json } };
  if (on === 'object') return { ...body, metadata: withAnnotations(metadata, annotations) } as unknown as Manifest;
  const template = spec?.template ?? {};
  const templateMetadata = withAnnotations((template.metadata ?? {}) as Json, annotations);
  return {
    ...body,
    metadata: withAnnotations(metadata, {}),
    spec: { ...spec, template: { ...template, metadata: templateMetadata } },
  } as unknown as Manifest;
};

const withAnnotations = (metadata: Json, added: Readonly<Record<string, string>>): Json => {
  const { [lastApplied]: _applied, ...kept } = (metadata.annotations ?? {}) as Readonly<Record<string, string>>;
  const all = Object.entries({ ...kept, ...added }).sort(([a], [b]) => (a < b ? -1 : 1));
  return all.length > 0 ? { ...metadata, annotations: Object.fromEntries(all) } : metadata;
};
