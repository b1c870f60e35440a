import type { Excerpt } from './excerpt.ts';
import { YamlProblem, type YamlProblemKind } from './problem.ts';
import { keyText, plainValue, type ScalarValue, taggedValue } from './scalar-value.ts';

export type YamlMapping = Record<string, unknown>;

/** Where the entries of mappings and lists are written: for each key or index an offset into the text. */
export type Marks = Map<object, Map<string | number, number>>;

/** What stands before a node: `&anchor` and `!tag`. */
export interface Properties {
  readonly anchor?: string;
  readonly tag?: string;
}

export const noProperties: Properties = {};

/** A node that an alias may stand for. */
export interface Anchor {
  value: unknown;
  /** How many nodes came before it; with `size`, what an alias to it unfolds to. */
  readonly start: number;
  /** Undefined until the node is complete: an alias before that would contain itself. */
  size: number | undefined;
}

const isMapping = (value: unknown): value is YamlMapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const define = (mapping: YamlMapping, key: string, value: unknown): void => {
  if (key === '__proto__') {
    Object.defineProperty(mapping, key, { value, enumerable: true, configurable: true, writable: true });
  } else mapping[key] = value;
};

/**
 * The share of nodes that may come from aliases, by the count of all nodes: from 99 % in a small document down to 10 %
 * in a huge one. It stops a document of a few lines that unfolds to billions of nodes. The numbers are go-yaml's.
 */
const allowedAliasShare = (nodes: number): number => {
  const [small, huge] = [400_000, 4_000_000];
  if (nodes <= small) return 0.99;
  return nodes >= huge ? 0.1 : 0.99 - 0.89 * ((nodes - small) / (huge - small));
};

/**
 * Makes the values of one document the way go-yaml does for kubectl, where that differs from YAML or from other
 * readers: scalars (`scalar-value.ts`), keys, merge keys, and how much aliases may unfold to. Unlike kubectl it does not
 * take a key that is written twice. Offsets are those of the excerpt.
 */
export class NodeBuilder {
  /** Where integers stand that have more digits than a number here holds; offsets into the whole text. */
  readonly inexact: number[] = [];
  private readonly excerpt: Excerpt;
  private readonly marks: Marks | undefined;
  private anchors: Map<string, Anchor> | undefined;
  /** The keys that were written in a mapping that also has merged ones. */
  private written: Map<YamlMapping, Set<string>> | undefined;
  private nodes = 0;
  private aliasNodes = 0;

  constructor(excerpt: Excerpt, marks: Marks | undefined) {
    this.excerpt = excerpt;
    this.marks = marks;
  }

  /** Opens a mapping or list. Its anchor is known from now on, so that an alias to it inside it is recognised. */
  open(properties: Properties): Anchor | undefined {
    this.nodes += 1;
    if (properties.anchor === undefined) return undefined;
    const anchor: Anchor = { value: undefined, start: this.nodes - 1, size: undefined };
    this.anchors ??= new Map();
    this.anchors.set(properties.anchor, anchor);
    return anchor;
  }

  close<T>(anchor: Anchor | undefined, value: T): T {
    if (anchor) {
      anchor.value = value;
      anchor.size = this.nodes - anchor.start;
    }
    return value;
  }

  scalar(text: string, isPlain: boolean, properties: Properties, start: number): ScalarValue {
    const anchor = properties === noProperties ? undefined : this.open(properties);
    if (!anchor) this.nodes += 1;
    const value =
      properties.tag !== undefined ? this.tagged(properties.tag, text, start) : isPlain ? plainValue(text) : text;
    if (typeof value === 'number' && !Number.isSafeInteger(value)) this.checkNumber(value, text, start);
    return this.close(anchor, value);
  }

  alias(name: string, start: number): unknown {
    const anchor = this.anchors?.get(name);
    if (!anchor)
      this.fail('syntax', `\`*${name}\` stands for nothing: no \`&${name}\` before it in this document`, start);
    if (anchor.size === undefined) this.fail('value', `\`*${name}\` contains itself`, start);
    this.nodes += 1 + anchor.size;
    this.aliasNodes += anchor.size;
    if (this.nodes > 1000 && this.aliasNodes > this.nodes * allowedAliasShare(this.nodes)) {
      this.fail('size', `aliases unfold to ${this.aliasNodes} values and more`, start);
    }
    return anchor.value;
  }

  /** Adds what stands at a key, whose first character is at `start`. */
  add(mapping: YamlMapping, key: unknown, value: unknown, start: number): void {
    if (key === '<<' && this.excerpt.text.startsWith('<<', start)) {
      this.merge(mapping, value, start);
      return;
    }
    const name = typeof key === 'string' ? key : this.keyName(key, start);
    const written = this.written?.get(mapping);
    if (written ? written.has(name) : mapping[name] !== undefined && Object.hasOwn(mapping, name)) {
      this.fail('duplicate', `the key \`${name}\` stands twice in one mapping`, start);
    }
    written?.add(name);
    define(mapping, name, value);
    this.mark(mapping, name, start);
  }

  /** Remembers where an entry is written, if anybody asked for it. */
  mark(collection: object, key: string | number, start: number): void {
    if (this.marks) this.markOrigin(collection, key, this.excerpt.originOf(start));
  }

  fail(kind: YamlProblemKind, message: string, offset: number): never {
    throw new YamlProblem(kind, this.excerpt.originOf(offset), message);
  }

  /**
   * `<<: *defaults`. go-yaml puts the merged keys in at this very place: they override keys written before it, and are
   * overridden by keys written after it (YAML itself would let all written keys win).
   */
  private merge(mapping: YamlMapping, value: unknown, start: number): void {
    const sources = Array.isArray(value) ? value.toReversed() : [value];
    this.written ??= new Map();
    if (!this.written.has(mapping)) this.written.set(mapping, new Set(Object.keys(mapping)));
    for (const source of sources) {
      if (!isMapping(source)) this.fail('syntax', '`<<` merges mappings only', start);
      for (const key of Object.keys(source)) {
        define(mapping, key, source[key]);
        const origin = this.marks?.get(source)?.get(key);
        if (origin !== undefined) this.markOrigin(mapping, key, origin);
      }
    }
  }

  private markOrigin(collection: object, key: string | number, origin: number): void {
    const places = this.marks?.get(collection) ?? new Map<string | number, number>();
    places.set(key, origin);
    this.marks?.set(collection, places);
  }

  private tagged(tag: string, text: string, start: number): ScalarValue {
    const value = taggedValue(tag, text);
    if (value === undefined) this.fail('value', `\`${text}\` does not fit its tag \`${tag}\``, start);
    return value;
  }

  private checkNumber(value: number, text: string, start: number): void {
    if (!Number.isFinite(value)) {
      this.fail('value', `\`${text}\` is a number that JSON does not have; put a text in quotes`, start);
    }
    if (/^[-+]?[0-9]+$/.test(text) && BigInt(text) !== BigInt(value)) this.inexact.push(this.excerpt.originOf(start));
  }

  private keyName(key: unknown, start: number): string {
    const name = typeof key === 'object' && key !== null ? undefined : keyText(key as ScalarValue);
    if (name === undefined) this.fail('value', 'a key that is no text, number or boolean; put a text in quotes', start);
    return name;
  }
}
