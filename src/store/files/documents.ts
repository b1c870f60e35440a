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

/** Whether there are only blanks, comments and directives between two offsets. */
export const isBlank = (text: string, start: number, end: number): boolean => {
  let at = start;
  while (at < end) {
    const lineEnd = text.indexOf('\n', at);
    const stop = lineEnd < 0 || lineEnd > end ? end : lineEnd;
    while (at < stop && (text[at] === ' ' || text[at] === '\t' || text[at] === '\r')) at += 1;
    if (at < stop && text[at] !== '#' && text[at] !== '%') return false;
    at = stop + 1;
  }
  return true;
};
