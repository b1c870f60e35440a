import type { FieldFact } from '../../support/fields.ts';

type Mapping = Record<string, unknown>;

/** Kinds of which there is one, under this name. */
const onlyNames: Readonly<Record<string, string>> = { Mesh: 'mesh', ProxyDefaults: 'global' };

/** The smallest object of a kind that holds a leaf: only what leads to it, and what its holders must have. */
export const smallestObject = (shape: readonly FieldFact[], leaf: FieldFact): Mapping => {
  const version = leaf.versions.at(-1) ?? 'v1';
  const facts = shape.filter(fact => fact.versions.includes(version));
  const [first] = facts;
  if (!first) throw new Error(`no facts for ${leaf.path}`);
  const root: Mapping = {
    apiVersion: `${first.group}/${version}`,
    kind: first.kind,
    metadata: { name: onlyNames[first.kind] ?? 'smallest', namespace: 'shop' },
  };
  const children = childrenByHolder(facts);
  for (const top of children.get('') ?? []) {
    if (leads(top.path, leaf.path) || top.required) root[nameOf(top.path)] = build(top, leaf, children);
  }
  return root;
};

type Children = ReadonlyMap<string, readonly FieldFact[]>;

const childrenByHolder = (facts: readonly FieldFact[]): Children => {
  const children = new Map<string, FieldFact[]>();
  for (const fact of facts) {
    const holder = holderOf(fact.path);
    const list = children.get(holder);
    if (list) list.push(fact);
    else children.set(holder, [fact]);
  }
  return children;
};

const holderOf = (path: string): string =>
  path.endsWith('[]') || path.endsWith('{}') ? path.slice(0, -2) : path.slice(0, Math.max(path.lastIndexOf('.'), 0));

const nameOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

const leads = (path: string, leaf: string): boolean =>
  leaf === path || ['.', '[]', '{}'].some(mark => leaf.startsWith(path + mark));

const build = (fact: FieldFact, leaf: FieldFact, children: Children): unknown => {
  const inner = children.get(fact.path) ?? [];
  if (fact.type === 'list') return inner.map(element => build(element, leaf, children));
  if (fact.type === 'map') return Object.fromEntries(inner.map(value => ['key', build(value, leaf, children)]));
  if (fact.type !== 'object') return sampleOf(fact);
  const wanted = inner.filter(child => leads(child.path, leaf.path));
  const taken = new Set(wanted.flatMap(({ choices }) => choices.flatMap(({ of }) => of)));
  const needed = inner.filter(child => child.required && !wanted.includes(child) && !taken.has(nameOf(child.path)));
  return Object.fromEntries([...needed, ...wanted].map(child => [nameOf(child.path), build(child, leaf, children)]));
};

/** A value that a field of this form takes. */
const sampleOf = ({ type, values, bounds, path }: FieldFact): unknown => {
  const [value] = values.filter(text => text !== '' && !/^UN(SET|SPECIFIED|DEFINED)/.test(text));
  if (type === 'integer' || type === 'number')
    return value === undefined ? Math.max(bounds.minimum ?? 1, 1) : Number(value);
  if (value !== undefined) return value;
  if (type === 'boolean') return true;
  if (type === 'int-or-string') return 8080;
  if (type === 'opaque') return { key: 'value' };
  if (bounds.format === 'duration' || /(?:[dD]uration|[tT]imeout|[iI]nterval|Time|Period|Delay|ttl)$/.test(path))
    return '3s';
  return 'sample';
};
