/** Part of a file's text that is parsed by itself. What is found in it is told as an offset into the whole text. */
export class Excerpt {
  readonly text: string;
  private readonly start: number;
  /** Where blanks were put in, each an offset into `text`, in order. */
  private readonly insertions: readonly number[];

  private constructor(text: string, start: number, insertions: readonly number[]) {
    this.text = text;
    this.start = start;
    this.insertions = insertions;
  }

  static of(text: string, start: number, end: number): Excerpt {
    return new Excerpt(text.slice(start, end), start, []);
  }

  /** How often the text was changed. */
  get changes(): number {
    return this.insertions.length;
  }

  /** The same text with the rest of a line moved to the right. Offsets still tell where things are in the file. */
  indentedAt(offset: number): Excerpt {
    const text = this.text.slice(0, offset) + indentation + this.text.slice(offset);
    return new Excerpt(text, this.start, [...this.insertions, offset]);
  }

  /** Where in the whole text something is that was found in this part. */
  originOf(offset: number): number {
    const before = this.insertions.filter(insertion => insertion < offset).length;
    return this.start + offset - before * indentation.length;
  }
}

/** Deeper than anything is nested. */
const indentation = ' '.repeat(80);
