import { stepsOf } from '../../base/path.ts';
import type { Place, Source } from '../../base/source.ts';
import type { FileText } from './file-text.ts';

/** `join('items[0]', 'spec.hosts')` is `items[0].spec.hosts`. */
export const joinPaths = (outer: string, inner: string): string =>
  outer === '' || inner === '' || inner.startsWith('[') ? outer + inner : `${outer}.${inner}`;

/**
 * Where a path of a document is written: its key, or the first character of a list's element. Where the path is absent,
 * where the nearest part of it that exists is. What an alias stands for is found at its anchor.
 */
export const placeInDocument = (text: FileText, document: number, path: string): Place => {
  const { start, value, marks } = text.marked(document);
  let offset = start;
  let node: unknown = value;
  for (const step of stepsOf(path)) {
    const isContainer = typeof node === 'object' && node !== null;
    const next: number | undefined = isContainer ? marks.get(node as object)?.get(step) : undefined;
    if (next === undefined) break;
    offset = next;
    node = (node as Record<string | number, unknown>)[step];
  }
  return text.placeAt(offset);
};

/** Where a source is written; undefined if it does not come from one of these files. Reads that one document again. */
export const locate = (texts: ReadonlyMap<string, FileText>, { object, path }: Source): Place | undefined => {
  const text = texts.get(object.file ?? '');
  if (!text || object.document === undefined || !text.documents[object.document]) return undefined;
  if (object.item === undefined) return placeInDocument(text, object.document, path);
  const element = text.marked(object.document).candidates[object.item];
  return placeInDocument(text, object.document, joinPaths(element?.path ?? '', path));
};
