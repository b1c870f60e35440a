import { byText } from '../../base/order.ts';
import type { JsonObject } from '../port/object.ts';

/**
 * A set of places in an object. A place is a walk of steps, each spelled as in `FieldsV1`: `f:weight` goes to a field,
 * `k:{"name":"a"}` to the list item with these keys, `v:"a"` to a member of a set.
 */
export interface FieldSet {
  /** Whether the place itself is in the set. */
  readonly isMember: boolean;
  /** What is in the set below it; never an empty set. */
  readonly below: ReadonlyMap<string, FieldSet>;
}

export const noFields: FieldSet = { isMember: false, below: new Map() };
export const thisField: FieldSet = { isMember: true, below: new Map() };

export const isEmptySet = (set: FieldSet): boolean => !set.isMember && set.below.size === 0;

/** The set of what stands below some steps; empty sets among them are left out. */
export const fieldSetOf = (isMember: boolean, below: Iterable<readonly [string, FieldSet]>): FieldSet => ({
  isMember,
  below: new Map([...below].filter(([, set]) => !isEmptySet(set))),
});

export const union = (a: FieldSet, b: FieldSet): FieldSet => {
  if (isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  const below = new Map(a.below);
  for (const [step, set] of b.below) below.set(step, union(a.below.get(step) ?? noFields, set));
  return { isMember: a.isMember || b.isMember, below };
};

/** What is in `a` and not in `b`. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmptySet(b)
    ? a
    : fieldSetOf(
        a.isMember && !b.isMember,
        [...a.below].map(([step, set]) => [step, difference(set, b.below.get(step) ?? noFields)]),
      );

/** What is in both. */
export const intersection = (a: FieldSet, b: FieldSet): FieldSet =>
  fieldSetOf(
    a.isMember && b.isMember,
    [...a.below].map(([step, set]) => [step, intersection(set, b.below.get(step) ?? noFields)]),
  );

export const isSameSet = (a: FieldSet, b: FieldSet): boolean =>
  isEmptySet(difference(a, b)) && isEmptySet(difference(b, a));

/** As a person writes it behind the object: `.weight`, `[name="a"]`, `[="a"]`. */
const readable = (step: string): string => {
  const text = step.slice(2);
  if (step.startsWith('f:')) return /^[A-Za-z0-9_-]+$/.test(text) ? `.${text}` : `[${JSON.stringify(text)}]`;
  if (step.startsWith('v:')) return `[=${text}]`;
  const keys = Object.entries(JSON.parse(text) as JsonObject);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
};

const readableBelow = (set: FieldSet, path: string): string[] => [
  ...(set.isMember ? [path] : []),
  ...[...set.below].flatMap(([step, each]) => readableBelow(each, `${path}${readable(step)}`)),
];

/** The places of a set as people read them, `spec.rules[name="a"].weight`, in order. */
export const pathsOf = (set: FieldSet): string[] =>
  readableBelow(set, '')
    .map(path => path.replace(/^\./, ''))
    .sort(byText);

/** As Kubernetes writes it down. The place that the set starts from is never a member. */
export const toFieldsV1 = ({ below }: FieldSet): JsonObject =>
  Object.fromEntries(
    [...below]
      .sort(([a], [b]) => byText(a, b))
      .map(([step, set]) => [step, { ...(set.isMember && set.below.size > 0 ? { '.': {} } : {}), ...toFieldsV1(set) }]),
  );

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;

/** What was written down; something of which nothing stands below is in the set itself. */
export const fromFieldsV1 = (fields: JsonObject): FieldSet => readFields(fields, false);

const readFields = (fields: JsonObject, isLeafMember: boolean): FieldSet => {
  const steps = Object.entries(fields).filter(([step]) => step !== '.');
  return fieldSetOf(
    '.' in fields || (isLeafMember && steps.length === 0),
    steps.map(([step, value]) => [step, readFields(isObject(value) ? value : {}, true)]),
  );
};
