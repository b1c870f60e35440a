import type { YamlMapping } from './node-builder.ts';
import type { YamlRange } from './read-yaml.ts';
import { plainValue } from './scalar-value.ts';

/** Nothing of the document is read here; null is a value. */
const beyond = Symbol('beyond');

const [blank, doubleQuote, hash, singleQuote, dash, colon, backslash] = [0x20, 0x22, 0x23, 0x27, 0x2d, 0x3a, 0x5c];

/** Which characters a key may hold (1), and with which an unquoted text may begin (2). */
const allowed = new Uint8Array(128);
for (let code = 0x20; code < 0x7f; code += 1) {
  const character = String.fromCharCode(code);
  if (/[\w./-]/.test(character)) allowed[code] = 1;
  if (/[\w./<=^~()$+;]/.test(character)) allowed[code]! |= 2;
}

/** The longest key; YAML itself has a bound for keys without `?` (1,024 characters). */
const longestKey = 200;

/** From here on an integer may have more digits than a number here holds. */
const manyDigits = 15;

const deepest = 100;

/**
 * Most configuration is written in a small part of YAML: mappings and lists in block style, texts on one line, ASCII. This
 * reads that part, several times faster than a parser for all of YAML, and nothing else: wherever a line is not plainly
 * of this part, the document is left to the parser. It never decides that a document is wrong.
 */
class PlainBlock {
  private readonly text: string;
  private readonly end: number;
  /** The line that is next: where it begins, its first character that is no blank, and how far in that is. */
  private lineStart = 0;
  private first = 0;
  /** Where its text ends, without the line's end. */
  private lineEnd = 0;
  /** The column of `first`; -1 behind the last line. */
  private column = -1;

  constructor(text: string, start: number, end: number) {
    this.text = text;
    this.end = end;
    this.toLine(start);
  }

  document(): unknown {
    if (this.column < 0) return beyond;
    const value = this.block(0);
    return this.column < 0 ? value : beyond;
  }

  /** Goes to the first line at or behind a place that is neither empty nor a comment. */
  private toLine(from: number): void {
    const { text, end } = this;
    for (let start = from; start < end; ) {
      let first = start;
      while (first < end && text.charCodeAt(first) === blank) first += 1;
      const at = text.indexOf('\n', first);
      const lineEnd = at < 0 || at > end ? end : at;
      const code = text.charCodeAt(first);
      if (first < lineEnd && code !== hash) {
        this.lineStart = start;
        this.first = first;
        this.lineEnd = lineEnd;
        this.column = first - start;
        return;
      }
      start = lineEnd + 1;
    }
    this.column = -1;
  }

  private toNextLine(): void {
    this.toLine(this.lineEnd + 1);
  }

  /** The node that begins on this line. */
  private block(depth: number): unknown {
    if (depth > deepest) return beyond;
    return this.isItem() ? this.list(depth) : this.mapping(depth);
  }

  /** Whether the line begins with a dash that stands for itself. */
  private isItem(): boolean {
    const { text, first, lineEnd } = this;
    return text.charCodeAt(first) === dash && (first + 1 === lineEnd || text.charCodeAt(first + 1) === blank);
  }

  private list(depth: number): unknown {
    const { column } = this;
    const list: unknown[] = [];
    while (this.column === column && this.isItem()) {
      const item = this.item(column, depth);
      if (item === beyond) return beyond;
      list.push(item);
    }
    return this.column > column ? beyond : list;
  }

  private item(column: number, depth: number): unknown {
    let first = this.first + 1;
    while (first < this.lineEnd && this.text.charCodeAt(first) === blank) first += 1;
    if (first === this.lineEnd) {
      this.toNextLine();
      return this.column > column ? this.block(depth + 1) : null;
    }
    // What stands behind the dash is read as a line of its own that begins there.
    this.first = first;
    this.column = first - this.lineStart;
    if (this.isItem() || this.keyEnd() > 0) return this.block(depth + 1);
    const value = this.scalar(first);
    if (value === beyond) return beyond;
    this.toNextLine();
    return this.column > column ? beyond : value;
  }

