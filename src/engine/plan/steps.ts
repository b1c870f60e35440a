import type { Manifest } from '../../adapter/adapter.ts';
import { byKey } from '../../base/order.ts';
import { isSame } from '../../base/same.ts';
import type { ObjectRef } from '../../base/source.ts';
import { groupOf, type NativeObject } from '../../native/snapshot.ts';
import { identityOf, identityOfManifest } from './ownership.ts';
import type { Divided } from './split.ts';

/** One thing to do to what there is, with what it takes to undo it. */
export interface Step {
  /** The id of the mesh that it is for; absent for what no mesh wants any more. */
  readonly mesh?: string;
  readonly action: 'create' | 'update' | 'delete' | 'keep';
  readonly object: ObjectRef;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Manifest;
  /** Why it is not done: there is an object of that name which is not ours. */
  readonly refused?: string;
  /** `foreign`: the object is not ours, and its owner may let us change it. `held`: nobody can say what is wanted. */
  readonly because?: 'foreign' | 'held';
}

/** What a control plane adds to an object, and what nobody wrote. */
const serverFields = ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields', 'selfLink'];

/** An object as its author would write it. */
export const asWritten = (body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const { status: _, metadata, ...rest } = body;
  const kept = Object.entries((metadata ?? {}) as Record<string, unknown>).filter(
    ([key]) => !serverFields.includes(key),
  );
  return { ...rest, metadata: Object.fromEntries(kept) };
};

const refOf = ({ apiVersion, kind, metadata: { name, namespace } }: Manifest): ObjectRef => ({
  apiVersion,
  kind,
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

/** An object that is to be there, and the id of the mesh that it is for. */
export interface Desired {
  readonly mesh: string;
  readonly after: Manifest;
}

/** From what there is to what is to be: new and changed objects first, and what is not wanted any more last. */
export const stepsBetween = (
  { estate, owned }: Pick<Divided, 'estate' | 'owned'>,
  desired: readonly Desired[],
  isOwned: (object: NativeObject) => boolean,
): readonly Step[] => {
  const wanted = new Set(desired.map(({ after }) => identityOfManifest(after)));
  const made = desired.map(({ mesh, after }): Step => {
    const { apiVersion, kind, metadata } = after;
    const before = estate.find(groupOf({ apiVersion }), kind, metadata.namespace, metadata.name);
    if (!before) return { mesh, action: 'create', object: refOf(after), after };
    const { ref, body } = before;
    const same = isSame(asWritten(body), after);
    if (same) return { mesh, action: 'keep', object: ref, before: body, after };
    const step = { mesh, action: 'update', object: ref, before: body, after } as const;
    return isOwned(before) ? step : { ...step, refused: 'it is not ours', because: 'foreign' };
  });
  const gone = owned
    .filter(({ ref }) => !wanted.has(identityOf(ref)))
    .map(({ ref, body }): Step => ({ action: 'delete', object: ref, before: body }));
  const inOrder = byKey(({ object }: Step) => identityOf(object));
  return [...made.sort(inOrder), ...gone.sort(inOrder)];
};
