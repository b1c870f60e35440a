import type { YamlRange } from './yaml/read-yaml.ts';

/** A stretch of a text between document separators. */
export interface Chunk extends YamlRange {
  /** Where text stands on the line of the separator; kubectl allows nothing but a comment there. */
  readonly besideSeparator?: number;
  /** Where text follows an end marker (`...`); neither kubectl nor this store reads it. */
  readonly behindEnd?: number;
}

const isMarkerAt = (text: string, marker: string, at: number): boolean =>
  text.startsWith(marker, at) && /^[ \t\n]?$/.test(text.charAt(at + marker.length));

/** The start of the next line that is a marker, `---` or `...` with a blank or nothing behind it; -1 if there is none. */
const nextMarker = (text: string, marker: string, from: number): number => {
  let at = text.indexOf(`\n${marker}`, from);
  while (at >= 0 && !isMarkerAt(text, marker, at + 1)) at = text.indexOf(`\n${marker}`, at + 1);
  return at < 0 ? -1 : at + 1;
};

/** Where something other than a comment stands on a line. */
const textOnLine = (text: string, from: number): number | undefined => {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at >= text.length || text[at] === '\n' || text[at] === '#' ? undefined : at;
};

/** Where, behind an end marker, a line is no comment, directive or marker. */
const textBehindEnd = (text: string, from: number, end: number): number | undefined => {
  const match = /^[ \t]*(?!#|%|\.\.\.[ \t]*$)[^ \t\n]/m.exec(text.slice(from, end));
  return match ? from + match.index + match[0].length - 1 : undefined;
};

/** Whether there is nothing but comments and directives. */
const isBlank = (text: string): boolean => !/^[ \t]*[^ \t\n#%]/m.test(text);

/** A JSON string, or the end of one JSON value before another: within a value, a comma would stand between such braces. */
const jsonBoundary = /"(?:[^"\\]|\\.)*"|\}\s*(?=\{)/g;

const splitJson = (text: string, chunk: Chunk): Chunk[] => {
  const part = text.slice(chunk.start, chunk.end);
  if (!/^\s*\{/.test(part)) return [chunk];
  const cuts = [...part.matchAll(jsonBoundary)]
    .filter(([found]) => found.startsWith('}'))
    .map(({ 0: found, index }) => chunk.start + index + found.length);
  return [chunk.start, ...cuts].map((start, index) => ({
    ...chunk,
    start,
    end: cuts[index] ?? chunk.end,
    lineStart: index === 0 ? chunk.lineStart : start,
  }));
};

/**
 * Splits a text at its document separators, and a stream of JSON values between them. A `---` in the first column always
 * separates, even within quotes or a text block (where YAML forbids it), so no broken document reaches beyond its end.
 */
export const splitDocuments = (text: string): Chunk[] => {
  const chunks: Chunk[] = [];
  let marker = nextMarker(text, '...', 0);
  const mayBeJson = /^\s*\{/.test(text);
  for (let lineStart = 0; lineStart >= 0; ) {
    const isSeparated = isMarkerAt(text, '---', lineStart);
    const start = isSeparated ? lineStart + 3 : lineStart;
    const separator = nextMarker(text, '---', start);
    const end = separator < 0 ? text.length : separator;
    if (marker >= 0 && marker < start) marker = nextMarker(text, '...', start);
    const isEnded = marker >= 0 && marker < end;
    const beside = isSeparated ? textOnLine(text, start) : undefined;
    const behind = isEnded ? textBehindEnd(text, marker + 3, end) : undefined;
    const chunk: Chunk = {
      start,
      end: isEnded ? marker : end,
      lineStart,
      ...(beside === undefined ? {} : { besideSeparator: beside }),
      ...(behind === undefined ? {} : { behindEnd: behind }),
    };
    // Directives stand before the separator of their document; kubectl's YAML has none that matter.
    const isPrologue = lineStart === 0 && !isSeparated && isBlank(text.slice(start, chunk.end));
    if (!isPrologue) for (const part of mayBeJson ? splitJson(text, chunk) : [chunk]) chunks.push(part);
    lineStart = separator;
  }
  return chunks;
};
