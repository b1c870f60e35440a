import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { byAll, byKey } from '../../src/base/order.ts';
import { type PlaceFacts, placesOf, type Schema } from './schema.ts';
import { sharedFolder } from './shared.ts';

/** The systems whose fields the laws count. */
const systems = ['consul', 'gateway-api', 'istio', 'linkerd'];

interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

interface Row extends PlaceFacts {
  readonly group: string;
  readonly kind: string;
  readonly versions: string;
}

const columns = [
  'group',
  'kind',
  'versions',
  'path',
  'type',
  'required',
  'values',
  'bounds',
  'choice',
  'default',
] as const satisfies readonly (keyof Row)[];

/** What identifies an object, and what a controller reports back: neither is configuration. */
const notConfiguration = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/**
 * Tables of facts about every configuration field of the kinds a system has, taken from their CRDs: where it is, its
 * type, its values. Undefined where the CRDs are absent; then the tables stay as they are.
 */
export const fieldFiles = (root: string): [string, string][] | undefined => {
  const folder = sharedFolder(root, 'crds');
  if (folder === undefined) return undefined;
  return systems.map(system => {
    const rows = readdirSync(join(folder, system))
      .filter(file => file.endsWith('.yaml'))
      .flatMap(file => loadAll(readFileSync(join(folder, system, file), 'utf8')))
      .flatMap(document => rowsOf(document as CustomResourceDefinition));
    return [`testdata/fields/${system}.tsv`, tableOf(rows)];
  });
};

/** The places of all served versions; those that say the same of a place share its row. */
export const rowsOf = ({ spec }: CustomResourceDefinition): Row[] => {
  const rows = new Map<string, { versions: string[]; facts: PlaceFacts }>();
  for (const { name, served, schema } of spec.versions) {
    if (!served) continue;
    const { properties = {}, required = [] } = schema.openAPIV3Schema;
    const places = Object.entries(properties)
      .filter(([property]) => !notConfiguration.has(property))
      .flatMap(([property, inner]) => placesOf(inner, property, required.includes(property)));
    for (const facts of places) {
      const key = JSON.stringify(facts);
      const row = rows.get(key);
      if (row) row.versions.push(name);
      else rows.set(key, { versions: [name], facts });
    }
  }
  return [...rows.values()].map(({ versions, facts }) => ({
    group: spec.group,
    kind: spec.names.kind,
    versions: versions.sort().join(','),
    ...facts,
  }));
};

const tableOf = (rows: readonly Row[]): string => {
  const order = byAll<Row>(
    ...(['group', 'kind', 'path', 'versions'] as const).map(name => byKey((row: Row) => row[name])),
  );
  const lines = [...rows].sort(order).map(row =>
    columns
      .map(name => row[name])
      .join('\t')
      .trimEnd(),
  );
  return `${columns.join('\t')}\n${lines.join('\n')}\n`;
};
