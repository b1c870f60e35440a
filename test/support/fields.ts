import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tables = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'testdata', 'fields');

export type System = 'consul' | 'gateway-api' | 'istio' | 'linkerd';

/** What the CRDs of a system say of one place in the configuration of a kind. */
export interface FieldFact {
  readonly group: string;
  readonly kind: string;
  /** The served versions of which this holds. */
  readonly versions: readonly string[];
  /** `spec.http[].match[].headers{}.exact`: `[]` is any element of a list, `{}` any value of a map. */
  readonly path: string;
  /** `object`, `list` and `map` hold other places; `opaque` is an object that the CRD does not describe. */
  readonly type: 'object' | 'list' | 'map' | 'opaque' | 'string' | 'integer' | 'number' | 'boolean' | 'int-or-string';
  /** The object that holds it must have it. */
  readonly required: boolean;
  /** The values it takes; empty: any of its type. */
  readonly values: readonly string[];
  readonly bounds: Bounds;
  /** The rules about properties beside it, itself included. */
  readonly choices: readonly Choice[];
  /** What the API server puts there if nothing is written. */
  readonly default?: unknown;
}

export interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly format?: string;
  /** The value must match a regular expression, which the table leaves out. */
  readonly pattern?: true;
  readonly nullable?: true;
}

export interface Choice {
  readonly rule: 'exactly one' | 'at most one' | 'at least one';
  readonly of: readonly string[];
}

const containers: ReadonlySet<FieldFact['type']> = new Set(['object', 'list', 'map']);

/** The leaf fields of a kind: what law 1 counts. A kind that two API groups have needs the group. */
export const fieldsOf = (system: System, kind: string, group?: string): readonly FieldFact[] =>
  shapeOf(system, kind, group).filter(({ type }) => !containers.has(type));

/** Every place of a kind, containers before what they hold: what building an object that holds a leaf needs. */
export const shapeOf = (system: System, kind: string, group?: string): readonly FieldFact[] => {
  const facts = tableOf(system).filter(fact => fact.kind === kind && (group ?? fact.group) === fact.group);
  if (facts.length === 0) throw new Error(`testdata/fields/${system}.tsv has no kind ${kind}`);
  return facts;
};

/** The kinds of a system as `group/kind`. */
export const kindsOf = (system: System): readonly string[] => [
  ...new Set(tableOf(system).map(({ group, kind }) => `${group}/${kind}`)),
];

const read = new Map<System, readonly FieldFact[]>();

const tableOf = (system: System): readonly FieldFact[] => {
  let table = read.get(system);
  if (!table) {
    const [, ...lines] = readFileSync(join(tables, `${system}.tsv`), 'utf8')
      .trimEnd()
      .split('\n');
    table = lines.map(factOf);
    read.set(system, table);
  }
  return table;
};

const factOf = (line: string): FieldFact => {
  const [group = '', kind = '', versions = '', path = '', type = '', required, values, bounds, choice, fallback] =
    line.split('\t');
  return {
    group,
    kind,
    versions: versions.split(','),
    path,
    type: type as FieldFact['type'],
    required: required === 'required',
    values: listOf(values, '|').map(value => (value === "''" ? '' : value)),
    bounds: boundsOf(bounds),
    choices: listOf(choice, '; ').map(choiceOf),
    ...(fallback ? { default: JSON.parse(fallback) } : {}),
  };
};

const listOf = (text: string | undefined, separator: string): string[] => (text ? text.split(separator) : []);

const boundsOf = (text: string | undefined): Bounds =>
  Object.fromEntries(
    listOf(text, ' ').map(part => {
      const [name = '', value] = part.split('=');
      if (value === undefined) return [name, true];
      return [name, name === 'format' ? value : Number(value)];
    }),
  );

const choiceOf = (text: string): Choice => {
  const [rule = '', names] = text.split(': ');
  return { rule: rule as Choice['rule'], of: listOf(names, '|') };
};
