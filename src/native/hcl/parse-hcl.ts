import { HclProblem, HclText } from './hcl-text.ts';

/** Where the keys of mappings and the elements of lists stand in the text. */
export type HclMarks = Map<object, Map<string | number, number>>;

export interface HclDocument {
  readonly value: Readonly<Record<string, unknown>>;
  readonly marks: HclMarks;
}

type Mapping = Record<string, unknown>;

/** Deeper than anything that is written by hand, and far from the end of the stack. */
const deepest = 60;

/**
 * The value of a text in the first version of HCL, as agents and command lines take it: attributes, blocks with or
 * without labels, maps, lists, texts, numbers and truth values. A block that is written several times is a list; one with
 * labels is a map by label. Expressions of the second version (variables, calls, conditions) are no values. Throws
 * HclProblem, and nothing else, whatever the text.
 */
export const parseHcl = (text: string): HclDocument => new Parser(text).document();

class Parser {
  private readonly text: HclText;
  private readonly marks: HclMarks = new Map();
  /** Values that came from blocks: several of them make a list. */
  private readonly blocks = new WeakSet<object>();
  private readonly gathered = new WeakSet<object>();

  constructor(text: string) {
    this.text = new HclText(text);
  }

  document(): HclDocument {
    const value = this.body(undefined, 0);
    return { value, marks: this.marks };
  }

  /** Attributes and blocks up to the end of the text, or to a closing brace. */
  private body(end: '}' | undefined, depth: number): Mapping {
    const { text } = this;
    const mapping: Mapping = Object.create(null) as Mapping;
    const marks = new Map<string | number, number>();
    if (depth > deepest) text.fail('too deep');
    for (;;) {
      text.skipBlank();
      if (text.isAtEnd) {
        if (end) text.fail('a closing `}` is missing');
        break;
      }
      if (end && text.take(end)) break;
      this.item(mapping, marks, depth);
      text.skipBlank();
      text.take(',');
    }
    const plain = { ...mapping };
    this.marks.set(plain, marks);
    return plain;
  }

  private item(into: Mapping, marks: Map<string | number, number>, depth: number): void {
    const { text } = this;
    const { at } = text;
    const key = text.key() ?? text.fail('a name was expected');
    text.skipSpaces();
    if (text.take('=') || text.take(':')) {
      text.skipBlank();
      if (Object.hasOwn(into, key)) throw new HclProblem(at, `\`${key}\` is written twice`);
      put(into, key, this.value(depth + 1));
      marks.set(key, at);
      return;
    }
    const labels: string[] = [];
    for (let label = text.key(); label !== undefined; label = text.key()) {
      labels.push(label);
      text.skipSpaces();
    }
    if (!text.take('{')) text.fail(`\`=\` or \`{\` was expected after \`${key}\``);
    const inner = labels.reduceRight<Mapping>(
      (value, label) => {
        const holder = put({}, label, value);
        this.marks.set(holder, new Map([[label, at]]));
        return holder;
      },
      this.body('}', depth + 1),
    );
    this.block(into, marks, { key, at, inner, isLabelled: labels.length > 0 });
  }

  private block(
    into: Mapping,
    marks: Map<string | number, number>,
    { key, at, inner, isLabelled }: { key: string; at: number; inner: Mapping; isLabelled: boolean },
  ): void {
    const known = Object.hasOwn(into, key) ? into[key] : undefined;
    this.blocks.add(inner);
    if (known === undefined) {
      put(into, key, inner);
      marks.set(key, at);
    } else if (Array.isArray(known) && this.gathered.has(known)) {
      this.marks.get(known)?.set(known.length, at);
      known.push(inner);
    } else if (typeof known === 'object' && known !== null && this.blocks.has(known)) {
      const label = Object.keys(inner)[0];
      if (isLabelled && label !== undefined && !Object.hasOwn(known, label)) {
        put(known as Mapping, label, inner[label]);
        this.marks.get(known)?.set(label, at);
        return;
      }
      const list = [known, inner];
      this.gathered.add(list);
      this.marks.set(
        list,
        new Map([
          [0, marks.get(key) ?? at],
          [1, at],
        ]),
      );
      put(into, key, list);
    } else throw new HclProblem(at, `\`${key}\` is written twice`);
  }

  private value(depth: number): unknown {
    const { text } = this;
    if (text.take('{')) return this.body('}', depth);
    if (text.take('[')) return this.list(depth);
    return text.scalar();
  }

  private list(depth: number): readonly unknown[] {
    const { text } = this;
    const items: unknown[] = [];
    const marks = new Map<string | number, number>();
    if (depth > deepest) text.fail('too deep');
    for (;;) {
      text.skipBlank();
      if (text.take(']')) break;
      if (text.isAtEnd) text.fail('a closing `]` is missing');
      marks.set(items.length, text.at);
      items.push(this.value(depth + 1));
      text.skipBlank();
      if (text.take(']')) break;
      if (!text.take(',')) text.fail('`,` or `]` was expected in the list');
    }
    this.marks.set(items, marks);
    return items;
  }
}

/** A key may be called `__proto__`, and is a key all the same. */
const put = (into: Mapping, key: string, value: unknown): Mapping =>
  Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true });
