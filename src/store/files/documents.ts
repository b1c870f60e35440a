/** A document of a file: its text is `text.slice(start, end)`. */
export interface DocumentRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts a stream at lines that begin with `---` or `...` and nothing but a blank after it. No scalar can hold such a
 * line: block scalars are indented, and YAML forbids it in quoted ones. So a broken document cannot hide the next.
 */
export const documentRanges = (text: string): DocumentRange[] => {
  const ranges: DocumentRange[] = [];
  let start = 0;
  const marker = /^(?:---|\.\.\.)(?=[ \t\r\n]|$)/gm;
  for (let match = marker.exec(text); match; match = marker.exec(text)) {
    ranges.push({ start, end: match.index });
    start = match.index + match[0].length;
  }
  ranges.push({ start, end: text.length });
  return ranges;
};

/** A document that holds only blanks, comments and directives. */
export const isBlank = (text: string): boolean => /^(?:[ \t\r]*(?:[#%][^\n]*)?(?:\n|$))*$/.test(text);
