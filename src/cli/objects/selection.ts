import { byAll, byKey } from '../../base/order.ts';
import { objectTitle } from '../../base/source.ts';
import type { NativeObject } from '../../native/snapshot.ts';
import { UserError } from '../exit.ts';
import { load } from '../source.ts';
import { needStore, withStore } from '../stores/store-place.ts';
import { nativeOf } from '../targets/store-target.ts';
import { kindNamed, type NamedKind } from './kinds.ts';

export interface SelectionOptions {
  readonly filename: readonly string[];
  readonly store?: string;
  readonly namespace?: string;
}

/** What is asked for: objects of a kind, or the one of a name. */
export interface Selection {
  readonly kind: NamedKind;
  readonly name?: string;
  readonly objects: readonly NativeObject[];
}

/** The objects of the files that are named, or else those of the store. */
export const readObjects = async ({ filename, store }: SelectionOptions): Promise<readonly NativeObject[]> => {
  if (filename.length === 0) return withStore(needStore(store), async open => (await open.list()).items.map(nativeOf));
  const { snapshot } = await load(filename);
  return snapshot.objects.filter(object => !snapshot.superseded.has(object));
};

const inOrder = byAll<NativeObject>(
  byKey(({ ref }) => ref.kind),
  byKey(({ ref }) => ref.namespace ?? ''),
  byKey(({ ref }) => ref.name),
);

/** `KIND`, `KIND NAME`, `KIND/NAME`; the name may have its namespace before it. A name that is not there is an error. */
export const select = (
  objects: readonly NativeObject[],
  [first = '', second]: readonly (string | undefined)[],
  { namespace: flag }: SelectionOptions,
): Selection => {
  const [word = '', ...path] = first.split('/');
  const parts = [...path, ...(second === undefined ? [] : second.split('/'))];
  const kind = kindNamed(word, objects);
  const name = parts.at(-1);
  const namespace = parts.length > 1 ? parts.at(-2) : flag;
  const found = objects
    .filter(object => kind.isOne(object) && (namespace === undefined || object.ref.namespace === namespace))
    .sort(inOrder);
  if (name === undefined) return { kind, objects: found };
  const named = found.filter(({ ref }) => ref.name === name);
  if (named.length === 0) throw new UserError(notThere(kind, name, found), 'failed');
  return { kind, name, objects: named };
};

/** The one object of a name; of several, the user has to say which. */
export const only = ({ objects }: Selection): NativeObject => {
  const [first, ...more] = objects;
  if (first && more.length === 0) return first;
  throw new UserError(`which of them? ${objects.map(({ ref }) => objectTitle(ref)).join(', ')}; name one with -n`);
};

const notThere = ({ title }: NamedKind, name: string, others: readonly NativeObject[]): string => {
  const known = others.slice(0, 5).map(({ ref }) => [ref.namespace, ref.name].filter(part => part).join('/'));
  const list = known.length > 0 ? `there ${others.length === 1 ? 'is' : 'are'} ${known.join(', ')}` : 'there is none';
  return `no ${title} \`${name}\`; ${list}${others.length > known.length ? ', …' : ''}`;
};
