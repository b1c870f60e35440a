import { InvariantError } from '../../base/finding.ts';
import type { Place } from '../../base/source.ts';
import { type Candidate, candidatesIn } from './identity.ts';
import { readHcl } from './read-hcl.ts';
import type { Marks } from './yaml/node-builder.ts';
import { readYaml, type YamlRange } from './yaml/read-yaml.ts';
import type { YamlDocument } from './yaml/yaml-stream.ts';

/** A document together with where everything in it stands. */
export interface MarkedDocument extends YamlDocument {
  readonly marks: Marks;
  /** What the document holds, as `ObjectRef.item` counts it. */
  readonly candidates: readonly Candidate[];
}

/**
 * The text of a file, kept so that positions can be found when something is printed. Lines end in `\n` alone and there
 * is no byte order mark, so that lines and columns are those of an editor.
 */
export class FileText {
  readonly file: string;
  readonly text: string;
  /** The documents that hold something, in order; `ObjectRef.document` counts them. */
  readonly documents: YamlRange[] = [];
  private lineStarts: number[] | undefined;
  private lastMarked: { readonly document: number; readonly marked: MarkedDocument } | undefined;

  constructor(file: string, text: string) {
    this.file = file;
    const unmarked = text.startsWith('\ufeff') ? text.slice(1) : text;
    this.text = unmarked.includes('\r') ? unmarked.replace(/\r\n?/g, '\n') : unmarked;
  }

  /** Whether it is in HCL, by its ending. */
  get isHcl(): boolean {
    return /\.hcl$/i.test(this.file);
  }

  /** Line and column of an index into the text. The first call on a file goes over all of it, the others do not. */
  placeAt(offset: number): Place {
    this.lineStarts ??= startsOfLines(this.text);
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.file, line: low + 1, column: offset - (this.lineStarts[low] ?? 0) + 1 };
  }

  /** A document read once more, now with positions. The last one is kept, since sources come in the order of objects. */
  marked(document: number): MarkedDocument {
    const range = this.documents[document];
    if (!range) throw new InvariantError(`${this.file} has no document ${document}`);
    if (this.lastMarked?.document !== document) {
      const marks: Marks = new Map();
      const read = this.isHcl ? readHcl(this.text, marks) : readYaml(this.text, range, marks);
      this.lastMarked = { document, marked: { ...read, marks, candidates: candidatesIn(read.value) } };
    }
    return this.lastMarked.marked;
  }
}

const startsOfLines = (text: string): number[] => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
};
