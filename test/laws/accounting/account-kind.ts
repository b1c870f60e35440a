import type { Adapter } from '../../../src/adapter/adapter.ts';
import type { ObjectRef } from '../../../src/base/source.ts';
import { groupOf, type NativeObject } from '../../../src/native/snapshot.ts';
import type { FieldFact } from '../../support/fields.ts';
import { objectsFrom } from '../../support/snapshot.ts';
import { tellApart } from '../behaviour.ts';
import type { Live } from '../live/live.ts';
import { type Reading, readWith } from '../reading.ts';
import { otherValues } from './other-values.ts';
import { type Place, pathOf, placesIn, valueAt, withValue } from './place.ts';
import { smallestObject } from './smallest-object.ts';

/**
 * What became of one field. `changes`: there is a context in which another value of it gives another answer.
 * `reported`: it is on `unread`, with a reason. `unaccounted`: neither, which breaks the law.
 */
export interface FieldAccount {
  readonly path: string;
  readonly verdict: 'changes' | 'reported' | 'unaccounted';
  /** Why it is only reported, or what was tried. */
  readonly detail: string;
}

/** A native kind with what its CRD says of it, and the configuration in which its fields matter. */
export interface Kind {
  readonly shape: readonly FieldFact[];
  readonly leaves: readonly FieldFact[];
  readonly live?: Live;
}

/** A piece of configuration that was read, and the parts of it that nobody understood. */
interface Scene {
  readonly objects: readonly NativeObject[];
  readonly reading: Reading;
  readonly unread: ReadonlyMap<string, string>;
}

/** The account of every field of a kind, as one adapter reads it. */
export const accountKind = (adapter: Adapter, { shape, leaves, live }: Kind): FieldAccount[] => {
  const scenes = (live?.scenes ?? []).map(yaml => sceneOf(adapter, objectsFrom(yaml)));
  return leavesByPath(leaves).map(leaf => {
    const others = live?.others?.[leaf.path] ?? [];
    return inScenes(adapter, leaf, others, scenes) ?? alone(adapter, shape, leaf);
  });
};

/** A field that versions describe differently is one field, which takes what any version takes. */
const leavesByPath = (leaves: readonly FieldFact[]): readonly FieldFact[] => {
  const byPath = new Map<string, FieldFact>();
  for (const leaf of leaves) {
    const known = byPath.get(leaf.path);
    byPath.set(leaf.path, known ? { ...leaf, values: [...new Set([...known.values, ...leaf.values])] } : leaf);
  }
  return [...byPath.values()];
};

const at = (ref: ObjectRef, path: string): string => `${ref.document} ${path}`;

const sceneOf = (adapter: Adapter, objects: readonly NativeObject[]): Scene => {
  const reading = readWith(adapter, objects);
  const unread = new Map(reading.unread.map(({ source, reason }) => [at(source.object, source.path), reason]));
  return { objects, reading, unread };
};

/** Why nobody could account for the fields of an object; undefined for one that was read. */
const notRead = ({ reading }: Scene, object: NativeObject): string | undefined => {
  const account = reading.objects.find(read => read.object.ref === object.ref);
  return account ? account.refused : 'the adapter does not read the object';
};

/** What the scenes say of a field; undefined if none of them sets it. */
const inScenes = (
  adapter: Adapter,
  leaf: FieldFact,
  others: readonly unknown[],
  scenes: readonly Scene[],
): FieldAccount | undefined => {
  let reason: string | undefined;
  const tried: string[] = [];
  let isSet = false;
  for (const scene of scenes) {
    for (const [index, object] of scene.objects.entries()) {
      if (!isOf(object, leaf)) continue;
      for (const place of placesIn(object.body, leaf.path)) {
        isSet = true;
        const why = notRead(scene, object);
        if (why !== undefined) return { path: leaf.path, verdict: 'unaccounted', detail: `${pathOf(place)}: ${why}` };
        const unread = reasonAt(scene, object, place);
        if (unread !== undefined) {
          reason = unread;
          continue;
        }
        const change = findChange(adapter, scene, index, place, leaf, others, tried);
        if (change) return { path: leaf.path, verdict: 'changes', detail: change };
      }
    }
  }
  if (!isSet) return undefined;
  // One place where it is read and does nothing is enough to break the law, whatever is said of other places.
  if (tried.length === 0 && reason !== undefined) return { path: leaf.path, verdict: 'reported', detail: reason };
  const more = tried.length > 4 ? `, and ${tried.length - 4} more` : '';
  return {
    path: leaf.path,
    verdict: 'unaccounted',
    detail: `nothing changes with ${tried.slice(0, 4).join(', ')}${more}`,
  };
};

const isOf = ({ ref }: NativeObject, { group, kind }: FieldFact): boolean =>
  ref.kind === kind && groupOf(ref) === group;

/** Why the field there was not read; undefined if it was. A field with an inside is unread if a part of it is. */
const reasonAt = ({ unread }: Scene, { ref }: NativeObject, place: Place): string | undefined => {
  const path = at(ref, pathOf(place));
  const exact = unread.get(path);
  if (exact !== undefined) return exact;
  for (const [other, reason] of unread) {
    if (other.startsWith(path) && /^[.[]/.test(other.slice(path.length))) return reason;
  }
  return undefined;
};

/** The first other value that changes an answer, in words; those that do not are added to `tried`. */
const findChange = (
  adapter: Adapter,
  scene: Scene,
  index: number,
  place: Place,
  leaf: FieldFact,
  others: readonly unknown[],
  tried: string[],
): string | undefined => {
  const object = scene.objects[index]!;
  const value = valueAt(object.body, place);
  for (const other of [...others, ...otherValues(leaf, value)]) {
    const objects = scene.objects.with(index, { ...object, body: withValue(object.body, place, other) });
    const difference = tellApart(scene.reading.model, readWith(adapter, objects).model);
    const words = `${pathOf(place)}: ${JSON.stringify(value)} → ${JSON.stringify(other)}`;
    if (difference) return `${words}: ${difference}`;
    tried.push(words);
  }
  return undefined;
};

/** A field that no scene sets must be reported wherever it is written. */
const alone = (adapter: Adapter, shape: readonly FieldFact[], leaf: FieldFact): FieldAccount => {
  const { path } = leaf;
  const [object] = objectsFrom(JSON.stringify(smallestObject(shape, leaf)));
  if (!object) throw new Error(`no object holds ${path}`);
  const scene = sceneOf(adapter, [object]);
  const [place] = placesIn(object.body, path);
  if (!place) throw new Error(`the smallest object does not hold ${path}`);
  const why = notRead(scene, object);
  if (why !== undefined) return { path, verdict: 'unaccounted', detail: `no scene sets it; alone: ${why}` };
  const reason = reasonAt(scene, object, place);
  if (reason !== undefined) return { path, verdict: 'reported', detail: reason };
  const change = findChange(adapter, scene, 0, place, leaf, [], []);
  if (change) return { path, verdict: 'changes', detail: change };
  return { path, verdict: 'unaccounted', detail: 'it is read, and no scene shows what it does' };
};
