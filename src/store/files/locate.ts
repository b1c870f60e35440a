import type { Place, Source } from '../../base/source.ts';
import type { ParsedFile } from './parse.ts';

/**
 * Finds the line and column of a source. Only the document that it points into is read again, by the exact parser,
 * which is loaded when the first place is asked for. A path that is not there gives its nearest ancestor.
 */
export const locator = (files: readonly ParsedFile[]): ((source: Source) => Promise<Place | undefined>) => {
  const byName = new Map(files.map(file => [file.file, file]));
  const documents = new Map<string, Promise<Located>>();
  return async ({ object, path }) => {
    const file = object.file === undefined ? undefined : byName.get(object.file);
    const range = file?.ranges[object.document ?? 0];
    if (!file || !range) return undefined;
    const key = `${file.file} ${object.document ?? 0}`;
    let document = documents.get(key);
    if (!document) {
      document = parseExactly(file.text.slice(range.start, range.end));
      documents.set(key, document);
    }
    const { offsetOf } = await document;
    const steps = [...(object.item === undefined ? [] : ['items', object.item]), ...pathSteps(path)];
    return placeOf(file, range.start + offsetOf(steps));
  };
};

interface Located {
  /** The offset of the key, or of the list element, at the end of a path. */
  readonly offsetOf: (steps: readonly (string | number)[]) => number;
}

const parseExactly = async (text: string): Promise<Located> => {
  const { isMap, isPair, isScalar, isSeq, isAlias, parseDocument } = await import('yaml');
  const document = parseDocument(text, {
    uniqueKeys: false,
    version: '1.1',
    logLevel: 'silent',
    keepSourceTokens: false,
  });
  const begin = (node: unknown): number | undefined => {
    const range = (node as { range?: readonly number[] | null } | null)?.range;
    return range?.[0];
  };
  return {
    offsetOf: steps => {
      let node: unknown = document.contents;
      let offset = begin(node) ?? 0;
      for (const step of steps) {
        if (isAlias(node)) node = node.resolve(document);
        if (isMap(node)) {
          const pair = node.items.find(
            item => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
          );
          if (!pair) return offset;
          offset = begin(pair.key) ?? offset;
          node = pair.value;
        } else if (isSeq(node) && typeof step === 'number') {
          node = node.items[step];
          if (node === undefined) return offset;
          offset = begin(node) ?? offset;
        } else {
          return offset;
        }
      }
      return offset;
    },
  };
};

/** `spec.http[0]["a.b"]` as `spec`, `http`, 0, `a.b`. */
export const pathSteps = (path: string): (string | number)[] =>
  [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, plain]) =>
    index === undefined ? (quoted ?? plain ?? '') : Number(index),
  );

const placeOf = (file: ParsedFile, offset: number): Place => {
  const before = file.text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  let line = 1;
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) line += 1;
  return { file: file.file, line, column: offset - lastBreak };
};
