/**
 * RE2's syntax (https://github.com/google/re2/wiki/Syntax), read into a tree. Only patterns that the engine compiles are
 * read, so nothing is checked again. Groups capture nothing here, and as no text of the alphabet has a line break, `^`
 * and `$` are the ends of the text with and without `(?m)`.
 */
import { type Characters, everyCharacter, membersOf, onlyCharacter } from './class.ts';

/** Where a match may stand: the ends of the text, or on or off the edge of a word. */
export type Place = 'begin' | 'end' | 'boundary' | 'noBoundary';

export type Syntax =
  | { readonly kind: 'characters'; readonly members: Characters }
  | { readonly kind: 'at'; readonly place: Place }
  | { readonly kind: 'sequence'; readonly parts: readonly Syntax[] }
  /** Earlier choices are preferred, which matters for `rust`. */
  | { readonly kind: 'choice'; readonly choices: readonly Syntax[] }
  | {
      readonly kind: 'repeat';
      readonly part: Syntax;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    };

/** The flags in force: fold case, and turn the greed of repetitions around. `(?s)` and `(?m)` change nothing here. */
interface Flags {
  readonly i: boolean;
  readonly U: boolean;
}

const places: Readonly<Record<string, Place>> = {
  '^': 'begin',
  $: 'end',
  '\\A': 'begin',
  '\\z': 'end',
  '\\b': 'boundary',
  '\\B': 'noBoundary',
};

const group = /\((?:\?P?<\w+>|\?([imsU]*)(?:-([imsU]+))?([:)]))?/y;
const repetition = /(?:([*+?])|\{(0|[1-9]\d*)(,(0|[1-9]\d*)?)?\})(\??)/y;
const place = /[$^]|\\[AzbB]/y;
const quoted = /\\Q([\s\S]*?)(?:\\E|$)/y;
const escaped = /\\(?:[pP](?:\{[^}]*\}|[\s\S])|x(?:\{[^}]*\}|..)|[0-7]{1,3}|[\s\S])/y;
/** A class up to its end. A `]` that comes first is a member; `[` may open a name, or be the end of a range. */
const bracketed = (() => {
  const named = String.raw`\[:[\s\S]*?:\]|\\[pP](?:\{[^}]*\}|[\s\S])|\\[dswDSW]`;
  const range = String.raw`(?:-(?:\\[\s\S]|[^\]]))?`;
  const first = String.raw`(?:${named}|(?:\\[\s\S]|[\s\S])${range})`;
  const other = String.raw`(?:${named}|(?:\\[\s\S]|[^\]])${range})`;
  return new RegExp(String.raw`\[\^?${first}${other}*\]`, 'y');
})();

const simpleRepeats: Readonly<Record<string, readonly [min: number, max: number]>> = {
  '*': [0, Number.POSITIVE_INFINITY],
  '+': [1, Number.POSITIVE_INFINITY],
  '?': [0, 1],
};

class Reader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  #take(token: RegExp): RegExpExecArray | undefined {
    token.lastIndex = this.#at;
    const found = token.exec(this.#pattern) ?? undefined;
    this.#at += found?.[0].length ?? 0;
    return found;
  }

  /** All choices up to the closing parenthesis or the end. Flags set among them hold until there. */
  readChoices(outer: Flags): Syntax {
    let flags = outer;
    let parts: Syntax[] = [];
    const choices = [parts];
    while (this.#at < this.#pattern.length) {
      const next = this.#pattern[this.#at];
      if (next === ')') break;
      if (next === '|') {
        this.#at += 1;
        parts = [];
        choices.push(parts);
        continue;
      }
      const opened = next === '(' ? this.#take(group) : undefined;
      if (opened) {
        const inner = changed(flags, opened[1], opened[2]);
        if (opened[3] === ')') flags = inner;
        else parts.push(this.#readGroup(inner));
        continue;
      }
      const repeat = this.#take(repetition);
      if (repeat) parts.push(repeated(parts.pop(), repeat, flags));
      else parts.push(...this.#readParts(flags));
    }
    return { kind: 'choice', choices: choices.map(sequenced => ({ kind: 'sequence', parts: sequenced })) };
  }

  #readGroup(flags: Flags): Syntax {
    const inside = this.readChoices(flags);
    this.#at += 1;
    return inside;
  }

  /** One character or place; a quotation is several. */
  #readParts(flags: Flags): Syntax[] {
    const at = this.#take(place)?.[0];
    if (at !== undefined) return [{ kind: 'at', place: places[at]! }];
    const quotation = this.#take(quoted);
    if (quotation) return [...quotation[1]!].map(character => literal(character, flags));
    const written = this.#take(bracketed) ?? this.#take(escaped);
    if (written) return [{ kind: 'characters', members: membersOf(written[0], flags.i ? 'i' : '') }];
    const character = String.fromCodePoint(this.#pattern.codePointAt(this.#at)!);
    this.#at += character.length;
    return character === '.' ? [{ kind: 'characters', members: everyCharacter }] : [literal(character, flags)];
  }
}

const literal = (character: string, { i }: Flags): Syntax => {
  const code = character.codePointAt(0)!;
  return { kind: 'characters', members: i ? membersOf(`\\x{${code.toString(16)}}`, 'i') : onlyCharacter(code) };
};

const changed = (flags: Flags, on = '', off = ''): Flags => ({
  i: (flags.i || on.includes('i')) && !off.includes('i'),
  U: (flags.U || on.includes('U')) && !off.includes('U'),
});

const repeated = (part: Syntax | undefined, written: RegExpExecArray, { U }: Flags): Syntax => {
  const [, simple, least, open, most, reluctant] = written;
  const min = Number(least);
  const limits = simple
    ? simpleRepeats[simple]!
    : ([min, open ? Number(most ?? Number.POSITIVE_INFINITY) : min] as const);
  return { kind: 'repeat', part: part!, min: limits[0], max: limits[1], greedy: (reluctant === '') !== U };
};

/** The tree of a pattern that the engine compiles. */
export const readSyntax = (pattern: string): Syntax => new Reader(pattern).readChoices({ i: false, U: false });
