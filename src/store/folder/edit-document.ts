import { isSame } from '../../base/same.ts';
import { toYaml } from '../../base/yaml.ts';
import type { Marks } from '../files/yaml/node-builder.ts';

/** A document as it was read: its text, its value, and where the parts of it are written. */
export interface MarkedText {
  readonly text: string;
  readonly value: unknown;
  readonly marks: Marks;
}

/** A stretch of the text and what takes its place. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** An entry of a mapping or list in block style: where its first line starts, where it does, and where the next begins. */
interface Entry {
  readonly key: string | number;
  readonly line: number;
  readonly start: number;
  readonly next: number;
}

type Container = Readonly<Record<string | number, unknown>>;

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/**
 * Changes a YAML document so that it says another value, and leaves every line alone that already says its part of it:
 * comments, order, quotes. Undefined where that is not possible: flow style, aliases, several entries on a line. The
 * caller reads the result back; a text that is laid out oddly may come out wrong.
 */
export const editDocument = (document: MarkedText, desired: unknown): string | undefined => {
  const edits = new DocumentEditor(document).edits(document.value, desired, document.text.length);
  if (!edits) return undefined;
  let { text } = document;
  for (const { from, to, text: by } of edits.sort((a, b) => b.from - a.from)) {
    text = text.slice(0, from) + by + text.slice(to);
  }
  return text;
};

class DocumentEditor {
  readonly #text: string;
  readonly #marks: Marks;

  constructor({ text, marks }: MarkedText) {
    this.#text = text;
    this.#marks = marks;
  }

  /** What turns a container that ends before `end` into another; undefined if it must be written anew as a whole. */
  edits(now: unknown, desired: unknown, end: number): Edit[] | undefined {
    if (isSame(now, desired)) return [];
    if (!isContainer(now) || !isContainer(desired) || Array.isArray(now) !== Array.isArray(desired)) return undefined;
    const entries = this.#entries(now, end);
    if (!entries || Object.keys(desired).length === 0) return undefined;
    return Array.isArray(now)
      ? this.#listEdits(now, desired as unknown as readonly unknown[], entries)
      : this.#mappingEdits(now, desired, entries);
  }

  #mappingEdits(now: Container, desired: Container, entries: readonly Entry[]): Edit[] | undefined {
    const edits: Edit[] = [];
    for (const entry of entries) {
      if (Object.hasOwn(desired, entry.key)) edits.push(...this.#entryEdits(entry, now[entry.key], desired[entry.key]));
      else if (this.#startsLine(entry)) edits.push(this.#removal(entry));
      else return undefined;
    }
    const added = Object.entries(desired).filter(([key]) => !Object.hasOwn(now, key));
    const last = entries.at(-1);
    if (last && added.length > 0)
      edits.push(
        this.#insertion(
          last,
          added.map(([key, value]) => toYaml({ [key]: value })),
        ),
      );
    return edits;
  }

  /** Items that stay at the start and at the end are left alone; what lies between is changed in pairs, as far as they go. */
  #listEdits(now: readonly unknown[], desired: readonly unknown[], entries: readonly Entry[]): Edit[] | undefined {
    const shared = Math.min(now.length, desired.length);
    let head = 0;
    while (head < shared && isSame(now[head], desired[head])) head += 1;
    let tail = 0;
    while (tail < shared - head && isSame(now.at(-1 - tail), desired.at(-1 - tail))) tail += 1;
    const changed = entries.slice(head, now.length - tail);
    const wanted = desired.slice(head, desired.length - tail);
    const edits = changed.flatMap((entry, index) =>
      index < wanted.length ? this.#entryEdits(entry, now[entry.key as number], wanted[index]) : [this.#removal(entry)],
    );
    const added = wanted.slice(changed.length).map(item => toYaml([item]));
    const before = entries[head + changed.length - 1];
    if (added.length > 0 && !before) return undefined;
    if (added.length > 0 && before) edits.push(this.#insertion(before, added));
    return edits;
  }

