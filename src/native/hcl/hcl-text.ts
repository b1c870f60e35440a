/** Why a text is no HCL, and where. */
export class HclProblem extends Error {
  override readonly name = 'HclProblem';
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '"': '"',
  '\\': '\\',
};

const identifier = /[\p{L}_][\p{L}\p{N}_.-]*/uy;
const number = /[-+]?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.])/y;
const heredoc = /<<(-?)([A-Za-z_]\w*)[ \t]*\n/y;

/** The characters of a text, and the words in it. */
export class HclText {
  at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  fail(message: string): never {
    throw new HclProblem(Math.min(this.at, this.text.length), message);
  }

  take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  /** Blanks on this line. */
  skipSpaces(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at += 1;
  }

  /** Blanks, ends of lines and comments. */
  skipBlank(): void {
    for (;;) {
      while (/\s/.test(this.text[this.at] ?? '')) this.at += 1;
      const two = this.text.slice(this.at, this.at + 2);
      if (two === '/*') {
        const end = this.text.indexOf('*/', this.at + 2);
        if (end < 0) this.fail('a comment does not end');
        this.at = end + 2;
      } else if (two === '//' || two[0] === '#') {
        const end = this.text.indexOf('\n', this.at);
        this.at = end < 0 ? this.text.length : end;
      } else return;
    }
  }

  /** A name, bare or in quotes; undefined if none stands here. */
  key(): string | undefined {
    if (this.text[this.at] === '"') return this.quoted();
    return this.match(identifier)?.[0];
  }

  /** A text, number or truth value. */
  scalar(): string | number | boolean | null {
    if (this.text[this.at] === '"') return this.quoted();
    const here = this.match(heredoc);
    if (here) return this.hereText(here[2]!, here[1] === '-');
    const digits = this.match(number)?.[0];
    if (digits !== undefined) return Number(digits.replace(/^\+/, ''));
    const start = this.at;
    const word = this.match(identifier)?.[0];
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    this.at = start;
    return this.fail(word === undefined ? 'a value was expected' : `\`${word}\` is an expression, and no value`);
  }

  /** A text in quotes. What stands between `${` and `}` is kept as it is, quotes included. */
  private quoted(): string {
    const start = this.at;
    let value = '';
    let open = 0;
    this.at += 1;
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined || (character === '\n' && open === 0)) {
        this.at = start;
        this.fail('a text in quotes does not end');
      }
      this.at += 1;
      if (open > 0) {
        open += character === '{' ? 1 : character === '}' ? -1 : 0;
        value += character;
      } else if (character === '"') return value;
      else if (character === '\\') value += this.escaped();
      else {
        if (character === '$' && this.text[this.at] === '{') {
          open = 1;
          this.at += 1;
          value += '${';
        } else value += character;
      }
    }
  }

  private escaped(): string {
    const character = this.text[this.at] ?? '';
    this.at += 1;
    const plain = escapes[character];
    if (plain !== undefined) return plain;
    const length = character === 'u' ? 4 : character === 'U' ? 8 : character === 'x' ? 2 : 0;
    const hex = this.text.slice(this.at, this.at + length);
    const code = Number.parseInt(hex, 16);
    if (length === 0 || hex.length < length || !/^[0-9a-fA-F]+$/.test(hex) || code > 0x10ffff) {
      this.fail(`\`\\${character}\` is no escape`);
    }
    this.at += length;
    return String.fromCodePoint(code);
  }

  /** The lines up to one that holds the word alone; `isIndented`: without the blanks that all of them begin with. */
  private hereText(word: string, isIndented: boolean): string {
    const lines: string[] = [];
    for (;;) {
      if (this.isAtEnd) this.fail(`the line \`${word}\` is missing that ends the text`);
      const end = this.text.indexOf('\n', this.at);
      const line = this.text.slice(this.at, end < 0 ? this.text.length : end);
      this.at = end < 0 ? this.text.length : end + 1;
      if (line.trim() === word) break;
      lines.push(line);
    }
    const filled = lines.filter(line => line.trim() !== '');
    const indents = filled.map(line => line.length - line.trimStart().length);
    const cut = isIndented && indents.length > 0 ? indents.reduce((a, b) => Math.min(a, b)) : 0;
    return lines.map(line => `${line.slice(cut)}\n`).join('');
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) return undefined;
    this.at = pattern.lastIndex;
    return found;
  }
}
