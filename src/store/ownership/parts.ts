import { byText } from '../../base/order.ts';
import type { JsonObject } from '../port/object.ts';
import type { StructuralSchema } from '../port/structural-schema.ts';

/** A part of a value that has owners of its own. */
export interface Part {
  readonly value: unknown;
  readonly schema: StructuralSchema | undefined;
}

/**
 * How a value falls into parts: a mapping by its fields, a list of type `map` by the keys of its items, a list of type
 * `set` by its members. Steps are spelled as in FieldSet and stand in the order of the value.
 */
export interface Division {
  readonly kind: 'mapping' | 'items' | 'members';
  readonly parts: ReadonlyMap<string, Part>;
}

export const isMapping = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldSchema = (schema: StructuralSchema | undefined, field: string): StructuralSchema | undefined => {
  const named = schema?.properties && Object.hasOwn(schema.properties, field) ? schema.properties[field] : undefined;
  const other = schema?.additionalProperties;
  return named ?? (typeof other === 'object' ? other : undefined);
};

/** The step to an item of a list of type `map`; undefined where a key is missing. */
const keyStep = (item: unknown, schema: StructuralSchema): string | undefined => {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (!isMapping(item) || keys.length === 0) return undefined;
  const entries = [...keys]
    .sort(byText)
    .map(key => [key, item[key] ?? fieldSchema(schema.items, key)?.default] as const);
  if (entries.some(([, value]) => value === undefined || typeof value === 'object')) return undefined;
  return `k:${JSON.stringify(Object.fromEntries(entries))}`;
};

const memberStep = (item: unknown): string | undefined =>
  typeof item === 'object' ? undefined : `v:${JSON.stringify(item)}`;

const divideList = (list: readonly unknown[], schema: StructuralSchema): Division | undefined => {
  const isMap = schema['x-kubernetes-list-type'] === 'map';
  const parts = new Map<string, Part>();
  for (const value of list) {
    const step = isMap ? keyStep(value, schema) : memberStep(value);
    if (step === undefined || parts.has(step)) return undefined;
    parts.set(step, { value, schema: schema.items });
  }
  return { kind: isMap ? 'items' : 'members', parts };
};

/**
 * The parts of a value; undefined where it is written as a whole: a scalar, what the schema calls atomic, a list of which
 * the schema says nothing, and a list whose items cannot be told apart.
 */
export const divide = (value: unknown, schema: StructuralSchema | undefined): Division | undefined => {
  if (Array.isArray(value)) {
    const type = schema?.['x-kubernetes-list-type'];
    return schema && (type === 'map' || type === 'set') ? divideList(value, schema) : undefined;
  }
  if (!isMapping(value) || schema?.['x-kubernetes-map-type'] === 'atomic') return undefined;
  const parts = Object.entries(value).map(
    ([field, each]) => [`f:${field}`, { value: each, schema: fieldSchema(schema, field) }] as const,
  );
  return { kind: 'mapping', parts: new Map(parts) };
};

/** A value from its parts, in their order. */
export const assemble = (kind: Division['kind'], parts: Iterable<readonly [string, unknown]>): unknown =>
  kind === 'mapping'
    ? Object.fromEntries([...parts].map(([step, value]) => [step.slice(2), value]))
    : [...parts].map(([, value]) => value);
