import type { StructuralSchema } from '../port/structural-schema.ts';
import { type FieldSet, isEmptySet, noFields } from './field-set.ts';
import { assemble, type Division, divide, isMapping } from './parts.ts';

/**
 * What is there with what is applied written over it. Fields stay in the order in which they are there. List items come
 * in the order in which they are applied; those that are not applied stay behind the item that they stand behind.
 */
export const merge = (live: unknown, applied: unknown, schema: StructuralSchema | undefined): unknown => {
  const old = divide(live, schema);
  const now = divide(applied, schema);
  if (!old || !now || old.kind !== now.kind) return applied;
  const steps = old.kind === 'mapping' ? [...new Set([...old.parts.keys(), ...now.parts.keys()])] : itemOrder(old, now);
  return assemble(
    old.kind,
    steps.map(step => {
      const was = old.parts.get(step);
      const part = now.parts.get(step);
      if (!part) return [step, was?.value];
      return [step, was ? merge(was.value, part.value, part.schema) : part.value];
    }),
  );
};

const itemOrder = (old: Division, now: Division): string[] => {
  const order = [...now.parts.keys()];
  let behind = -1;
  for (const step of old.parts.keys()) {
    if (now.parts.has(step)) behind = order.indexOf(step);
    else {
      behind += 1;
      order.splice(behind, 0, step);
    }
  }
  return order;
};

/** What leaves a value, and what nevertheless stays for its owners. */
interface Pruning {
  readonly drop: FieldSet;
  readonly keep: FieldSet;
}

/**
 * A value without the places in `drop`. What holds a place in `keep` stays, and the keys of a list item stay as long as
 * the item does. What is empty by that goes too. Undefined if nothing is left.
 */
export const prune = (value: unknown, schema: StructuralSchema | undefined, { drop, keep }: Pruning): unknown => {
  if (drop.isMember && isEmptySet(keep)) return undefined;
  const division = divide(value, schema);
  if (!division || drop.below.size === 0) return value;
  const left: [string, unknown][] = [];
  for (const [step, part] of division.parts) {
    const pruning = { drop: drop.below.get(step) ?? noFields, keep: keep.below.get(step) ?? noFields };
    const rest = prune(part.value, part.schema, pruning);
    const isItem = division.kind === 'items' && rest !== part.value;
    const kept = isItem ? itemWithKeys(step, part.value, { rest, isHeld: !isEmptySet(pruning.keep) }) : rest;
    if (kept !== undefined) left.push([step, kept]);
  }
  return left.length === 0 && division.parts.size > 0 && !keep.isMember ? undefined : assemble(division.kind, left);
};

/** A list item of which only `rest` is left: with its keys, or not at all if it has nothing else and nobody holds it. */
const itemWithKeys = (
  step: string,
  item: unknown,
  { rest = {}, isHeld }: { readonly rest: unknown; readonly isHeld: boolean },
): unknown => {
  const keys = new Set(Object.keys(JSON.parse(step.slice(2)) as object));
  if (!isMapping(item) || !isMapping(rest)) return rest;
  if (!isHeld && Object.keys(rest).every(field => keys.has(field))) return undefined;
  const fields = Object.entries(item).filter(([field]) => keys.has(field) || field in rest);
  return Object.fromEntries(fields.map(([field, value]) => [field, rest[field] ?? value]));
};
