/** Whether a value fits a JSON Schema, as far as ours go: a keyword that is not known here is an error. */
type Schema = Readonly<Record<string, unknown>>;
type Check = (wanted: never, value: unknown, schema: Schema) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeOf = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return ['array'];
  if (isObject(value)) return ['object'];
  return typeof value === 'number' && Number.isInteger(value) ? ['integer', 'number'] : [typeof value];
};

const keywords: Readonly<Record<string, Check>> = {
  $schema: () => true,
  title: () => true,
  description: () => true,
  default: () => true,
  format: () => true,
  'x-kubernetes-list-type': () => true,
  'x-kubernetes-list-map-keys': () => true,
  type: (type: string, value) => typeOf(value).includes(type),
  const: (wanted: unknown, value) => value === wanted,
  enum: (choices: readonly unknown[], value) => choices.includes(value),
  pattern: (pattern: string, value) => typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
  minLength: (least: number, value) => typeof value !== 'string' || [...value].length >= least,
  maxLength: (most: number, value) => typeof value !== 'string' || [...value].length <= most,
  minimum: (least: number, value) => typeof value !== 'number' || value >= least,
  maximum: (most: number, value) => typeof value !== 'number' || value <= most,
  minItems: (least: number, value) => !Array.isArray(value) || value.length >= least,
  maxItems: (most: number, value) => !Array.isArray(value) || value.length <= most,
  required: (names: readonly string[], value) => !isObject(value) || names.every(name => Object.hasOwn(value, name)),
  items: (items: Schema, value) => !Array.isArray(value) || value.every(one => fitsSchema(items, one)),
  properties: (fields: Readonly<Record<string, Schema>>, value) =>
    !isObject(value) ||
    Object.entries(fields).every(([name, field]) => !Object.hasOwn(value, name) || fitsSchema(field, value[name])),
  additionalProperties: (others: Schema | false, value, { properties = {} }) =>
    !isObject(value) ||
    Object.entries(value).every(
      ([name, part]) => Object.hasOwn(properties as object, name) || (others !== false && fitsSchema(others, part)),
    ),
  oneOf: (some: readonly Schema[], value) => some.filter(one => fitsSchema(one, value)).length === 1,
};

export const fitsSchema = (schema: Schema, value: unknown): boolean =>
  Object.entries(schema).every(([keyword, wanted]) => {
    const check = keywords[keyword];
    if (!check) throw new Error(`no check for the keyword ${keyword}`);
    return check(wanted as never, value, schema);
  });
