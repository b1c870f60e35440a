/**
 * Texts that a regular expression takes, a few for each of its parts: every alternative, every optional piece with and
 * without it, repetitions at their ends. Enough to stand on both sides of an expression's border; not all of its language.
 */

const perNode = 6;

const few = (texts: Iterable<string>): string[] => [...new Set(texts)].slice(0, perNode);

/** Each part varies while the others stay at their first text, so that the number grows with the parts and not with their product. */
const inTurn = (parts: readonly (readonly string[])[]): string[] => {
  const first = parts.map(texts => texts[0] ?? '');
  const varied = parts.flatMap((texts, index) => texts.map(text => first.with(index, text).join('')));
  return few([first.join(''), ...varied]);
};

const classes: Readonly<Record<string, readonly string[]>> = {
  d: ['1', '0'],
  D: ['x'],
  w: ['a', '_'],
  W: ['-'],
  s: [' '],
  S: ['x'],
  b: [''],
  B: [''],
  A: [''],
  z: [''],
  Q: [''],
  E: [''],
  t: ['\t'],
  n: ['\n'],
};

class Reader {
  private readonly pattern: string;
  private at = 0;

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  texts(): string[] | undefined {
    const texts = this.alternatives();
    return this.at === this.pattern.length ? texts : undefined;
  }

  private get next(): string | undefined {
    return this.pattern[this.at];
  }

  private take(text: string): boolean {
    if (!this.pattern.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  private alternatives(): string[] {
    const found = [...this.sequence()];
    while (this.take('|')) found.push(...this.sequence());
    return few(found);
  }

  private sequence(): string[] {
    const parts: string[][] = [];
    while (this.next !== undefined && this.next !== '|' && this.next !== ')') parts.push(this.repeated(this.atom()));
    return inTurn(parts);
  }

  private atom(): string[] {
    if (this.take('(')) return this.group();
    if (this.take('[')) return this.characterClass();
    if (this.take('\\')) return this.escape();
    if (this.take('.')) return ['x', '.'];
    if (this.take('^') || this.take('$')) return [''];
    const literal = this.next ?? '';
    this.at += 1;
    return [literal];
  }

  private group(): string[] {
    const flags = /^\?(?:P?<\w+>|[a-zA-Z-]*:|[a-zA-Z-]+(?=\)))/.exec(this.pattern.slice(this.at));
    if (flags) this.at += flags[0].length;
    const texts = this.alternatives();
    this.take(')');
    return texts;
  }

  private escape(): string[] {
    const letter = this.next ?? '';
    this.at += 1;
    return [...(classes[letter] ?? [letter])];
  }

  private characterClass(): string[] {
    const negated = this.take('^');
    const members: string[] = [];
    for (let first = true; this.next !== undefined && (first || this.next !== ']'); first = false) {
      const named = /^\[:\^?(\w+):\]/.exec(this.pattern.slice(this.at));
      if (named) {
        this.at += named[0].length;
        members.push(named[1] === 'digit' ? '1' : 'a');
      } else if (this.take('\\')) members.push(...this.escape());
      else {
        members.push(this.next);
        this.at += 1;
        if (this.next === '-' && this.pattern[this.at + 1] !== ']') this.at += 1;
      }
    }
    this.take(']');
    if (!negated) return few([members[0] ?? '', members.at(-1) ?? '']);
    return few(['x', '1', '-', '_'].filter(text => !members.includes(text))).slice(0, 1);
  }

  private repeated(texts: string[]): string[] {
    const [first = ''] = texts;
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.pattern.slice(this.at));
    let result = texts;
    if (this.take('*')) result = ['', ...texts, first + first];
    else if (this.take('+')) result = [...texts, first + first];
    else if (this.take('?')) result = [...texts, ''];
    else if (counted) {
      this.at += counted[0].length;
      const least = Math.min(Number(counted[1]), 20);
      const most = counted[2] === undefined ? least : Math.min(Number(counted[3] || least + 1), least + 20);
      result = [first.repeat(least), first.repeat(most)];
    } else return texts;
    this.take('?');
    return few(result);
  }
}

/** Texts taken by the pattern as a whole; none where it is not understood. */
export const regexTexts = (pattern: string): string[] => new Reader(pattern).texts() ?? [];
