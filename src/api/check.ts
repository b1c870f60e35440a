/**
 * Whether a value fits a schema, as the API server asks a structural schema of a CustomResourceDefinition, with its
 * defaults filled in. Fields that are not defined are errors, as under `kubectl --validate=strict`.
 */
import type { TSchema } from '@sinclair/typebox';
import { didYouMean } from './did-you-mean.ts';
import { rulesFor } from './schema.ts';

export type ProblemKind = 'unknown' | 'missing' | 'type' | 'value' | 'rule';

export interface Problem {
  readonly kind: ProblemKind;
  /** Below the value that was checked: `['spec', 'targetRefs', 0, 'kind']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export interface Checked {
  /** The value with defaults; what does not fit stays as it was. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
}

type Mapping = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

export const check = (schema: TSchema, value: unknown): Checked => {
  const problems: Problem[] = [];
  const result = visit(schema, value, [], problems);
  return { value: result, problems };
};

const visit = (schema: TSchema, value: unknown, path: Path, into: Problem[]): unknown => {
  const before = into.length;
  const result = ofType(schema, value, path, into);
  if (into.length === before) {
    for (const { holds, message } of rulesFor(schema)) if (!holds(result)) into.push({ kind: 'rule', path, message });
  }
  return result;
};

const ofType = (schema: TSchema, value: unknown, path: Path, into: Problem[]): unknown => {
  switch (schema.type) {
    case 'object':
      return ofObject(schema, value, path, into);
    case 'array':
      return ofList(schema, value, path, into);
    case 'string':
      return ofText(schema, value, path, into);
    case 'boolean':
      return typeof value === 'boolean' ? value : mistyped('true or false', value, path, into);
    default:
      return ofNumber(schema, value, path, into);
  }
};

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mistyped = (expected: string, value: unknown, path: Path, into: Problem[]): unknown => {
  const found = Array.isArray(value) ? 'a list' : isMapping(value) ? 'an object' : shown(value);
  into.push({ kind: 'type', path, message: `${expected} was expected, found ${found}` });
  return value;
};

/** A value of a user's in a message: of a long one its beginning. */
const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : String(value);
  return text.length > 80 ? `\`${text.slice(0, 80)}…\`` : `\`${text}\``;
};

const ofObject = (schema: TSchema, value: unknown, path: Path, into: Problem[]): unknown => {
  if (!isMapping(value)) return mistyped('an object', value, path, into);
  if (schema['x-kubernetes-preserve-unknown-fields']) return value;
  const fields: Readonly<Record<string, TSchema>> = schema.properties ?? {};
  const others: TSchema | false | undefined = schema.additionalProperties;
  const result: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : others || undefined;
    // The API server takes nulls away, before it fills in defaults.
    if (part === undefined || (part === null && field)) continue;
    if (field) put(result, key, visit(field, part, [...path, key], into));
    else {
      put(result, key, part);
      into.push({
        kind: 'unknown',
        path: [...path, key],
        message: `there is no field \`${key}\`${didYouMean(key, Object.keys(fields))}`,
      });
    }
  }
  for (const [key, field] of Object.entries(fields)) {
    if (Object.hasOwn(result, key)) continue;
    if (field.default !== undefined) put(result, key, field.default);
    else if ((schema.required as readonly string[] | undefined)?.includes(key))
      into.push({ kind: 'missing', path: [...path, key], message: `\`${key}\` is missing` });
  }
  return result;
};

/** A key of a user's may be any, `__proto__` too. */
const put = (into: Record<string, unknown>, key: string, value: unknown): void => {
  Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true });
};

const ofList = (schema: TSchema, value: unknown, path: Path, into: Problem[]): unknown => {
  if (!Array.isArray(value)) return mistyped('a list', value, path, into);
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema as { minItems?: number; maxItems?: number };
  if (value.length < minItems) into.push({ kind: 'value', path, message: `at least ${minItems} element is needed` });
  if (value.length > maxItems) into.push({ kind: 'value', path, message: `at most ${maxItems} elements are allowed` });
  const items = value.slice(0, maxItems).map((item, index) => visit(schema.items, item, [...path, index], into));
  const keys: readonly string[] | undefined = schema['x-kubernetes-list-map-keys'];
  if (keys)
    for (const index of repeated(items, keys))
      into.push({
        kind: 'value',
        path: [...path, index],
        message: `another element has the same ${keys.join(' and ')}`,
      });
  return items;
};

/** Elements that have the same keys as one before; a key that is no text or number is wrong for that already. */
const repeated = (items: readonly unknown[], keys: readonly string[]): number[] => {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const values = keys.map(name => (isMapping(item) ? item[name] : undefined));
    if (!values.every(value => typeof value === 'string' || typeof value === 'number')) return [];
    const key = JSON.stringify(values);
    if (seen.has(key)) return [index];
    seen.add(key);
    return [];
  });
};

const forms = new Map<string, RegExp>();

const hasForm = (pattern: string, value: string): boolean => {
  const form = forms.get(pattern) ?? new RegExp(pattern, 'u');
  forms.set(pattern, form);
  return form.test(value);
};

const ofText = (schema: TSchema, value: unknown, path: Path, into: Problem[]): unknown => {
  if (typeof value !== 'string') return mistyped('a text', value, path, into);
  const refuse = (message: string): void => {
    into.push({ kind: 'value', path, message });
  };
  const choices: readonly string[] | undefined = schema.enum;
  if (choices) {
    if (!choices.includes(value))
      refuse(`one of ${choices.map(one => `\`${one}\``).join(', ')} was expected, found ${shown(value)}`);
    return value;
  }
  // The API server counts code points.
  const { length } = [...value];
  if (length < (schema.minLength ?? 0)) refuse('it is empty');
  else if (length > (schema.maxLength ?? Number.POSITIVE_INFINITY))
    refuse(`it is longer than ${schema.maxLength} characters`);
  else if (schema.pattern && !hasForm(schema.pattern, value))
    refuse(`${shown(value)} does not have the form \`${schema.pattern}\``);
  return value;
};

const ofNumber = (schema: TSchema, value: unknown, path: Path, into: Problem[]): unknown => {
  const isWhole = schema.type === 'integer';
  if (typeof value !== 'number' || !Number.isFinite(value) || (isWhole && !Number.isInteger(value)))
    return mistyped(isWhole ? 'a whole number' : 'a number', value, path, into);
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema as {
    minimum?: number;
    maximum?: number;
  };
  if (value < minimum || value > maximum)
    into.push({ kind: 'value', path, message: `${value} is not from ${minimum} to ${maximum}` });
  return value;
};
