import { byText } from '../../src/base/order.ts';

/** The part of a CRD's OpenAPI schema that says which fields there are and which values they take. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly not?: Schema;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

/** What a schema says of one place, as the columns of a table after the path. */
export interface PlaceFacts {
  readonly path: string;
  readonly type: string;
  readonly required: string;
  readonly values: string;
  readonly bounds: string;
  readonly choice: string;
  readonly default: string;
}

/** Every place of a schema, containers before what they hold. A schema that repeats itself ends in an `opaque` place. */
export const placesOf = (schema: Schema, path: string, required: boolean, choice = ''): PlaceFacts[] => {
  const type = typeOf(schema);
  const own: PlaceFacts = {
    path,
    type,
    required: required ? 'required' : '',
    values: (schema.enum ?? []).map(value => (value === '' ? "''" : String(value))).join('|'),
    bounds: boundsOf(schema),
    choice,
    default: schema.default === undefined ? '' : JSON.stringify(schema.default),
  };
  return [own, ...inside(schema, type, path)];
};

const inside = (schema: Schema, type: string, path: string): PlaceFacts[] => {
  if (type === 'list') return placesOf(schema.items ?? {}, `${path}[]`, false);
  if (type === 'map') {
    const { additionalProperties: values } = schema;
    return placesOf(typeof values === 'object' ? values : {}, `${path}{}`, false);
  }
  if (type !== 'object') return [];
  const choices = choicesOf(schema);
  return Object.entries(propertiesOf(schema))
    .sort(([a], [b]) => byText(a, b))
    .flatMap(([name, property]) =>
      placesOf(property, `${path}.${name}`, schema.required?.includes(name) ?? false, choices.get(name) ?? ''),
    );
};

/** `object`, `list` and `map` hold other places; every other type is a leaf; `opaque` is an object nobody describes. */
const typeOf = (schema: Schema): string => {
  if (schema['x-kubernetes-int-or-string']) return 'int-or-string';
  if (schema.type === 'array') return 'list';
  if (Object.keys(propertiesOf(schema)).length > 0) return 'object';
  if (schema.additionalProperties) return 'map';
  if (schema.type !== undefined && schema.type !== 'object') return schema.type;
  const alternatives = (schema.anyOf ?? []).flatMap(({ type }) => type ?? []);
  return alternatives.length > 0 ? alternatives.sort(byText).join('-or-') : 'opaque';
};

/** Alternatives may describe properties that the schema itself does not. */
const propertiesOf = (schema: Schema): Readonly<Record<string, Schema>> => {
  const alternatives = [...(schema.allOf ?? []), ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  return Object.assign({}, ...alternatives.map(propertiesOf), schema.properties);
};

/**
 * Properties that exclude each other, by property: `exactly one: a|b`, or `at most one` where the schema also lets all
 * of them be absent, or `at least one`.
 */
const choicesOf = (schema: Schema): Map<string, string> => {
  const choices = new Map<string, string>();
  const add = (alternatives: readonly Schema[] | undefined, rule: string): void => {
    const names = (alternatives ?? []).flatMap(({ required }) => required ?? []);
    const exempt = (alternatives ?? []).some(({ not }) => not !== undefined);
    for (const name of names) {
      const text = `${exempt && rule === 'exactly one' ? 'at most one' : rule}: ${names.join('|')}`;
      choices.set(name, [choices.get(name), text].filter(Boolean).join('; '));
    }
  };
  for (const part of [schema, ...(schema.allOf ?? [])]) {
    add(part.oneOf, 'exactly one');
    add(part.anyOf, 'at least one');
  }
  return choices;
};

/** How patterns read is left out: that there is one is the fact. */
const boundsOf = (schema: Schema): string =>
  [
    ...(
      [
        'minimum',
        'maximum',
        'minLength',
        'maxLength',
        'minItems',
        'maxItems',
        'minProperties',
        'maxProperties',
        'format',
      ] as const
    ).flatMap(name => (schema[name] === undefined ? [] : [`${name}=${schema[name]}`])),
    ...(schema.pattern === undefined ? [] : ['pattern']),
    ...(schema.nullable ? ['nullable'] : []),
  ].join(' ');
