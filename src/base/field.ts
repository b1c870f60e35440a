import type { ObjectRef, Source } from './source.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** A part of a native object that no reader understood, or that a reader left out on purpose. */
export interface Unread {
  readonly source: Source;
  readonly reason: string;
}

/** A value of the wrong type, seen while reading. */
export interface TypeProblem {
  readonly source: Source;
  readonly expected: string;
  readonly found: string;
}

/** How many leaves of an object were read and which were not. */
export interface Account {
  readonly fields: number;
  readonly unread: readonly Unread[];
}

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeName = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : isMapping(value) ? 'an object' : value === null ? 'null' : `a ${typeof value}`;

/** A leaf is a scalar, or an empty list or object (which may well mean something: `retries: {}`). */
const countLeaves = (value: unknown): number => {
  if (value === undefined || value === null) return 0;
  if (Array.isArray(value)) return value.length === 0 ? 1 : value.reduce<number>((sum, v) => sum + countLeaves(v), 0);
  if (isMapping(value)) {
    const values = Object.values(value);
    return values.length === 0 ? 1 : values.reduce<number>((sum, v) => sum + countLeaves(v), 0);
  }
  return 1;
};

/**
 * A place inside a native object that remembers which of its parts were read. Every reader goes through fields, so
 * that at the end `account()` knows what nobody looked at: nothing a user wrote can be dropped in silence.
 *
 * YAML `null` counts as absent, as the Kubernetes API treats it. A value of the wrong type is recorded in
 * `problems()` and stays unread.
 */
export class Field implements Source {
  readonly object: ObjectRef;
  readonly value: unknown;
  private readonly parent: Field | undefined;
  private readonly key: string | number;
  /** Made when first needed: most fields are leaves, and there are very many of them. */
  private children: Map<string | number, Field> | undefined;
  private consumed: boolean;
  private reason: string | undefined;
  private wrong: TypeProblem[] | undefined;

  private constructor(object: ObjectRef, value: unknown, parent: Field | undefined, key: string | number) {
    this.object = object;
    this.value = value;
    this.parent = parent;
    this.key = key;
    this.consumed = false;
  }

  /** The root field of an object. */
  static of(object: ObjectRef, body: unknown): Field {
    return new Field(object, body, undefined, '');
  }

  get path(): string {
    if (!this.parent) return '';
    const before = this.parent.path;
    if (typeof this.key === 'number') return `${before}[${this.key}]`;
    // Keys that hold dots (label names, `@request.auth.claims.x`) are written in brackets, as JSONPath does.
    const step = /^[A-Za-z0-9_-]+$/.test(this.key) ? `.${this.key}` : `["${this.key}"]`;
    return before === '' && step.startsWith('.') ? step.slice(1) : before + step;
  }

  /** The last step of the path. */
  get name(): string {
    return String(this.key);
  }

  /** The child at a key, or undefined if absent or null. */
  at(key: string): Field | undefined {
    if (!isMapping(this.value)) return undefined;
    return this.child(key, this.value[key]);
  }

  /** Follows several keys. */
  find(...keys: string[]): Field | undefined {
    let field: Field | undefined = this;
    for (const key of keys) field = field?.at(key);
    return field;
  }

  has(key: string): boolean {
    return isMapping(this.value) && this.value[key] !== undefined && this.value[key] !== null;
  }

  text(key: string): string | undefined {
    return this.at(key)?.asText();
  }

  number(key: string): number | undefined {
    return this.at(key)?.asNumber();
  }

  boolean(key: string): boolean | undefined {
    return this.at(key)?.asBoolean();
  }

  /** The elements of a list; empty if absent. An empty list counts as read. */
  list(key: string): Field[] {
    return this.at(key)?.items() ?? [];
  }

  /** The texts of a list of strings; undefined if absent. */
  texts(key: string): string[] | undefined {
    const field = this.at(key);
    if (!field) return undefined;
    return field.items().flatMap(item => item.asText() ?? []);
  }

  /** The entries of a map; empty if absent. */
  entries(key: string): [string, Field][] {
    return this.at(key)?.members() ?? [];
  }

  /** A map of strings; undefined if absent. */
  textMap(key: string): Record<string, string> | undefined {
    const field = this.at(key);
    if (!field) return undefined;
    const map: Record<string, string> = {};
    for (const [name, member] of field.members()) {
      const text = member.asText();
      if (text !== undefined) map[name] = text;
    }
    return map;
  }

