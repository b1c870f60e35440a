import type { Field } from '../../../base/field.ts';

type Fields = Readonly<Record<string, Field>>;

const texts = ['uri', 'scheme', 'method', 'authority'] as const;
const maps = ['headers', 'withoutHeaders', 'queryParams'] as const;

/**
 * One entry of `http[].match`, or what a delegate's entry and its parent's come to: the parts by name, not yet read.
 * Which of them count is decided when it is known for whose proxy the entry is (`forSide`).
 */
export interface Entry extends Readonly<Partial<Record<(typeof texts)[number], Field>>> {
  /** Where it is written; a delegate's own, if it has one. */
  readonly field: Field;
  readonly ignoresCase: boolean;
  readonly headers: Fields;
  readonly withoutHeaders: Fields;
  readonly queryParams: Fields;
  readonly sourceLabels: Fields;
  readonly sourceNamespace?: Field;
  readonly port?: Field;
  /** Empty: all that the VirtualService is bound to. */
  readonly gateways: readonly string[];
}

/** The `gateways` of a VirtualService or match as `mesh` or `namespace/name`; undefined if none are named. */
export const gatewayNames = (field: Field, namespace: string): string[] | undefined =>
  field.texts('gateways')?.map(name => (name === 'mesh' || name.includes('/') ? name : `${namespace}/${name}`));

export const entryOf = (field: Field, namespace: string): Entry => {
  const part = <K extends string>(key: K): Partial<Record<K, Field>> => {
    const value = field.at(key);
    return value ? ({ [key]: value } as Record<K, Field>) : {};
  };
  return {
    field,
    ...part('uri'),
    ...part('scheme'),
    ...part('method'),
    ...part('authority'),
    ...part('port'),
    ...part('sourceNamespace'),
    ignoresCase: field.boolean('ignoreUriCase') ?? false,
    headers: Object.fromEntries(field.entries('headers')),
    withoutHeaders: Object.fromEntries(field.entries('withoutHeaders')),
    queryParams: Object.fromEntries(field.entries('queryParams')),
    sourceLabels: Object.fromEntries(field.entries('sourceLabels')),
    gateways: gatewayNames(field, namespace) ?? [],
  };
};

/**
 * What a delegate's entries and those of the rule that names it come to: every pair that does not contradict itself.
 * An entry of the delegate that contradicts all of its parent's takes the whole rule with it: undefined (observed, row
 * 2.11; which entries contradict each other is pilot's own reckoning, Istio 1.31 `MergeHTTPRoutes`).
 */
export const joinEntries = (roots: readonly Entry[], children: readonly Entry[]): readonly Entry[] | undefined => {
  if (roots.length === 0) return children;
  if (children.length === 0) return roots;
  const joined = children.map(child => roots.filter(root => !contradict(root, child)).map(root => join(root, child)));
  return joined.some(pairs => pairs.length === 0) ? undefined : joined.flat();
};

/** What the child says goes before what its parent says, part by part and name by name. */
const join = (root: Entry, child: Entry): Entry => ({
  ...root,
  ...child,
  headers: { ...root.headers, ...child.headers },
  withoutHeaders: { ...root.withoutHeaders, ...child.withoutHeaders },
  queryParams: { ...root.queryParams, ...child.queryParams },
  sourceLabels: { ...root.sourceLabels, ...child.sourceLabels },
  gateways: child.gateways.length > 0 ? child.gateways : root.gateways,
});

const contradict = (root: Entry, child: Entry): boolean =>
  root.ignoresCase !== child.ignoresCase ||
  texts.some(key => textsContradict(root[key], child[key])) ||
  maps.some(key => Object.entries(child[key]).some(([name, text]) => textsContradict(root[key][name], text))) ||
  portsContradict(root.port?.asNumber() ?? 0, child.port?.asNumber() ?? 0) ||
  callersContradict(root, child) ||
  gatewaysContradict(root.gateways, child.gateways);

const portsContradict = (root: number, child: number): boolean => root > 0 && child > 0 && root !== child;

/** A parent's namespace must be said again; labels may be added, not changed. */
const callersContradict = (root: Entry, child: Entry): boolean => {
  const namespace = root.sourceNamespace?.asText() ?? '';
  if (namespace !== '' && child.sourceNamespace?.asText() !== namespace) return true;
  return Object.entries(child.sourceLabels).some(([name, label]) => {
    const other = root.sourceLabels[name];
    return other !== undefined && other.asText() !== label.asText();
  });
};

const gatewaysContradict = (root: readonly string[], child: readonly string[]): boolean =>
  root.length > 0 && child.length > 0 && (root.length < child.length || child.some(name => !root.includes(name)));

/**
 * Seen as compatible are only an exact text or a longer prefix below a prefix, and the same exact text twice. A regular
 * expression goes with nothing, and neither does "present".
 */
const textsContradict = (root: Field | undefined, child: Field | undefined): boolean => {
  if (!root || !child) return false;
  if (root.text('regex') || child.text('regex')) return true;
  const [exact, prefix] = [root.text('exact'), root.text('prefix')];
  if (exact) return Boolean(child.text('prefix')) || child.text('exact') !== exact;
  const longer = child.text('prefix') || child.text('exact');
  return !prefix || !longer?.startsWith(prefix);
};