  #entryEdits(entry: Entry, now: unknown, desired: unknown): Edit[] {
    return (
      this.edits(now, desired, entry.next) ?? [
        this.#scalarEdit(entry, now, desired) ?? this.#replacement(entry, desired),
      ]
    );
  }

  /** One text on the line of its key for another; what stands behind it, such as a comment, stays. */
  #scalarEdit(entry: Entry, now: unknown, desired: unknown): Edit | undefined {
    if (isContainer(now) || isContainer(desired) || String(desired).includes('\n')) return undefined;
    const by = toYaml(desired).trimEnd();
    const line = this.#text.slice(entry.start, this.#contentEnd(entry));
    if (line.includes('\n')) return undefined;
    const lead =
      typeof entry.key === 'number'
        ? ''
        : /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^"'].*?):[ \t]+(?=\S)/.exec(line)?.[0];
    const value =
      lead === undefined
        ? undefined
        : /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^"'#&*!|>].*?)(?=[ \t]+#|[ \t]*$)/.exec(line.slice(lead.length))?.[0];
    if (lead === undefined || value === undefined) return undefined;
    const from = entry.start + lead.length;
    return { from, to: from + value.length, text: by };
  }

  #replacement(entry: Entry, desired: unknown): Edit {
    const isItem = typeof entry.key === 'number';
    const from = isItem ? this.#text.lastIndexOf('-', entry.start - 1) : entry.start;
    const text = this.#indented([toYaml(isItem ? [desired] : { [entry.key]: desired })], this.#column(from));
    return { from, to: this.#contentEnd(entry), text: text.trimStart() };
  }

  #removal(entry: Entry): Edit {
    return { from: entry.line, to: Math.min(this.#contentEnd(entry) + 1, this.#text.length), text: '' };
  }

  #insertion(behind: Entry, texts: readonly string[]): Edit {
    const from = this.#contentEnd(behind);
    const isItem = typeof behind.key === 'number';
    const column = this.#column(isItem ? this.#text.lastIndexOf('-', behind.start - 1) : behind.start);
    return { from, to: from, text: `\n${this.#indented(texts, column)}` };
  }

  #indented(texts: readonly string[], column: number): string {
    const lines = texts.flatMap(text => text.replace(/\n$/, '').split('\n'));
    return lines.map(line => (line === '' ? '' : ' '.repeat(column) + line)).join('\n');
  }

  /** The entries of a container in block style, in their order; undefined if it is in another. */
  #entries(container: Container, end: number): Entry[] | undefined {
    const marks = this.#marks.get(container);
    const keys = Array.isArray(container) ? container.map((_, index) => index) : Object.keys(container);
    if (!marks || keys.length === 0 || marks.size !== keys.length) return undefined;
    const starts = [...marks].sort(([, a], [, b]) => a - b);
    const entries = starts.map(([key, start], index): Entry => {
      const next = starts[index + 1]?.[1];
      return { key, start, line: this.#lineStart(start), next: next === undefined ? end : this.#lineStart(next) };
    });
    const columns = new Set(entries.map(entry => this.#column(entry.start)));
    const areApart = entries.every(
      ({ line, start, next }, index) => next > start && (index === 0 || this.#isLead(line, start, container)),
    );
    const [first] = entries;
    return columns.size === 1 && areApart && first && this.#isLead(first.line, first.start, container, true)
      ? entries
      : undefined;
  }

  /** Whether nothing but the dashes of lists stands before an entry on its line. */
  #isLead(line: number, start: number, container: Container, isFirst = false): boolean {
    const lead = this.#text.slice(line, start);
    if (Array.isArray(container)) return (isFirst ? /^ *(?:- +)+$/ : /^ *- +$/).test(lead);
    return (isFirst ? /^ *(?:- +)*$/ : /^ *$/).test(lead);
  }

  #startsLine({ line, start }: Entry): boolean {
    return /^ *$/.test(this.#text.slice(line, start));
  }

  /** The end of the last line of an entry that is neither blank nor a comment, which may belong to what follows. */
  #contentEnd({ start, next }: Entry): number {
    const lines = this.#text.slice(start, next).split('\n');
    while (lines.length > 1 && /^\s*(?:#.*)?$/.test(lines.at(-1) ?? '')) lines.pop();
    return start + lines.join('\n').length;
  }

  #lineStart(offset: number): number {
    return this.#text.lastIndexOf('\n', offset - 1) + 1;
  }

  #column(offset: number): number {
    return offset - this.#lineStart(offset);
  }
}