  asText(): string | undefined {
    return typeof this.value === 'string' ? this.consume(this.value) : this.mistyped('a string');
  }

  asNumber(): number | undefined {
    return typeof this.value === 'number' ? this.consume(this.value) : this.mistyped('a number');
  }

  asBoolean(): boolean | undefined {
    return typeof this.value === 'boolean' ? this.consume(this.value) : this.mistyped('a boolean');
  }

  items(): Field[] {
    if (!Array.isArray(this.value)) return this.mistyped('a list') ?? [];
    if (this.value.length === 0) this.consumed = true;
    return this.value.flatMap((value, index) => this.child(index, value) ?? []);
  }

  members(): [string, Field][] {
    if (!isMapping(this.value)) return this.mistyped('an object') ?? [];
    const keys = Object.keys(this.value);
    if (keys.length === 0) this.consumed = true;
    const mapping = this.value;
    return keys.flatMap(key => {
      const member = this.child(key, mapping[key]);
      return member ? [[key, member] as [string, Field]] : [];
    });
  }

  /** True for `{}`: present and empty. Reading it this way counts. */
  isEmptyObject(): boolean {
    const empty = isMapping(this.value) && Object.keys(this.value).length === 0;
    if (empty) this.consumed = true;
    return empty;
  }

  /** The whole value, counted as read. Only for values whose inside nobody else reads (certificates, opaque blobs). */
  whole(): unknown {
    return this.consume(this.value);
  }

  /** Says that this part is left out on purpose, and why; it is accounted for as unread. */
  leave(reason: string): void {
    this.reason = reason;
  }

  /** Says that a reader's result depends on this value being what it is (a discriminator, a constant). */
  note(): void {
    this.consumed = true;
  }

  /** Type problems at or below this field, in document order. */
  problems(): TypeProblem[] {
    const found: TypeProblem[] = [];
    this.collectProblems(found);
    return found;
  }

  /** Counts the leaves of the given top-level keys and lists those that nobody read. */
  account(keys: readonly string[], otherwise = 'no reader for this field'): Account {
    const unread: Unread[] = [];
    let fields = 0;
    if (isMapping(this.value)) {
      for (const key of keys) {
        const value = this.value[key];
        if (value === undefined || value === null) continue;
        fields += countLeaves(value);
        const child = this.child(key, value);
        if (child) child.collectUnread(unread, otherwise);
      }
    }
    return { fields, unread };
  }

  private consume<T>(value: T): T {
    this.consumed = true;
    return value;
  }

  private child(key: string | number, value: unknown): Field | undefined {
    if (value === undefined || value === null) return undefined;
    this.children ??= new Map();
    let child = this.children.get(key);
    if (!child) {
      child = new Field(this.object, value, this, key);
      this.children.set(key, child);
    }
    return child;
  }

  private mistyped(expected: string): undefined {
    if (!this.wrong) this.wrong = [{ source: this, expected, found: typeName(this.value) }];
    return undefined;
  }

  private collectProblems(into: TypeProblem[]): void {
    if (this.wrong) into.push(...this.wrong);
    for (const child of this.children?.values() ?? []) child.collectProblems(into);
  }

  private collectUnread(into: Unread[], otherwise: string): void {
    if (this.reason !== undefined) {
      this.collectAll(into, this.reason);
      return;
    }
    if (this.consumed) return;
    const { value } = this;
    const isContainer = Array.isArray(value) || isMapping(value);
    if (!isContainer || countLeaves(value) === 0) {
      if (value !== null) into.push({ source: this, reason: this.wrong ? 'wrong type' : otherwise });
      return;
    }
    const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
    for (const [key, inner] of entries) {
      if (inner === null || inner === undefined) continue;
      this.child(key, inner)?.collectUnread(into, otherwise);
    }
    if (countLeaves(value) === 1 && !this.children) into.push({ source: this, reason: otherwise });
  }

  private collectAll(into: Unread[], reason: string): void {
    const { value } = this;
    const entries = Array.isArray(value) ? [...value.entries()] : isMapping(value) ? Object.entries(value) : [];
    const inner = entries.filter(([, v]) => v !== null && v !== undefined);
    if (inner.length === 0) into.push({ source: this, reason });
    for (const [key, v] of inner) this.child(key, v)?.collectAll(into, reason);
  }
}

/** A plain copy of a source, without the field behind it: for output and for comparison. */
export const plainSource = (source: Source): Source => ({ object: source.object, path: source.path });
