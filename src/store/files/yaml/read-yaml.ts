import { parseEvents, YAMLException } from 'js-yaml';
import { Excerpt } from './excerpt.ts';
import { explain, isIndentationInside } from './explain.ts';
import type { Marks } from './node-builder.ts';
import type { YamlProblem } from './problem.ts';
import { type YamlDocument, YamlStream } from './yaml-stream.ts';

/** A stretch of a text that is one document. `lineStart` is where its separator stands, if it has one, else `start`. */
export interface YamlRange {
  readonly start: number;
  readonly end: number;
  readonly lineStart: number;
}

/** Deeper than any configuration, and far from what a call stack holds. */
const options = { maxDepth: 200 };

/** More lines than that are not put right in one document; whoever wrote so many can indent them. */
const maxChanges = 200;

/**
 * Reads one document the way kubectl does, see NodeBuilder. Throws YamlProblem if the text is not YAML, or if no JSON
 * could hold it. Given `marks`, it notes where everything is written.
 */
export const readYaml = (text: string, range: YamlRange, marks?: Marks): YamlDocument =>
  parseAlone(Excerpt.of(text, range.lineStart, range.end), marks).next();

/**
 * js-yaml wants lines within brackets and quotes to be indented; kubectl does not, and many write a closing bracket
 * below its key. Blanks at the start of such a line mean nothing, so it is indented and the text is parsed again.
 */
const parseAlone = (excerpt: Excerpt, marks: Marks | undefined, first?: YamlProblem): YamlStream => {
  try {
    return new YamlStream(parseEvents(excerpt.text, options), excerpt, marks);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const problem = first ?? explain(error, excerpt);
    if (!isIndentationInside(error) || excerpt.changes >= maxChanges) throw problem;
    return parseAlone(excerpt.indentedAt(error.mark?.position ?? 0), marks, problem);
  }
};

/**
 * Reads documents that follow each other in one go. Undefined if the text as a whole is not what its parts are; then each
 * is to be read by itself.
 */
export const readTogether = (text: string, ranges: readonly YamlRange[]): YamlStream | undefined => {
  const excerpt = Excerpt.of(text, ranges[0]?.lineStart ?? 0, ranges.at(-1)?.end ?? 0);
  try {
    const stream = new YamlStream(parseEvents(excerpt.text, options), excerpt);
    return stream.length === ranges.length ? stream : undefined;
  } catch (error) {
    if (error instanceof YAMLException) return undefined;
    throw error;
  }
};
