import { byText } from '../../src/base/order.ts';
import type { NativeObject } from '../../src/native/snapshot.ts';
import { groupOf } from '../../src/native/snapshot.ts';
import { type Body, type Place, placesIn, withValue } from './edits.ts';

/** Objects that differ from those of an input in one place. */
export interface Mutant {
  /** What was done, and where. */
  readonly where: string;
  readonly objects: () => readonly NativeObject[];
}

/** One way to change configuration, with every place of some objects where that can be done. */
export interface Mutation {
  readonly kind: string;
  readonly mutants: (objects: readonly NativeObject[]) => Iterable<Mutant>;
}

/** Objects that say what happens to traffic. */
export const isConfiguration = ({ ref }: NativeObject): boolean =>
  /(^|\.)(istio\.io|linkerd\.io)$|^gateway\.networking\.k8s\.io$/.test(groupOf(ref));

const told = ({ ref }: NativeObject, path: string): string =>
  `${ref.kind} ${ref.namespace ?? 'default'}/${ref.name} ${path}`;

/** The same objects with others in place of one of them. */
export const replaced = (
  objects: readonly NativeObject[],
  one: NativeObject,
  ...others: readonly NativeObject[]
): NativeObject[] => objects.flatMap(object => (object === one ? others : [object]));

/** A mutation of single values: `change` gives all that may stand in a place, `undefined` for nothing. */
export const ofPlaces = (
  kind: string,
  change: (place: Place, object: NativeObject) => readonly unknown[],
): Mutation => ({
  kind,
  *mutants(objects) {
    for (const object of objects) {
      for (const place of placesIn(object.body)) {
        for (const value of change(place, object)) {
          const changed = (): NativeObject => ({ ...object, body: withValue(object.body, place.path, value) as Body });
          yield { where: told(object, place.path.join('.')), objects: () => replaced(objects, object, changed()) };
        }
      }
    }
  },
});

/** A mutation of whole objects: `change` gives those that stand in place of one, or undefined where it does not apply. */
export const ofObjects = (
  kind: string,
  change: (object: NativeObject, all: readonly NativeObject[]) => readonly NativeObject[] | undefined,
): Mutation => ({
  kind,
  *mutants(objects) {
    for (const object of objects.filter(isConfiguration)) {
      const others = change(object, objects);
      if (others) yield { where: told(object, ''), objects: () => replaced(objects, object, ...others) };
    }
  },
});

/** The object under another name, and otherwise changed. */
export const renamed = ({ ref, body }: NativeObject, name: string, spec: unknown = body.spec): NativeObject => ({
  ref: { ...ref, name },
  body: { ...body, metadata: { ...(body.metadata as object), name }, spec },
});

/** The names of a kind in both orders that decide between objects of one age: by namespace first, and by name first. */
export const namesOf = (objects: readonly NativeObject[], { ref }: NativeObject): readonly (readonly string[])[] => {
  const same = objects.filter(object => object.ref.kind === ref.kind && groupOf(object.ref) === groupOf(ref));
  const named = same.map(object => ({ name: object.ref.name, namespace: object.ref.namespace ?? 'default' }));
  return [
    named.map(({ name, namespace }) => `${namespace}/${name}`).sort(byText),
    named.map(({ name, namespace }) => `${name}.${namespace}`).sort(byText),
  ];
};
