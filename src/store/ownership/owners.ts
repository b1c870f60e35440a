import { byAll, byKey } from '../../base/order.ts';
import type { ManagedFields, StoredObject } from '../port/object.ts';
import type { StructuralSchema } from '../port/structural-schema.ts';
import type { OwnedField } from '../port/write-errors.ts';
import {
  difference,
  type FieldSet,
  fromFieldsV1,
  intersection,
  isEmptySet,
  isSameSet,
  noFields,
  pathsOf,
  toFieldsV1,
  union,
} from './field-set.ts';
import { merge, prune } from './merge.ts';
import { type Changes, changesBetween, placesOf } from './places.ts';

/** The fields that one manager wrote in one way. */
interface Owner extends Omit<ManagedFields, 'fieldsType' | 'fieldsV1'> {
  readonly fields: FieldSet;
}

/** Who writes, how, and when. */
export type Writer = Omit<Owner, 'fields'>;

/** The part of an object that a write is about: what can be owned, without what the store itself says. */
export type Body = { readonly [field: string]: unknown };

/** What a write makes of a body, and who owns it then. */
export interface Written {
  readonly body: Body;
  readonly managedFields: ManagedFields[];
}

const readOwner = ({ fieldsType: _, fieldsV1, ...writer }: ManagedFields): Owner => ({
  ...writer,
  fields: fromFieldsV1(fieldsV1),
});

const ownersOf = (object: StoredObject | undefined): Owner[] => (object?.metadata.managedFields ?? []).map(readOwner);

const writeOwners = (owners: readonly Owner[]): ManagedFields[] =>
  owners
    .filter(owner => !isEmptySet(owner.fields))
    .sort(
      byAll(
        byKey(owner => owner.manager),
        byKey(owner => owner.operation),
        byKey(owner => owner.subresource ?? ''),
      ),
    )
    .map(({ fields, ...writer }) => ({ ...writer, fieldsType: 'FieldsV1', fieldsV1: toFieldsV1(fields) }));

const isSameWriter = (a: Writer, b: Writer): boolean =>
  a.manager === b.manager && a.operation === b.operation && a.subresource === b.subresource;

/** What one owner holds from now on. Its time is that of the last change to what it holds. */
const holding = (before: Owner | undefined, writer: Writer, fields: FieldSet): Owner =>
  before && before.apiVersion === writer.apiVersion && isSameSet(before.fields, fields)
    ? before
    : { ...writer, fields };

/** All that a body as a whole says; the body itself is owned by nobody. */
const saidBy = (body: Body, schema: StructuralSchema | undefined): FieldSet => ({
  ...placesOf({ value: body, schema }),
  isMember: false,
});

/** Takes from the others what the writer changed. */
const without = (owner: Owner, { written, removed }: Changes, time: string): Owner => {
  const fields = difference(difference(owner.fields, written), removed);
  return isSameSet(fields, owner.fields) ? owner : { ...owner, fields, time };
};

/** A manager replaced the body: what changed by that is its own from now on. */
export const replace = (
  live: { readonly object?: StoredObject; readonly body: Body },
  next: { readonly body: Body; readonly writer: Writer },
  schema: StructuralSchema | undefined,
): Written => {
  const { body, writer } = next;
  const owners = ownersOf(live.object);
  const before = owners.find(owner => isSameWriter(owner, writer));
  const changes = changesBetween(live.body, body, schema);
  const mine = union(difference(before?.fields ?? noFields, changes.removed), { ...changes.written, isMember: false });
  const others = owners.filter(owner => owner !== before).map(owner => without(owner, changes, writer.time));
  return { body, managedFields: writeOwners([...others, holding(before, writer, mine)]) };
};

/** A manager says all that it wants. Refused, with the fields that others own, unless `force`. */
export const applyOver = (
  live: { readonly object?: StoredObject; readonly body: Body },
  applied: { readonly body: Body; readonly writer: Writer; readonly force: boolean },
  schema: StructuralSchema | undefined,
): Written | { readonly owned: readonly OwnedField[] } => {
  const { writer } = applied;
  const owners = ownersOf(live.object);
  const before = owners.find(owner => isSameWriter(owner, writer));
  const others = owners.filter(owner => owner !== before);
  const merged = merge(live.body, applied.body, schema);
  const changes = changesBetween(live.body, merged, schema);
  const owned = applied.force ? [] : ownedFields(others, writer, union(changes.written, changes.removed));
  if (owned.length > 0) return { owned };

  const left = others.map(owner => without(owner, changes, writer.time));
  const mine = saidBy(applied.body, schema);
  const theirs = left.reduce((all, owner) => union(all, owner.fields), noFields);
  const drop = difference(before?.fields ?? noFields, mine);
  const body = (prune(merged, schema, { drop, keep: union(mine, theirs) }) ?? {}) as Body;
  return { body, managedFields: writeOwners([...left, holding(before, writer, mine)]) };
};

/** What a manager changed once and now applies was its own all along. */
const ownedFields = (others: readonly Owner[], writer: Writer, touched: FieldSet): OwnedField[] =>
  others
    .filter(owner => owner.manager !== writer.manager)
    .flatMap(({ manager, operation, fields }) =>
      pathsOf(intersection(fields, touched)).map(path => ({ path, manager, operation })),
    )
    .sort(
      byAll(
        byKey(field => field.manager),
        byKey(field => field.path),
      ),
    );
