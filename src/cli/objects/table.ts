import { age, type Column } from '../../api/kind.ts';
import { isOurs, readApiObject } from '../../api/read-object.ts';
import { groupBy } from '../../base/order.ts';
import type { NativeObject } from '../../native/snapshot.ts';
import { columns } from '../text/columns.ts';
import { valuesAt, valueText } from './json-path.ts';
import { kindNamed, pluralOf } from './kinds.ts';
import type { Selection } from './selection.ts';

export interface TableOptions {
  readonly isWide: boolean;
  /** All rows are of one namespace, which the user named. */
  readonly isOneNamespace: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** One table for each kind, as kubectl prints them, with the columns of the definition of the kind. */
export const tables = ({ kind, objects }: Selection, options: TableOptions): string => {
  const byKind = [...groupBy(objects, ({ ref }) => ref.kind)];
  return byKind
    .map(([name, own]) => {
      const definition = kind.definition ?? kindNamed(name, objects).definition;
      const shown = (definition?.columns ?? [age]).filter(({ isWide }) => options.isWide || !isWide);
      return table(own, shown, { ...options, prefix: byKind.length > 1 ? `${name.toLowerCase()}/` : '' });
    })
    .join('\n');
};

const table = (
  objects: readonly NativeObject[],
  shown: readonly Column[],
  { isWide, isOneNamespace, now, prefix }: TableOptions & { readonly prefix: string },
): string => {
  const hasNamespace = !isOneNamespace && objects.some(({ ref }) => ref.namespace !== undefined);
  const head = [...(hasNamespace ? ['NAMESPACE'] : []), 'NAME', ...shown.map(({ name }) => name.toUpperCase())];
  const rows = objects.map(({ ref, body }) => [
    ...(hasNamespace ? [ref.namespace ?? ''] : []),
    `${prefix}${ref.name}`,
    ...shown.map(column => cell(column, withDefaults({ ref, body }), now)),
    ...(isWide ? [meshesText(body)] : []),
  ]);
  return columns([isWide ? [...head, 'MESHES'] : head, ...rows]);
};

/** As the API server would show it. */
const withDefaults = (object: NativeObject): unknown => {
  const { spec } = isOurs(object) ? readApiObject(object) : {};
  return spec === undefined ? object.body : { ...object.body, spec };
};

const cell = ({ type, jsonPath }: Column, body: unknown, now: number): string => {
  const [value] = valuesAt(jsonPath, body);
  if (value === undefined) return type === 'date' ? '-' : '';
  return type === 'date' ? since(String(value), now) : valueText(value);
};

const units: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
];

/** How long ago, in the largest unit of which there are at least two, as kubectl says it. */
export const since = (moment: string, now: number): string => {
  const seconds = Math.max(0, Math.floor((now - Date.parse(moment)) / 1000));
  const [unit, size] = units.find(one => seconds >= 2 * one[1]) ?? ['s', 1];
  return `${Math.floor(seconds / size)}${unit}`;
};

/** `istio applied, linkerd refused`. */
const meshesText = (body: unknown): string =>
  valuesAt('.status.meshes[*]', body)
    .map(one => one as { readonly mesh: string; readonly result: string })
    .map(({ mesh, result }) => `${mesh.split('/')[0]} ${result}`)
    .join(', ');

/** `trafficpolicies.supergloo.dev/reviews`. */
export const resourceName = ({ ref }: NativeObject): string => {
  const [group = '', version] = ref.apiVersion.split('/');
  return `${pluralOf(ref.kind)}${version === undefined ? '' : `.${group}`}/${ref.name}`;
};