  private mapping(depth: number): unknown {
    const { text, column } = this;
    const mapping: YamlMapping = {};
    while (this.column === column) {
      const end = this.keyEnd();
      if (end < 0) return beyond;
      const key = text.slice(this.first, end);
      if (typeof plainValue(key) !== 'string' || key in mapping) return beyond;
      const value = this.valueBehind(end + 1, column, depth);
      if (value === beyond) return beyond;
      mapping[key] = value;
    }
    return this.column > column ? beyond : mapping;
  }

  /** Where the key of this line ends, if the line is one with a key; else -1. */
  private keyEnd(): number {
    const { text, first, lineEnd } = this;
    const most = Math.min(lineEnd, first + longestKey);
    if (text.charCodeAt(first) === dash) return -1;
    let at = first;
    while (at < most && allowed[text.charCodeAt(at)]! & 1) at += 1;
    if (at === first || text.charCodeAt(at) !== colon) return -1;
    return at + 1 === lineEnd || text.charCodeAt(at + 1) === blank ? at : -1;
  }

  private valueBehind(from: number, column: number, depth: number): unknown {
    const { text, lineEnd } = this;
    let first = from;
    while (first < lineEnd && text.charCodeAt(first) === blank) first += 1;
    if (first < lineEnd) {
      const value = this.scalar(first);
      if (value === beyond) return beyond;
      this.toNextLine();
      return this.column > column ? beyond : value;
    }
    this.toNextLine();
    if (this.column > column) return this.block(depth + 1);
    // A list may stand at the column of its key.
    return this.column === column && this.isItem() ? this.list(depth + 1) : null;
  }

  /** A text that is all of its line from here on. */
  private scalar(from: number): unknown {
    const { text } = this;
    let end = this.lineEnd;
    while (text.charCodeAt(end - 1) === blank) end -= 1;
    const code = text.charCodeAt(from);
    if (code === doubleQuote || code === singleQuote) return quoted(text, from, end, code);
    if (end - from === 2) {
      const value = text.slice(from, end);
      if (value === '{}') return {};
      if (value === '[]') return [];
    }
    if (!(allowed[code]! & 2) && !(code === dash && allowed[text.charCodeAt(from + 1)]! & 1)) return beyond;
    for (let at = from; at < end; at += 1) {
      const here = text.charCodeAt(at);
      if (here === colon && (at + 1 === end || text.charCodeAt(at + 1) === blank)) return beyond;
      if (here === hash && text.charCodeAt(at - 1) === blank) return beyond;
    }
    const value = plainValue(text.slice(from, end));
    return typeof value === 'number' && (end - from > manyDigits || !Number.isFinite(value)) ? beyond : value;
  }
}

/** A text in quotes without anything in it that means something else than itself. */
const quoted = (text: string, from: number, end: number, quote: number): unknown => {
  if (end - from < 2 || text.charCodeAt(end - 1) !== quote) return beyond;
  for (let at = from + 1; at < end - 1; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote || (code === backslash && quote === doubleQuote)) return beyond;
  }
  return text.slice(from + 1, end - 1);
};

/** Tabs, control characters and whatever is not ASCII. */
const unusual = /[^\n -~]/;

/**
 * The value of a document that is written in the plain part of YAML; undefined for every other, also for one that holds
 * nothing. It is what the parser for all of YAML would give.
 */
export const readPlainBlock = (text: string, { start, end, lineStart }: YamlRange): object | undefined => {
  // What stands on the line of the separator is nobody's first column.
  const separatorEnd = start > lineStart ? text.indexOf('\n', start) : start - 1;
  if (start > lineStart && (separatorEnd < 0 || text.slice(start, separatorEnd).trim() !== '')) return undefined;
  if (unusual.test(text.slice(start, end))) return undefined;
  const value = new PlainBlock(text, separatorEnd + 1, end).document();
  return value === beyond ? undefined : (value as object);
};
