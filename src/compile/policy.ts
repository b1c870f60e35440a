import { isOurs, readApiObject } from '../api/read-object.ts';
import { Field } from '../base/field.ts';
import type { Finding } from '../base/finding.ts';
import { byAll, byKey } from '../base/order.ts';
import { objectKey } from '../base/source.ts';
import { createdAt, type NativeObject, namespaceOf, type Snapshot } from '../native/snapshot.ts';

/** An object of `supergloo.dev` that is valid. */
export interface Policy {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** RFC 3339; empty where nobody knows. */
  readonly created: string;
  readonly object: NativeObject;
  /** The spec with its defaults; what is read of it is known as the source of what is made of it. */
  readonly spec: Field;
}

/** Older first, then by namespace and name: of two that say the same thing the first counts (GEP-713, conflict resolution). */
export const byPrecedence = byAll<Policy>(
  byKey(({ created }) => created || '9'),
  byKey(({ namespace }) => namespace),
  byKey(({ name }) => name),
);

export interface Policies {
  readonly valid: readonly Policy[];
  /** What cannot be said of them, nobody knows: what was written of them before has to stay. */
  readonly invalid: readonly NativeObject[];
  readonly findings: readonly Finding[];
}

const read = new WeakMap<NativeObject, { readonly policy?: Policy; readonly findings: readonly Finding[] }>();

/** An object is checked once, however often it is compiled. */
const policyOf = (object: NativeObject): { readonly policy?: Policy; readonly findings: readonly Finding[] } => {
  const known = read.get(object);
  if (known) return known;
  const { spec, kind, findings } = readApiObject(object);
  const { ref } = object;
  const field = spec === undefined ? undefined : Field.of(ref, { spec }).at('spec');
  const result = {
    findings,
    ...(field && kind
      ? {
          policy: {
            kind: kind.kind,
            namespace: kind.scope === 'Cluster' ? '' : namespaceOf(ref),
            name: ref.name,
            created: createdAt(object),
            object,
            spec: field,
          },
        }
      : {}),
  };
  read.set(object, result);
  return result;
};

/**
 * The objects of `supergloo.dev` in a snapshot. One that is not valid is told; what stands in for it is the last of its
 * versions that was, where the caller knows it.
 */
export const policiesIn = (
  snapshot: Snapshot,
  lastValid: (object: NativeObject) => NativeObject | undefined = () => undefined,
): Policies => {
  const all = snapshot.objects
    .filter(object => isOurs(object) && !snapshot.superseded.has(object))
    .sort(byKey(({ ref }) => objectKey(ref)))
    .map(object => ({ object, ...policyOf(object) }));
  const standIn = ({ object, policy }: (typeof all)[number]): Policy | undefined => {
    const last = policy ? undefined : lastValid(object);
    return policy ?? (last && policyOf(last).policy);
  };
  return {
    valid: all.flatMap(one => standIn(one) ?? []).sort(byPrecedence),
    invalid: all.flatMap(one => (standIn(one) ? [] : one.object)),
    findings: all.flatMap(({ findings }) => findings),
  };
};
