import { byAll, byKey } from '../../base/order.ts';
import { createdAt, type NativeObject, namespaceOf } from '../../native/snapshot.ts';

/** What decides which of two objects Istio takes for the older. */
export interface Age {
  /** RFC 3339, in whole seconds; empty in files. */
  readonly created: string;
  readonly name: string;
  readonly namespace: string;
}

/** How Istio breaks the tie of two objects of one age: by name, then by namespace (observed, row 2.4). */
export const byAge = byAll<Age>(
  byKey(({ created }) => created),
  byKey(({ name }) => name),
  byKey(({ namespace }) => namespace),
);

export const ageOf = (object: NativeObject): Age => ({
  created: createdAt(object),
  name: object.ref.name,
  namespace: namespaceOf(object.ref),
});

export const olderFirst = (a: NativeObject, b: NativeObject): number => byAge(ageOf(a), ageOf(b));
