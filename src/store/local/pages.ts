import { idOf } from '../port/object.ts';
import type { ListQuery, ObjectList } from '../port/object-store.ts';
import { StoreError } from '../store-error.ts';
import { selectedAt } from './selection.ts';
import { keyOf, type Records } from './shelf.ts';

/** Where a page ended: the moment that all pages are of, and the last object seen. */
interface Mark {
  readonly version: number;
  readonly behind: string;
}

const write = ({ version, behind }: Mark): string => Buffer.from(`${version} ${behind}`).toString('base64url');

const read = (store: string, text: string): Mark => {
  const [, version, behind] = /^(\d+) (.*)$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (version === undefined || behind === undefined) {
    throw new StoreError('invalid', store, '`continue` is not what a list gave; list again without it');
  }
  return { version: Number(version), behind };
};

/** A page of what a query selects. */
export const pageOf = (store: string, records: Records, query: ListQuery): ObjectList => {
  const mark = query.continue === undefined ? undefined : read(store, query.continue);
  const version = mark?.version ?? records.version;
  if (version < records.knownSince || version > records.version) {
    throw new StoreError(
      'expired',
      store,
      'the list that these pages are of is too long ago; list again from the start',
    );
  }
  const all = selectedAt(records, query, version);
  const rest = mark ? all.filter(object => keyOf(idOf(object)) > mark.behind) : all;
  const items = query.limit === undefined ? rest : rest.slice(0, query.limit);
  const last = items.at(-1);
  return {
    items: structuredClone(items),
    resourceVersion: String(version),
    ...(last && items.length < rest.length ? { continue: write({ version, behind: keyOf(idOf(last)) }) } : {}),
  };
};
