import { byKey } from '../../base/order.ts';
import { selectorTakes } from '../../native/kubernetes/label-selector.ts';
import { idOf, type StoredObject } from '../port/object.ts';
import type { ObjectEvent, ObjectQuery } from '../port/object-store.ts';
import { type Change, keyOf, type Records } from './shelf.ts';

/** Whether a query selects an object. */
const isSelected = (object: StoredObject, { group, kind, namespace, labels }: ObjectQuery): boolean => {
  const id = idOf(object);
  return (
    (group === undefined || id.group === group) &&
    (kind === undefined || id.kind === kind) &&
    (namespace === undefined || id.namespace === namespace) &&
    (labels === undefined || selectorTakes(labels, object.metadata.labels))
  );
};

/** What a change is for a query; undefined if it is none of its business. */
export const eventOf = ({ version, before, after }: Change, query: ObjectQuery): ObjectEvent | undefined => {
  const was = before && isSelected(before, query) ? before : undefined;
  const is = after && isSelected(after, query) ? after : undefined;
  const resourceVersion = String(version);
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: structuredClone(is), resourceVersion };
  if (!was) return undefined;
  const object = structuredClone(was);
  object.metadata.resourceVersion = resourceVersion;
  return { type: 'DELETED', object, resourceVersion };
};

/** What a query selected at a version, of which the shelf must still know. */
export const selectedAt = (records: Records, query: ObjectQuery, version: number): StoredObject[] => {
  const now = records.all().filter(object => isSelected(object, query));
  if (version === records.version) return now;
  const then = new Map(now.map(object => [keyOf(idOf(object)), object]));
  for (const { before, after } of records.changesAfter(version).toReversed()) {
    const object = before ?? after;
    if (!object) continue;
    if (before && isSelected(before, query)) then.set(keyOf(idOf(object)), before);
    else then.delete(keyOf(idOf(object)));
  }
  return [...then.values()].sort(byKey(object => keyOf(idOf(object))));
};
