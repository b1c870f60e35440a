import { isSame } from '../../base/same.ts';
import type { StructuralSchema } from '../port/structural-schema.ts';
import { difference, type FieldSet, fieldSetOf, noFields, thisField, union } from './field-set.ts';
import { divide, type Part } from './parts.ts';

/**
 * The places that whoever writes a value owns: every value that is written as a whole, every list item, and mappings and
 * lists with nothing in them.
 */
export const placesOf = ({ value, schema }: Part): FieldSet => {
  const division = divide(value, schema);
  if (!division || division.parts.size === 0) return thisField;
  return fieldSetOf(
    false,
    [...division.parts].map(([step, part]) => [step, ownedPart(division.kind, part)]),
  );
};

/** An item of a list is owned beside what stands in it: whoever owns it keeps it in the list. */
const ownedPart = (kind: 'mapping' | 'items' | 'members', part: Part): FieldSet =>
  kind === 'mapping' ? placesOf(part) : { ...placesOf(part), isMember: true };

/** What tells one value from another. */
export interface Changes {
  /** Places that are there now and were not, or were different. */
  readonly written: FieldSet;
  /** Places that were there and are not any more. */
  readonly removed: FieldSet;
}

const noChanges: Changes = { written: noFields, removed: noFields };

/** What tells `after` from `before`, two values with one schema. */
export const changesBetween = (before: unknown, after: unknown, schema: StructuralSchema | undefined): Changes => {
  const old = divide(before, schema);
  const now = divide(after, schema);
  if (!old || !now || old.kind !== now.kind) return isSame(before, after) ? noChanges : replaced(before, after, schema);
  const written: [string, FieldSet][] = [];
  const removed: [string, FieldSet][] = [];
  for (const [step, part] of now.parts) {
    const was = old.parts.get(step);
    const changes = was
      ? changesBetween(was.value, part.value, part.schema)
      : { written: ownedPart(now.kind, part), removed: noFields };
    written.push([step, changes.written]);
    removed.push([step, changes.removed]);
  }
  for (const [step, part] of old.parts) if (!now.parts.has(step)) removed.push([step, ownedPart(old.kind, part)]);
  const becameEmpty = now.parts.size === 0 && old.parts.size > 0;
  return { written: fieldSetOf(becameEmpty, written), removed: fieldSetOf(false, removed) };
};

const replaced = (before: unknown, after: unknown, schema: StructuralSchema | undefined): Changes => {
  const written = union(placesOf({ value: after, schema }), thisField);
  return { written, removed: difference(placesOf({ value: before, schema }), written) };
};
