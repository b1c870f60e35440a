/**
 * The words in which kinds are defined. What they make is at once a JSON Schema, the structural schema of a
 * CustomResourceDefinition, and the TypeScript type of the values.
 */
import { type ObjectOptions, type Static, type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox';

/**
 * A rule over a value that types cannot say. `cel` stands in the CustomResourceDefinition, `holds` is asked where there
 * is no API server; a test holds the two against each other.
 */
export interface Rule<T = never> {
  readonly cel: string;
  readonly holds: (value: T) => boolean;
  readonly message: string;
}

/** Under a symbol, which goes along where a schema is copied (`optional` makes a copy), and stands in no JSON. */
const rules = Symbol('rules');

/** The schema with rules; they are checked only where its types hold. */
export const withRules = <S extends TSchema>(schema: S, ...own: readonly Rule<Static<S>>[]): S => ({
  ...schema,
  [rules]: own,
});

export const rulesFor = (schema: TSchema): readonly Rule<unknown>[] =>
  (schema as { readonly [rules]?: readonly Rule<unknown>[] })[rules] ?? [];

/** An object that has these fields and no others. */
export const object = <P extends TProperties>(
  description: string,
  fields: P,
  options: ObjectOptions = {},
): TObject<P> => Type.Object(fields, { description, additionalProperties: false, ...options });

export const optional = Type.Optional;

export const text = (description: string, options: { readonly pattern?: string; readonly maxLength?: number } = {}) =>
  Type.String({ description, minLength: 1, maxLength: 253, ...options });

export const flag = (description: string, options: { readonly default?: boolean } = {}) =>
  Type.Boolean({ description, ...options });

export const count = (description: string, options: { readonly minimum?: number; readonly maximum?: number } = {}) =>
  Type.Integer({ description, minimum: 0, maximum: 2_147_483_647, ...options });

export const choice = <const C extends readonly string[]>(
  description: string,
  choices: C,
  options: { readonly default?: C[number] } = {},
) => Type.Unsafe<C[number]>({ type: 'string', enum: [...choices], description, ...options });

/** A list has a most, so that the API server knows what checking it costs at worst. */
interface Length {
  readonly min?: number;
  /** 128 if absent; fewer in lists of lists whose elements have rules. */
  readonly max?: number;
}

const lengthOf = ({ min, max = 128 }: Length) => ({ maxItems: max, ...(min ? { minItems: min } : {}) });

/** A list whose order counts. */
export const list = <S extends TSchema>(description: string, items: S, length: Length = {}) =>
  Type.Array(items, { description, ...lengthOf(length), 'x-kubernetes-list-type': 'atomic' });

/** A list of which each element is known by some of its fields. */
export const listByKey = <S extends TSchema>(
  description: string,
  keys: readonly string[],
  items: S,
  length: Length = {},
) =>
  Type.Array(items, {
    description,
    ...lengthOf(length),
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': [...keys],
  });

/** Anything, for what another program understands. */
export const anything = (description: string) =>
  Type.Unsafe<Readonly<Record<string, unknown>>>({
    type: 'object',
    description,
    'x-kubernetes-preserve-unknown-fields': true,
  });

export const textMap = (description: string) =>
  Type.Unsafe<Readonly<Record<string, string>>>({
    type: 'object',
    description,
    additionalProperties: { type: 'string' },
  });

/** A duration as Gateway API writes it (GEP-2257): `500ms`, `1m30s`; `0s` is none. */
export const duration = (description: string) =>
  Type.String({ description, pattern: '^([0-9]{1,5}(h|m|s|ms)){1,4}$', maxLength: 24 });

/** Percent, with up to four decimals. */
export const percent = (description: string, options: { readonly default?: number } = {}) =>
  Type.Number({ description, minimum: 0, maximum: 100, ...options });

/** Any name below is one that ends so: `*.example.com`. No other `*` means anything. */
export const hostPattern = (description: string) =>
  Type.String({
    description,
    minLength: 1,
    maxLength: 253,
    pattern: '^(\\*\\.)?[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*$',
  });

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';

/** A range of addresses: `10.0.0.0/8`, `fd00::/8`. */
export const addressRange = (description: string) =>
  Type.String({
    description,
    maxLength: 49,
    pattern:
      `^(${octet}(\\.${octet}){3}/(3[0-2]|[12]?[0-9])` +
      '|(([0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|([0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{1,4}){0,6})?::([0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{1,4}){0,6})?)' +
      '/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$',
  });

/** The value of a header: it ends where a line does, so no line ends in it. */
export const headerText = (description: string) =>
  Type.String({ description, maxLength: 4096, pattern: '^[^\\x00\\r\\n]*$' });

/** The name of an object of Kubernetes. */
export const objectName = (description: string) =>
  Type.String({ description, minLength: 1, maxLength: 253, pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$' });

export const namespaceName = (description: string) =>
  Type.String({ description, minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' });

export const portNumber = (description: string) => Type.Integer({ description, minimum: 1, maximum: 65_535 });

export const headerName = (description: string) =>
  Type.String({ description, minLength: 1, maxLength: 256, pattern: "^[A-Za-z0-9!#$%&'*+\\-.^_\\x60|~]+$" });
